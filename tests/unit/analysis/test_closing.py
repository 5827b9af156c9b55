from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from aboveboard.analysis.closing import closed_weeks
from aboveboard.analysis.publish import publish
from aboveboard.model.period import GRACE, Week
from aboveboard.model.total import PublishedApp, Total
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

WEEK, LATER = Week(2026, 45), Week(2026, 46)


def total(week: Week, count: int, n: int) -> Total:
    return Total("file.opened", "week", str(week), "", count, n, n)


def published(*totals: Total) -> PublishedApp:
    return publish(read(EXAMPLE_REGISTRY), totals, 100)


def test_the_numbers_of_a_closed_week_are_one_text() -> None:
    today = WEEK.last + GRACE + timedelta(days=1)
    [(week, body)] = closed_weeks(published(total(WEEK, 40, 12), total(LATER, 9, 11)), today)
    assert week == WEEK
    assert json.loads(body) == {
        "app": "editor",
        "period": "2026-W45",
        "metrics": [
            {
                "metric": "file.opened",
                "n": 12,
                "groups": [{"value": "", "count": 40, "n": 12, "folded": False}],
            }
        ],
    }
    assert body == json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()


def test_a_week_stays_open_until_its_last_reports_have_come() -> None:
    app = published(total(WEEK, 40, 12))
    assert closed_weeks(app, WEEK.last + GRACE) == []


@pytest.mark.parametrize("n", [1, 9])
def test_a_week_of_too_few_reports_is_not_named(n: int) -> None:
    assert closed_weeks(published(total(WEEK, 40, n)), date(2027, 1, 1)) == []


def test_weeks_come_oldest_first() -> None:
    app = published(total(LATER, 40, 12), total(WEEK, 40, 12))
    assert [week for week, _ in closed_weeks(app, date(2027, 1, 1))] == [WEEK, LATER]
