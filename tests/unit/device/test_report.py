from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.device.report import build, due_weeks, most_reports, states
from aboveboard.model.metric import Kind, Period
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.report import Entry, EntryValue, Report
from aboveboard.model.verdict import Reason
from aboveboard.ports import StoredEvent
from aboveboard.registry import bounds
from aboveboard.wires import native, native_reader

MONDAY = date(2026, 11, 16)
WEEK = Week(2026, 47)
IDS = ["1" * 32, "2" * 32, "3" * 32]
KEYS = {
    "file.opened": st.just(""),
    "small.count": st.just(""),
    "file.opening": st.sampled_from(["0", "100", "1000"]),
    "theme.dark": st.sampled_from(["true", "false"]),
    "system.os": st.sampled_from(["linux", "macos", "other"]),
    "system.python": st.sampled_from(["3", "3.11", "3.12"]),
}
EVENTS = st.lists(
    st.sampled_from(sorted(KEYS)).flatmap(
        lambda name: st.builds(
            StoredEvent,
            metric=st.just(name),
            day=st.dates(MONDAY - timedelta(days=7), MONDAY + timedelta(days=13)),
            key=KEYS[name],
            count=st.integers(1, 1000),
            sendable=st.booleans(),
        )
    ),
    max_size=12,
)
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def event(metric: str, key: str = "", day: date = MONDAY, count: int = 1) -> StoredEvent:
    return StoredEvent(metric, day, key, count, sendable=True)


def entries(events: Sequence[StoredEvent], registry: Registry, *said: str) -> tuple[Entry, ...]:
    reports = build(IDS, WEEK, events, registry, frozenset(said))
    return tuple(entry for report in reports for entry in report.entries)


def large(registry: Registry, metrics: int) -> Registry:
    """Give a registry of so many counters."""
    metric = registry.metrics["file.opened"]
    named = {f"group.m{n:04}": replace(metric, name=f"group.m{n:04}") for n in range(metrics)}
    return replace(registry, metrics=MappingProxyType(named))


def each_day(registry: Registry) -> list[StoredEvent]:
    """Give a count of each metric on each day of the week."""
    days = [MONDAY + timedelta(days=n) for n in range(7)]
    return [event(name, day=day) for name in registry.metrics for day in days]


def test_a_week_is_due_when_it_has_ended() -> None:
    events = [event("a.b", day=MONDAY + timedelta(days=n)) for n in (-7, 0, 6)]
    sunday, next_monday = MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)

    assert due_weeks(events, sunday, now=False) == [Week(2026, 46)]
    assert due_weeks(events, next_monday, now=False) == [Week(2026, 46), WEEK]


def test_the_week_that_has_not_ended_is_due_if_the_person_says_so() -> None:
    events = [event("a.b", day=MONDAY + timedelta(days=n)) for n in (0, -7)]

    assert due_weeks(events, MONDAY, now=True) == [Week(2026, 46), WEEK]


def test_a_report_names_its_app_week_and_registry(registry: Registry) -> None:
    reports = build(IDS, WEEK, [event("file.opened", count=3)], registry)

    entry = Entry("file.opened", 3, MONDAY)
    assert reports == [Report(IDS[0], "editor", WEEK, "f" * 64, (entry,))]


def test_entries_are_sorted_by_metric_and_day(registry: Registry) -> None:
    tuesday = MONDAY + timedelta(days=1)
    events = [
        event("theme.dark", "true"),
        event("file.opened", day=tuesday, count=2),
        event("file.opened", count=1),
        event("file.opening", "1000"),
        event("file.opening", "0", count=4),
    ]

    assert entries(events, registry) == (
        Entry("file.opened", 1, MONDAY),
        Entry("file.opened", 2, tuesday),
        Entry("file.opening", {"0": 4, "1000": 1}, MONDAY),
        Entry("theme.dark", value=True),
    )


def test_the_buckets_of_a_timing_are_in_the_order_of_their_length(registry: Registry) -> None:
    events = [event("file.opening", key) for key in ("1000", "100", "0")]

    (entry,) = entries(events, registry)

    assert isinstance(entry.value, dict)
    assert list(entry.value) == ["0", "100", "1000"]


@pytest.mark.parametrize(
    ("key", "value"),
    [pytest.param("true", True, id="yes"), pytest.param("false", False, id="no")],
)
def test_a_flag_is_said_as_yes_or_no(
    registry: Registry,
    key: str,
    value: bool,  # noqa: FBT001 a column of the table
) -> None:
    assert entries([event("theme.dark", key)], registry) == (Entry("theme.dark", value),)


def test_a_state_is_the_latest_of_the_week(registry: Registry) -> None:
    events = [
        event("system.os", "macos", MONDAY + timedelta(days=2)),
        event("system.os", "linux", MONDAY),
    ]

    assert entries(events, registry) == (Entry("system.os", "macos"),)


def test_a_state_that_was_said_this_week_is_not_said_again(registry: Registry) -> None:
    events = [event("system.os", "linux"), event("file.opened")]

    assert entries(events, registry, "system.os") == (Entry("file.opened", 1, MONDAY),)


def test_a_counter_never_passes_its_largest_value(registry: Registry) -> None:
    assert entries([event("small.count", count=9)], registry) == (Entry("small.count", 5, MONDAY),)


def test_other_weeks_unknown_and_expired_metrics_stay_out(registry: Registry) -> None:
    events = [
        event("file.opened", day=MONDAY - timedelta(days=1)),
        event("file.closed"),
        event("old.count", day=MONDAY + timedelta(days=3)),
    ]

    assert build(IDS, WEEK, events, registry) == []


