"""Enters: a collector's parts. Leaves: what replays, drops and deletes of it, in the background."""

from __future__ import annotations

import contextlib
import logging
import threading
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from aboveboard.analysis import quarantine
from aboveboard.analysis.keeper import Job, Keeper
from aboveboard.analysis.retention import Retention, Terms
from aboveboard.collector.foreign_days import open_since
from aboveboard.collector.records import RecordAside
from aboveboard.collector.replay import would_come_back
from aboveboard.collector.replay_said import SaidAgain
from aboveboard.collector.replayer import Replayer, Wish, dropping
from aboveboard.errors import AboveboardError, FactsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aboveboard.adapters.desk import Act
    from aboveboard.adapters.file_log import FileLog
    from aboveboard.analysis.follow import Follower
    from aboveboard.bootstrap.daily import DailyBackup
    from aboveboard.model.registry import Registry
    from aboveboard.ports.collector import FactStore, KeptLog
    from aboveboard.ports.keeping import JobsLog, Tables
    from aboveboard.ports.period_keys import PeriodKeys
    from aboveboard.ports.surroundings import Chance, Clock
    from aboveboard.settings.collector import CollectorSettings

logger = logging.getLogger("aboveboard")
PAUSE_SECONDS = 0.5
MANY_BYTES = 1024 * 1024
"""With more than this not loaded yet, no job begins."""
MOST_ROWS = 10_000_000
RUNS_KEPT = timedelta(days=400)
"""For how long it is known when jobs ran."""
_TEXTS = msgspec.json.Decoder(list[msgspec.Raw])


class Quarantine:
    """What waits: replayed and dropped, both through the log.

    Args:
        facts: the tables.
        logs: every log.
        log: the one that this process writes.
        registries: app to registry.
        clock: tells the day.
        terms: tells how long things wait.
        said: tells messages of foreign wires again.
    """

    def __init__(  # noqa: PLR0913, PLR0917 log and tables are joined here
        self,
        facts: FactStore,
        logs: Sequence[KeptLog],
        log: FileLog,
        registries: Mapping[str, Registry],
        clock: Clock,
        terms: Terms,
        said: SaidAgain | None = None,
    ) -> None:
        self._said = said or SaidAgain({}, {})
        self.replayer = Replayer(lambda: logs, facts.position, registries, log.append, self._said)
        self._facts = facts
        self._log = log
        self._clock = clock
        self._terms = terms

    def replay(self, app: str = "", metric: str = "") -> dict[str, int]:
        """Bring back what waits and is accepted now.

        Returns:
            Of how many reports, and how many entries.

        Raises:
            LogError: a log cannot be read or written.
            FactsError: nobody knows how far it is loaded.
        """
        [[oldest]] = self._facts.query("select min(day) from quarantine", 1).rows
        if oldest is None:
            return {"reports": 0, "entries": 0}
        since = self._terms.waits_since(self._clock.now().date())
        since = max(since, date.fromisoformat(str(oldest)))
        progress = self.replayer.run(Wish(since, app, metric))
        return {"reports": progress.reports, "entries": progress.entries}

    def drop(self, app: str, metric: str | None = None, reason: str = "") -> dict[str, int]:
        """Let what waits of an app go.

        Args:
            app: the app.
            metric: of this metric, ``""`` for bodies that nobody could read; None for all.
            reason: with this reason; ``""`` for all.

        Returns:
            Of how many reports something went.

        Raises:
            LogError: it cannot be written down, and so it stays.
            FactsError: the tables cannot be read.
        """
        where = quarantine.where(app, metric, reason)
        rows = self._facts.query(quarantine.WAITING.format(where=where), MOST_ROWS).rows
        today = self._clock.now().date()
        places = [(str(metric), str(reason)) for _, metric, reason, *_ in rows]
        if places:
            self._log.append(dropping(app, today, places))
        return {"reports": sum(int(str(row[-1])) for row in rows)}

    def any_would_come_back(self) -> bool:
        """Whether anything waits that is accepted now; it spares reading the logs.

        Raises:
            FactsError: the tables cannot be read.
        """
        select = (
            "select app, wire, week, metric, reason, entries from quarantine where metric <> ''"
        )
        for row in self._facts.query(select, MOST_ROWS).rows:
            app, wire, week, metric, reason, entries = map(str, row)
            asides = [
                RecordAside(metric, reason, bytes(each).decode()) for each in _TEXTS.decode(entries)
            ]
            if would_come_back(
                self.replayer.judges, app, week, asides
            ) or self._said.would_come_back(app, wire, week, asides):
                return True
        return False


