"""Enters: a transaction of PostgreSQL. Leaves: what waits, comes back or is dropped, in its tables.

The statements that both engines share stand in ``analysis/quarantine.py``; here is what PostgreSQL
reads the records with, and how it writes its tables anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql as words

from aboveboard.adapters import postgres_sql as sql
from aboveboard.analysis import aggregate, quarantine, taking_back
from aboveboard.model.period import GRACE

if TYPE_CHECKING:
    from psycopg import RawCursor

    from aboveboard.adapters.postgres_connections import Connection
    from aboveboard.ports.collector import LogSlice

_IS_LATE = f"""day > to_date(week, 'IYYY"-W"IW') + {6 + GRACE.days}"""
STAGE = f"""
with put as ({sql.STAGE} returning aside, week, day)
select count(*), count(*) filter (where cardinality(aside) > 0), count(*) filter (where {_IS_LATE})
from put
"""  # noqa: S608 ours
"""Reads a part of the log; counts the new reports, those of which something was set aside, and
those that are late. Most parts have none of the last two."""
COUNT_LATE = f"""
insert into late (app, week, reports)
select app, week, count(*) from stage where {_IS_LATE} group by app, week
on conflict (app, week) do update set reports = late.reports + excluded.reports
"""  # noqa: S608 ours
_ENTRIES = """
insert into {table}
select app, day, coalesce(wire, 'native'), (aside).m, (aside).r, week, (aside).e, number
from (
    select app, day, wire, week, number, unnest({asides}) as aside from {records}
) as told
"""
_HAD = """
insert into had
select (had).m, (had).k, number from (select number, unnest(had) as had from {records}) as told
"""
_CLEAR = "delete from part; delete from again; delete from arrived; delete from grouped"
_CLEAR_WAITS = "delete from waits"
_AGAIN = "insert into again select app, id from other where kind = 'more'"
_MORE = """
insert into more
select * from other where kind = 'more' and not exists (
    select from reports r where r.app = other.app and r.id = other.id and r.gone is not null
)
"""
_ARRIVED = """
insert into arrived
select app, (fact).m, week, (fact).d, (fact).k, (fact).c, number
from (select app, week, number, unnest(facts) as fact from more) as told
"""
_UNREAD = """
insert into waits
select app, day, wire, '', reason, '', cast(to_json(body) as varchar), number
from other where kind = 'unread'
"""
_DROPS = "insert into drops select app, m, r, day from other where kind = 'drop'"
_ORDERS = """
select distinct on (held.oid) held.relname, orders.relname
from pg_index join pg_class held on held.oid = indrelid
    join pg_class orders on orders.oid = indexrelid
where held.relnamespace = cast(current_schema() as regnamespace) and indisunique
order by held.oid, indisprimary desc
"""
_PATIENCE = "set lock_timeout = '60s'"
"""Nobody's query may take longer than half of that."""


def fold_asides(cursor: RawCursor, most: int) -> None:
    """Let wait what was set aside of the reports in ``stage``.

    Args:
        cursor: of the transaction under way.
        most: how many rows may wait of one app.
    """
    cursor.execute(_ENTRIES.format(table="waits", asides="aside", records="stage"))
    _add(cursor, most)


def fold_others(cursor: RawCursor, part: LogSlice, most: int) -> None:
    """Bring replays, unread bodies and drops into the tables; ``part`` holds them.

    Args:
        cursor: of the transaction under way.
        part: what they are of.
        most: how many rows may wait of one app.
    """
    place = [part.log, part.end.segment]
    cursor.execute(sql.OTHER)
    cursor.execute(_AGAIN)
    cursor.execute(taking_back.NOTE_COPIES, place)
    cursor.execute(taking_back.LIST_LATE_COPIES, place)
    cursor.execute(_MORE)
    cursor.execute(_ARRIVED)
    cursor.execute(_HAD.format(records="more"))
    cursor.execute(sql.GROUPED)
    for statement in (*aggregate.ADD, *quarantine.COUNT_ONCE):
        cursor.execute(statement)
    cursor.execute(_ENTRIES.format(table="ends", asides="back || stay", records="more"))
    cursor.execute(_ENTRIES.format(table="waits", asides="stay", records="more"))
    for statement in quarantine.SUBTRACT:
        cursor.execute(statement)
    cursor.execute(quarantine.ADD)
    cursor.execute(_CLEAR_WAITS)
    cursor.execute(_UNREAD)
    _add(cursor, most)
    cursor.execute(_DROPS)
    for statement in quarantine.DROP:
        cursor.execute(statement)


def clear(cursor: RawCursor) -> None:
    """Empty what the reports of a part were loaded with, for what else the part holds."""
    cursor.execute(_CLEAR)


def take_out(cursor: RawCursor) -> None:
    """Undo what the records in ``stage`` did here, before their counts go.

    A report's row is found by its values, as in DuckDB.
    """
    cursor.execute(_HAD.format(records="stage"))
    for statement in quarantine.COUNT_TWICE:
        cursor.execute(statement)
    cursor.execute(_ENTRIES.format(table="ends", asides="aside || stay", records="stage"))
    for statement in quarantine.SUBTRACT:
        cursor.execute(statement)


def write_anew(connection: Connection) -> None:
    """Write each table anew, in the order of its values.

    Args:
        connection: where no transaction is open; nobody writes through another meanwhile.
    """
    connection.execute(_PATIENCE)
    for table, order in connection.execute(_ORDERS).fetchall():
        names = words.Identifier(str(table)), words.Identifier(str(order))
        connection.execute(words.SQL("cluster {} using {}").format(*names))
        connection.execute(words.SQL("analyze {}").format(names[0]))


def _add(cursor: RawCursor, most: int) -> None:
    """Let entries wait; where they have become far too many, the oldest go."""
    cursor.execute(quarantine.ADD)
    cursor.execute(_CLEAR_WAITS)
    if cursor.execute(quarantine.CROWDED, [most + most // 10]).fetchall():
        for statement in quarantine.trim(most):
            cursor.execute(statement)
