"""Enters: a collector. Leaves: what of it is alive, and how far its tables are behind its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import AboveboardError

if TYPE_CHECKING:
    from aboveboard.bootstrap.collector import Collector

OK = 200
UNWELL = 503


def health(collector: Collector) -> tuple[int, dict[str, object]]:
    """Look at the log, the loader and the store. Waits for the store: not for an event loop.

    Returns:
        The HTTP status, 503 if any part is unwell, and the answer's content.
    """
    log = _state(well=collector.acceptor.log_well)
    loader = _state(well=collector.follower.well and collector.follower.alive())
    try:
        behind: int | None = collector.follower.behind()
        store = _state(well=True)
    except AboveboardError:
        behind = None
        store = _state(well=False)
    well = {log, loader, store} == {_state(well=True)}
    content: dict[str, object] = {
        "status": _state(well=well),
        "log": {"state": log, "cut_bytes_at_start": collector.log.cut_bytes},
        "loader": {
            "state": loader,
            "behind_bytes": behind,
            "loaded_records": collector.follower.loaded,
        },
        "store": {"state": store},
        "outcomes": dict(sorted(collector.acceptor.outcomes.items())),
        "entries_set_aside": collector.acceptor.asides,
    }
    return (OK if well else UNWELL), content


def _state(*, well: bool) -> str:
    return "ok" if well else "failing"
