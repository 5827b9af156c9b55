"""Enters: a place of a report that was taken back. Leaves: it as values of the tables, and back."""

from __future__ import annotations

import json
from typing import Any

from aboveboard.ports.collector import Erasure


def values(place: Erasure) -> list[str | int]:
    """Give what a place is found by."""
    return [place.app, place.id, place.log, place.segment]


def erasure(row: tuple[Any, ...]) -> Erasure:
    """Read a row of the list."""
    app, report_id, log, segment, original, counted, written = row
    frames = None if written is None else tuple(map(tuple, json.loads(written)))
    return Erasure(app, report_id, log, segment, original, counted, frames)
