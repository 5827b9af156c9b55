"""Enters: the port EventStore. Leaves: counts in an SQLite file, and a readable choice beside it.

What is being counted lies in mapped files (``tally_file``) until it is gathered: read, added up and
noted down as read in one transaction, so that each count arrives once, whoever is killed when.
"""

from __future__ import annotations

import contextlib
import os
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aboveboard.adapters.choice_file import ChoiceFile
from aboveboard.adapters.process import unforked
from aboveboard.adapters.sqlite_file import wipe
from aboveboard.adapters.tally_folder import TallyFolder
from aboveboard.errors import StoreError
from aboveboard.model.consent import Choice, Leave, Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from aboveboard.adapters.sqlite_file import SqliteFile
    from aboveboard.adapters.tally_file import TallyFile
    from aboveboard.model.event import Event
    from aboveboard.model.period import Week
    from aboveboard.model.report import Answered, Outgoing
    from aboveboard.model.stored import Lost, StoredEvent

_PERIOD = timedelta(days=6)
"""From the first day of a period to its last."""
_EVENTS = "select metric, day, key, count, leave from events order by 1, 2, 3, 5"
_SETTLED, _ALL = "fate <> 'waiting'", "true"
_UNREADABLE = Choice(Mode.LOCAL, date.min, "", -1)
"""Stands for a choice that cannot be read: nothing was recorded under it, so nothing leaves."""


SENDING = "sending.lock"
"""What senders lock; with nothing to send it has no use."""


