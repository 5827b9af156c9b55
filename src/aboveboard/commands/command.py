"""Enters: what a command is called and takes. Leaves: a value that every mount is made from."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry

    OpenTelemetry: TypeAlias = Callable[[], Telemetry]
    Run: TypeAlias = Callable[[Telemetry, "Given", Writer], int]

ABOUT = "See and decide what this program counts about how it is used."
HERE = "aboveboard.commands"


class Takes(enum.Enum):
    """What a parameter takes."""

    FLAG = "flag"
    TEXT = "text"
    TEXTS = "texts"
    """An option that may be given more than once."""
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A word that a command takes, or an option.

    Attributes:
        name: with ``--`` in front for an option.
        help: a sentence.
        takes: what it is.
        needed: whether a word must be given; no option must.
        metavar: what stands for it in the help; made of its name if it is not said.

    Example:
        >>> Parameter("--level", "", metavar="NAME").key, Parameter("report", "").shown
        ('level', 'REPORT')
    """

    name: str
    help: str
    takes: Takes = Takes.TEXT
    needed: bool = True
    metavar: str = ""

    @property
    def is_option(self) -> bool:
        """Whether it is called by its name."""
        return self.name.startswith("--")

    @property
    def key(self) -> str:
        """Its name among what was given."""
        return self.name.lstrip("-")

    @property
    def variable(self) -> str:
        """A variable for it, which neither the host nor Python has: ``all`` is Python's."""
        return f"telemetry_{self.key.replace('-', '_')}"

    @property
    def shown(self) -> str:
        """What stands for it in the help."""
        return self.metavar or self.key.upper()


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        words: what is typed for it: ``("outbox", "strike")``.
        help: what it does, in a sentence.
        place: the function that does it, as ``module:function`` in this package: a program that is
            started for something else imports none of them.
        parameters: what it takes, in their order.
    """

    words: tuple[str, ...]
    help: str
    place: str
    parameters: tuple[Parameter, ...] = ()

    def load(self) -> Run:
        """Import what does it."""
        from importlib import import_module  # noqa: PLC0415 when a command is run

        module, _, function = self.place.partition(":")
        run: Run = getattr(import_module(f"{HERE}.{module}"), function)
        return run

    def given(self, values: Mapping[str, object]) -> Given:
        """Give what was given with it, out of variables and their values."""
        return Given({each.key: values[each.variable] for each in self.parameters})

    def before(self, path: str) -> str:
        """Give what was typed before its words, of all that was typed.

        Example:
            >>> Command(("outbox", "wait"), "", "").before("editor telemetry outbox wait")
            'editor telemetry'
        """
        words = path.split()
        return " ".join(words[: len(words) - len(self.words)])


class Given:
    """What a person gave with a command.

    Example:
        >>> given = Given({"report": "3f", "level": ("usage",), "json": True, "days": 7})
        >>> given.text("report"), given.texts("level"), given.flag("json"), given.number("days")
        ('3f', ('usage',), True, 7)
        >>> given.text("key"), given.texts("other"), given.flag("off")
        ('', (), False)
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, key: str) -> str:
        """Give a word; ``""`` if it was not given."""
        return str(self._values.get(key) or "")

    def texts(self, key: str) -> tuple[str, ...]:
        """Give all that was given of an option."""
        found = self._values.get(key) or ()
        return tuple(map(str, found)) if isinstance(found, (list, tuple)) else ()

    def flag(self, key: str) -> bool:
        """Tell whether an option was given."""
        return bool(self._values.get(key))

    def number(self, key: str) -> int:
        """Give a number."""
        return int(str(self._values[key]))


def top_level(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """Sort commands by their first word; what has only that one comes first.

    Example:
        >>> made = [Command(("on",), "", ""), Command(("a", "b"), "", ""), Command(("a",), "", "")]
        >>> {word: [each.words for each in mine] for word, mine in top_level(made).items()}
        {'on': [('on',)], 'a': [('a',), ('a', 'b')]}
    """
    found: dict[str, list[Command]] = {}
    for command in commands:
        found.setdefault(command.words[0], []).append(command)
    return {word: sorted(mine, key=lambda each: len(each.words)) for word, mine in found.items()}
