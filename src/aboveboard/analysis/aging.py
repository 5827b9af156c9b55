"""Enters: what is too old. Leaves: the one definition of what is deleted then, as SQL.

Totals are kept for ever, but what was said of a state on single days goes with the facts. The
dialect is what DuckDB and PostgreSQL share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.analysis import held, quarantine
from aboveboard.model.period import Week

if TYPE_CHECKING:
    from datetime import date

    from aboveboard.ports.keeping import Ages

TABLES = """
create table if not exists old_reports (
    app varchar not null, reports bigint not null, primary key (app)
);
"""
"""How many reports there were whose ids are no longer known."""

_TOTALS = ("group_totals", "period_totals")

FORGET_PLACES = (
    "update reports set token = null, log = null, segment = null where log = $1 and segment < $2",
    "delete from copies where log = $1 and segment < $2",
)
"""Forgets where reports were, and with that who could take them back, of segments that are gone."""


def age(ages: Ages) -> list[tuple[str, str]]:
    """Give the statements that delete what is too old.

    Returns:
        The name of a table, and a statement that deletes rows of it; in between, with ``""`` for
        the name, what must be done before.
    """
    return [
        *_facts(ages),
        *_held(ages),
        *_days(ages),
        *_waiting(ages),
        *_ids(ages),
        *_asides(ages),
    ]


def _facts(ages: Ages) -> list[tuple[str, str]]:
    return [
        ("facts", f"delete from facts where {app} and {_before(day)}")  # noqa: S608 ours
        for app, day in _each(ages)
    ]


def _each(ages: Ages) -> list[tuple[str, date]]:
    """Give the apps, as conditions, each with the day since which their facts are kept."""
    own = ", ".join(_text(app) for app in sorted(ages.facts_of))
    of_apps = [(f"app = {_text(app)}", day) for app, day in sorted(ages.facts_of.items())]
    return [(f"app not in ({own})" if own else "true", ages.facts), *of_apps]


def _held(ages: Ages) -> list[tuple[str, str]]:
    if ages.senders is None:
        return []
    return [("held", held.forget(str(Week.of(ages.senders))))]


def _days(ages: Ages) -> list[tuple[str, str]]:
    """Delete single days of states; as long as one is open, what was said on it may change."""
    if ages.days is None:
        return []
    gone = [("held_days", held.forget_days(ages.days.isoformat()))]
    for app, day in _each(ages):
        old = f"where {app} and span = 'state' and period < '{min(day, ages.days)}'"
        gone += [(table, f"delete from {table} {old}") for table in _TOTALS]  # noqa: S608 ours
    return gone


def _before(day: date) -> str:
    """Give the condition for periods before a day; both kinds of them sort as texts do."""
    week = Week.of(day)
    return (
        f"((period like '%W%' and period < '{week}')"
        f" or (period not like '%W%' and period < '{day.isoformat()}'))"
    )


def _waiting(ages: Ages) -> list[tuple[str, str]]:
    before = ages.waiting.isoformat()
    counted, deleted = quarantine.age(before)
    crowd, trimmed = quarantine.trim(ages.most_waiting)
    return [
        ("", counted),
        ("quarantine", deleted),
        ("", crowd),
        ("quarantine", trimmed),
        ("dropped", f"delete from dropped where day < '{before}'"),  # noqa: S608 ours
    ]


_COUNT_OLD = """
insert into old_reports (app, reports)
select app, count(*) from reports where gone is null and {old} group by app
on conflict (app) do update set reports = old_reports.reports + excluded.reports
"""
_NO_REPORT = """
delete from copies where not exists (
    select 1 from reports as r where r.app = copies.app and r.id = copies.id
)
"""


def _ids(ages: Ages) -> list[tuple[str, str]]:
    old = f"week < '{Week.of(ages.ids)}'"
    return [
        ("", _COUNT_OLD.format(old=old)),
        ("reports", f"delete from reports where {old}"),  # noqa: S608 ours
        ("copies", _NO_REPORT),
    ]


def _asides(ages: Ages) -> list[tuple[str, str]]:
    day = ages.ids.isoformat()
    return [("asides", f"delete from asides where day < '{day}'")]  # noqa: S608 ours


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
