"""The contract of the port Clock, run over all its adapters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.system import SystemClock
from aboveboard.ports import Clock


@pytest.fixture(
    params=[pytest.param(SystemClock, id="system"), pytest.param(SetClock, id="set")],
)
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_the_time_comes_with_its_zone(clock: Clock) -> None:
    assert clock.now().utcoffset() is not None


def test_the_milliseconds_never_run_backwards(clock: Clock) -> None:
    seen = [clock.monotonic_ms() for _ in range(1000)]

    assert seen == sorted(seen)
    assert all(isinstance(each, int) for each in seen)


def test_the_systems_clock_tells_the_machines_own_day() -> None:
    now = SystemClock().now()

    assert now.utcoffset() == now.astimezone().utcoffset()


def test_a_set_clock_stands_still_until_it_is_moved() -> None:
    clock = SetClock(datetime(2026, 12, 31, 23, tzinfo=UTC))
    before = clock.monotonic_ms()
    assert clock.now() == clock.now() == datetime(2026, 12, 31, 23, tzinfo=UTC)

    clock.move(timedelta(hours=2))

    assert clock.now() == datetime(2027, 1, 1, 1, tzinfo=UTC)
    assert clock.monotonic_ms() - before == 2 * 3600 * 1000
