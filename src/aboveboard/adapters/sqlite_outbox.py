"""Enters: the port Outbox. Leaves: reports and what became of them, in a home's SQLite file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from aboveboard.model.period import Week
from aboveboard.model.report import COLLECTOR, Delivery, Fate, still_held

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

    from aboveboard.adapters.sqlite_file import SqliteFile
    from aboveboard.model.report import Answered, Outgoing

_DELIVERIES = """
select report, week, fate, answer, body, sealed, sendings.day, destination, url, at, tries, due
from sendings join reports on reports.id = sendings.report
"""
_SETTLE = """
update sendings set fate = :fate, answer = :answer, url = :url, at = :at, tries = :tries,
    due = :due, sealed = :sealed, day = :day
where report = :report and destination = :destination and (:fate <> 'waiting' or fate = 'waiting')
"""
_SEND = """
insert into sendings (report, destination, fate, answer, url, at, tries, due, sealed, day)
values (:report, :destination, :fate, :answer, :url, :at, :tries, :due, :sealed, :day)
"""
_COPY = """
insert or ignore into sendings
    (report, destination, fate, answer, url, at, tries, due, sealed, day)
select report, ?, fate, '', '', '', 0, due, 0, day
from sendings where destination = ? and fate = 'waiting' order by number
"""
_STRIKE_TRIED = """
update sendings set fate = 'struck'
where fate = 'waiting' and tries > 0 and destination = coalesce(?, destination)
"""
_DROP_UNTRIED = """
delete from sendings where fate = 'waiting' and destination = coalesce(?, destination)
"""
_ALL_STRUCK = "not in (select report from sendings where fate <> 'struck')"
_UNHEARD = """
update sendings set tries = max(tries, :tries), answer = :answer, url = :url, at = :at, day = :day
where report = :report and destination = :destination and fate = 'struck'
"""
_WAITS = """
report = ?1 and not exists (select 1 from sendings where report = ?1 and fate <> 'waiting')
"""


class SqliteOutbox:
    """Keeps reports in the file that the store of the same home uses.

    Args:
        file: that file.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        """Give the journal, oldest first."""
        if fate is None:
            rows = self._file.rows(f"{_DELIVERIES} order by sendings.number")
        else:
            ordered = f"{_DELIVERIES} where fate = ? order by sendings.number"
            rows = self._file.rows(ordered, fate.value)
        with self._file.mapped("the store cannot be understood"):
            return [_delivery(row) for row in rows]

    def settle(self, delivery: Delivery, token: str = "") -> None:
        """Note down what became of a report."""
        waits = delivery.fate is Fate.WAITING
        if waits and not self._file.exists() and not (delivery.tries and token):
            return
        with self._file.write() as database:
            found = database.execute(_SETTLE, _row(delivery)).rowcount
            if not waits:
                _keep_as_it_left(database, delivery, token)
                if not found:
                    database.execute(_SEND, _row(delivery))
            elif not found and delivery.tries:
                _keep_as_unheard(database, delivery, token)

    def copy_to(self, destination: str) -> None:
        """Have what waits for the collector go to another destination, too."""
        if self._file.exists():
            with self._file.write() as database:
                database.execute(_COPY, (destination, COLLECTOR))

    def leave_out(self, destination: str) -> None:
        """Let nothing wait for a destination any longer."""
        if not self._file.exists():
            return
        with self._file.write() as database:
            drop_waiting(database, destination)

    def strike(self, report: str, body: bytes | None = None) -> bool:
        """Take a report out that waits everywhere, or replace its content."""
        if not self._file.exists():
            return False
        with self._file.write() as database:
            found = database.execute(f"select 1 from sendings where {_WAITS}", (report,)).fetchone()  # noqa: S608 no value in it
            if found is None:
                return False
            database.execute("update reports set body = ? where id = ?", (body or b"", report))
            if body is None:
                struck = "update sendings set fate = ?, answer = '' where report = ?"
                database.execute(struck, (Fate.STRUCK.value, report))
                database.execute("delete from said where report = ?", (report,))
        return True

    def token(self, report: str) -> str:
        """Give the token that takes a report back."""
        rows = self._file.rows("select token from reports where id = ?", report)
        return str(rows[0][0]) if rows else ""


