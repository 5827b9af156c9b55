"""Step 8. Enters: a submission. Leaves: accepted or refused with a reason; it never raises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from aboveboard.model.period import Week
from aboveboard.model.verdict import Accepted, Reason, Refused
from aboveboard.registry import bounds
from aboveboard.registry.names import METRIC_NAME
from aboveboard.wires import native_reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.collector.receive import Limits, Submission
    from aboveboard.model.metric import Registry
    from aboveboard.wires.native_reader import WireEntry

NO_NAME = "(no name)"
"""Where a stranger's text stands in place of a metric's name, this is kept instead."""


class RecordFact(msgspec.Struct, gc=False):
    """One count of a record: metric, day, key and count."""

    m: str
    d: date | None
    k: str
    c: int


class RecordAside(msgspec.Struct, gc=False):
    """One entry that was set aside: metric and reason. Its value is not kept."""

    m: str
    r: str


class Record(msgspec.Struct, gc=False):
    """What the log keeps of a report: counts per key, and no part of it as it was sent."""

    id: str
    app: str
    week: str
    day: str
    facts: list[RecordFact]
    aside: list[RecordAside]


_ENCODER = msgspec.json.Encoder()


def verify(
    submission: Submission, registries: Mapping[str, Registry], today: date, limits: Limits
) -> Accepted | Refused:
    """Check a submission against its app's registry.

    An entry that the registry does not allow is set aside with its reason; the rest is accepted.

    Args:
        submission: what was received.
        registries: app to registry.
        today: the collector's day.
        limits: how far back a period may lie.
    """
    registry = registries.get(submission.app)
    if registry is None:
        return Refused(Reason.UNKNOWN_APP, "This collector has no registry for that app.")
    found = native_reader.read(submission.body)
    if isinstance(found, str):
        return Refused(Reason.NOT_A_REPORT, f"{found}.")
    report, week = found
    if (report.app, report.id) != (submission.app, submission.report_id):
        detail = "The report names another app or id than its address does."
        return Refused(Reason.ADDRESS_MISMATCH, detail)
    if (refused := _period(week, today, limits)) is not None:
        return refused
    record = Record(report.id, report.app, str(week), today.isoformat(), [], [])
    _sort_entries(report.entries, registry, week, record)
    kept = _ENCODER.encode(record)
    return Accepted(report.app, int(report.id, 16), kept, len(record.aside))


def _period(week: Week, today: date, limits: Limits) -> Refused | None:
    # A day's grace: somewhere on earth it is tomorrow already.
    if week > Week.of(today + timedelta(days=1)):
        return Refused(Reason.PERIOD_IN_FUTURE, "Its week has not begun yet.")
    if week.last < today - timedelta(weeks=limits.oldest_weeks):
        detail = f"Its week ended more than {limits.oldest_weeks} weeks ago."
        return Refused(Reason.PERIOD_TOO_OLD, detail)
    return None


def _sort_entries(entries: list[WireEntry], registry: Registry, week: Week, record: Record) -> None:
    said: set[tuple[str, date | None]] = set()
    span = (week.first, week.last)
    for entry in entries:
        name, day = entry.metric, entry.day
        found = Reason.SAID_TWICE if (name, day) in said else _entry(entry, registry, span)
        if isinstance(found, Reason):
            shown = name if METRIC_NAME.fullmatch(name) else NO_NAME
            record.aside.append(RecordAside(shown, found.value))
            continue
        said.add((name, day))
        for key, count in found.items():
            record.facts.append(RecordFact(name, day, key, count))


def _entry(
    entry: WireEntry, registry: Registry, span: tuple[date, date]
) -> dict[str, int] | Reason:
    metric = registry.metrics.get(entry.metric)
    if metric is None:
        return Reason.UNKNOWN_METRIC
    first, last = span
    day = entry.day
    if not metric.measured_on(day or first):
        return Reason.EXPIRED_METRIC
    if metric.kind.adds_up != (day is not None):
        return Reason.WRONG_DAY
    if day is not None and not first <= day <= last:
        return Reason.WRONG_DAY
    return bounds.counts(metric, entry.value)
