"""Step 8. Enters: a submission. Leaves: accepted or refused with a reason; it never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.collector import usual
from aboveboard.collector.aside import Asides
from aboveboard.collector.checkers import checkers
from aboveboard.collector.records import Record, RecordDetail, RecordFact, encode, encode_many
from aboveboard.collector.spans import Span, Spans, span_of
from aboveboard.model.metric import Kind
from aboveboard.model.verdict import Accepted, Reason, Refused
from aboveboard.registry import bounds
from aboveboard.registry.names import REPORT_ID
from aboveboard.registry.scrub import is_scrubbed
from aboveboard.wires import native_reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.collector.receive import Limits, Submission
    from aboveboard.model.metric import Metric
    from aboveboard.model.period import Week
    from aboveboard.model.registry import Registry
    from aboveboard.wires.native_reader import QuickEntry, QuickReport, WireDetail

TOKEN_HASH = re.compile(r"[0-9a-f]{64}")
NO_REPORT = Refused(Reason.NOT_A_REPORT, "It is no report.")
NO_REGISTRY = Refused(Reason.UNKNOWN_APP, "This collector has no registry for that app.")


class Glances(NamedTuple):
    """What was found at a glance; the same place in each list is the same report.

    Attributes:
        ids: theirs as numbers; None where only ``judge_any`` can tell.
        records: the bytes that the log will hold of each that has an id.
    """

    ids: list[int | None]
    records: list[bytes]


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
        self._checkers = made = checkers(registry)
        self._versions = versions
        self._keeps_asides = limits.keeps_asides
        self._spans = Spans(limits.oldest_weeks)
        self._read = usual.decoder(
            registry.app, [each.metric for each in made.values()], versions or ()
        )
        self._moment: tuple[date, frozenset[str]] = (date.min, frozenset())
        self._day = ""
        self._weeks: dict[str, usual.Terms] = {}

    def judge(
        self, submission: Submission, today: date, answered: frozenset[str] = frozenset()
    ) -> Accepted | Refused:
        """Check a submission.

        Args:
            submission: what was received.
            today: the collector's day.
            answered: the metrics that ended because their question is answered.
        """
        self._begin(today, answered)
        found = self._usual(submission.body, submission.report_id)
        if found is not None:
            return Accepted(submission.app, *found)
        return self.judge_any(submission, today, answered)

    def glance_many(
        self, bodies: Iterable[bytes], today: date, answered: frozenset[str] = frozenset()
    ) -> Glances:
        """Accept the usual ones, as most are, of many reports whose addresses name no id."""
        self._begin(today, answered)
        reports = self._read_many(bodies)
        # What is asked of each text of many is asked in a fraction of the time of all at once.
        are_tidy = _are_tidy([report for report in reports if report is not None])
        made = [
            self._record(report)
            if report is not None and (are_tidy or _is_tidy(report, ""))
            else None
            for report in reports
        ]
        return Glances(
            [None if record is None else int(record.id, 16) for record in made],
            encode_many(made),
        )

    def _begin(self, today: date, answered: frozenset[str]) -> None:
        """Forget what was made ready for another moment."""
        if (moment := (today, answered)) != self._moment:
            self._moment, self._day, self._weeks = moment, str(today), {}

    def _usual(self, body: bytes, report_id: str) -> tuple[int, bytes] | None:
        """Give the id and the record of a usual report."""
        report = self._read_usual(body)
        if report is None or not _is_tidy(report, report_id):
            return None
        record = self._record(report)
        return None if record is None else (int(record.id, 16), encode(record))

    def _read_usual(self, body: bytes) -> usual.Report | None:
        """Read a report that is likely to be a usual one."""
        if self._read is None:
            return None
        try:
            return self._read(body)
        except ValueError:  # msgspec's own errors are among these
            return None

    def _read_many(self, bodies: Iterable[bytes]) -> list[usual.Report | None]:
        """Do as ``_read_usual`` does, without a call for each."""
        if (read := self._read) is None:
            return [None for _ in bodies]
        reports: list[usual.Report | None] = []
        for body in bodies:
            try:
                reports.append(read(body))
            except ValueError:
                reports.append(None)
        return reports

    def _record(self, report: usual.Report) -> Record | None:
        """Make the record of a tidy report that turns out to be a usual one."""
        asked = self._weeks.get(report.period) or self._terms(report.period)
        return None if asked is None else usual.record_of(report, asked, self._day)

    def judge_any(
        self, submission: Submission, today: date, answered: frozenset[str] = frozenset()
    ) -> Accepted | Refused:
        """Do as ``judge`` does, without a look at whether it is a usual report."""
        report = native_reader.glance(submission.body)
        if report is None:
            return _broken(submission.body) or NO_REPORT
        span = self._spans.find(report.period, today)
        if isinstance(span, Refused) or not self._is_plain(report, submission):
            span = self._look_closely(report, span, submission)
            if isinstance(span, Refused):
                return span
        record = Record(report.id, report.app, span.week, str(today), [], [], report.withdrawal)
        if self._sort(report.entries, span, record, answered):
            broken = _broken(submission.body)
            if broken is not None:
                return broken
        return Accepted(report.app, int(report.id, 16), encode(record), len(record.aside))

    def _is_plain(self, report: QuickReport, submission: Submission) -> bool:
        """Whether each text of a report, but for its days, is found to be what it must be."""
        known = self._versions is not None and report.registry in self._versions
        return known and report.app == submission.app and _is_tidy(report, submission.report_id)

    def _look_closely(
        self, report: QuickReport, span: Span | Refused, submission: Submission
    ) -> Span | Refused:
        """Find out what is wrong with a report, if anything is."""
        if (broken := _broken(submission.body)) is not None:
            return broken
        if report.app != submission.app or report.id != (submission.report_id or report.id):
            detail = "The report names another app or id than its address does."
            return Refused(Reason.ADDRESS_MISMATCH, detail)
        if self._versions is not None and report.registry not in self._versions:
            detail = "This collector has never served that version of the registry; serve it first."
            return Refused(Reason.UNKNOWN_REGISTRY, detail)
        return span

    def _sort(
        self, entries: list[QuickEntry], span: Span, record: Record, answered: frozenset[str]
    ) -> bool:
        """Add what entries say to a record, or set them aside.

        Returns:
            Whether a day was outside the week, so that it may be no day at all.
        """
        odd = False
        asides: Asides | None = None
        said: set[tuple[str, str | None]] = set()
        for entry in entries:
            place = (entry.metric, entry.day)
            if place in said:
                reason: Reason | None = Reason.SAID_TWICE
            elif entry.metric in answered:
                reason = Reason.ANSWERED_METRIC
            else:
                reason = self._add(entry, span, record.facts, record.details)
            if reason is None:
                said.add(place)
            else:
                # Most reports need none of this.
                asides = asides or Asides(record.aside, keeps=self._keeps_asides)
                asides.add(entry, reason)
                odd = odd or not (entry.day is None or entry.day in span.days)
        return odd

    def _terms(self, period: str) -> usual.Terms | None:
        """Give what usual entries of a period are asked; None if it may not be reported."""
        today, answered = self._moment
        span = self._spans.find(period, today)
        if isinstance(span, Refused):
            return None
        found = self._weeks[period] = usual.terms(self._checkers, span, answered)
        return found

    def judge_entry(
        self, entry: QuickEntry, week: Week
    ) -> tuple[list[RecordFact], list[RecordDetail]] | Reason:
        """Judge one entry of a report of some week, whatever else the report says.

        Returns:
            What it tells, or why it is set aside.
        """
        facts: list[RecordFact] = []
        details: list[RecordDetail] = []
        return self._add(entry, span_of(week), facts, details) or (facts, details)

    def _add(
        self, entry: QuickEntry, span: Span, facts: list[RecordFact], details: list[RecordDetail]
    ) -> Reason | None:
        """Add what an entry says, or tell why nothing of it was added."""
        checker = self._checkers.get(entry.metric)
        if checker is None:
            return Reason.UNKNOWN_METRIC
        day = entry.day
        if (day or span.first) > checker.last:
            return Reason.EXPIRED_METRIC
        if not (day in span.days if checker.by_day else day is None):
            return Reason.WRONG_DAY
        if entry.detail:
            return _add_told(checker.metric, entry, facts, details)
        return checker.add(entry.value, day, facts)


def _is_tidy(report: QuickReport | usual.Report, report_id: str) -> bool:
    """Whether a report's id and the hash of its token are what they must be."""
    return (
        report.id == report_id or (not report_id and REPORT_ID.fullmatch(report.id) is not None)
    ) and (report.withdrawal is None or TOKEN_HASH.fullmatch(report.withdrawal) is not None)


