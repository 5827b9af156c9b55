"""Enters: an event of Endless OS. Leaves: JSON from which it is read again when it is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboveboard.wires.endless_bodies import Event
from aboveboard.wires.gvariant import NotNormal, Variant, decode
from aboveboard.wires.gvariant_types import NotAType
from aboveboard.wires.gvariant_writer import encode

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_event(event: Event, at: float) -> str:
    """Write an event, and the seconds since the epoch that it counts for.

    Example:
        >>> event = Event(bytes(16), "singular", "5.1", 7, "", 1, Variant("s", "Up!"))
        >>> read_event(write_event(event, 60.0)) == (event, 60.0)
        True
    """
    payload = event.payload
    return json.dumps(
        {
            **event._asdict(),
            "id": event.id.hex(),
            "payload": payload and [payload.type, encode(payload.type, payload.value).hex()],
            "counts": at,
        },
        separators=(",", ":"),
    )


def read_event(text: str) -> tuple[Event, float] | None:
    """Read what :func:`write_event` wrote; None if it is something else."""
    try:
        return _read(json.loads(text))
    except (ValueError, TypeError, KeyError, NotNormal, NotAType):
        return None


def _read(said: Mapping[str, Any]) -> tuple[Event, float]:
    payload = said["payload"]
    variant = None
    if payload is not None:
        variant = Variant(payload[0], decode(payload[0], bytes.fromhex(payload[1])))
    event = Event(
        bytes.fromhex(said["id"]),
        str(said["kind"]),
        str(said["system"]),
        None if said["at"] is None else int(said["at"]),
        str(said["period"]),
        int(said["amount"]),
        variant,
    )
    return event, float(said["counts"])
