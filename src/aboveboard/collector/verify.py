"""Step 8. Enters: a submission. Leaves: accepted or refused with a reason; it never raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.collector.aside import Asides
from aboveboard.collector.checkers import checkers
from aboveboard.collector.records import Record, RecordDetail, RecordFact, encode
from aboveboard.collector.spans import Span, Spans
from aboveboard.model.metric import Kind
from aboveboard.model.verdict import Accepted, Reason, Refused
from aboveboard.registry import bounds
from aboveboard.registry.scrub import is_scrubbed
from aboveboard.wires import native_reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.collector.checkers import Checker
    from aboveboard.collector.receive import Limits, Submission
    from aboveboard.model.metric import Metric
    from aboveboard.model.period import Week
    from aboveboard.model.registry import Registry
    from aboveboard.wires.native_reader import WireDetail, WireEntry, WireReport

NO_REGISTRY = Refused(Reason.UNKNOWN_APP, "This collector has no registry for that app.")


@dataclass(frozen=True, slots=True)
class Known:
    """What a collector knows of an app beside its registry.

    Attributes:
        versions: the fingerprints that reports may name; None for any.
        answered: the metrics that ended because their question is answered.
    """

    versions: frozenset[str] | None = None
    answered: frozenset[str] = frozenset()


def verify(
    submission: Submission,
    registries: Mapping[str, Registry],
    today: date,
    limits: Limits,
    known: Known | None = None,
) -> Accepted | Refused:
    """Check one submission against its app's registry; for many, keep a ``Judge``.

    Args:
        submission: what was received.
        registries: app to registry.
        today: the collector's day.
        limits: how far back a period may lie.
        known: what else the collector knows of the app.
    """
    registry = registries.get(submission.app)
    if registry is None:
        return NO_REGISTRY
    known = known or Known()
    return Judge(registry, limits, known.versions).judge(submission, today, known.answered)


class Judge:
    """Checks the reports of one app; what its registry says is made ready once.

    An entry that the registry does not allow is set aside with its reason; the rest is accepted.

    Args:
        registry: of the app.
        limits: how far back a period may lie.
        versions: the fingerprints that reports may name; None for any.

    Attributes:
        registry: the one that it was made of.
    """

    def __init__(
        self, registry: Registry, limits: Limits, versions: frozenset[str] | None = None
    ) -> None:
        self.registry = registry
        self._checkers = checkers(registry)
        self._versions = versions
        self._keeps_asides = limits.keeps_asides
        self._spans = Spans(limits.oldest_weeks)

    def judge(
        self, submission: Submission, today: date, answered: frozenset[str] = frozenset()
    ) -> Accepted | Refused:
        """Check a submission.

        Args:
            submission: what was received.
            today: the collector's day.
            answered: the metrics that ended because their question is answered.
        """
        report = native_reader.decode(submission.body)
        if isinstance(report, str):
            return Refused(Reason.NOT_A_REPORT, f"{report}.")
        span = self._spans.find(report.period, today)
        if isinstance(span, Refused) and span.reason is Reason.NOT_A_REPORT:
            return span
        if report.app != submission.app or report.id != (submission.report_id or report.id):
            detail = "The report names another app or id than its address does."
            return Refused(Reason.ADDRESS_MISMATCH, detail)
        if self._versions is not None and report.registry not in self._versions:
            detail = "This collector has never served that version of the registry; serve it first."
            return Refused(Reason.UNKNOWN_REGISTRY, detail)
        if isinstance(span, Refused):
            return span
        record = self._record(report, span, today, answered)
        return Accepted(report.app, int(report.id, 16), encode(record), len(record.aside))

    def _record(
        self, report: WireReport, span: Span, today: date, answered: frozenset[str]
    ) -> Record:
        asides = Asides(keeps=self._keeps_asides)
        record = Record(
            report.id, report.app, span.week, str(today), [], asides.found, report.withdrawal
        )
        said: set[tuple[str, date | None]] = set()
        for entry in report.entries:
            place = (entry.metric, entry.day)
            if place in said:
                asides.add(entry, Reason.SAID_TWICE)
            elif entry.metric in answered:
                asides.add(entry, Reason.ANSWERED_METRIC)
            elif (reason := self._add(entry, span, record.facts, record.details)) is not None:
                asides.add(entry, reason)
            else:
                said.add(place)
        return record

    def judge_entry(
        self, entry: WireEntry, week: Week
    ) -> tuple[list[RecordFact], list[RecordDetail]] | Reason:
        """Judge one entry of a report of some week, whatever else the report says.

        Returns:
            What it tells, or why it is set aside.
        """
        facts: list[RecordFact] = []
        details: list[RecordDetail] = []
        span = Span(str(week), week.first, week.last)
        return self._add(entry, span, facts, details) or (facts, details)

    def _add(
        self, entry: WireEntry, span: Span, facts: list[RecordFact], details: list[RecordDetail]
    ) -> Reason | None:
        """Add what an entry says, or tell why nothing of it was added."""
        checker = self._checkers.get(entry.metric)
        if checker is None:
            return Reason.UNKNOWN_METRIC
        day = entry.day
        if (day or span.first) > checker.last:
            return Reason.EXPIRED_METRIC
        if checker.by_day:
            if day is None or not span.first <= day <= span.last:
                return Reason.WRONG_DAY
        elif day is not None:
            return Reason.WRONG_DAY
        if entry.detail:
            reason = _add_told(checker, entry, entry.detail, details)
            if reason is not None:
                return reason
        return checker.add(entry.value, day, facts)


def _add_told(
    checker: Checker,
    entry: WireEntry,
    detail: Mapping[str, WireDetail],
    details: list[RecordDetail],
) -> Reason | None:
    """Add what the fingerprints of an entry stand for, or tell why that is not allowed."""
    found = bounds.counts(checker.metric, entry.value)
    if isinstance(found, Reason):
        return found
    if (reason := _not_allowed(checker.metric, found, detail)) is not None:
        return reason
    for key, told in detail.items():
        words = told.message or ""
        details.append(RecordDetail(entry.metric, key, told.type, told.frames, words))
    return None


def _not_allowed(
    metric: Metric, found: Mapping[str, int], detail: Mapping[str, WireDetail]
) -> Reason | None:
    """Tell why an entry's detail is not allowed."""
    if metric.kind is not Kind.ERROR:
        return Reason.WRONG_KIND
    if not detail.keys() <= found.keys():
        return Reason.OUT_OF_BOUNDS
    said = [told.message for told in detail.values() if told.message is not None]
    if said and not metric.message_level:
        return Reason.MESSAGE_NOT_ALLOWED
    return None if all(map(is_scrubbed, said)) else Reason.MESSAGE_NOT_ALLOWED
