from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from aboveboard.analysis.answers import ended
from aboveboard.analysis.publish import publish
from aboveboard.model.metric import Kind
from aboveboard.model.registry import Registry
from aboveboard.model.total import Total
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY


def registry(kind: Kind, *, until_answered: bool = True) -> Registry:
    known = read(EXAMPLE_REGISTRY)
    metric = replace(
        known.metrics["file.opened"], kind=kind, accuracy=0.1, until_answered=until_answered
    )
    return replace(known, metrics=MappingProxyType({"file.opened": metric}), installs=1_000_000)


def ends(known: Registry, key: str, *reports: int) -> bool:
    totals = [
        Total("file.opened", "week", f"2026-W{10 + week}", key, n, n, n)
        for week, n in enumerate(reports)
    ]
    return bool(ended(publish(known, totals, 0)))


@pytest.mark.parametrize(
    ("weeks", "answered"),
    [
        pytest.param((), False, id="no-week"),
        pytest.param((50, 50, 50), False, id="the-same-installs-thrice"),
        pytest.param((5, 200), True, id="one-good-week"),
    ],
)
def test_a_share_is_answered_by_its_best_week(weeks: tuple[int, ...], answered: bool) -> None:  # noqa: FBT001
    assert ends(registry(Kind.FLAG), "true", *weeks) is answered


def test_a_count_is_answered_by_all_its_weeks() -> None:
    assert not ends(registry(Kind.COUNTER), "", 1000)
    assert ends(registry(Kind.COUNTER), "", 1000, 1000)


def test_a_metric_that_does_not_say_so_never_ends_by_itself() -> None:
    assert not ends(registry(Kind.FLAG, until_answered=False), "true", 5000)
