from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.memory import SetClock
from aboveboard.device.record import Recorder
from aboveboard.errors import MisuseError
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Reason

TODAY = date(2026, 11, 18)
ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.lists(st.integers(), max_size=2)
    | st.sampled_from(["linux", "other", "3.11.7", "3.11; geheim"])
)
KINDS = {
    "file.opened": re.compile(""),
    "file.opening": re.compile("0|100|1000"),
    "theme.dark": re.compile("true|false"),
    "system.os": re.compile("linux|macos|other"),
    "system.python": re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?"),
}


@pytest.fixture
def recorder(registry: Registry, clock: SetClock) -> Recorder:
    return Recorder(registry, clock)


def drained(recorder: Recorder) -> list[tuple[str, date, str, int]]:
    return [(e.metric.name, e.day, e.key, e.count) for e in recorder.drain()]


def test_counts_of_a_day_are_summed(recorder: Recorder) -> None:
    recorder.count("file.opened", 1)
    recorder.count("file.opened", 3)

    assert drained(recorder) == [("file.opened", TODAY, "", 4)]


def test_days_are_kept_apart(recorder: Recorder, clock: SetClock) -> None:
    recorder.count("file.opened", 1)
    clock.move(timedelta(days=1))
    recorder.count("file.opened", 2)

    assert drained(recorder) == [
        ("file.opened", TODAY, "", 1),
        ("file.opened", TODAY + timedelta(days=1), "", 2),
    ]


def test_what_was_handed_over_is_not_handed_over_again(recorder: Recorder) -> None:
    recorder.count("file.opened", 1)

    assert drained(recorder)
    assert drained(recorder) == []


def test_a_later_state_of_the_day_replaces_an_earlier_one(
    recorder: Recorder, clock: SetClock
) -> None:
    recorder.set("system.os", "linux")
    recorder.set("theme.dark", value=True)
    recorder.set("system.os", "macos")
    clock.move(timedelta(days=1))
    recorder.set("system.os", "linux")

    assert drained(recorder) == [
        ("theme.dark", TODAY, "true", 1),
        ("system.os", TODAY, "macos", 1),
        ("system.os", TODAY + timedelta(days=1), "linux", 1),
    ]


def test_what_is_put_back_is_summed_and_a_newer_state_wins(
    recorder: Recorder, clock: SetClock
) -> None:
    recorder.count("file.opened", 1)
    recorder.took("file.opening", 5)
    recorder.set("system.os", "linux")
    recorder.set("theme.dark", value=True)
    events = recorder.drain()
    recorder.count("file.opened", 2)
    recorder.set("system.os", "macos")
    clock.move(timedelta(days=1))
    recorder.set("theme.dark", value=False)

    recorder.put_back(events)

    assert sorted(drained(recorder)) == [
        ("file.opened", TODAY, "", 3),
        ("file.opening", TODAY, "0", 1),
        ("system.os", TODAY, "macos", 1),
        ("theme.dark", TODAY, "true", 1),
        ("theme.dark", TODAY + timedelta(days=1), "false", 1),
    ]


def test_a_word_outside_the_list_is_kept_as_other(recorder: Recorder) -> None:
    recorder.set("system.os", "geheim")

    assert drained(recorder) == [("system.os", TODAY, "other", 1)]
    assert recorder.misuse() == {"out_of_bounds": 1}


def test_a_version_is_cut(recorder: Recorder) -> None:
    recorder.set("system.python", "3.11.7+ana")

    assert drained(recorder) == [("system.python", TODAY, "3.11", 1)]


def test_times_are_kept_by_their_bucket_alone(recorder: Recorder) -> None:
    for milliseconds in (5, 99, 100, 5000):
        recorder.took("file.opening", milliseconds)

    assert drained(recorder) == [
        ("file.opening", TODAY, "0", 2),
        ("file.opening", TODAY, "100", 1),
        ("file.opening", TODAY, "1000", 1),
    ]


def test_an_expired_metric_is_not_recorded_and_no_misuse_of_the_caller(
    registry: Registry, clock: SetClock
) -> None:
    recorder = Recorder(registry, clock, strict=True)

    recorder.count("old.count", 1)
    clock.move(timedelta(days=1))
    recorder.count("old.count", 1)

    assert drained(recorder) == [("old.count", TODAY, "", 1)]
    assert recorder.misuse() == {"expired_metric": 1}


