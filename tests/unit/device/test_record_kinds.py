"""A program counts the kinds that add up; the collector accepts whatever of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import MisuseError, StoreError
from aboveboard.model.metric import Kind, Metric
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds

EXTRAS = {"how": ("menu", "key", "other"), "name": ("long", "other")}
KINDS: dict[str, dict[str, Any]] = {
    "menu.used": {"kind": Kind.LABELLED, "labels": ("file", "edit", "other"), "largest": 100},
    "file.saved": {"kind": Kind.EVENT, "extras": EXTRAS, "largest": 100},
    "file.size": {"kind": Kind.DISTRIBUTION, "buckets": (0, 10, 100)},
    "app.in_use": {"kind": Kind.SECONDS, "largest": 3600},
}
ANYTHING = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.just("file")
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def known(registry: Registry) -> Registry:
    opened = registry.metrics["file.opened"]
    more = {name: replace(opened, name=name, **kind) for name, kind in KINDS.items()}
    return replace(registry, metrics=MappingProxyType({**registry.metrics, **more}))


@pytest.fixture
def counter(start: Callable[..., Telemetry], known: Registry) -> Telemetry:
    return start(registry=known)


def counted(telemetry: Telemetry) -> dict[str, object]:
    bodies = telemetry.preview(local=True)
    return {
        entry["metric"]: entry["value"] for body in bodies for entry in json.loads(body)["entries"]
    }


def test_each_kind_is_summed_by_its_keys(counter: Telemetry) -> None:
    counter.count("menu.used", label="file")
    counter.count("menu.used", 2, label="file")
    counter.count("menu.used", label="edit")
    counter.event("file.saved", how="menu", name="long")
    counter.event("file.saved", how="menu", name="long")
    for amount in (0, 9, 10, 5000):
        counter.observe("file.size", amount)
    counter.used("app.in_use", 60)
    counter.used("app.in_use", 30)
    assert counted(counter) == {
        "menu.used": {"edit": 1, "file": 3},
        "file.saved": {"how=menu,name=long": 2},
        "file.size": {"0": 2, "10": 1, "100": 1},
        "app.in_use": 90,
    }
    assert counter.misuse == {}


def test_what_no_list_has_counts_as_other_and_is_told(counter: Telemetry) -> None:
    counter.count("menu.used", label="my own menu")
    counter.event("file.saved", how="by magic", name="long")
    assert counted(counter) == {
        "menu.used": {"other": 1},
        "file.saved": {"how=other,name=long": 1},
    }
    assert counter.misuse == {"out_of_bounds": 2}


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda t: t.count("menu.used"), "wrong_kind", id="no-label"),
        pytest.param(lambda t: t.count("file.opened", label="x"), "wrong_kind", id="label"),
        pytest.param(lambda t: t.count("menu.used", 101, label="file"), "out_of_bounds", id="101"),
        pytest.param(lambda t: t.event("file.saved", how="menu"), "out_of_bounds", id="too-few"),
        pytest.param(lambda t: t.event("file.opened"), "wrong_kind", id="no-event"),
        pytest.param(lambda t: t.event("file.lost"), "unknown_metric", id="unknown"),
        pytest.param(lambda t: t.observe("file.size", -1), "out_of_bounds", id="negative"),
        pytest.param(lambda t: t.observe("file.size", 1.5), "wrong_kind", id="fraction"),
        pytest.param(lambda t: t.observe("app.in_use", 1), "wrong_kind", id="no-distribution"),
        pytest.param(lambda t: t.used("app.in_use", 0), "out_of_bounds", id="no-second"),
        pytest.param(lambda t: t.used("app.in_use", 3601), "out_of_bounds", id="long-day"),
        pytest.param(lambda t: t.used("app.in_use", seconds=True), "wrong_kind", id="yes"),
        pytest.param(lambda t: t.used("file.size", 1), "wrong_kind", id="no-seconds"),
    ],
)
def test_what_cannot_be_meant_counts_nothing(
    start: Callable[..., Telemetry],
    known: Registry,
    call: Callable[[Telemetry], None],
    reason: str,
) -> None:
    telemetry = start(registry=known)
    call(telemetry)
    assert counted(telemetry) == {}
    assert telemetry.misuse == {reason: 1}
    with pytest.raises(MisuseError, match=reason):
        call(start(registry=known, strict=True))


@FIXED
@given(
    st.lists(
        st.tuples(st.just("count"), st.just("menu.used"), ANYTHING, ANYTHING)
        | st.tuples(st.just("event"), st.just("file.saved"), ANYTHING, ANYTHING)
        | st.tuples(st.just("observe"), st.just("file.size"), ANYTHING, st.none())
        | st.tuples(st.just("used"), st.just("app.in_use"), ANYTHING, st.none())
    )
)
def test_whatever_is_handed_over_the_collector_accepts_what_is_kept(
    start: Callable[..., Telemetry], known: Registry, calls: list[tuple[str, str, Any, Any]]
) -> None:
    telemetry = start(registry=known)
    for call, name, one, two in calls:
        match call:
            case "count":
                telemetry.count(name, one, label=two)
            case "event":
                telemetry.event(name, how=one, name=two)
            case _:
                getattr(telemetry, call)(name, one)
    metrics: dict[str, Metric] = dict(known.metrics)
    for name, value in counted(telemetry).items():
        assert not isinstance(bounds.counts(metrics[name], value), Reason)  # type: ignore[arg-type]


def test_nothing_is_counted_where_nothing_may_be(
    start: Callable[..., Telemetry], known: Registry
) -> None:
    telemetry = start(registry=known, override="off")
    telemetry.count("menu.used", label="file")
    telemetry.event("file.saved", how="menu", name="long")
    telemetry.observe("file.size", 1)
    telemetry.used("app.in_use", 1)
    telemetry.took("file.opening", 1)
    telemetry.set("theme.dark", value=True)
    assert counted(telemetry) == {}


# Names.

FONTS = ("Sans", "Serif", "other")


@pytest.fixture
def fonts(start: Callable[..., Telemetry], registry: Registry) -> Telemetry:
    opened = registry.metrics["file.opened"]
    named = replace(opened, name="system.fonts", kind=Kind.NAMES, names=FONTS)
    return start(registry=replace(registry, metrics={"system.fonts": named}))


def test_known_names_are_named_once_and_unknown_ones_only_counted(fonts: Telemetry) -> None:
    fonts.names("system.fonts", ["Sans", "Sans", "My Own", "My Other", "My Own"])
    assert counted(fonts) == {"system.fonts": {"Sans": 1, "other": 2}}
    assert fonts.misuse == {}


def test_a_name_that_is_called_other_is_not_named_either(fonts: Telemetry) -> None:
    fonts.names("system.fonts", ["other", "Serif"])
    assert counted(fonts) == {"system.fonts": {"Serif": 1, "other": 1}}


def test_names_are_replaced_as_a_set(fonts: Telemetry) -> None:
    fonts.names("system.fonts", ["Sans", "Serif", "My Own"])
    fonts.names("system.fonts", iter(["Serif"]))
    assert counted(fonts) == {"system.fonts": {"Serif": 1}}
    fonts.names("system.fonts", [])
    assert counted(fonts) == {}


def test_very_many_unknown_names_are_counted_up_to_a_bound(fonts: Telemetry) -> None:
    fonts.names("system.fonts", map(str, range(20_000)))
    assert counted(fonts) == {"system.fonts": {"other": bounds.MOST_UNKNOWN_NAMES}}


@pytest.mark.parametrize(
    ("name", "found", "reason"),
    [
        pytest.param("system.fonts", ["Sans", 3], "wrong_kind", id="no-name"),
        pytest.param("system.font", ["Sans"], "unknown_metric", id="unknown"),
    ],
)
def test_what_is_no_set_of_names_counts_nothing(
    fonts: Telemetry, name: str, found: list[Any], reason: str
) -> None:
    fonts.names(name, found)
    assert counted(fonts) == {}
    assert fonts.misuse == {reason: 1}


def test_names_that_no_store_takes_wait_as_a_set(
    fonts: Telemetry, store: MemoryEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError

    with monkeypatch.context() as context:
        context.setattr(store, "add", refuse)
        fonts.names("system.fonts", ["Sans", "Serif"])
        fonts.names("system.fonts", ["Sans", "My Own"])
    assert counted(fonts) == {"system.fonts": {"Sans": 1, "other": 1}}


def test_names_are_not_kept_where_nothing_may_be(
    start: Callable[..., Telemetry], fonts: Telemetry, store: MemoryEventStore
) -> None:
    fonts.choose("off")
    fonts.names("system.fonts", ["Sans"])
    strict = start(registry=fonts.registry, override="off", strict=True)
    strict.names("system.fonts", ["Sans"])
    assert store.events() == []


@FIXED
@given(st.lists(st.lists(st.text() | st.sampled_from(FONTS), max_size=6), max_size=4))
def test_no_free_text_is_in_a_store_or_a_report(
    start: Callable[..., Telemetry], fonts: Telemetry, sets: list[list[str]]
) -> None:
    store = MemoryEventStore()
    telemetry = start(registry=fonts.registry, store=store)
    for found in sets:
        telemetry.names("system.fonts", found)
    said = counted(telemetry)
    assert {event.key for event in store.events()} <= set(FONTS)
    known = fonts.registry.metrics["system.fonts"]
    for value in said.values():
        assert not isinstance(bounds.counts(known, value), Reason)  # type: ignore[arg-type]
    if sets:
        last = {word for word in sets[-1] if word in {"Sans", "Serif"}}
        named = said.get("system.fonts", {})
        assert isinstance(named, dict)
        assert set(named) - {"other"} == last


# Seconds in use.


def test_a_use_is_counted_in_seconds_and_goes_on(counter: Telemetry, clock: SetClock) -> None:
    with counter.use("app.in_use"):
        clock.move(timedelta(seconds=90, milliseconds=600))
        assert counted(counter) == {"app.in_use": 90}
        clock.move(timedelta(seconds=9, milliseconds=400))
    assert counted(counter) == {"app.in_use": 100}
    assert counter.misuse == {}


def test_a_use_may_be_longer_than_a_call_may_say(
    counter: Telemetry, clock: SetClock, store: MemoryEventStore
) -> None:
    with counter.use("app.in_use"):
        clock.move(timedelta(hours=2))
    assert counted(counter) == {"app.in_use": 3600}
    assert counter.misuse == {}
    assert [event.count for event in store.events()] == [7200]


def test_a_use_of_something_unknown_counts_nothing(counter: Telemetry, clock: SetClock) -> None:
    with counter.use("app.in_us"):
        clock.move(timedelta(seconds=5))
    assert counted(counter) == {}
    assert counter.misuse == {"unknown_metric": 1}


def test_a_use_under_a_no_is_not_counted_later(counter: Telemetry, clock: SetClock) -> None:
    with counter.use("app.in_use"):
        clock.move(timedelta(seconds=5))
        counter.choose("off")
        clock.move(timedelta(seconds=50))
        counter.choose("local")
        clock.move(timedelta(seconds=7))
    assert counted(counter) == {"app.in_use": 7}
