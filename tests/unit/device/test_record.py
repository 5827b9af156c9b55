from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.patience import PATIENCE

from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device import slots as step_slots
from aboveboard.device.record import LOST, MISUSE, Recorder
from aboveboard.device.tally import LooseTally
from aboveboard.errors import MisuseError, StoreError
from aboveboard.model.consent import Choice, Consent, Leave, Mode, Rule
from aboveboard.model.event import Event
from aboveboard.model.metric import Kind, Status
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Reason

TODAY = date(2026, 11, 18)
TOMORROW = TODAY + timedelta(days=1)
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
Found: TypeAlias = tuple[str, date, str, int]


class Store(MemoryEventStore):
    """A store that can be out of order: for tallies, for what is added, or both."""

    def __init__(self) -> None:
        super().__init__()
        self.no_tally = self.no_add = False
        self.opened: list[LooseTally] = []
        self.adds = 0

    def tally(self) -> LooseTally:
        if self.no_tally:
            raise StoreError
        self.opened.append(super().tally())
        return self.opened[-1]

    def add(self, events: Iterable[Event]) -> None:
        self.adds += 1
        if self.no_add:
            raise StoreError
        super().add(events)


@dataclass
class World:
    """A recorder and what it stands on."""

    registry: Registry
    clock: SetClock
    strict: bool = False
    store: Store = field(default_factory=Store)
    consent: Consent = field(default_factory=lambda: Consent(Mode.LOCAL, Rule.UNDECIDED))

    def __post_init__(self) -> None:
        self.recorder = Recorder(
            self.registry, self.clock, self.store, lambda: self.consent, strict=self.strict
        )

    def choose(self, mode: Mode, number: int = 1) -> None:
        choice = Choice(mode, TODAY, "", number)
        self.store.choose(choice)
        self.consent = Consent(mode, Rule.CHOICE, choice)

    def found(self) -> list[Found]:
        self.recorder.gather()
        return [(e.metric, e.day, e.key, e.count) for e in self.store.events()]

    def counts(self) -> list[tuple[str, int]]:
        return [(key, count) for _, _, key, count in self.found()]

    def hot(self, call: object, by: int = 1) -> None:
        """Count as the shortest way does, which asks nobody."""
        hot = self.recorder.hot
        slots, index, _ = hot.cells[hot.thread()][call]
        assert hot.since <= hot.now() < hot.until
        slots[index] += by


@pytest.fixture
def world(registry: Registry, clock: SetClock) -> World:
    return World(registry, clock)


@pytest.fixture
def recorder(world: World) -> Recorder:
    return world.recorder


# Counting.


def test_counts_of_a_day_are_summed(world: World) -> None:
    world.recorder.count("file.opened", 1)
    world.recorder.count("file.opened", 3)
    world.hot("file.opened", 5)

    assert world.found() == [("file.opened", TODAY, "", 9)]


def test_days_are_kept_apart(world: World, clock: SetClock) -> None:
    world.recorder.count("file.opened", 1)
    clock.move(timedelta(days=1))
    world.recorder.count("file.opened", 2)

    assert world.found() == [("file.opened", TODAY, "", 1), ("file.opened", TOMORROW, "", 2)]


def test_the_shortest_way_ends_at_midnight(registry: Registry) -> None:
    clock = SetClock(datetime(2026, 11, 18, 23, 59, 50, tzinfo=UTC))
    world = World(registry, clock)
    world.recorder.count("file.opened", 1)
    clock.move(timedelta(seconds=9))
    world.hot("file.opened")

    clock.move(timedelta(seconds=1))

    hot = world.recorder.hot
    assert not hot.since <= hot.now() < hot.until


@pytest.mark.parametrize(
    "by", [pytest.param(timedelta(minutes=2), id="later"), pytest.param(-timedelta(1), id="back")]
)
def test_the_shortest_way_ends_when_the_clock_is_elsewhere(
    world: World, clock: SetClock, by: timedelta
) -> None:
    world.recorder.count("file.opened", 1)

    clock.move(by)

    hot = world.recorder.hot
    assert not hot.since <= hot.now() < hot.until
    world.recorder.count("file.opened", 1)
    assert sum(count for _, count in world.counts()) == 2


def test_what_was_gathered_is_not_gathered_again(world: World) -> None:
    world.recorder.count("file.opened", 1)

    assert world.counts() == [("", 1)]
    assert world.counts() == [("", 1)]