class Keeping:
    """What goes on in the background while a collector serves.

    Attributes:
        keeper: does the daily jobs.
        quarantine: what waits.
    """

    def __init__(
        self, keeper: Keeper, quarantine: Quarantine, facts: FactStore, follower: Follower
    ) -> None:
        self.keeper = keeper
        self.quarantine = quarantine
        self._facts = facts
        self._follower = follower
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._replay, name="replay", daemon=True)

    def acts(self) -> dict[str, Act]:
        """Give what the desk does for the folder's owner."""
        return {
            "quarantine_replay": _act(self.quarantine.replay),
            "quarantine_drop": _act(self.quarantine.drop),
        }

    def start(self) -> None:
        """Begin: replay what is known since, and do the jobs."""
        self._thread.start()
        self.keeper.start()

    def stop(self) -> None:
        """End after what is under way."""
        self._stop.set()
        self.quarantine.replayer.stop()
        if self._thread.is_alive():
            self._thread.join()
        self.keeper.stop()

    def late_reports(self) -> int | None:
        """Tell how many reports arrived when their week was closed; None if nobody knows."""
        with contextlib.suppress(FactsError):
            [[late]] = self._facts.query("select coalesce(sum(reports), 0) from late", 1).rows
            return int(str(late))
        return None

    def state(self) -> dict[str, object]:
        """Tell how far everything is, for ``/health``."""
        progress = self.quarantine.replayer.progress
        return {
            "state": "ok" if self.keeper.well and progress.state != "failing" else "failing",
            "jobs": {
                name: {
                    "started": run.started.isoformat(timespec="seconds"),
                    "outcome": run.outcome,
                    **run.numbers,
                }
                for name, run in sorted(self.keeper.last.items())
            },
            "replay": {
                "state": progress.state,
                "records": progress.records,
                "reports": progress.reports,
                "entries": progress.entries,
            },
            "late_reports": self.late_reports(),
        }

    def _replay(self) -> None:
        """Replay once what waits for what is known since, as soon as everything is loaded."""
        while not self._stop.is_set():
            try:
                if not self._follower.behind():
                    break
            except AboveboardError:
                pass  # the loader tells of it
            self._stop.wait(PAUSE_SECONDS)
        try:
            if not self._stop.is_set() and self.quarantine.any_would_come_back():
                self.quarantine.replay()
        except AboveboardError as error:
            logger.warning("what waits cannot be replayed: %s", error)


def _act(do: Callable[..., dict[str, int]]) -> Act:
    """Let the desk call something with the values that stand under ``with`` in a question."""

    def act(question: Mapping[str, object]) -> dict[str, Any]:
        told = question["with"]
        if not isinstance(told, dict):
            message = "not a question"
            raise TypeError(message)
        return do(**told)

    return act


def terms(settings: CollectorSettings) -> Terms:
    """Give how long things are kept by the settings."""
    return Terms(
        settings.raw_days,
        settings.raw_days_of,
        settings.quarantine_days,
        settings.quarantine_rows,
        settings.oldest_weeks,
    )


def keeping(  # noqa: PLR0913, PLR0917 as a collector's parts are
    settings: CollectorSettings,
    waiting: Quarantine,
    facts: Tables,
    logs: Sequence[KeptLog],
    follower: Follower,
    backups: DailyBackup,
    around: tuple[JobsLog, Clock, Chance],
    keys: PeriodKeys,
) -> Keeping:
    """Join what goes on in the background."""
    retention = Retention(terms(settings), facts, lambda: logs)

    def rewrite(_: date) -> dict[str, int]:
        facts.rewrite()
        return {}

    notes, clock, _ = around

    def tidy(_: date) -> dict[str, int]:
        return {"runs": notes.forget_runs(clock.now() - RUNS_KEPT)}

    def forget_keys(today: date) -> dict[str, int]:
        return {"keys": keys.forget(open_since(today))}

    def calm() -> bool:
        return follower.well and follower.behind() < MANY_BYTES

    def known() -> bool:
        return follower.behind() >= 0  # it raises where nobody knows what is loaded

    jobs = [
        # Where the disk is full nothing can be loaded, and room comes of nothing but this.
        Job("log", retention.clear_logs, known, at_start=True),
        Job("retention", retention.run, calm),
        Job("rewrite", rewrite, calm),
        Job("tidy", tidy, calm),
        Job("forget_keys", forget_keys, calm),
    ]
    if settings.backup_folder is not None:
        # After the others, so that what they delete is in no new backup; but whatever is behind is
        # in the log, and so in the backup.
        jobs.append(Job("backup", partial(backups.run, settings.backup_folder)))
    return Keeping(Keeper(jobs, *around), waiting, facts, follower)
