from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from aboveboard.adapters.period_keys import MemoryPeriodKeys
from aboveboard.adapters.system import SystemChance
from aboveboard.collector.foreign_days import MOST_PARTS, Day, Days, open_since
from aboveboard.errors import LogError
from aboveboard.model.period import Week

WEDNESDAY = date(2026, 11, 18)


class Keys(MemoryPeriodKeys):
    """Keys that note down which weeks they were asked for, and may fail."""

    def __init__(self) -> None:
        super().__init__(SystemChance())
        self.asked: list[str] = []
        self.failing = False

    def key(self, week: Week) -> bytes:
        if self.failing:
            message = "no space left"
            raise LogError(message)
        self.asked.append(str(week))
        return super().key(week)


@pytest.fixture
def keys() -> Keys:
    return Keys()


def noon(day: date) -> float:
    return datetime.combine(day, time(12), UTC).timestamp()


def test_a_day_is_made_once(keys: Keys) -> None:
    days = Days(keys)
    today = days.today(WEDNESDAY)
    assert days.today(WEDNESDAY) is today
    assert days.at(noon(WEDNESDAY)) is today
    assert (today.day, today.text, today.week) == (WEDNESDAY, "2026-11-18", "2026-W47")
    assert keys.asked == ["2026-W47"]


def test_the_days_of_a_week_share_its_key(keys: Keys) -> None:
    days = Days(keys)
    today = days.today(WEDNESDAY)
    before = days.at(noon(WEDNESDAY - timedelta(days=1)))
    older = days.at(noon(WEDNESDAY - timedelta(days=7)))
    assert before is not None
    assert older is not None
    assert today.hash("who", "a") == before.hash("who", "a") != older.hash("who", "a")
    assert len(today.hash("who", "\ud800")) == 32


def test_other_days_are_not_open(keys: Keys) -> None:
    days = Days(keys)
    days.today(WEDNESDAY)
    first, last = open_since(WEDNESDAY).first, WEDNESDAY + timedelta(days=1)
    begins = datetime.combine(first, time(), UTC).timestamp()
    ends = datetime.combine(last + timedelta(days=1), time(), UTC).timestamp()
    found = [days.at(at) for at in (begins, ends - 0.001)]
    assert [each and each.day for each in found] == [first, last]
    for at in (begins - 0.001, ends, 1e300, -1e300, float("inf"), float("nan")):
        assert days.at(at) is None


def test_what_is_closed_is_forgotten(keys: Keys) -> None:
    days = Days(keys)
    for number in range(200):
        day = WEDNESDAY + timedelta(days=number)
        days.today(day)
        for ago in range(40):
            days.at(noon(day - timedelta(days=ago)))
    assert len(days) <= 23


def test_where_a_week_begins_the_one_before_is_at_hand(keys: Keys) -> None:
    days = Days(keys)
    monday = days.today(date(2026, 11, 16))
    assert monday.before is not None
    assert monday.before.week == "2026-W46"
    assert days.today(WEDNESDAY).before is None


def test_a_week_that_is_closed_stays_nowhere_not_even_behind_the_one_after_it(keys: Keys) -> None:
    days = Days(keys)
    monday = days.today(date(2026, 11, 16))
    assert monday.before is not None
    days.today(date(2026, 11, 29))
    assert monday.before is not None
    days.today(date(2026, 11, 30))
    assert open_since(date(2026, 11, 30)) == Week.of(monday.day)
    assert days.at(noon(monday.day)) is monday
    assert monday.before is None


def test_a_key_that_cannot_be_had_is_asked_for_again(keys: Keys) -> None:
    days, keys.failing = Days(keys), True
    with pytest.raises(LogError):
        days.today(WEDNESDAY)
    keys.failing = False
    assert days.today(WEDNESDAY).day == WEDNESDAY


def test_parts_are_remembered_within_bounds() -> None:
    day = Day(WEDNESDAY, b"k" * 32)
    parts = {day.part(f"part {number}") for number in range(MOST_PARTS + 10)}
    assert len(parts) == MOST_PARTS + 10
    assert day.part("part 1") in parts
