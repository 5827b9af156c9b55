# Made by aboveboard generate from editor.toml; do not edit.
# The registry's fingerprint is 0351bec5ab020ee00d8c42b7ac61ee284ec6c330dbeedceb6017e282de9e1d8a
"""The <Editor>: what it counts.

``metrics = Metrics(telemetry)`` has each metric under its dotted name, so that a misspelt one fails
in the editor.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

YesNo = bool
CommandRunLabel = Literal["save", "print", "other"]
FileSavedHow = Literal["menu", "key", "other"]
SystemFontsName = Literal["Serif", "Sans", "other"]
SystemOsWord = Literal["linux", "macos", "other"]


class Telemetry(Protocol):
    """What counts: an ``aboveboard.Telemetry``, or what stands in for it in a test."""

    def count(self, name: str, by: int, /, *, label: str | None = None) -> None:
        """Add to a counter, or to one of its labels."""
        ...

    def event(self, name: str, /, **said: str) -> None:
        """Count an event."""
        ...

    def names(self, name: str, found: Iterable[str], /) -> None:
        """Say which names are there."""
        ...

    def observe(self, name: str, amount: int, /) -> None:
        """Add an amount."""
        ...

    def record_error(self, error: BaseException, name: str, /) -> None:
        """Count an error."""
        ...

    def set(self, name: str, value: int | str, /) -> None:
        """Say what is so."""
        ...

    def time(self, name: str, /) -> AbstractContextManager[object]:
        """Measure how long a block takes."""
        ...

    def took(self, name: str, milliseconds: int, /) -> None:
        """Add a time."""
        ...

    def use(self, name: str, /) -> AbstractContextManager[object]:
        """Count the seconds of a block."""
        ...

    def used(self, name: str, seconds: int, /) -> None:
        """Add seconds."""
        ...


class _Metric:
    """A metric: whom it tells, and its name."""

    def __init__(self, telemetry: Telemetry, name: str) -> None:
        """Keep both."""
        self._telemetry = telemetry
        self._name = name


class Counter(_Metric):
    """How often something happened."""

    def add(self, by: int = 1) -> None:
        """Add one, or ``by``."""
        self._telemetry.count(self._name, by)


class Flag(_Metric):
    """Whether something is so."""

    def set(self, value: YesNo) -> None:
        """Say yes or no."""
        self._telemetry.set(self._name, value)


class Version(_Metric):
    """A version, of which the first parts are kept."""

    def set(self, version: str) -> None:
        """Say which, such as ``3.11.7``."""
        self._telemetry.set(self._name, version)


class Quantity(_Metric):
    """How many there are, kept as a bucket."""

    def set(self, amount: int) -> None:
        """Say how many."""
        self._telemetry.set(self._name, amount)


class Timing(_Metric):
    """How long something takes, kept as a bucket."""

    def measure(self) -> AbstractContextManager[object]:
        """Measure how long a block takes."""
        return self._telemetry.time(self._name)

    def took(self, milliseconds: int) -> None:
        """Add a time that was measured elsewhere."""
        self._telemetry.took(self._name, milliseconds)


class Distribution(_Metric):
    """How large something is each time, kept as a bucket."""

    def observe(self, amount: int) -> None:
        """Add an amount."""
        self._telemetry.observe(self._name, amount)


class Seconds(_Metric):
    """How long something is in use."""

    def use(self) -> AbstractContextManager[object]:
        """Count the seconds that a block takes."""
        return self._telemetry.use(self._name)

    def used(self, seconds: int) -> None:
        """Add seconds that were measured elsewhere."""
        self._telemetry.used(self._name, seconds)


class Errors(_Metric):
    """How often something breaks, by places in the code."""

    def record(self, error: BaseException) -> None:
        """Count an error; nothing of its text is kept."""
        self._telemetry.record_error(error, self._name)


class Names(_Metric):
    """Which of a list of names are there."""

    def found(self, names: Iterable[str]) -> None:
        """Say all that was found; what the list lacks is counted and never named."""
        self._telemetry.names(self._name, names)


class CommandRunLabelled(_Metric):
    """How often something happened, by ``CommandRunLabel``."""

    def add(self, label: CommandRunLabel, by: int = 1) -> None:
        """Add one to a label, or ``by``."""
        self._telemetry.count(self._name, by, label=label)


class FileSavedEvent(_Metric):
    """How often ``file.saved`` happened, and how."""

    def add(self, *, how: FileSavedHow) -> None:
        """Count it once."""
        self._telemetry.event(self._name, how=how)


class SystemFontsNames(Names):
    """Which of ``SystemFontsName`` are there."""

    def set(self, names: Iterable[SystemFontsName]) -> None:
        """Say which are there."""
        self._telemetry.names(self._name, names)


class SystemOsChoice(_Metric):
    """Which of ``SystemOsWord`` it is."""

    def set(self, word: SystemOsWord) -> None:
        """Say which."""
        self._telemetry.set(self._name, word)


class _Group:
    """A group of metrics: whom they tell."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Keep it."""
        self._telemetry = telemetry