def test_a_later_state_of_the_day_replaces_an_earlier_one(world: World, clock: SetClock) -> None:
    world.recorder.set("system.os", "linux")
    world.recorder.set("theme.dark", value=True)
    world.recorder.set("system.os", "macos")
    world.recorder.set("system.os", "linux")
    world.recorder.set("system.os", "macos")
    clock.move(timedelta(days=1))
    world.recorder.set("system.os", "linux")

    assert world.found() == [
        ("system.os", TODAY, "macos", 1),
        ("system.os", TOMORROW, "linux", 1),
        ("theme.dark", TODAY, "true", 1),
    ]


def test_a_word_outside_the_list_is_kept_as_other(world: World) -> None:
    world.recorder.set("system.os", "geheim")

    assert world.found() == [("system.os", TODAY, "other", 1)]
    assert world.recorder.misuse() == {"out_of_bounds": 1}


def test_a_version_is_cut(world: World) -> None:
    world.recorder.set("system.python", "3.11.7+ana")

    assert world.found() == [("system.python", TODAY, "3.11", 1)]


def test_times_are_kept_by_their_bucket_alone(world: World) -> None:
    for milliseconds in (5, 99, 100, 5000):
        world.recorder.took("file.opening", milliseconds)

    assert world.counts() == [("0", 2), ("100", 1), ("1000", 1)]


def test_an_expired_metric_is_not_recorded_and_no_misuse_of_the_caller(
    registry: Registry, clock: SetClock
) -> None:
    world = World(registry, clock, strict=True)

    world.recorder.count("old.count", 1)
    clock.move(timedelta(days=1))
    world.recorder.count("old.count", 1)

    assert world.found() == [("old.count", TODAY, "", 1)]
    assert world.recorder.misuse() == {"expired_metric": 1}


def test_a_metric_that_is_only_proposed_is_unknown(registry: Registry, clock: SetClock) -> None:
    proposed = replace(registry.metrics["file.opened"], status=Status.PROPOSED)
    world = World(replace(registry, metrics={"file.opened": proposed}), clock)

    world.recorder.count("file.opened", 1)

    assert world.found() == []
    assert world.recorder.misuse() == {"unknown_metric": 1}


def test_a_place_that_broke_is_counted_by_its_fingerprint(
    registry: Registry, clock: SetClock
) -> None:
    broke = replace(registry.metrics["file.opened"], name="broke", kind=Kind.ERROR)
    world = World(replace(registry, metrics={**registry.metrics, "broke": broke}), clock)

    assert world.recorder.broke("broke", "0f" * 16)
    assert world.recorder.broke("broke", "0f" * 16)
    assert not world.recorder.broke("file.opened", "0f" * 16)

    assert world.counts() == [("0f" * 16, 2)]


# Consent.


@pytest.mark.parametrize(
    ("mode", "leaves"),
    [
        pytest.param(Mode.OFF, [], id="off"),
        pytest.param(Mode.LOCAL, [Leave.NEVER], id="local"),
        pytest.param(Mode.ON, [Leave.YES], id="on"),
    ],
)
def test_counts_are_kept_as_the_consent_allows(
    world: World, mode: Mode, leaves: list[Leave]
) -> None:
    world.choose(mode)

    world.recorder.count("file.opened", 1)
    world.recorder.gather()

    assert [event.leave for event in world.store.events()] == leaves
    assert bool(world.store.opened) is bool(leaves)


def test_what_nobody_chose_about_leaves_only_if_asked(world: World) -> None:
    world.recorder.count("file.opened", 1)
    world.recorder.gather()

    assert [event.leave for event in world.store.events()] == [Leave.IF_ASKED]


def test_a_choice_made_elsewhere_is_seen_within_a_minute(world: World, clock: SetClock) -> None:
    world.recorder.count("file.opened", 1)
    world.choose(Mode.ON)
    clock.move(timedelta(seconds=61))

    world.recorder.count("file.opened", 2)
    world.recorder.gather()

    found = [(event.count, event.leave) for event in world.store.events()]
    assert found == [(1, Leave.NEVER), (2, Leave.YES)]


def test_a_choice_made_while_a_tally_is_opened_is_seen(world: World) -> None:
    """Whoever erases may have looked for tallies before this one was there."""
    opened = world.store.tally

    def chosen() -> LooseTally:
        made = opened()
        world.choose(Mode.OFF)
        return made

    world.store.tally = chosen  # type: ignore[method-assign]
    world.recorder.count("file.opened", 1)
    world.recorder.count("file.opened", 2)

    assert world.found() == []
    assert [tally.closed for tally in world.store.opened] == [True]


