"""Step 8. Enters: a submission. Leaves: accepted or refused with a reason; it never raises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aboveboard.collector.aside import Asides
from aboveboard.collector.records import Record, RecordDetail, RecordFact, encode
from aboveboard.model.metric import Kind, Status
from aboveboard.model.period import Week
from aboveboard.model.verdict import Accepted, Reason, Refused
from aboveboard.registry import bounds
from aboveboard.registry.scrub import is_scrubbed
from aboveboard.wires import native_reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.collector.receive import Limits, Submission
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.wires.native_reader import WireDetail, WireEntry


@dataclass(frozen=True, slots=True)
class Known:
    """What a collector knows of an app beside its registry.

    Attributes:
        versions: the fingerprints that reports may name; None for any.
        answered: the metrics that ended because their question is answered.
    """

    versions: frozenset[str] | None = None
    answered: frozenset[str] = frozenset()

    def reason(self, name: str) -> Reason | None:
        """Tell why an entry is set aside, whatever it says."""
        return Reason.ANSWERED_METRIC if name in self.answered else None


def verify(
    submission: Submission,
    registries: Mapping[str, Registry],
    today: date,
    limits: Limits,
    known: Known | None = None,
) -> Accepted | Refused:
    """Check a submission against its app's registry.

    An entry that the registry does not allow is set aside with its reason; the rest is accepted.

    Args:
        submission: what was received.
        registries: app to registry.
        today: the collector's day.
        limits: how far back a period may lie.
        known: what else the collector knows of the app.
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
    known = known or Known()
    if known.versions is not None and report.registry not in known.versions:
        detail = "This collector has never served that version of the registry; serve it first."
        return Refused(Reason.UNKNOWN_REGISTRY, detail)
    if (refused := _period(week, today, limits)) is not None:
        return refused
    asides = Asides(keeps=limits.keeps_asides)
    record = Record(
        report.id, report.app, str(week), today.isoformat(), [], asides.found, report.withdrawal
    )
    _sort_entries(report.entries, registry, week, (record, asides), known)
    kept = encode(record)
    return Accepted(report.app, int(report.id, 16), kept, len(record.aside))


def _period(week: Week, today: date, limits: Limits) -> Refused | None:
    # A day's grace: somewhere on earth it is tomorrow already.
    if week > Week.of(today + timedelta(days=1)):
        return Refused(Reason.PERIOD_IN_FUTURE, "Its week has not begun yet.")
    if week.last < today - timedelta(weeks=limits.oldest_weeks):
        detail = f"Its week ended more than {limits.oldest_weeks} weeks ago."
        return Refused(Reason.PERIOD_TOO_OLD, detail)
    return None


def _sort_entries(
    entries: list[WireEntry],
    registry: Registry,
    week: Week,
    into: tuple[Record, Asides],
    known: Known,
) -> None:
    record, asides = into
    said: set[tuple[str, date | None]] = set()
    for entry in entries:
        name, day = entry.metric, entry.day
        twice = Reason.SAID_TWICE if (name, day) in said else None
        found = twice or judge(entry, registry, week, known)
        if isinstance(found, Reason):
            asides.add(entry, found)
            continue
        said.add((name, day))
        facts, details = told(entry, found)
        record.facts += facts
        record.details += details


def judge(
    entry: WireEntry, registry: Registry, week: Week, known: Known
) -> dict[str, int] | Reason:
    """Judge one entry of a report, whatever else it says.

    Returns:
        What it counts, by key, or why it is set aside.
    """
    return known.reason(entry.metric) or _entry(entry, registry, (week.first, week.last))


def told(entry: WireEntry, found: Mapping[str, int]) -> tuple[list[RecordFact], list[RecordDetail]]:
    """Write down what an accepted entry tells."""
    name, day = entry.metric, entry.day
    facts = [RecordFact(name, day, key, count) for key, count in found.items()]
    details = [
        RecordDetail(name, key, each.type, each.frames, each.message or "")
        for key, each in (entry.detail or {}).items()
    ]
    return facts, details


def _entry(
    entry: WireEntry, registry: Registry, span: tuple[date, date]
) -> dict[str, int] | Reason:
    metric = registry.metrics.get(entry.metric)
    if metric is None or metric.status is Status.PROPOSED:
        return Reason.UNKNOWN_METRIC
    first, last = span
    day = entry.day
    if not metric.measured_on(day or first):
        return Reason.EXPIRED_METRIC
    if metric.by_day != (day is not None):
        return Reason.WRONG_DAY
    if day is not None and not first <= day <= last:
        return Reason.WRONG_DAY
    found = bounds.counts(metric, entry.value)
    if isinstance(found, Reason):
        return found
    return _detail(metric, found, entry.detail or {}) or found


def _detail(
    metric: Metric, found: Mapping[str, int], detail: Mapping[str, WireDetail]
) -> Reason | None:
    """Tell why an entry's detail is not allowed."""
    if detail and metric.kind is not Kind.ERROR:
        return Reason.WRONG_KIND
    if not detail.keys() <= found.keys():
        return Reason.OUT_OF_BOUNDS
    said = [told.message for told in detail.values() if told.message is not None]
    if said and not metric.message_level:
        return Reason.MESSAGE_NOT_ALLOWED
    return None if all(map(is_scrubbed, said)) else Reason.MESSAGE_NOT_ALLOWED
