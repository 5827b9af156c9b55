"""A program counts the kinds that add up; the collector accepts whatever of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import MisuseError
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