def test_what_was_erased_elsewhere_is_counted_anew_within_a_minute(
    world: World, clock: SetClock
) -> None:
    world.recorder.count("file.opened", 1)
    world.store.opened[0].close()
    clock.move(timedelta(seconds=61))

    world.recorder.count("file.opened", 2)

    assert len(world.store.opened) == 2
    assert world.counts() == [("", 3)]


# Threads.


def test_each_thread_counts_in_slots_of_its_own(world: World) -> None:
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait(PATIENCE)
        world.recorder.count("file.opened", 1)
        for _ in range(500):
            world.hot("file.opened")
        barrier.wait(PATIENCE)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(world.recorder.hot.cells) == 4
    assert world.counts() == [("", 2004)]


def test_threads_may_share_one_while_it_is_gathered(world: World) -> None:
    def work() -> None:
        for _ in range(500):
            world.recorder.count("file.opened", 1)
            world.recorder.set("system.os", "linux")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        world.recorder.gather()
    for thread in threads:
        thread.join()

    assert world.found() == [("file.opened", TODAY, "", 2000), ("system.os", TODAY, "linux", 1)]


def test_what_is_late_is_told_and_counted_the_long_way(world: World) -> None:
    world.recorder.count("file.opened", 1)
    slots, index, _ = world.recorder.hot.cells[world.recorder.hot.thread()]["file.opened"]

    world.recorder.let_go()

    assert world.recorder.hot.cells == {}
    with pytest.raises(ValueError, match="released"):
        slots[index] += 1
    world.recorder.count("file.opened", 1)
    assert world.counts() == [("", 2)]


# Where there is no room.


def with_many(registry: Registry, metrics: int) -> Registry:
    metric = registry.metrics["file.opened"]
    named = {f"group.m{n:04}": replace(metric, name=f"group.m{n:04}") for n in range(metrics)}
    return replace(registry, metrics=MappingProxyType(named))


def test_a_full_tally_is_gathered_and_another_one_begun(
    registry: Registry, clock: SetClock
) -> None:
    world = World(with_many(registry, 1500), clock)

    for _ in range(2):
        for name in world.registry.metrics:
            world.recorder.count(name, 1)

    assert [tally.closed for tally in world.store.opened] == [True, True, False]
    assert [count for _, count in world.counts()] == [2] * 1500


def test_what_fits_into_no_tally_is_kept_in_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LooseTally, "slot", lambda *_: None)

    for _ in range(3):
        world.recorder.count("file.opened", 1)

    assert len(world.store.opened) == 2
    assert world.counts() == [("", 3)]


def test_without_a_tally_counts_wait_in_memory(registry: Registry, clock: SetClock) -> None:
    world = World(with_many(registry, 1500), clock)
    world.store.no_tally = True

    for _ in range(2):
        for name in world.registry.metrics:
            world.recorder.count(name, 1)
    world.hot("group.m1499")

    assert sum(count for _, count in world.counts()) == 3001


def test_what_no_store_takes_is_kept_for_the_next_time(world: World) -> None:
    world.store.no_tally = world.store.no_add = True
    for word in ("linux", "macos"):
        world.recorder.count("file.opened", 1)
        world.recorder.set("system.os", word)
        with pytest.raises(StoreError):
            world.recorder.gather()
    world.recorder.count("file.opened", 1)

    world.store.no_tally = world.store.no_add = False
    world.recorder.count("file.opened", 1)

    assert world.found() == [("file.opened", TODAY, "", 4), ("system.os", TODAY, "macos", 1)]


def test_what_waits_in_memory_is_bounded_and_what_is_lost_is_told(
    registry: Registry, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_slots, "MOST_LATE", 10)
    misuse = replace(
        registry.metrics["file.opened"],
        name=MISUSE,
        kind=Kind.LABELLED,
        labels=("cannot_keep", "other"),
    )
    many = with_many(registry, 15)
    world = World(replace(many, metrics={**many.metrics, MISUSE: misuse}), clock)
    world.store.no_tally = world.store.no_add = True
    for name in many.metrics:
        world.recorder.count(name, 1)
    with pytest.raises(StoreError):
        world.recorder.gather()

    world.store.no_tally = world.store.no_add = False
    world.recorder.gather()

    assert world.recorder.misuse() == {"cannot_keep": 5}
    found = world.found()
    assert len(found) == 11
    assert found[-1] == (MISUSE, TODAY, "cannot_keep", 5)


