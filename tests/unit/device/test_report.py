from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.device.report import build, due, overflows, states
from aboveboard.model.consent import Leave
from aboveboard.model.metric import Kind, Period
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry, Sends
from aboveboard.model.report import Entry, EntryValue, Report, Ticket
from aboveboard.model.stored import StoredEvent
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.wires import native, native_reader

MONDAY = date(2026, 11, 16)
WEEK = Week(2026, 47)
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
            leave=st.sampled_from(Leave),
        )
    ),
    max_size=12,
)
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ticket(first: str) -> Ticket:
    """Give a ticket that is the same whenever it is asked for."""
    drawn = sha256(first.encode()).hexdigest()
    return Ticket(drawn[:32], sha256(drawn.encode()).hexdigest())


def event(metric: str, key: str = "", day: date = MONDAY, count: int = 1) -> StoredEvent:
    return StoredEvent(metric, day, key, count, Leave.YES)


def entries(events: Sequence[StoredEvent], registry: Registry, *said: str) -> tuple[Entry, ...]:
    reports = build(ticket, WEEK, events, registry, frozenset(said))
    return tuple(entry for report in reports for entry in report.entries)


def large(registry: Registry, metrics: int) -> Registry:
    """Give a registry of so many counters."""
    metric = registry.metrics["file.opened"]
    names = [f"group.m{n:04}" for n in range(metrics)]
    named = {
        name: replace(metric, name=name, correlates_with=tuple(n for n in names if n != name))
        for name in names
    }
    return replace(registry, metrics=MappingProxyType(named))


def each_day(registry: Registry) -> list[StoredEvent]:
    """Give a count of each metric on each day of the week."""
    days = [MONDAY + timedelta(days=n) for n in range(7)]
    return [event(name, day=day) for name in registry.metrics for day in days]


@pytest.mark.parametrize(
    ("sends", "today", "now", "days"),
    [
        pytest.param(Sends.WEEK, 6, False, {46: [-7]}, id="week-on-its-sunday"),
        pytest.param(Sends.WEEK, 7, False, {46: [-7], 47: [0, 6]}, id="week-that-has-ended"),
        pytest.param(Sends.MONTH, 7, False, {46: [-7], 47: [0, 6]}, id="month"),
        pytest.param(Sends.WEEK, 0, True, {46: [-7], 47: [0, 6]}, id="because-a-person-said-so"),
        pytest.param(Sends.DAY, 6, False, {46: [-7], 47: [0]}, id="day"),
        pytest.param(Sends.HOUR, 0, False, {46: [-7], 47: [0, 6]}, id="hour"),
    ],
)
def test_what_has_ended_is_due(
    sends: Sends,
    today: int,
    now: bool,  # noqa: FBT001 a column of the table
    days: dict[int, list[int]],
) -> None:
    events = [event("a.b", day=MONDAY + timedelta(days=n)) for n in (6, -7, 0)]

    found = due(events, MONDAY + timedelta(days=today), sends, now=now)

    named = {
        week.number: sorted((event.day - MONDAY).days for event in mine)
        for week, mine in found.items()
    }
    assert named == days
    assert list(found) == sorted(found)


def test_a_report_names_its_app_week_registry_and_the_mark_of_its_token(
    registry: Registry,
) -> None:
    reports = build(ticket, WEEK, [event("file.opened", count=3)], registry)

    drawn = ticket("file.opened")
    mark = sha256(bytes.fromhex(drawn.token)).hexdigest()
    entry = Entry("file.opened", 3, MONDAY)
    assert reports == [Report(drawn.id, "editor", WEEK, "f" * 64, (entry,), mark)]


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

    assert build(ticket, WEEK, events, registry) == []


@pytest.mark.parametrize(
    ("metric", "key"),
    [
        pytest.param("file.opened", "geheim", id="counter"),
        pytest.param("file.opening", "99", id="bucket"),
        pytest.param("file.opening", "soon", id="no-number"),
        pytest.param("system.os", "beos", id="word"),
        pytest.param("system.python", "3.11.7", id="version"),
        pytest.param("theme.dark", "maybe", id="flag"),
    ],
)
def test_a_value_that_the_registry_of_today_lacks_stays_out(
    registry: Registry, metric: str, key: str
) -> None:
    events = [event(metric, key), event("file.saved")]

    assert entries(events, registry) == (Entry("file.saved", 1, MONDAY),)


def test_a_week_of_which_all_was_said_gives_no_report(registry: Registry) -> None:
    assert (
        build(ticket, WEEK, [event("system.os", "linux")], registry, frozenset({"system.os"})) == []
    )


def test_the_states_of_a_report_are_those_that_hold_for_the_week(registry: Registry) -> None:
    events = [event("system.os", "linux"), event("file.opened"), event("file.opening", "0")]
    (report,) = build(ticket, WEEK, events, registry)

    assert states(report, registry) == ["system.os"]


@settings(FIXED, max_examples=60)
@given(events=EVENTS)
def test_the_collector_accepts_every_entry_that_a_device_builds(
    registry: Registry, events: list[StoredEvent]
) -> None:
    reports = build(ticket, WEEK, events, registry)
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

    assert build(ticket, WEEK, data.draw(st.permutations(known)), registry) == build(
        ticket, WEEK, known, registry
    )


def test_a_bucket_that_is_very_full_is_still_accepted(registry: Registry) -> None:
    (entry,) = entries([event("file.opening", "0", count=1_000_001)], registry)

    found = bounds.counts(registry.metrics["file.opening"], entry.value)

    assert not isinstance(found, Reason)