def test_a_week_of_which_all_was_said_gives_no_report(registry: Registry) -> None:
    assert build(IDS, WEEK, [event("system.os", "linux")], registry, frozenset({"system.os"})) == []


def test_the_states_of_a_report_are_those_that_hold_for_the_week(registry: Registry) -> None:
    events = [event("system.os", "linux"), event("file.opened"), event("file.opening", "0")]
    (report,) = build(IDS, WEEK, events, registry)

    assert states(report, registry) == ["system.os"]


@settings(FIXED, max_examples=60)
@given(events=EVENTS)
def test_the_collector_accepts_every_entry_that_a_device_builds(
    registry: Registry, events: list[StoredEvent]
) -> None:
    reports = build(IDS, WEEK, events, registry)
    if not reports:
        return

    (report,) = reports
    found = native_reader.read(native.write(report))

    assert not isinstance(found, str)
    assert found[1] == WEEK
    for entry in found[0].entries:
        metric = registry.metrics[entry.metric]
        assert (entry.day is not None) == metric.kind.adds_up
        assert entry.day is None or WEEK.holds(entry.day)
        assert not isinstance(bounds.counts(metric, entry.value), Reason)


@settings(FIXED, max_examples=40)
@given(events=EVENTS, data=st.data())
def test_a_report_does_not_depend_on_the_order_of_counts(
    registry: Registry, events: list[StoredEvent], data: st.DataObject
) -> None:
    single = {(e.metric, e.day, "" if e.metric.startswith("file") else "x"): e for e in events}
    known = list(single.values())

    assert build(IDS, WEEK, data.draw(st.permutations(known)), registry) == build(
        IDS, WEEK, known, registry
    )


def test_a_bucket_that_is_very_full_is_still_accepted(registry: Registry) -> None:
    (entry,) = entries([event("file.opening", "0", count=1_000_001)], registry)

    found = bounds.counts(registry.metrics["file.opening"], entry.value)

    assert not isinstance(found, Reason)


def test_the_largest_week_of_one_report_is_one_report(registry: Registry) -> None:
    events = each_day(large(registry, 143))[: native.MOST_ENTRIES]

    (report,) = build(IDS, WEEK, events, large(registry, 143))

    assert len(report.entries) == native.MOST_ENTRIES


@pytest.mark.parametrize(
    "metrics", [pytest.param(n, id=f"{n}-metrics") for n in (0, 1, 142, 143, 284, 285, 426)]
)
def test_a_week_of_a_large_registry_is_accepted(registry: Registry, metrics: int) -> None:
    known = large(registry, metrics)
    ids = [f"{n:032x}" for n in range(most_reports(known))]
    events = each_day(known)

    reports = build(ids, WEEK, events, known)

    assert sum(len(report.entries) for report in reports) == len(events)
    assert [report.id for report in reports] == ids[: len(reports)]
    for report in reports:
        assert not isinstance(native_reader.read(native.write(report)), str)


def test_a_metric_is_whole_in_one_report(registry: Registry) -> None:
    known = large(registry, 150)

    reports = build(IDS, WEEK, each_day(known), known)

    named = [{entry.metric for entry in report.entries} for report in reports]
    assert len(named) == 2
    assert not named[0] & named[1]


def test_a_usual_registry_needs_no_second_id(registry: Registry) -> None:
    assert most_reports(registry) == 1


@pytest.mark.parametrize(
    ("kind", "bound", "counted", "value"),
    [
        pytest.param(Kind.LABELLED, "labels", {"menu": 2, "key": 700}, {"key": 500, "menu": 2}),
        pytest.param(Kind.DISTRIBUTION, "buckets", {"100": 1, "20": 2}, {"20": 2, "100": 1}),
        pytest.param(Kind.SECONDS, "largest", {"": 700}, 500),
        pytest.param(Kind.ERROR, "largest", {"ab" * 16: 3}, {"ab" * 16: 3}),
    ],
    ids=lambda value: value.value if isinstance(value, Kind) else "",
)
def test_what_adds_up_is_said_by_key_within_its_bounds(
    registry: Registry, kind: Kind, bound: str, counted: dict[str, int], value: EntryValue
) -> None:
    known = {"labels": ("menu", "key", "other"), "buckets": (0, 20, 100), "largest": 500}
    made = with_kind(registry, kind, **{bound: known[bound], "largest": 500})
    events = [event("file.opened", key, count=count) for key, count in counted.items()]
    assert entries(events, made) == (Entry("file.opened", value, MONDAY),)


def test_a_quantity_is_said_as_the_number_that_its_bucket_begins_with(registry: Registry) -> None:
    made = with_kind(registry, Kind.QUANTITY, buckets=(0, 10))
    assert entries([event("file.opened", "10")], made) == (Entry("file.opened", 10),)


def test_what_is_kept_per_week_is_said_without_a_day(registry: Registry) -> None:
    made = with_kind(registry, Kind.COUNTER, period=Period.WEEK)
    days = [event("file.opened", day=MONDAY + timedelta(days=n)) for n in (0, 3)]
    assert entries(days, made) == (Entry("file.opened", 2),)


def with_kind(registry: Registry, kind: Kind, **changes: Any) -> Registry:  # noqa: ANN401 any field
    metric = replace(registry.metrics["file.opened"], kind=kind, **changes)
    return replace(registry, metrics=MappingProxyType({"file.opened": metric}))
