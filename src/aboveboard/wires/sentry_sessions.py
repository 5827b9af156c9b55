"""Enters: sessions of a Sentry client. Leaves: how many began, and how they ended, by release.

Whose session it was (``did``), from where and with which program (``attrs``) is kept nowhere, but
for the release.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from aboveboard.wires.objects import amount
from aboveboard.wires.sentry_events import moment

STARTED = "started"
ERRORED = "errored"
EXITED = "exited"
ENDS = (EXITED, ERRORED, "crashed", "abnormal", "unhandled")
MOST_GROUPS = 100
LARGEST = 1_000_000_000
BAD_SESSION = "bad_session"


class Sessions(NamedTuple):
    """What is counted of an item.

    Attributes:
        release: of the program, ``""`` where it is not told.
        counts: how many began, and how many ended in which way.
        at: when, by the client's clock.
        id: what it is known by, ``""`` for many sessions at once.
    """

    release: str
    counts: dict[str, int]
    at: float | None = None
    id: str = ""

    @property
    def values(self) -> dict[str, object]:
        """The properties that a registry is asked for."""
        known: dict[str, object] = {"status": self.counts}
        told = self.release or "other"
        for name in (STARTED, "crashed"):
            if self.counts.get(name):
                known[name] = {told: self.counts[name]}
        return known


def one_session(item: dict[str, Any]) -> Sessions | str:
    """Count what one session says: that it began, or how it ended, or both.

    Example:
        >>> one_session({"sid": "0f", "init": True, "status": "crashed",
        ...              "attrs": {"release": "editor@1.2.3"}}).values
        {'status': {'started': 1, 'crashed': 1}, 'started': {'1.2.3': 1}, 'crashed': {'1.2.3': 1}}
    """
    status, sid = item.get("status", "ok"), item.get("sid")
    if not isinstance(status, str) or not isinstance(sid, str):
        return BAD_SESSION
    counts = {STARTED: 1} if item.get("init") is True else {}
    if status == EXITED and amount(item.get("errors"), LARGEST):
        status = ERRORED
    if status in ENDS:
        counts[status] = 1
    at = moment(item.get("timestamp")) or moment(item.get("started"))
    return Sessions(_release(item), counts, at, f"{sid} {' '.join(counts)}")


def many_sessions(item: dict[str, Any]) -> list[Sessions] | str:
    """Count what a server program says of many sessions, minute by minute."""
    groups = item.get("aggregates")
    if not isinstance(groups, list):
        return BAD_SESSION
    found: dict[float | None, Counter[str]] = {}
    for group in groups[:MOST_GROUPS]:
        if isinstance(group, dict):
            ended = Counter(
                {end: times for end in ENDS if (times := amount(group.get(end), LARGEST))}
            )
            found.setdefault(moment(group.get(STARTED)), Counter()).update(ended)
    release = _release(item)
    return [
        Sessions(release, {STARTED: ended.total(), **ended}, at)
        for at, ended in found.items()
        if ended
    ]


def _release(item: dict[str, Any]) -> str:
    """Give a release without the name of its program: ``1.2.3`` of ``editor@1.2.3``."""
    about = item.get("attrs")
    release = about.get("release") if isinstance(about, dict) else None
    return release.rpartition("@")[2] if isinstance(release, str) else ""
