from __future__ import annotations

from aboveboard.model.total import Group, PublishedPeriod


def test_a_periods_count_is_the_sum_over_its_groups() -> None:
    groups = (Group("linux", 12, 10), Group("other", 30, 11, folded=True))

    assert PublishedPeriod("2026-W47", 21, groups).count == 42


def test_a_period_that_is_hidden_counts_nothing() -> None:
    assert PublishedPeriod("2026-W47", None, ()).count == 0
