"""Enters: a collector. Leaves: whether it can acknowledge reports, and every number of it.

Both wait for the store and the disk: not for an event loop.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from aboveboard.adapters.machine import (
    STARTED,
    disk_of,
    open_files,
    resident_bytes,
)
from aboveboard.analysis.keeper import DONE
from aboveboard.bootstrap.measured import add, told
from aboveboard.collector.meters import Lag, Meters
from aboveboard.errors import FactsError, LogError
from aboveboard.ports.collector import LogPosition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.bootstrap.collector import Collector
    from aboveboard.bootstrap.crew import CrewState
    from aboveboard.ports.surroundings import Clock
    from aboveboard.web.exposition import Sample

LEAST_FREE_BYTES = 64 * 1024 * 1024
"""With less on the disk, no report is promised to fit."""
MOST_BEHIND_BYTES = 4 * 1024 * 1024 * 1024
"""With more of the log to load, somebody should look before more comes."""
_TABLE_THERE = "select count(*) from information_schema.tables where table_name = 'quarantine'"
_WAITING = "select coalesce(sum(reports), 0) from quarantine"
_BOTH = 2


class Vitals:
    """Looks after a collector.

    Args:
        collector: its parts.
        clock: measures how far the loader is behind.

    Attributes:
        stopping: whether it ends; then it promises nothing any more.
    """

    def __init__(self, collector: Collector, clock: Clock) -> None:
        self.stopping = False
        self._collector = collector
        self._clock = clock
        self._lag = Lag()
        self._behind: tuple[int, float] | None = None
        self._size = self._torn = 0

    def look(self) -> None:
        """Look how far the loader is; to be called every few seconds."""
        parts = self._collector
        try:
            behind = parts.follower.behind()
            size = sum(log.behind(LogPosition()) for log in parts.logs)
            torn = sum(log.torn_bytes() for log in parts.logs)
        except (FactsError, LogError):
            self._behind = None
            return
        now = self._clock.monotonic_ms() / 1000
        self._size, self._torn = size, torn
        self._behind = (behind, self._lag.look(now, size, behind))

    def ready(self) -> dict[str, bool]:
        """Tell what must be so for a report to be acknowledged, and whether it is."""
        self.look()
        free = disk_of(self._collector.folder.path)
        behind = self._behind[0] if self._behind is not None else 0
        return {
            "log_well": self._collector.acceptor.log_well and self._collector.crew.state().log_well,
            "not_stopping": not self.stopping,
            "disk_free": free is None or (free[0] >= LEAST_FREE_BYTES and free[1] != 0),
            "loader_keeps_up": behind <= MOST_BEHIND_BYTES,
        }

    def meters(self, crew: CrewState) -> Meters:
        """Give what all processes measured together."""
        meters = Meters()
        for measured in (self._collector.meters, crew.meters):
            add(meters, told(measured))
        return meters

    def samples(self) -> Iterator[Sample]:
        """Give every number that can be told now."""
        parts = self._collector
        ready, crew = self.ready(), parts.crew.state()
        meters = self.meters(crew)
        for (code, wire, app), count in sorted(meters.answers.items()):
            yield "aboveboard_answers_total", {"code": code, "wire": wire, "app": app}, count
        for (code, wire, app, client), count in sorted(meters.messages.items()):
            labels = {"code": code, "wire": wire, "app": app, "client": client}
            yield "aboveboard_messages_total", labels, count
        ended_well = {
            run.job: run.ended.timestamp()
            for run in parts.keeping.keeper.last.values()
            if run.outcome == DONE and run.ended is not None
        }
        for job, ended in sorted(ended_well.items()):
            yield "aboveboard_job_last_seconds", {"job": job}, ended
        yield "aboveboard_batch_records", {}, meters.batches
        yield "aboveboard_sync_seconds", {}, meters.syncs
        numbers = {
            "aboveboard_entries_set_aside_total": parts.acceptor.asides + crew.asides,
            "aboveboard_log_well": int(ready["log_well"]),
            "aboveboard_loader_records_total": parts.follower.loaded,
            "aboveboard_loader_well": int(parts.follower.well and parts.follower.alive()),
            "aboveboard_store_bytes": self._store_bytes(),
            "aboveboard_quarantine_rows": self._waiting(),
            "aboveboard_transparency_entries": parts.public_log.size(),
            "aboveboard_ready": int(all(ready.values())),
            "process_resident_memory_bytes": resident_bytes(),
            "process_open_fds": open_files(),
            "process_start_time_seconds": STARTED,
        }
        if self._behind is not None:
            numbers["aboveboard_log_bytes"] = self._size
            numbers["aboveboard_log_torn_bytes"] = self._torn
            numbers["aboveboard_loader_behind_bytes"] = self._behind[0]
            numbers["aboveboard_loader_behind_seconds"] = round(self._behind[1], 1)
        if (free := disk_of(parts.folder.path)) is not None:
            numbers["aboveboard_disk_free_bytes"] = free[0]
        for name, number in numbers.items():
            if number is not None:
                yield name, {}, number

    def _store_bytes(self) -> int | None:
        with contextlib.suppress(FactsError):
            return self._collector.facts.size()
        return None

    def _waiting(self) -> int | None:
        with contextlib.suppress(FactsError):
            if self._one(_TABLE_THERE):
                return self._one(_WAITING)
            return 0
        return None

    def _one(self, question: str) -> int:
        [[cell]] = self._collector.facts.query(question, 1).rows
        return int(cell or 0)
