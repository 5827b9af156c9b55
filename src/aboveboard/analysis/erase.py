"""Enters: the list of places where reports were taken back. Leaves: nothing of them, anywhere.

Of each place first the counts go, together with word of the frames that are to be overwritten, then
the frames, then the place from the list. Whoever dies in between goes on where that was.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.ports.collector import Erasure, FactStore, KeptLog

MORE = "more"
"""The kind of a record that adds to a report what had been set aside of it."""


def erase_listed(logs: Mapping[str, KeptLog], facts: FactStore) -> int:
    """Erase what is listed; what lies in a log that is not here stays listed.

    Args:
        logs: by name.
        facts: has the list.

    Returns:
        How many places are done.

    Raises:
        LogError: something could not be erased; it is still listed.
        FactsError: the tables could not follow; it is still listed.
    """
    done = 0
    for place in facts.erasures():
        log = logs.get(place.log)
        if log is None:
            continue
        frames = place.frames if place.frames is not None else _take_out(place, log, facts)
        log.erase(place.segment, frames)
        facts.erased(place)
        done += 1
    return done


def _take_out(place: Erasure, log: KeptLog, facts: FactStore) -> Sequence[tuple[int, int]]:
    found = [
        (offset, record, kind)
        for offset, record in log.find(place.segment, place.id.encode())
        if (kind := _kind(record, place)) is not None
    ]
    frames = tuple((offset, len(record)) for offset, record, _ in found)
    reports = [record for _, record, kind in found if kind != MORE]
    more = [record for _, record, kind in found if kind == MORE]
    counted = [*reports[: int(place.original)], *more] if place.counted else []
    facts.take_out(replace(place, frames=frames), counted)
    return frames


def _kind(record: bytes, place: Erasure) -> str | None:
    """Tell what a record is of the report: the report itself (``""``), more of it, or neither."""
    try:
        content = json.loads(record)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    kind = content.get("kind", "")
    mine = (content.get("app"), content.get("id")) == (place.app, place.id)
    return kind if mine and kind in {"", MORE} else None
