"""Enters: findings about a request of the Measurement Protocol. Leaves: them, and what is good."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.wires.ga4_limits import Code

MOST_PROBLEMS = 100
"""Messages that one answer holds."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a validation message tells.

    Attributes:
        path: of the field, ``""`` if nobody knows which.
        description: a sentence.
        code: Google's.
    """

    path: str
    description: str
    code: Code

    def table(self) -> dict[str, str]:
        """Give it as it stands in an answer."""
        place = {"fieldPath": self.path} if self.path else {}
        return {**place, "description": self.description, "validationCode": self.code.value}


@dataclass(frozen=True, slots=True)
class Good:
    """An event, or a user property, that may be looked up.

    Attributes:
        name: its name.
        values: parameter to value; of a user property its value alone.
        at: seconds since the epoch; None for its arrival.
    """

    name: str
    values: dict[str, object]
    at: float | None


@dataclass(slots=True)
class Judged:
    """All that was found.

    Attributes:
        who: the sender's id, ``""`` if it has none.
        strict: whether the sender asked that nothing with a fault be taken.
        problems: in the order in which they were found.
        events: the good ones.
        properties: the good user properties.
        dropped: how many events, parameters and properties are left out, by reason.
    """

    who: str = ""
    strict: bool = False
    problems: list[Problem] = field(default_factory=list)
    events: list[Good] = field(default_factory=list)
    properties: list[Good] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def tell(self, path: str, code: Code, description: str) -> None:
        """Note a fault that only a strict reader minds."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(path, description, code))

    def drop(self, path: str, code: Code, description: str, sort: str = "", times: int = 1) -> None:
        """Note a fault for which something is left out.

        Args:
            path: of the field.
            code: what is wrong.
            description: the same in a sentence.
            sort: what is left out, if not an event: ``param_`` or ``property_``.
            times: how many of them.
        """
        self.tell(path, code, description)
        self.dropped[sort + code.lower()] += times
