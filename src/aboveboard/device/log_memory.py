"""Enters: what a device remembers of a log. Leaves: its bytes, and back again."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from aboveboard.model.renewal import Delivered, LogMemory

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry

PLACE = "log"
"""Under which name a store keeps it."""


def write(memory: LogMemory) -> bytes:
    """Write it down."""
    return json.dumps(asdict(memory), default=_text).encode()


def read(body: bytes | None, shipped: Registry) -> LogMemory:
    """Read it; what belongs to another log is forgotten.

    So is what another file of the product led to: an updated product brings a registry of its own,
    and that one holds until the log shows a newer.
    """
    log = shipped.collector.log if shipped.collector is not None else ""
    memory = _read(body) if body is not None else None
    if memory is None or memory.log != log:
        memory = LogMemory(log)
    if memory.shipped != shipped.fingerprint:
        memory = replace(memory, shipped=shipped.fingerprint, accepted=None, waiting=None)
    return memory


def _read(body: bytes) -> LogMemory | None:
    try:
        content: dict[str, Any] = json.loads(body)
        return LogMemory(
            log=str(content["log"]),
            note=base64.b64decode(content["note"]),
            listed=str(content["listed"]),
            shipped=str(content["shipped"]),
            accepted=_delivered(content["accepted"]),
            waiting=_delivered(content["waiting"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _delivered(content: dict[str, Any] | None) -> Delivered | None:
    if content is None:
        return None
    index, *blobs = (content[field.name] for field in fields(Delivered))
    return Delivered(int(index), *(base64.b64decode(blob) for blob in blobs))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