def test_the_largest_week_of_one_report_is_one_report(registry: Registry) -> None:
    known = large(registry, 143)

    (report,) = build(ticket, WEEK, each_day(known)[: native.MOST_ENTRIES], known)

    assert len(report.entries) == native.MOST_ENTRIES


@pytest.mark.parametrize(
    "metrics", [pytest.param(n, id=f"{n}-metrics") for n in (0, 1, 142, 143, 284, 285, 426)]
)
def test_a_week_of_a_large_registry_is_accepted(registry: Registry, metrics: int) -> None:
    known = large(registry, metrics)
    events = each_day(known)

    reports = build(ticket, WEEK, events, known)

    assert sum(len(report.entries) for report in reports) == len(events)
    assert len({report.id for report in reports}) == len(reports) == -(-metrics // 142)
    for report in reports:
        assert not isinstance(native_reader.read(native.write(report)), str)


def test_a_metric_is_whole_in_one_report(registry: Registry) -> None:
    known = large(registry, 150)

    reports = build(ticket, WEEK, each_day(known), known)

    named = [{entry.metric for entry in report.entries} for report in reports]
    assert len(named) == 2
    assert not named[0] & named[1]


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


def test_of_very_many_places_that_broke_the_most_frequent_are_said(registry: Registry) -> None:
    made = with_kind(registry, Kind.ERROR)
    events = [event("file.opened", f"{n:032x}", count=1 + n % 60) for n in range(120)]

    (entry,) = entries(events, made)

    assert not isinstance(bounds.counts(made.metrics["file.opened"], entry.value), Reason)
    assert isinstance(entry.value, dict)
    assert min(entry.value.values()) == 36
    assert len(entry.value) == bounds.MOST_MARKS


def test_of_very_many_versions_all_but_the_most_frequent_are_said_together(
    registry: Registry,
) -> None:
    made = with_kind(registry, Kind.LABELLED, labels=())
    events = [event("file.opened", f"{n}.0", count=1 + n) for n in range(120)]
    (entry,) = entries([*events, event("file.opened", "other", count=500)], made)
    assert not isinstance(bounds.counts(made.metrics["file.opened"], entry.value), Reason)
    assert isinstance(entry.value, dict)
    assert len(entry.value) == bounds.MOST_MARKS
    assert sum(entry.value.values()) == sum(range(121)) + 500
    assert "other" in entry.value
    (few,) = entries([*events[:3], event("file.opened", "other")], made)
    assert few.value == {"0.0": 1, "1.0": 2, "2.0": 3, "other": 1}


def test_names_are_said_as_the_latest_set_within_its_bounds(registry: Registry) -> None:
    made = with_kind(registry, Kind.NAMES, names=("Sans", "Serif", "other"))
    events = [
        event("file.opened", "Serif"),
        event("file.opened", "Sans", MONDAY + timedelta(days=1), 2),
        event("file.opened", "other", MONDAY + timedelta(days=1), 20_000),
    ]

    (entry,) = entries(events, made)

    assert entry == Entry("file.opened", {"Sans": 1, "other": 10_000})


def test_counts_above_their_largest_number_are_told(registry: Registry) -> None:
    events = [event("small.count", count=n) for n in (5, 6, 7)] + [event("no.such", count=10**9)]

    assert overflows(events, registry) == 2


# What may travel together.


def allowing(registry: Registry, allowed: dict[str, tuple[str, ...]]) -> Registry:
    metric = registry.metrics["file.opened"]
    named = {
        name: replace(metric, name=name, correlates_with=others) for name, others in allowed.items()
    }
    return replace(registry, metrics=MappingProxyType(named))


NAMES = [f"group.m{n}" for n in range(8)]
ALLOWED = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), unique=True), min_size=1
)


@settings(FIXED, max_examples=150)
@given(allowed=ALLOWED, days=st.lists(st.integers(0, 6), min_size=1, unique=True))
def test_what_may_not_travel_together_is_in_different_reports_with_nothing_in_common(
    registry: Registry, allowed: dict[str, list[str]], days: list[int]
) -> None:
    known = allowing(registry, {name: tuple(others) for name, others in allowed.items()})
    events = [
        event(name, day=MONDAY + timedelta(days=n), count=1 + 10 * place + n)
        for place, name in enumerate(allowed)
        for n in days
    ]

    bodies = [json.loads(native.write(r)) for r in build(ticket, WEEK, events, known)]

    said = [{entry["metric"] for entry in body["entries"]} for body in bodies]
    assert sorted(name for names in said for name in names) == sorted(allowed)
    for names in said:
        for name in names:
            assert names - {name} <= set(allowed[name])
    for body in bodies:
        for other in bodies:
            if body is not other:
                same = {key for key in body if body[key] == other.get(key)}
                assert same == {"format", "app", "period", "registry"}
                assert not _values(body) & _values(other)


def _values(body: dict[str, Any]) -> set[object]:
    """Give what tells a report from others: ids, marks, names and numbers."""
    own = {body["id"], body["withdrawal"]}
    return own | {value for e in body["entries"] for value in (e["metric"], e["value"])}


def with_kind(registry: Registry, kind: Kind, **changes: Any) -> Registry:  # noqa: ANN401 any field
    metric = replace(registry.metrics["file.opened"], kind=kind, **changes)
    return replace(registry, metrics=MappingProxyType({"file.opened": metric}))