def _are_tidy(reports: Sequence[usual.Report]) -> bool:
    """Do as ``_is_tidy`` does for reports whose addresses name no id."""
    tokens = [report.withdrawal for report in reports if report.withdrawal is not None]
    return _are_hex([report.id for report in reports], 32) and _are_hex(tokens, 64)


def _are_hex(texts: Sequence[str], length: int) -> bool:
    """Whether texts are all so long, and of hexadecimal digits in lower case."""
    joined = "".join(texts)
    try:
        return {*map(len, texts)} <= {length} and bytes.fromhex(joined).hex() == joined
    except ValueError:
        return False


def _add_told(
    metric: Metric,
    entry: QuickEntry,
    facts: list[RecordFact],
    details: list[RecordDetail],
) -> Reason | None:
    """Add an entry with what its fingerprints stand for, or tell why nothing was added."""
    detail = entry.detail or {}
    found = bounds.counts(metric, entry.value)
    if isinstance(found, Reason):
        return found
    if (reason := _not_allowed(metric, found, detail)) is not None:
        return reason
    facts.extend(RecordFact(entry.metric, entry.day, key, count) for key, count in found.items())
    for key, told in detail.items():
        words = told.message or ""
        details.append(RecordDetail(entry.metric, key, told.type, told.frames, words))
    return None


def _broken(body: bytes) -> Refused | None:
    """Tell where the form of a report is broken."""
    found = native_reader.read(body)
    return Refused(Reason.NOT_A_REPORT, f"{found}.") if isinstance(found, str) else None


def _not_allowed(
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
