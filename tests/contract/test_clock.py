"""The contract of the port Clock, run over all its adapters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aboveboard.adapters import system
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.system import SystemClock
from aboveboard.ports.surroundings import Clock


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


def test_seconds_and_moment_are_the_same_time(clock: Clock) -> None:
    assert abs(clock.now().timestamp() - clock.seconds()) < 5


def test_the_machine_runs_on_from_one_look_to_the_next(clock: Clock) -> None:
    runs = [clock.boot() for _ in range(100)]

    assert len({name for name, _ in runs}) == 1
    since = [milliseconds for _, milliseconds in runs]
    assert since == sorted(since)
    assert all(isinstance(each, int) for each in since)


def test_where_the_machines_run_has_no_name_the_time_since_it_began_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(system, "BOOT_ID", tmp_path / "none")

    name, milliseconds = SystemClock().boot()

    assert name == ""
    assert milliseconds > 0


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
    assert clock.boot()[1] == clock.monotonic_ms()
    assert clock.seconds() == clock.now().timestamp()
