"""Enters: a failure anywhere in the house. Leaves: one tree of errors a caller can catch.

The tree::

    AboveboardError
    ├── RegistryError        the registry file cannot be used; holds every problem found
    ├── MisuseError          a call that the registry does not allow (raised under testing only)
    ├── StoreError           the device's own store cannot be read or written
    ├── SealError            a report cannot be sealed or opened, a signature cannot be checked
    ├── SendError            the collector could not be reached
    ├── LogError             a collector's log, of reports or of what is public, cannot be kept
    ├── FactsError           the collector's tables cannot be read or written
    │   └── QueryError       a person's own query was refused by the engine
    ├── ControlError         what the collector notes down about its own work cannot be kept
    ├── QueueError           the queue in front of a collector cannot be reached
    ├── RenderError          a chart could not be drawn
    └── SetupError           a program was started with settings that cannot work
        └── SettingsError    a collector's settings; holds every problem found
"""

from __future__ import annotations

from aboveboard.values import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file that a person wrote.

    Attributes:
        code: stable, for switching a rule off and for searching.
        place: where in the file, as a dotted path of its keys.
        text: what is wrong, in a sentence.
        remedy: what to do about it, in a sentence.
    """

    code: str
    place: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text} [{self.code}] {self.remedy}"


class AboveboardError(Exception):
    """Anything that Aboveboard raises on purpose. Catch this to catch all of it."""


class RegistryError(AboveboardError):
    """A registry file has problems. Read ``problems``, fix each, load it again.

    Attributes:
        source: what was read, for people.
        problems: every problem of the file, in its order.

    Example:
        >>> problem = Problem("missing", "product.title", "the title is missing.", "Add one.")
        >>> print(RegistryError("editor.toml", [problem]))
        editor.toml: 1 problem
          product.title: the title is missing. [missing] Add one.
    """

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        noun = "problem" if len(problems) == 1 else "problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{source}: {len(problems)} {noun}{lines}")


class MisuseError(AboveboardError):
    """The call names an unknown metric or a value out of its bounds. Fix the call.

    Only ``aboveboard.testing.strict()`` lets it out; in production it is counted, never raised.
    """


class StoreError(AboveboardError):
    """The device's store is unreadable, full or read-only. Nothing is sent until it is well."""


class SealError(AboveboardError):
    """It cannot be sealed, opened or checked. Install ``aboveboard[seal]`` or check the key."""


class SendError(AboveboardError):
    """Somebody was not reached over the network. A report stays on disk and is tried again."""


class LogError(AboveboardError):
    """A log cannot be kept or read. Who sent a report is told to come back later."""


class FactsError(AboveboardError):
    """The collector's tables cannot be read or written. The log keeps everything until then."""


class QueryError(FactsError):
    """The engine refused the query. Its message says why; only reading is allowed."""


class ControlError(AboveboardError):
    """The control store cannot be read or written. What is counted does not depend on it."""


class QueueError(AboveboardError):
    """The queue in front of the collector does not answer. What lies in it stays there."""


class RenderError(AboveboardError):
    """A chart could not be drawn. The page shows its table instead."""


class SetupError(AboveboardError):
    """A program cannot start with these settings. The message says which and what to do."""


class SettingsError(SetupError):
    """A collector's settings have problems. Read ``problems``, correct each, start it again.

    Attributes:
        problems: every problem, whose place is the setting's name.

    Example:
        >>> problem = Problem("missing", "registry", "it must be given.", "Name a folder.")
        >>> print(SettingsError([problem]))
        the settings have 1 problem
          registry: it must be given. [missing] Name a folder.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        noun = "problem" if len(problems) == 1 else "problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"the settings have {len(problems)} {noun}{lines}")
