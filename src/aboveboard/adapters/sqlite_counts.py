"""Enters: a transaction of the device's SQLite file. Leaves: its counts are added, marked, gone."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

from aboveboard.adapters import sqlite_outbox
from aboveboard.adapters.tally_file import content
from aboveboard.adapters.tally_layout import is_whole, records
from aboveboard.device.tally import news, standing
from aboveboard.model.consent import Leave

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from aboveboard.model.consent import Choice
    from aboveboard.model.event import Event
    from aboveboard.model.stored import StoredEvent

MOST_GONE = 100
"""Of so many tallies that are gone is remembered what was read in them: one may come back."""
_ADD = """
insert into events (metric, day, key, leave, count, adds_up) values (?, ?, ?, ?, ?, ?)
on conflict do update set count = count + excluded.count
"""
_SUBTRACT = """
update events set count = count - :count
where metric = :metric and day = :day and key = :key and leave = :leave and count >= :count
"""
_STAY = """
insert into events (metric, day, key, leave, count, adds_up)
select metric, day, key, :never, :count, adds_up from events
where metric = :metric and day = :day and key = :key and leave = :leave
on conflict do update set count = count + excluded.count
"""


def gather(database: sqlite3.Connection, path: str, choice: Choice | None) -> bool:
    """Add what was counted in a tally since it was read last, and note it down as read.

    Returns:
        Whether all of it could be read.
    """
    read, name = content(path), os.path.basename(path)
    select = "select slot, count from gathered where file = ?"
    known = dict(database.execute(select, (name,)).fetchall())
    events, changed = news(records(read), known)
    rows = [(name, slot, count) for slot, count in changed.items()]
    database.executemany("insert or replace into gathered values (?, ?, ?)", rows)
    add(database, events, choice)
    return is_whole(read)


def forget_gone(database: sqlite3.Connection, there: Iterable[str]) -> None:
    """Forget what was read in tallies that are gone, but for the latest of them."""
    known = {name for (name,) in database.execute("select distinct file from gathered")}
    gone = [(name,) for name in sorted(known - set(there))[:-MOST_GONE]]
    database.executemany("delete from gathered where file = ?", gone)


def add(database: sqlite3.Connection, events: Iterable[Event], choice: Choice | None) -> None:
    """Add counts as the present choice lets them stand."""
    replaced: set[tuple[str, str]] = set()
    for event in events:
        leave = standing(event, choice)
        if leave is None:
            continue
        place = (event.metric, event.day.isoformat())
        if not event.adds_up and place not in replaced:
            replaced.add(place)
            database.execute("delete from events where metric = ? and day = ?", place)
        if event.count:
            row = (*place, event.key, leave.value, event.count, int(event.adds_up))
            database.execute(_ADD, row)


def subtract(database: sqlite3.Connection, events: Sequence[StoredEvent]) -> bool:
    """Take counts away as far as they are there; tell whether all were."""
    whole = True
    for event in events:
        whole = database.execute(_SUBTRACT, _values(event)).rowcount == 1 and whole
    database.execute("delete from events where count <= 0")
    return whole


def keep_here(database: sqlite3.Connection, events: Sequence[StoredEvent]) -> None:
    """Let counts stay on the machine, as far as they are there."""
    for event in events:
        if database.execute(_SUBTRACT, _values(event)).rowcount:
            database.execute(_STAY, _values(event) | {"never": Leave.NEVER.value})
    database.execute("delete from events where count <= 0")


def _values(event: StoredEvent) -> dict[str, object]:
    return {
        "metric": event.metric,
        "day": event.day.isoformat(),
        "key": event.key,
        "leave": event.leave.value,
        "count": event.count,
    }


def mark(
    database: sqlite3.Connection,
    leave: Leave,
    metrics: frozenset[str] | None,
    those: Sequence[Leave],
) -> None:
    """Let counts leave otherwise than until now."""
    rows = [
        (metric, day, key, leave.value if old in those else old, count, adds_up)
        for metric, day, key, old, count, adds_up in database.execute(
            "select metric, day, key, leave, count, adds_up from events"
        ).fetchall()
        if metrics is None or metric in metrics
    ]
    gone = [row[:3] for row in rows]
    database.executemany("delete from events where metric = ? and day = ? and key = ?", gone)
    database.executemany(_ADD, rows)


def redate(database: sqlite3.Connection, wrong: date, right: date) -> None:
    """Move the counts of a day to another; a state that is there already stays."""
    days = (right.isoformat(), wrong.isoformat())
    moved = (
        "select metric, ?1, key, leave, count, adds_up from events as moved where day = ?2 and"
        " (adds_up or not exists"
        " (select 1 from events where metric = moved.metric and day = ?1))"
    )
    rows = database.execute(moved, days).fetchall()
    database.execute("delete from events where day = ?", days[1:])
    database.executemany(_ADD, rows)


def forget_until(database: sqlite3.Connection, day: date, fates: str) -> tuple[int, int]:
    """Let go of counts and reports of a day and before; tell how many those were."""
    counts = database.execute("delete from events where day <= ?", (day.isoformat(),)).rowcount
    old = "report in (select id from reports where day <= ?)"
    gone = f"delete from sendings where {fates} and {old}"  # noqa: S608 a word of ours
    reports = database.execute(gone, (day.isoformat(),)).rowcount
    sqlite_outbox.forget_unaddressed(database)
    return counts, reports


def oldest(fates: str) -> str:
    """Give the question for the oldest day of what is kept."""
    made = f"select reports.day from reports join sendings on report = id where {fates}"  # noqa: S608 a word of ours
    return f"select min(day) from (select day from events union all {made})"  # noqa: S608 see above
