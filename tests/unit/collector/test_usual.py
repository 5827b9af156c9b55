from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from tests.unit.collector.test_checkers import BOUNDS, HEAD, METRIC, REGISTRY, VALUES

from aboveboard.collector import usual
from aboveboard.collector.checkers import checkers
from aboveboard.collector.records import facts_of
from aboveboard.collector.spans import Span, span_of
from aboveboard.collector.usual import MOST_KNOWN, Terms, decoder, terms
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.report import EntryValue
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.read import read

ID, VERSION = "0" * 32, "f" * 64
DAY = "2026-11-18"
DAYS = [f"2026-11-{day}" for day in range(16, 23)]
WEEK = Span("2026-W47", DAYS[0], frozenset(DAYS))
ANY_DAY = Terms(WEEK.week, WEEK.days | {None}, frozenset())
Content = dict[str, Any]


def report(*entries: Content, **changes: Any) -> bytes:  # noqa: ANN401 any part of it
    content = {
        "format": 1,
        "id": ID,
        "app": "editor",
        "period": "2026-W47",
        "registry": VERSION,
        "entries": list(entries),
    }
    return json.dumps(content | changes).encode()


def facts(
    body: bytes, registry: Registry = REGISTRY, asked: Terms = ANY_DAY
) -> list[tuple[str, str | None, str, int]] | None:
    """Give what a report says, if it is a usual one."""
    readers = decoder("editor", registry.metrics.values(), [VERSION])
    assert readers is not None
    try:
        found = readers(body)
    except ValueError:
        return None
    record = usual.record_of(found, asked, DAY)
    if record is None:
        return None
    return [(fact.m, fact.d, fact.k, fact.c) for fact in facts_of(record)]


@pytest.mark.parametrize("kind", [kind for kind in BOUNDS if kind != "error"])
@given(value=VALUES)
def test_what_is_usual_is_what_the_bounds_of_its_metric_allow(kind: str, value: EntryValue) -> None:
    metric = REGISTRY.metrics[f"some.{kind}"]
    day = DAY if metric.by_day else None
    entry: Content = {"metric": metric.name, "value": value} | ({"day": day} if day else {})
    expected = bounds.counts(metric, value)
    if isinstance(expected, Reason):
        assert facts(report(entry)) is None
    else:
        assert facts(report(entry)) == [
            (metric.name, day, key, count) for key, count in expected.items()
        ]


COUNT: Content = {"metric": "some.counter", "day": DAY, "value": 3}
FLAG: Content = {"metric": "some.flag", "value": True}


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([COUNT, COUNT], id="twice"),
        pytest.param([COUNT, FLAG, {**COUNT, "value": 2}], id="twice-and-more"),
        pytest.param([FLAG, FLAG], id="twice-without-a-day"),
        pytest.param([{**COUNT, "day": "2026-11-15"}], id="another-week"),
        pytest.param([{**COUNT, "day": "soon"}], id="no-day"),
        pytest.param([{**COUNT, "day": None}], id="without-its-day"),
        pytest.param([{**FLAG, "day": DAY}], id="with-a-day"),
        pytest.param([{"metric": "made.up", "value": 1}], id="unknown"),
        pytest.param([{"metric": "some.error", "day": DAY, "value": {"0f" * 16: 1}}], id="error"),
        pytest.param([FLAG | {"detail": {}}], id="detail"),
        pytest.param([FLAG | {"more": 1}], id="more"),
        pytest.param([], id="none"),
    ],
)
def test_what_else_there_is_gets_a_closer_look(entries: list[Content]) -> None:
    assert facts(report(*entries)) is None


def test_days_of_a_metric_stand_side_by_side() -> None:
    table: Content = {"metric": "some.labelled", "day": DAY, "value": {"menu": 1, "key": 2}}
    entries = [COUNT, {**COUNT, "day": DAYS[0]}, table, {**table, "day": DAYS[1]}]
    assert facts(report(*entries)) == [
        ("some.counter", DAY, "", 3),
        ("some.counter", DAYS[0], "", 3),
        ("some.labelled", DAY, "menu", 1),
        ("some.labelled", DAY, "key", 2),
        ("some.labelled", DAYS[1], "menu", 1),
        ("some.labelled", DAYS[1], "key", 2),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"app": "viewer"},
        {"registry": "e" * 64},
        {"period": 47},
        {"id": None},
        {"more": 1},
        {"withdrawal": 1},
    ],
)
def test_what_a_report_says_of_itself_is_looked_at(changes: Content) -> None:
    assert facts(report(FLAG)) is not None
    assert facts(report(FLAG, **changes)) is None


def test_what_ends_within_the_week_or_is_answered_is_not_usual() -> None:
    made = checkers(REGISTRY)
    asked = terms(made, WEEK, frozenset({"some.flag"}))
    assert asked.barred == {"some.flag", "gone.flag"}
    assert facts(report(COUNT), asked=asked) is not None
    assert facts(report(COUNT, FLAG), asked=asked) is None
    late = span_of(Week.parse("2027-W27"))
    assert terms(made, late, frozenset()).barred == made.keys()


def test_where_no_report_is_usual_nothing_reads_them() -> None:
    error = METRIC.format(kind="error", bounds="")
    only = read((HEAD + error).encode())
    assert decoder("editor", only.metrics.values(), [VERSION]) is None
    assert decoder("editor", REGISTRY.metrics.values(), []) is None


def test_where_labels_are_versions_a_closer_look_is_taken() -> None:
    text = METRIC.format(kind="labelled", bounds="precision = 2")
    versions = read((HEAD + text + METRIC.format(kind="flag", bounds="")).encode())
    assert facts(report(FLAG), versions) is not None
    entry: Content = {"metric": "some.labelled", "day": DAY, "value": {"1.2": 1}}
    assert facts(report(entry), versions) is None


def test_a_version_is_judged_alike_however_many_were_named() -> None:
    readers = decoder("editor", REGISTRY.metrics.values(), [VERSION])
    assert readers is not None
    for _ in range(2):
        for major in range(MOST_KNOWN + 10):
            found = readers(report({"metric": "some.version", "value": f"{major}.1"}))
            record = usual.record_of(found, ANY_DAY, DAY)
            assert record is not None
            assert [fact.k for fact in record.facts] == [f"{major}.1"]
