"""Enters: what a foreign client said. Leaves: one message of it, the same for every wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.broke import Broke


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a foreign wire, before anybody asks a registry.

    Attributes:
        app: the product that it is about.
        event: its name on the wire: ``config_service``; the project, where a wire names that.
        values: property to value, as JSON or the wire's own types have it.
        who: what the wire knows its sender by; ``""`` where it knows nothing. It is replaced by a
            keyed hash before anything is kept, and the key is thrown away with the period.
        id: what the wire knows the message by, so that a repeated one is counted once; ``""`` where
            two equal messages are two.
        at: seconds since the epoch at which it was said; None for its arrival.
        part: of a sender's state, the part that this message replaces; ``""`` for the event.
        version: the client's name and version, for operators: ``analytics-go/3.3.0``.
        total: whether what adds up is told as it stands so far: then the newest counts, of a sender
            and a part, in place of what was told before.
        raw: gives it as JSON from which its wire can read it again; None where that cannot be. It
            is asked only where the product lets values wait that its registry does not know yet.
        broke: what a fingerprint among the values stands for, where the message is of an error.
    """

    app: str
    event: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    who: str = ""
    id: str = ""
    at: float | None = None
    part: str = ""
    version: str = ""
    total: bool = False
    raw: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    broke: Broke | None = None