def test_what_waits_in_memory_can_be_forgotten(world: World) -> None:
    world.store.no_tally = world.store.no_add = True
    world.recorder.count("file.opened", 1)
    with pytest.raises(StoreError):
        world.recorder.gather()
    world.recorder.count("file.opened", 1)

    world.recorder.forget()
    world.store.no_tally = world.store.no_add = False

    assert world.found() == []
    world.recorder.count("file.opened", 1)
    assert world.counts() == [("", 1)]


def test_states_keep_their_order_wherever_they_are_kept(world: World) -> None:
    world.store.no_tally = True
    for _ in range(5):
        world.recorder.set("system.os", "linux")
    world.store.no_tally = False
    world.recorder.count("file.opened", 1)

    world.recorder.set("system.os", "macos")
    world.recorder.set("system.os", "linux")

    assert ("system.os", TODAY, "linux", 1) in world.found()


def test_a_child_keeps_nothing_of_its_parent(world: World) -> None:
    world.store.no_tally = True
    world.recorder.count("file.opened", 1)
    world.store.no_tally = False

    world.recorder.after_fork()
    world.recorder.count("file.opened", 2)

    assert world.counts() == [("", 2)]


# Misuse.


Call = Callable[[Recorder], None]
MISUSES = [
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


@pytest.mark.parametrize(("call", "reason"), MISUSES)
def test_misuse_is_counted_by_its_reason(world: World, call: Call, reason: Reason) -> None:
    call(world.recorder)

    assert world.recorder.misuse() == {reason.value: 1}
    assert all(key == "other" for key, _ in world.counts())


@pytest.mark.parametrize(("call", "reason"), MISUSES)
def test_misuse_raises_under_strict(
    registry: Registry, clock: SetClock, call: Call, reason: Reason
) -> None:
    world = World(registry, clock, strict=True)

    with pytest.raises(MisuseError, match=reason.value):
        call(world.recorder)

    assert world.found() == []


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        pytest.param(Kind.LABELLED, {"unknown_metric": 2, "overflow": 3, "other": 1}, id="metric"),
        pytest.param(Kind.COUNTER, {}, id="another-kind"),
    ],
)
def test_misuse_is_a_metric_if_the_registry_names_it(
    registry: Registry, clock: SetClock, kind: Kind, found: dict[str, int]
) -> None:
    labels = ("unknown_metric", "overflow", "other")
    misuse = replace(registry.metrics["file.opened"], name=MISUSE, kind=kind, labels=labels)
    world = World(replace(registry, metrics={**registry.metrics, MISUSE: misuse}), clock)

    world.recorder.count("file.opend", 1)
    world.recorder.count("file.opend", 1)
    world.recorder.count("file.opened", 0)
    world.recorder.overflow(3)
    world.recorder.overflow(0)

    assert dict(world.counts()) == found
    assert world.recorder.misuse() == {"unknown_metric": 2, "out_of_bounds": 1, "overflow": 3}


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        pytest.param(Kind.LABELLED, {"counts": 3, "other": 2}, id="metric"),
        pytest.param(Kind.COUNTER, {}, id="another-kind"),
    ],
)
def test_what_had_to_go_is_a_metric_if_the_registry_names_it(
    world: World, kind: Kind, found: dict[str, int]
) -> None:
    opened = world.registry.metrics["file.opened"]
    lost = replace(opened, name=LOST, kind=kind, labels=("counts", "other"))
    world.recorder.lost("counts", 7)
    assert world.found() == []

    world.recorder.renew(replace(world.registry, metrics={LOST: lost}))
    world.recorder.lost("counts", 3)
    world.recorder.lost("reports", 2)
    world.recorder.lost("counts", 0)

    assert dict(world.counts()) == found


def test_misuse_that_expired_is_told_to_the_program_alone(
    registry: Registry, clock: SetClock
) -> None:
    expired = TODAY - timedelta(days=1)
    misuse = replace(
        registry.metrics["file.opened"], kind=Kind.LABELLED, labels=("other",), expires=expired
    )
    world = World(replace(registry, metrics={MISUSE: misuse}), clock)

    world.recorder.count("file.opend", 1)

    assert world.found() == []
    assert world.recorder.misuse() == {"unknown_metric": 1}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*KINDS, "no.metric", "", "\x00"]), ANYTHING)
def test_whatever_a_program_hands_over_only_plain_keys_are_kept(
    world: World,
    name: str,
    value: Any,  # noqa: ANN401 a program may hand over anything
) -> None:
    world.recorder.set(name, value)
    world.recorder.count(name, value)

    for metric, _, key, count in world.found():
        assert KINDS[metric].fullmatch(key)
        assert count >= 1
