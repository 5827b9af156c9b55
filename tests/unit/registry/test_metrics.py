from __future__ import annotations

import pytest

from aboveboard.errors import Problem
from aboveboard.model.metric import Kind
from aboveboard.registry.bound_fields import BOUNDS, bounds_of
from aboveboard.registry.fields import Fields
from aboveboard.registry.metrics import Around, read_metric


def codes(table: dict[str, object], levels: dict[str, str]) -> list[tuple[str, str]]:
    problems: list[Problem] = []
    read_metric("file.opened", Fields(table, "m", problems), Around(levels))
    return [(problem.code, problem.place) for problem in problems]


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.value) for kind in Kind])
def test_every_kind_has_its_own_bounds_and_no_other(kind: Kind) -> None:
    every = {name for names in BOUNDS.values() for name in names}
    table: dict[str, object] = {"kind": kind.value, **dict.fromkeys(every, 1)}

    foreign = {place for code, place in codes(table, {}) if code == "bound_of_another_kind"}

    assert foreign == {f"m.{name}" for name in every - bounds_of(kind, by_version=False)}


def test_an_empty_metric_misses_everything_that_explains_it() -> None:
    missing = {place for code, place in codes({}, {"usage": "x"}) if code == "missing"}

    assert {f"m.{name}" for name in ("kind", "title", "question", "decision")} <= missing
    assert {f"m.{name}" for name in ("owner", "review", "expires", "level")} <= missing
    assert {"m.approved", "m.approved.on", "m.approved.by", "m.approved.where"} <= missing


def test_a_level_is_unknown_as_long_as_the_product_names_none() -> None:
    assert ("unknown_level", "m.level") in codes({"level": "usage"}, {})
