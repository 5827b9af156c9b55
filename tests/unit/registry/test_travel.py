from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.metric import Kind, Metric, Status
from aboveboard.model.registry import Registry
from aboveboard.registry.travel import groups

Make = Callable[..., Metric]
NAMES = ("a.a", "a.b", "a.c", "a.d", "a.e")


def registry(*metrics: Metric) -> Registry:
    return Registry("editor", "", "", "", "", "", metrics={each.name: each for each in metrics})


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    wanted = st.sets(st.sampled_from([*NAMES, "a.nowhere"])).map(sorted).map(tuple)
    metrics = [_flag(name, draw(wanted)) for name in NAMES]
    return registry(*draw(st.permutations(metrics)))


def _flag(name: str, others: tuple[str, ...]) -> Metric:
    return Metric(name, Kind.FLAG, "", "", "", "", "", None, None, "usage", correlates_with=others)


@given(registries())
def test_each_metric_is_in_one_group_and_all_in_it_allow_each_other(found: Registry) -> None:
    shared = groups(found)
    assert sorted(name for group in shared for name in group) == sorted(found.metrics)
    for group in shared:
        for one, other in combinations(group, 2):
            assert other in found.metrics[one].correlates_with
            assert one in found.metrics[other].correlates_with


@given(registries())
def test_neither_the_order_of_the_file_nor_what_is_measured_makes_a_difference(
    found: Registry,
) -> None:
    other = registry(*reversed(list(found.metrics.values())))
    given_up = registry(*(replace(m, status=Status.RETIRED) for m in found.metrics.values()))
    assert groups(other) == groups(found) == groups(given_up)


def test_one_that_names_another_in_vain_travels_alone(metric: Make) -> None:
    one = metric(Kind.FLAG, name="a.a", correlates_with=("a.b", "a.a", "a.nowhere"))
    assert groups(registry(one, metric(Kind.FLAG, name="a.b"))) == [("a.a",), ("a.b",)]