Call = Callable[[Recorder], None]
MISUSE = [
    pytest.param(lambda r: r.count("file.opend", 1), Reason.UNKNOWN_METRIC, id="count-unknown"),
    pytest.param(
        lambda r: r.set("theme.drak", value=True), Reason.UNKNOWN_METRIC, id="set-unknown"
    ),
    pytest.param(lambda r: r.took("file.opend", 1), Reason.UNKNOWN_METRIC, id="took-unknown"),
    pytest.param(lambda r: r.count("theme.dark", 1), Reason.WRONG_KIND, id="count-a-flag"),
    pytest.param(lambda r: r.set("file.opened", 1), Reason.WRONG_KIND, id="set-a-counter"),
    pytest.param(lambda r: r.set("file.opening", 1), Reason.WRONG_KIND, id="set-a-timing"),
    pytest.param(lambda r: r.took("file.opened", 1), Reason.WRONG_KIND, id="took-a-counter"),
    pytest.param(lambda r: r.count("file.opened", True), Reason.WRONG_KIND, id="count-a-yes"),
    pytest.param(lambda r: r.count("file.opened", 1.5), Reason.WRONG_KIND, id="count-a-fraction"),
    pytest.param(lambda r: r.count("file.opened", "2"), Reason.WRONG_KIND, id="count-a-word"),
    pytest.param(lambda r: r.set("theme.dark", "yes"), Reason.WRONG_KIND, id="word-for-a-flag"),
    pytest.param(
        lambda r: r.set("system.os", value=True), Reason.WRONG_KIND, id="yes-for-a-choice"
    ),
    pytest.param(lambda r: r.set("system.python", 3), Reason.WRONG_KIND, id="number-for-a-version"),
    pytest.param(lambda r: r.count("file.opened", 0), Reason.OUT_OF_BOUNDS, id="count-nothing"),
    pytest.param(lambda r: r.count("file.opened", -1), Reason.OUT_OF_BOUNDS, id="count-backwards"),
    pytest.param(lambda r: r.count("small.count", 6), Reason.OUT_OF_BOUNDS, id="count-too-much"),
    pytest.param(lambda r: r.set("system.os", "beos"), Reason.OUT_OF_BOUNDS, id="unknown-word"),
    pytest.param(lambda r: r.set("system.python", "x"), Reason.OUT_OF_BOUNDS, id="no-version"),
    pytest.param(
        lambda r: r.took("file.opening", "soon"),
        Reason.WRONG_KIND,
        id="word-for-a-time",
    ),
]


@pytest.mark.parametrize(("call", "reason"), MISUSE)
def test_misuse_is_counted_by_its_reason(recorder: Recorder, call: Call, reason: Reason) -> None:
    call(recorder)

    assert recorder.misuse() == {reason.value: 1}
    assert all(key == "other" for _, _, key, _ in drained(recorder))


@pytest.mark.parametrize(("call", "reason"), MISUSE)
def test_misuse_raises_under_strict(
    registry: Registry, clock: SetClock, call: Call, reason: Reason
) -> None:
    recorder = Recorder(registry, clock, strict=True)

    with pytest.raises(MisuseError, match=reason.value):
        call(recorder)

    assert drained(recorder) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*KINDS, "no.metric", "", "\x00"]), ANYTHING)
def test_whatever_a_program_hands_over_only_plain_keys_are_kept(
    recorder: Recorder,
    name: str,
    value: Any,  # noqa: ANN401 a program may hand over anything
) -> None:
    recorder.set(name, value)
    recorder.count(name, value)

    for event in recorder.drain():
        assert KINDS[event.metric.name].fullmatch(event.key)
        assert event.count >= 1


def test_threads_may_share_one(recorder: Recorder) -> None:
    def work() -> None:
        for _ in range(500):
            recorder.count("file.opened", 1)
            recorder.set("system.os", "linux")

    events = []
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        events += drained(recorder)
    for thread in threads:
        thread.join()
    events += drained(recorder)

    assert sum(count for name, _, _, count in events if name == "file.opened") == 2000
