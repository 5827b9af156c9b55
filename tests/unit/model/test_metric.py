from __future__ import annotations

from datetime import date

import pytest

from aboveboard.model.metric import Approval, Kind, Metric

AGREED = Approval(date(2026, 1, 1), "the council", "https://editor.example/1")


@pytest.mark.parametrize(
    ("kind", "adds_up"),
    [
        pytest.param(Kind.COUNTER, True, id="counter"),
        pytest.param(Kind.TIMING, True, id="timing"),
        pytest.param(Kind.FLAG, False, id="flag"),
        pytest.param(Kind.CHOICE, False, id="choice"),
        pytest.param(Kind.VERSION, False, id="version"),
    ],
)
def test_numbers_add_up_and_states_are_replaced(
    kind: Kind,
    adds_up: bool,  # noqa: FBT001 a column of the table
) -> None:
    assert kind.adds_up is adds_up


@pytest.mark.parametrize(
    ("expires", "day", "measured"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 6, 1), True, id="on-its-last-day"),
        pytest.param(date(2026, 6, 1), date(2026, 6, 2), False, id="the-day-after"),
        pytest.param(None, date(9999, 12, 31), True, id="never"),
    ],
)
def test_a_metric_is_measured_up_to_its_last_day(
    expires: date | None,
    day: date,
    measured: bool,  # noqa: FBT001 a column of the table
) -> None:
    metric = Metric("a.b", Kind.FLAG, "", "", "", "", "", AGREED, expires, "usage")

    assert metric.measured_on(day) is measured
