"""Enters: a collector. Leaves: what of it is alive, and how far its tables are behind its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import FactsError, LogError

if TYPE_CHECKING:
    from aboveboard.bootstrap.collector import Collector
    from aboveboard.collector.drain import Drain
    from aboveboard.web.notary import Notary

OK = 200
UNWELL = 503


def health(collector: Collector, notary: Notary) -> tuple[int, dict[str, object]]:
    """Look at the log, the loader and the store. Waits for the store: not for an event loop.

    Returns:
        The HTTP status, 503 if any part is unwell, and the answer's content.
    """
    crew = collector.crew.state()
    log_well, store_well = collector.acceptor.log_well and crew.log_well, True
    behind: int | None = None
    torn: int | None = None
    try:
        torn = sum(log.torn_bytes() for log in collector.logs)
        behind = collector.follower.behind()
    except LogError:
        log_well = False
    except FactsError:
        store_well = False
    loader_well = collector.follower.well and collector.follower.alive()
    queue_well = collector.drain is None or collector.drain.well
    kept = collector.keeping.state()
    parts_well = (log_well, store_well, loader_well, notary.well, crew.well, queue_well)
    well = all(parts_well) and kept["state"] == "ok"
    content: dict[str, object] = {
        "status": _state(well=well),
        "log": {
            "state": _state(well=log_well),
            "cut_bytes_at_start": collector.cut_bytes + crew.cut_bytes,
            "torn_bytes": torn,
            "unreadable_bytes": sum(sum(log.unreadable.values()) for log in collector.logs),
        },
        "loader": {
            "state": _state(well=loader_well),
            "behind_bytes": behind,
            "loaded_records": collector.follower.loaded,
        },
        "transparency": {
            "state": _state(well=notary.well),
            "entries": collector.public_log.size(),
        },
        "store": {"state": _state(well=store_well)},
        "keeping": kept,
        "outcomes": dict(sorted((collector.acceptor.outcomes + crew.outcomes).items())),
        "entries_set_aside": collector.acceptor.asides + crew.asides,
    }
    if crew.wanted:
        content["workers"] = {
            "state": _state(well=crew.well),
            "wanted": crew.wanted,
            "running": crew.running,
            "restarts": crew.restarts,
        }
    if collector.drain is not None:
        content["queue"] = _queue(collector.drain)
    return (OK if well else UNWELL), content


def _queue(drain: Drain) -> dict[str, object]:
    return {
        "state": _state(well=drain.well),
        "waiting": drain.waiting,
        "outcomes": dict(sorted(drain.outcomes.items())),
        "put_off": drain.put_off,
        "given_back": drain.given_back,
    }


def _state(*, well: bool) -> str:
    return "ok" if well else "failing"
