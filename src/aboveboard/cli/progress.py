"""Enters: long work, in pieces. Leaves: a bar on a terminal, and nothing in a pipe."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(title: str, total: int, *, files: bool = False) -> Iterator[Callable[[int], None]]:
    """Show how much is done.

    Args:
        title: what is done.
        total: all bytes, or all files.
        files: whether it goes by files.

    Returns:
        A function to be called with the bytes or files of each piece.
    """
    console = Console(stderr=True)
    done = MofNCompleteColumn() if files else DownloadColumn()
    columns = (BarColumn(), done, TimeRemainingColumn())
    with _shown(*columns, console=console) as bar:
        task = bar.add_task(title, total=total)
        yield lambda piece: bar.advance(task, piece)


@contextlib.contextmanager
def working(title: str) -> Iterator[None]:
    """Show that something goes on of which nobody knows how much is left."""
    with _shown(TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        bar.add_task(title, total=None)
        yield


def _shown(*columns: ProgressColumn, console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def moment(written: str) -> str:
    """Write a moment for people.

    Example:
        >>> moment("2026-11-25T22:30:09+00:00")
        '2026-11-25 22:30 UTC'
    """
    return f"{datetime.fromisoformat(written).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def size(number: int) -> str:
    """Write a number of bytes for people.

    Example:
        >>> size(999), size(2_500_000)
        ('999 bytes', '2.5 MB')
    """
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number} bytes"