class CommandMetrics(_Group):
    """The metrics below ``command``."""

    @cached_property
    def run(self) -> CommandRunLabelled:
        """Title of command.run.

        What <b>of</b> command.run?

        ``command.run``: labelled, level ``usage``, until 2027-12-31.
        """
        return CommandRunLabelled(self._telemetry, "command.run")


class FileMetrics(_Group):
    """The metrics below ``file``."""

    @cached_property
    def count(self) -> Quantity:
        """Title of file.count.

        What <b>of</b> file.count?

        ``file.count``: quantity, level ``usage``, until 2027-12-31.
        """
        return Quantity(self._telemetry, "file.count")

    @cached_property
    def opened(self) -> Counter:
        """Title of file.opened.

        What <b>of</b> file.opened?

        ``file.opened``: counter of files, level ``usage``, until 2027-12-31.
        """
        return Counter(self._telemetry, "file.opened")

    @cached_property
    def opening(self) -> Timing:
        """Title of file.opening.

        What <b>of</b> file.opening?

        ``file.opening``: timing, level ``usage``, until 2027-12-31.
        """
        return Timing(self._telemetry, "file.opening")

    @cached_property
    def saved(self) -> FileSavedEvent:
        """Title of file.saved.

        What <b>of</b> file.saved?

        ``file.saved``: event, level ``usage``, until 2027-12-31.
        """
        return FileSavedEvent(self._telemetry, "file.saved")

    @cached_property
    def size(self) -> Distribution:
        """Title of file.size.

        What <b>of</b> file.size?

        ``file.size``: distribution, level ``usage``, until 2027-12-31.
        """
        return Distribution(self._telemetry, "file.size")


class ProgramMetrics(_Group):
    """The metrics below ``program``."""

    @cached_property
    def broke(self) -> Errors:
        """Title of program.broke.

        What <b>of</b> program.broke?

        ``program.broke``: error, level ``usage``, until 2027-12-31.
        """
        return Errors(self._telemetry, "program.broke")

    @cached_property
    def use(self) -> Seconds:
        """Title of program.use.

        What <b>of</b> program.use?

        ``program.use``: seconds, level ``usage``, until 2027-12-31.
        """
        return Seconds(self._telemetry, "program.use")


class SystemMetrics(_Group):
    """The metrics below ``system``."""

    @cached_property
    def fonts(self) -> SystemFontsNames:
        """Title of system.fonts.

        What <b>of</b> system.fonts?

        ``system.fonts``: names, level ``environment``, until 2027-12-31.
        """
        return SystemFontsNames(self._telemetry, "system.fonts")

    @cached_property
    def os(self) -> SystemOsChoice:
        """Title of system.os.

        What <b>of</b> system.os?

        ``system.os``: choice, level ``environment``, until 2027-12-31.
        """
        return SystemOsChoice(self._telemetry, "system.os")

    @cached_property
    def python(self) -> Version:
        """Title of system.python.

        What <b>of</b> system.python?

        ``system.python``: version, level ``environment``, until 2027-12-31.
        """
        return Version(self._telemetry, "system.python")


class ThemeMetrics(_Group):
    """The metrics below ``theme``."""

    @cached_property
    def dark(self) -> Flag:
        """Title of theme.dark.

        What <b>of</b> theme.dark?

        ``theme.dark``: flag, level ``usage``, until 2027-12-31.
        """
        return Flag(self._telemetry, "theme.dark")


class Metrics(_Group):
    """All metrics, by their names."""

    @cached_property
    def command(self) -> CommandMetrics:
        """The metrics below ``command``."""
        return CommandMetrics(self._telemetry)

    @cached_property
    def file(self) -> FileMetrics:
        """The metrics below ``file``."""
        return FileMetrics(self._telemetry)

    @cached_property
    def program(self) -> ProgramMetrics:
        """The metrics below ``program``."""
        return ProgramMetrics(self._telemetry)

    @cached_property
    def system(self) -> SystemMetrics:
        """The metrics below ``system``."""
        return SystemMetrics(self._telemetry)

    @cached_property
    def theme(self) -> ThemeMetrics:
        """The metrics below ``theme``."""
        return ThemeMetrics(self._telemetry)
