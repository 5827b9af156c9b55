"""Enters: the port EventStore. Leaves: an SQLite file and a readable choice in a home folder.

Nothing is created before there is something to keep: where nothing may be recorded, no folder and
no file appears. Many processes may share a home (write-ahead log, one short transaction each).
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any

from aboveboard.errors import StoreError
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.period import Week
from aboveboard.model.report import Delivery, Fate
from aboveboard.ports import StoredEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from aboveboard.model.event import Event

BUSY_SECONDS = 2.0
_SCHEMA = """
create table if not exists events (
    metric text not null, day text not null, key text not null,
    sendable integer not null, count integer not null,
    primary key (metric, day, key, sendable)
) without rowid;
create table if not exists reports (
    number integer primary key, id text not null unique, week text not null, fate text not null,
    answer text not null, body blob not null, sealed integer not null, day text not null
);
create table if not exists said (
    week text not null, metric text not null, report text not null,
    primary key (week, metric, report)
) without rowid;
create table if not exists kept (name text primary key, content blob not null) without rowid;
"""
_ADD = """
insert into events (metric, day, key, sendable, count) values (?, ?, ?, ?, ?)
on conflict do update set count = count + excluded.count
"""
_SUBTRACT = """
update events set count = count - :count
where metric = :metric and day = :day and key = :key and sendable = :sendable and count >= :count
"""
_REPORTS = "select id, week, fate, answer, body, sealed, day from reports"


class SqliteEventStore:
    """Keeps events in ``store.sqlite`` and the choice in ``choice.json`` of a folder."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / "store.sqlite"
        self._choice_file = home / "choice.json"
        self._connection: sqlite3.Connection | None = None
        self._opened = -1

    def choice(self) -> Choice | None:
        """Give what the person chose, or None."""
        try:
            content = json.loads(self._choice_file.read_text(encoding="utf-8"))
            day = date.fromisoformat(content["day"])
            mode, number = Mode(content["mode"]), int(content["number"])
            return Choice(mode, day, str(content["registry"]), number)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            message = "the choice cannot be read"
            raise StoreError(message) from error

    def choose(self, choice: Choice) -> None:
        """Keep the choice, all or nothing."""
        content = {
            "mode": choice.mode.value,
            "day": choice.day.isoformat(),
            "registry": choice.registry,
            "number": choice.number,
        }
        part = self._choice_file.with_suffix(".part")
        try:
            self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.write_text(json.dumps(content) + "\n", encoding="utf-8")
            part.replace(self._choice_file)
        except (OSError, ValueError) as error:
            message = "the choice cannot be kept"
            raise StoreError(message) from error

    def withhold(self) -> None:
        """Mark everything as never to be sent, and drop the reports that wait."""
        if not self._exists():
            return
        with self._write() as database:
            rows = database.execute(
                "select metric, day, key, 0, sum(count) from events group by metric, day, key",
            ).fetchall()
            database.execute("delete from events")
            database.executemany(_ADD, rows)
            _drop_waiting(database)

    def add(self, events: Iterable[Event], *, sendable: bool) -> None:
        """Add counts."""
        with self._write() as database:
            for event in events:
                name, day = event.metric.name, event.day.isoformat()
                if not event.metric.kind.adds_up:
                    same = "delete from events where metric = ? and day = ?"
                    database.execute(same, (name, day))
                database.execute(_ADD, (name, day, event.key, sendable, event.count))

    def events(self) -> list[StoredEvent]:
        """Give everything that is in no report yet."""
        select = "select metric, day, key, count, sendable from events order by 1, 2, 3, 5"
        with self._mapped("the store cannot be understood"):
            return [
                StoredEvent(metric, date.fromisoformat(day), key, count, bool(sendable))
                for metric, day, key, count, sendable in self._rows(select)
            ]

    def said(self, week: Week) -> frozenset[str]:
        """Give the metrics whose state was said this week."""
        select = "select metric from said where week = ?"
        return frozenset(metric for (metric,) in self._rows(select, str(week)))

    def take(self, events: Sequence[StoredEvent], delivery: Delivery, said: Iterable[str]) -> bool:
        """Move counts into a report, all or nothing, if they are still there."""
        with self._write() as database:
            if not _subtract(database, events):
                database.rollback()
                return False
            _insert(database, delivery)
            rows = [(str(delivery.week), metric, delivery.report) for metric in said]
            database.executemany("insert into said values (?, ?, ?)", rows)
            return True

    def drop(self, events: Sequence[StoredEvent]) -> None:
        """Let go of counts."""
        if not self._exists():
            return
        with self._write() as database:
            _subtract(database, events)

    def settle(self, delivery: Delivery) -> None:
        """Note down what became of a report."""
        waits = delivery.fate is Fate.WAITING
        if waits and not self._exists():
            return
        with self._write() as database:
            found = database.execute(
                "update reports set fate = ?, answer = ?, sealed = ?, day = ? where id = ?",
                (
                    delivery.fate.value,
                    delivery.answer,
                    delivery.sealed,
                    delivery.day.isoformat(),
                    delivery.report,
                ),
            )
            if not found.rowcount and not waits:
                _insert(database, delivery)

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        """Give the journal, oldest first."""
        if fate is None:
            rows = self._rows(f"{_REPORTS} order by number")
        else:
            rows = self._rows(f"{_REPORTS} where fate = ? order by number", fate.value)
        with self._mapped("the store cannot be understood"):
            return [_delivery(row) for row in rows]

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes under a name."""
        with self._write() as database:
            database.execute("insert or replace into kept values (?, ?)", (name, content))

    def kept(self, name: str) -> bytes | None:
        """Give what was kept under a name, or None."""
        rows = self._rows("select content from kept where name = ?", name)
        return bytes(rows[0][0]) if rows else None

    def erase(self) -> None:
        """Delete and overwrite every count, every report that waits and all that was kept."""
        if not self._exists():
            return
        with self._write() as database:
            database.execute("delete from events")
            database.execute("delete from kept")
            _drop_waiting(database)
        empty = not self.deliveries()
        with self._mapped("the store cannot be erased"):
            self._open().execute("pragma wal_checkpoint(truncate)")
            self.close()
            if empty:
                self._file.unlink()

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exists(self) -> bool:
        with self._mapped("the store cannot be found"):
            return self._file.exists()

    def _rows(self, select: str, *values: str) -> list[tuple[Any, ...]]:
        if not self._exists():
            return []
        with self._mapped("the store cannot be read"):
            return self._open().execute(select, values).fetchall()

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._mapped("the store cannot be written"):
            self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
            database = self._open()
            database.execute("begin immediate")
            with database:
                yield database

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._mark() != self._opened:
            # Another process was told to forget everything and removed the file.
            self.close()
        if self._connection is None:
            self._connection = self._connect()
            self._opened = self._mark()
        return self._connection

    def _mark(self) -> int:
        try:
            return self._file.stat().st_ino
        except FileNotFoundError:
            return -1

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(
            self._file,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = normal")
            database.execute("pragma secure_delete = on")
            database.executescript(_SCHEMA)
        except sqlite3.Error:
            database.close()
            raise
        return database

    @contextlib.contextmanager
    def _mapped(self, message: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            raise StoreError(message) from error


def _subtract(database: sqlite3.Connection, events: Sequence[StoredEvent]) -> bool:
    whole = True
    for event in events:
        values = {
            "metric": event.metric,
            "day": event.day.isoformat(),
            "key": event.key,
            "sendable": event.sendable,
            "count": event.count,
        }
        whole = database.execute(_SUBTRACT, values).rowcount == 1 and whole
    database.execute("delete from events where count <= 0")
    return whole


def _insert(database: sqlite3.Connection, delivery: Delivery) -> None:
    database.execute(
        "insert into reports (id, week, fate, answer, body, sealed, day)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (
            delivery.report,
            str(delivery.week),
            delivery.fate.value,
            delivery.answer,
            delivery.body,
            delivery.sealed,
            delivery.day.isoformat(),
        ),
    )


def _drop_waiting(database: sqlite3.Connection) -> None:
    said = "delete from said where report in (select id from reports where fate = ?)"
    database.execute(said, (Fate.WAITING.value,))
    database.execute("delete from reports where fate = ?", (Fate.WAITING.value,))


def _delivery(row: tuple[Any, ...]) -> Delivery:
    report, week, was, answer, body, sealed, day = row
    return Delivery(
        report=report,
        week=Week.parse(week),
        fate=Fate(was),
        answer=answer,
        body=body,
        sealed=sealed,
        day=date.fromisoformat(day),
    )
