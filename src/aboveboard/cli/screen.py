"""Enters: what happens, step by step. Leaves: a calm screen with a progress bar, or plain lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Self

import click
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax

from aboveboard.model.consent import Mode

if TYPE_CHECKING:
    from typing import TextIO

PLAIN_WIDTH = 100


class Screen:
    """Shows numbered steps; on a terminal with a progress bar below them.

    Args:
        steps: how many there will be.
        stream: where to, None for standard output.
    """

    def __init__(self, steps: int, stream: TextIO | None = None) -> None:
        self.console = Console(file=stream, highlight=False)
        if not self.console.is_terminal:
            self.console = Console(file=stream, highlight=False, width=PLAIN_WIDTH)
        self._steps = steps
        self._done = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._steps_task = self._progress.add_task("Steps", total=steps)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def step(self, title: str) -> None:
        """Begin the next step."""
        self._progress.update(self._steps_task, completed=self._done, description=title)
        self._done += 1
        self.console.print()
        self.console.print(f"[bold cyan]{self._done}/{self._steps}[/] [bold]{title}[/]")

    def say(self, text: str, style: str = "") -> None:
        """Print a line as it is."""
        self.console.print(f"    {text}", soft_wrap=True, markup=False, style=style)

    def json(self, body: bytes, title: str) -> None:
        """Print exact JSON, indented for reading; nothing is left out or added."""
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        if not self.console.is_terminal:
            self.say(title)
            self.console.print(text, soft_wrap=True, markup=False)
            return
        code = Syntax(text, "json", background_color="default", word_wrap=True)
        self.console.print(Panel(code, title=title, border_style="cyan", padding=(0, 1)))

    def ask(self) -> Mode:
        """Ask the question; the answers stand side by side and weigh the same."""
        self._progress.stop()
        word = click.prompt(
            "    Send it to your own collector? [on / local / off]",
            type=click.Choice([mode.value for mode in (Mode.ON, Mode.LOCAL, Mode.OFF)]),
            show_choices=False,
        )
        self._progress.start()
        return Mode(word)

    def bar(self, title: str, total: int) -> Bar:
        """Begin a second progress bar."""
        return Bar(self, self._progress, title, total)

    def finish(self) -> None:
        """Fill the bar and take it away."""
        self._progress.update(self._steps_task, completed=self._steps)
        self._progress.stop()


class Bar:
    """A progress bar for one long step; without a terminal a line every tenth of the way."""

    def __init__(self, screen: Screen, progress: Progress, title: str, total: int) -> None:
        self._screen = screen
        self._progress = progress
        self._title = title
        self._total = total
        self._at = 0
        self._task = progress.add_task(title, total=total)

    def advance(self) -> None:
        """One more is done."""
        self._at += 1
        self._progress.advance(self._task)
        tenth = max(1, self._total // 10)
        if not self._screen.console.is_terminal and self._at % tenth == 0:
            self._screen.say(f"{self._title}: {self._at} of {self._total}")