def insert(
    database: sqlite3.Connection, report: Outgoing, said: Sequence[str], destinations: Sequence[str]
) -> None:
    """Put a report into the outbox."""
    database.execute(
        "insert into reports (id, week, body, token, day) values (?, ?, ?, ?, ?)",
        (report.report, str(report.week), report.body, report.token, report.day.isoformat()),
    )
    for destination in destinations:
        waits = Delivery(
            report.report, report.week, Fate.WAITING, "", b"", 0, report.day, destination
        )
        database.execute(_SEND, _row(waits) | {"due": report.due})
    rows = [(str(report.week), metric, report.report) for metric in said]
    database.executemany("insert into said values (?, ?, ?)", rows)


def is_said(database: sqlite3.Connection, week: Week, metrics: Sequence[str]) -> bool:
    """Whether a report of the week says one of some states already."""
    said = database.execute("select metric from said where week = ?", (str(week),))
    return not {metric for (metric,) in said}.isdisjoint(metrics)


def drop_waiting(database: sqlite3.Connection, destination: str | None = None) -> None:
    """Let nothing wait any longer, anywhere or for one destination.

    What was tried without an answer may have arrived: its id and its token stay.
    """
    database.execute(_STRIKE_TRIED, (destination,))
    database.execute(_DROP_UNTRIED, (destination,))
    forget_unaddressed(database)
    database.execute(f"update reports set body = x'' where id {_ALL_STRUCK}")  # noqa: S608 no value in it
    database.execute(f"delete from said where report {_ALL_STRUCK}")  # noqa: S608 no value in it


def drop_what_nobody_holds(database: sqlite3.Connection, answered: Answered) -> None:
    """Let go of every report that is at none of its destinations."""
    rows = [_delivery(row) for row in database.execute(_DELIVERIES).fetchall()]
    gone = {row.report for row in rows} - still_held(rows, answered)
    drop(database, gone)


def drop(database: sqlite3.Connection, reports: Collection[str]) -> None:
    """Let go of some reports."""
    database.executemany("delete from sendings where report = ?", [(each,) for each in reports])
    forget_unaddressed(database)


def forget_unaddressed(database: sqlite3.Connection) -> None:
    """Let go of reports that nobody gets and nobody got."""
    database.execute("delete from reports where id not in (select report from sendings)")
    database.execute("delete from said where report not in (select id from reports)")


def _keep_as_it_left(database: sqlite3.Connection, delivery: Delivery, token: str) -> None:
    """Keep what left, also if it was withdrawn, struck or made smaller while it travelled."""
    database.execute(
        "insert into reports (id, week, body, token, day) values (?, ?, ?, ?, ?)"
        " on conflict (id) do update set body = excluded.body",
        (delivery.report, str(delivery.week), delivery.body, token, delivery.day.isoformat()),
    )


def _keep_as_unheard(database: sqlite3.Connection, delivery: Delivery, token: str) -> None:
    """Keep what takes a report back that was withdrawn or struck while it travelled."""
    row = _row(delivery)
    there = "select 1 from sendings where report = :report and destination = :destination"
    if database.execute(_UNHEARD, row).rowcount or not token:
        return
    if database.execute(there, row).fetchone() is None:
        database.execute(
            "insert or ignore into reports (id, week, body, token, day) values (?, ?, x'', ?, ?)",
            (delivery.report, str(delivery.week), token, delivery.day.isoformat()),
        )
        database.execute(_SEND, row | {"fate": Fate.STRUCK.value})


def _row(delivery: Delivery) -> dict[str, object]:
    return {
        "report": delivery.report,
        "destination": delivery.destination,
        "fate": delivery.fate.value,
        "answer": delivery.answer,
        "url": delivery.url,
        "at": delivery.at,
        "tries": delivery.tries,
        "due": delivery.due,
        "sealed": delivery.sealed,
        "day": delivery.day.isoformat(),
    }


def _delivery(row: tuple[Any, ...]) -> Delivery:
    report, week, fate, answer, body, sealed, day, destination, url, at, tries, due = row
    return Delivery(
        report=report,
        week=Week.parse(week),
        fate=Fate(fate),
        answer=answer,
        body=body,
        sealed=sealed,
        day=date.fromisoformat(day),
        destination=destination,
        url=url,
        at=at,
        tries=tries,
        due=due,
    )