class SqliteEventStore:
    """Keeps events in the SQLite file of a home, and the choice in ``choice.json``.

    What is done in the file is imported when it is open, as SQLite itself, and the rest within
    ``unforked``: a program that only counts needs none of it, and nobody may fork while a thread
    imports.

    Args:
        file: the SQLite file.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._tallies = TallyFolder(file.home)
        self._choice_file = ChoiceFile(file.home)
        self._broken = 0
        self._told_aside = False

    def choice(self) -> Choice | None:
        """Give what the person chose, or None."""
        return self._choice_file.read()

    def choose(self, choice: Choice) -> None:
        """Keep the choice, all or nothing."""
        self._choice_file.write(choice)

    def withhold(self, metrics: frozenset[str] | None = None) -> None:
        """Mark what is kept as never to be sent."""
        if self._file.exists():
            with self._file.write() as database:
                from aboveboard.adapters import sqlite_counts, sqlite_outbox  # noqa: PLC0415 as sqlite3

                sqlite_counts.mark(database, Leave.NEVER, metrics, tuple(Leave))
                if metrics is None:
                    sqlite_outbox.drop_waiting(database)

    def release(self) -> None:
        """Let go what was recorded before anybody chose."""
        if self._file.exists():
            with self._file.write() as database:
                from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

                sqlite_counts.mark(database, Leave.YES, None, (Leave.IF_ASKED,))

    def tally(self) -> TallyFile:
        """Open a tally for this process."""
        return self._tallies.create()

    def gather(self) -> None:
        """Bring what every tally holds into the store."""
        with self._file.mapped("the counts cannot be gathered"), contextlib.ExitStack() as owned:
            if not self._tallies.paths():
                return
            with self._file.write() as database:
                from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

                # Looked for once more: what came and was gathered meanwhile is not gone.
                paths = self._tallies.paths()
                ended = owned.enter_context(self._tallies.ended(paths))
                choice = self._standing()
                for path in paths:
                    whole = sqlite_counts.gather(database, path, choice)
                    self._broken += path in ended and not whole
                sqlite_counts.forget_gone(database, map(os.path.basename, paths))
            self._tallies.remove(ended)

    def add(self, events: Iterable[Event]) -> None:
        """Add counts."""
        with self._file.write() as database:
            from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

            sqlite_counts.add(database, events, self._standing())

    def events(self) -> list[StoredEvent]:
        """Give everything that is in no report yet."""
        with unforked():
            from aboveboard.model.stored import StoredEvent  # noqa: PLC0415 see the class

        with self._file.mapped("the store cannot be understood"):
            return [
                StoredEvent(metric, date.fromisoformat(day), key, count, Leave(leave))
                for metric, day, key, count, leave in self._file.rows(_EVENTS)
            ]

    def said(self, week: Week) -> frozenset[str]:
        """Give the metrics whose state was said this week."""
        select = "select metric from said where week = ?"
        return frozenset(metric for (metric,) in self._file.rows(select, str(week)))

    def take(
        self,
        events: Sequence[StoredEvent],
        report: Outgoing,
        said: Iterable[str],
        destinations: Sequence[str],
    ) -> bool:
        """Move counts into a report, all or nothing, if they are still there."""
        with self._file.write() as database:
            from aboveboard.adapters import sqlite_counts, sqlite_outbox  # noqa: PLC0415 as sqlite3

            states = list(said)
            twice = sqlite_outbox.is_said(database, report.week, states)
            if twice or not sqlite_counts.subtract(database, events):
                database.rollback()
                return False
            sqlite_outbox.insert(database, report, states, destinations)
            return True

    def drop(self, events: Sequence[StoredEvent]) -> None:
        """Let go of counts."""
        if self._file.exists():
            with self._file.write() as database:
                from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

                sqlite_counts.subtract(database, events)

    def keep_here(self, events: Sequence[StoredEvent]) -> None:
        """Let counts stay on the machine for good."""
        if self._file.exists():
            with self._file.write() as database:
                from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

                sqlite_counts.keep_here(database, events)

    def redate(self, days: Mapping[date, date]) -> None:
        """Move what was counted on some days to others."""
        if self._file.exists():
            with self._file.write() as database:
                from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

                for wrong in sorted(days, reverse=True):
                    sqlite_counts.redate(database, wrong, days[wrong])

    def prune(self, most_bytes: int, oldest: date) -> Lost:
        """Let go of what is too old, and of the oldest days while there is too much."""
        with unforked():
            from aboveboard.model.stored import Lost  # noqa: PLC0415 see the class

        self.gather()
        with self._file.mapped("the counts cannot be tidied up"):
            self._tallies.tidy()
        lost = self._forget_until(oldest - timedelta(days=1), _ALL)
        if self._size(most_bytes) > most_bytes:
            wipe(self._file.aside)
        for fates in (_SETTLED, _ALL):
            while self._size(most_bytes) > most_bytes and (first := self._first_day(fates)):
                more = self._forget_until(first + min(_PERIOD, date.max - first), fates)
                lost = Lost(lost.counts + more.counts, lost.reports + more.reports)
        self._file.shrink()
        return Lost(lost.counts, lost.reports, self._found_broken())

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes under a name."""
        with self._file.write() as database:
            database.execute("insert or replace into kept values (?, ?)", (name, content))

    def kept(self, name: str) -> bytes | None:
        """Give what was kept under a name, or None."""
        rows = self._file.rows("select content from kept where name = ?", name)
        return bytes(rows[0][0]) if rows else None

    def exchange(
        self, name: str, before: bytes | None, content: bytes, events: Iterable[Event] = ()
    ) -> bool:
        """Keep some bytes and add counts, if what was kept is still as before."""
        with self._file.write() as database:
            from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

            select = "select content from kept where name = ?"
            row = database.execute(select, (name,)).fetchone()
            if (bytes(row[0]) if row is not None else None) != before:
                return False
            database.execute("insert or replace into kept values (?, ?)", (name, content))
            sqlite_counts.add(database, events, self._standing())
            return True

    def erase(
        self, metrics: frozenset[str] | None = None, answered: Answered = frozenset()
    ) -> None:
        """Delete and overwrite counts, reports that wait or that nobody holds, what was kept."""
        try:
            if metrics is None:
                self._erase_all(answered)
            else:
                self._erase_metrics(metrics)
        except StoreError:
            # A file that is broken was set aside, and is erased there.
            if not self._file.set_aside or self._file.exists():
                raise
            if metrics is None:
                self._erase_all(answered)
        with self._file.mapped("the counts cannot be erased"):
            wipe(self._file.aside)

    def let_go(self, reports: Collection[str]) -> None:
        """Delete and overwrite some reports."""
        with self._file.alone() as alone:
            left = True
            if self._file.exists():
                with self._file.write() as database:
                    from aboveboard.adapters import sqlite_outbox  # noqa: PLC0415 as sqlite3

                    sqlite_outbox.drop(database, reports)
                    left = any(
                        database.execute(f"select 1 from {table} limit 1").fetchone()  # noqa: S608 a word of ours
                        for table in ("events", "gathered", "kept", "sendings")
                    )
            if left or not alone:
                self._file.overwrite()
            else:
                self._file.remove()
                with self._file.mapped("the store cannot be removed"):
                    wipe(os.path.join(self._file.home, SENDING))

    def hurry(self) -> None:
        """Wait for others a moment at most, until the next ``close``."""
        self._file.hurry()

    def close(self) -> None:
        """Let go of the file; the next call opens it again."""
        self._file.close()

    def _standing(self) -> Choice | None:
        try:
            return self.choice()
        except StoreError:
            return _UNREADABLE

    def _erase_all(self, answered: Answered) -> None:
        with self._file.mapped("the counts cannot be erased"):
            self._tallies.wipe()
            wipe(os.path.join(self._file.home, SENDING))
        with self._file.alone() as alone:
            left = 0
            if self._file.exists():
                with self._file.write() as database:
                    from aboveboard.adapters import sqlite_outbox  # noqa: PLC0415 as sqlite3

                    for table in ("events", "gathered", "kept"):
                        database.execute(f"delete from {table}")  # noqa: S608 a word of ours
                    sqlite_outbox.drop_waiting(database)
                    sqlite_outbox.drop_what_nobody_holds(database, answered)
                    left = database.execute("select count(*) from sendings").fetchone()[0]
            if left or not alone:
                self._file.overwrite()
            else:
                self._file.remove()

    def _erase_metrics(self, metrics: frozenset[str]) -> None:
        self.gather()
        if self._file.exists():
            with self._file.write() as database:
                rows = [(metric,) for metric in metrics]
                database.executemany("delete from events where metric = ?", rows)
            self._file.overwrite()

    def _size(self, most_bytes: int) -> int:
        """Tell how much there is; tallies of running programs leave half of it for the rest."""
        return self._file.size() + min(self._tallies.size(), most_bytes // 2)

    def _forget_until(self, day: date, fates: str) -> Lost:
        with unforked():
            from aboveboard.model.stored import Lost  # noqa: PLC0415 see the class

        if not self._file.exists():
            return Lost()
        with self._file.write() as database:
            from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

            return Lost(*sqlite_counts.forget_until(database, day, fates))

    def _first_day(self, fates: str) -> date | None:
        with unforked():
            from aboveboard.adapters import sqlite_counts  # noqa: PLC0415 as sqlite3

        with self._file.mapped("the store cannot be understood"):
            found = self._file.rows(sqlite_counts.oldest(fates))
            return date.fromisoformat(found[0][0]) if found and found[0][0] else None

    def _found_broken(self) -> int:
        found, self._broken = self._broken, 0
        if self._file.set_aside and not self._told_aside:
            self._told_aside = True
            found += 1
        return found
