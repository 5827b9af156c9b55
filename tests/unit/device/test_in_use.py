from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.device.in_use import InUse

EVENING = datetime(2026, 11, 30, 23, 59, 0, tzinfo=UTC)
NIGHT, DAY = date(2026, 11, 30), date(2026, 12, 1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]
NAMES = ["editor.in_use", "viewer.in_use"]


@pytest.fixture
def uses() -> InUse:
    return InUse()


def at(milliseconds: int) -> datetime:
    return EVENING + timedelta(milliseconds=milliseconds)


def test_a_use_is_split_at_midnight_and_at_the_end_of_the_month(uses: InUse) -> None:
    number = uses.begin("a", EVENING, 1000)
    uses.end(number, 101_000)

    assert uses.seconds(at(100_000), 101_000) == [("a", NIGHT, 60), ("a", DAY, 40)]
    assert uses.seconds(at(100_000), 101_000) == []


def test_a_use_that_goes_on_is_given_in_parts(uses: InUse) -> None:
    number = uses.begin("a", EVENING, 0)
    assert uses.seconds(at(1500), 1500) == [("a", NIGHT, 1)]
    assert uses.seconds(at(2000), 2000) == [("a", NIGHT, 1)]
    assert uses.seconds(at(2900), 2900) == []
    uses.end(number, 3100)
    assert uses.seconds(at(9000), 9000) == [("a", NIGHT, 1)]


def test_what_is_left_of_a_second_goes_on_the_next_day(uses: InUse) -> None:
    uses.end(uses.begin("a", EVENING, 0), 600)
    assert uses.seconds(EVENING, 600) == []
    uses.seconds(EVENING + timedelta(days=1), 700)
    uses.end(uses.begin("a", EVENING + timedelta(days=1), 1000), 1400)
    assert uses.seconds(EVENING + timedelta(days=1), 1400) == [("a", DAY, 1)]


def test_uses_that_overlap_are_counted_each(uses: InUse) -> None:
    one, other = uses.begin("a", EVENING, 0), uses.begin("a", EVENING, 0)
    uses.end(one, 5000)
    uses.end(other, 7000)
    assert uses.seconds(at(7000), 7000) == [("a", NIGHT, 12)]


def test_a_use_that_ended_already_or_never_began_ends_without_harm(uses: InUse) -> None:
    number = uses.begin("a", EVENING, 0)
    for _ in range(2):
        uses.end(number, 1000)
    uses.end(77, 1000)
    assert uses.seconds(at(1000), 1000) == [("a", NIGHT, 1)]


def test_a_clock_that_was_set_while_something_was_in_use_holds_from_then_on(uses: InUse) -> None:
    uses.begin("a", datetime(1970, 1, 1, tzinfo=UTC), 0)
    assert uses.seconds(EVENING, 5000) == [("a", date(1970, 1, 1), 5)]
    assert uses.seconds(at(3000), 8000) == [("a", NIGHT, 3)]


def test_a_clock_that_stands_still_or_runs_back_takes_nothing_away(uses: InUse) -> None:
    number = uses.begin("a", EVENING, 5000)
    assert uses.seconds(EVENING, 4000) == []
    uses.end(number, 6000)
    assert uses.seconds(EVENING, 6000) == [("a", NIGHT, 1)]


STEPS = st.lists(
    st.tuples(st.just("begin"), st.sampled_from(NAMES))
    | st.tuples(st.just("end"), st.integers(0, 5))
    | st.tuples(st.just("look"), st.none())
    | st.tuples(st.just("pass"), st.integers(0, 200_000_000) | st.integers(0, 3000))
    | st.tuples(st.just("set"), st.timedeltas(timedelta(days=-400), timedelta(days=400))),
    max_size=30,
)
MOMENTS = st.datetimes(datetime(2026, 1, 2), datetime(2028, 12, 31))  # noqa: DTZ001 zones follow


@settings(deadline=None, max_examples=300)
@given(MOMENTS, st.sampled_from(ZONES), STEPS)
def test_no_second_is_lost_whatever_begins_ends_and_happens_to_the_clock(  # noqa: C901 a table
    start: datetime, zone: str, steps: list[tuple[str, object]]
) -> None:
    uses, mark, jumped = InUse(), 10_000, timedelta(0)
    running: list[tuple[int, str, int]] = []
    used: Counter[str] = Counter()
    found: Counter[str] = Counter()

    def now() -> datetime:
        passed = start.replace(tzinfo=UTC) + timedelta(milliseconds=mark) + jumped
        # As the machine's clock gives it: with the offset of the moment, which summer time moves.
        return datetime.fromisoformat(passed.astimezone(ZoneInfo(zone)).isoformat())

    def look() -> None:
        for name, _, seconds in uses.seconds(now(), mark):
            assert seconds >= 1
            found[name] += seconds

    for step, argument in steps:
        match step, argument:
            case "begin", str(name):
                running.append((uses.begin(name, now(), mark), name, mark))
            case "end", int(which) if which < len(running):
                number, name, began = running.pop(which)
                uses.end(number, mark)
                used[name] += mark - began
            case "look", _:
                look()
            case "pass", int(milliseconds):
                mark += milliseconds
            case "set", timedelta() as by:
                jumped = by
            case _:
                pass
    look()

    for _, name, began in running:
        used[name] += mark - began
    assert [used[name] // 1000 for name in NAMES] == [found[name] for name in NAMES]


@settings(deadline=None, max_examples=200)
@given(MOMENTS, st.lists(st.integers(0, 90_000_000), min_size=1, max_size=8))
def test_each_day_gets_its_own_seconds(start: datetime, parts: list[int]) -> None:
    uses, mark = InUse(), 0
    uses.begin("a", start, 0)
    found: Counter[date] = Counter()

    for part in parts:
        mark += part
        for _, day, seconds in uses.seconds(start + timedelta(milliseconds=mark), mark):
            found[day] += seconds

    end, day = start + timedelta(milliseconds=mark), start.date()
    while day <= end.date():
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 as start
        within = min(end, midnight + timedelta(days=1)) - max(start, midnight)
        assert abs(found[day] - within / timedelta(seconds=1)) <= 1 + len(parts) / 1000
        day += timedelta(days=1)


def test_threads_may_share_one(uses: InUse) -> None:
    found: list[tuple[str, date, int]] = []

    def work() -> None:
        for _ in range(300):
            number = uses.begin("a", EVENING, 0)
            uses.end(number, 1000)
            found.extend(uses.seconds(EVENING, 1000))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A use of one that another saw going on was counted then, up to the same moment.
    assert sum(seconds for _, _, seconds in found) == 1200
