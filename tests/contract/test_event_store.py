"""The contract of the port EventStore, run over all its adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_outbox import SqliteOutbox
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.model.consent import Choice, Leave, Mode
from aboveboard.model.event import Event
from aboveboard.model.period import Week
from aboveboard.model.report import COLLECTOR, Fate, Outgoing
from aboveboard.model.stored import Lost, StoredEvent
from aboveboard.ports.device import EventStore, Outbox

DAY = date(2026, 11, 18)
NEXT_DAY = DAY + timedelta(days=1)
WEEK = Week.of(DAY)
LARGE = 10_000_000
Place: TypeAlias = tuple[str, date, str, int, Leave]


@dataclass
class Kept:
    """A store and the outbox that belongs to it."""

    store: EventStore
    outbox: Outbox

    def take(self, number: int, events: Sequence[StoredEvent] = (), *said: str) -> bool:
        return self.store.take(events, report(number), said, [COLLECTOR])

    def settle(self, number: int, fate: Fate) -> None:
        for waits in self.outbox.deliveries(Fate.WAITING):
            if int(waits.report, 16) == number:
                self.outbox.settle(replace(waits, fate=fate, answer="answer", sealed=1))

    def reports(self) -> list[int]:
        return [int(delivery.report, 16) for delivery in self.outbox.deliveries()]


def kept_in_memory() -> Kept:
    store = MemoryEventStore()
    return Kept(store, store.outbox)


def kept_in_a_file(home: Path) -> Kept:
    file = SqliteFile(home)
    return Kept(SqliteEventStore(file), SqliteOutbox(file))


@pytest.fixture(
    params=[pytest.param("memory", id="memory"), pytest.param("sqlite", id="sqlite")],
)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    memory = request.param == "memory"
    made = kept_in_memory() if memory else kept_in_a_file(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def store(kept: Kept) -> EventStore:
    return kept.store


def report(number: int, day: date = DAY) -> Outgoing:
    return Outgoing(f"{number:032x}", WEEK, f"body {number}".encode(), "ab" * 32, 0, day)


def opened(count: int = 1, day: date = DAY, leave: Leave = Leave.YES) -> Event:
    return Event("file.opened", day, "", count, leave=leave)


def os_is(word: str, day: date = DAY, leave: Leave = Leave.YES) -> Event:
    return Event("system.os", day, word, adds_up=False, leave=leave)


def dark(word: str, day: date = DAY, leave: Leave = Leave.YES) -> Event:
    return Event("theme.dark", day, word, adds_up=False, leave=leave)


def places(store: EventStore) -> list[Place]:
    return [(e.metric, e.day, e.key, e.count, e.leave) for e in store.events()]


def said(store: EventStore) -> list[tuple[str, int]]:
    return [(event.key, event.count) for event in store.events()]


# Nothing, and the choice.


def test_a_new_store_is_empty(kept: Kept) -> None:
    assert kept.store.choice() is None
    assert kept.store.events() == []
    assert kept.outbox.deliveries() == []
    assert kept.store.said(WEEK) == frozenset()
    assert kept.store.kept("log") is None


def test_clearing_an_empty_store_is_no_mistake(store: EventStore) -> None:
    store.gather()
    store.withhold()
    store.withhold(frozenset({"file.opened"}))
    store.release()
    store.erase()
    store.erase(frozenset({"file.opened"}))
    store.drop([])
    store.redate({DAY: NEXT_DAY})
    assert store.prune(0, DAY) == Lost()
    store.close()
    store.close()

    assert store.events() == []


@pytest.mark.parametrize("mode", [pytest.param(mode, id=mode.value) for mode in Mode])
def test_the_choice_comes_back(store: EventStore, mode: Mode) -> None:
    later = Choice(mode, NEXT_DAY, "e" * 64, 2, MappingProxyType({"usage": Mode.LOCAL}), "May we?")
    store.choose(Choice(Mode.LOCAL, DAY, "f" * 64))
    store.choose(later)

    assert store.choice() == later


# Adding.


def test_what_adds_up_is_summed_per_day_key_and_consent(store: EventStore) -> None:
    timed = Event("file.opening", DAY, "100", leave=Leave.YES)
    store.add([opened(2), opened(1, NEXT_DAY)])
    store.add([opened(3), timed])
    store.add([opened(7, leave=Leave.NEVER), replace(timed, key="0", leave=Leave.IF_ASKED)])

    assert places(store) == [
        ("file.opened", DAY, "", 7, Leave.NEVER),
        ("file.opened", DAY, "", 5, Leave.YES),
        ("file.opened", NEXT_DAY, "", 1, Leave.YES),
        ("file.opening", DAY, "0", 1, Leave.IF_ASKED),
        ("file.opening", DAY, "100", 1, Leave.YES),
    ]


@pytest.mark.parametrize("then", [pytest.param(leave, id=f"then-{leave.name}") for leave in Leave])
@pytest.mark.parametrize(
    "first", [pytest.param(leave, id=f"first-{leave.name}") for leave in Leave]
)
def test_a_state_has_one_word_a_day_whatever_the_consent(
    store: EventStore, first: Leave, then: Leave
) -> None:
    store.add([os_is("linux", leave=first), dark("true", leave=first)])
    store.add([os_is("macos", leave=then), os_is("linux", NEXT_DAY, then)])

    assert places(store) == [
        ("system.os", DAY, "macos", 1, then),
        ("system.os", NEXT_DAY, "linux", 1, then),
        ("theme.dark", DAY, "true", 1, first),
    ]


def test_a_set_of_names_replaces_the_set_of_before(store: EventStore) -> None:
    def fonts(**counts: int) -> list[Event]:
        return [Event("system.fonts", DAY, key, n, adds_up=False) for key, n in counts.items()]

    store.add(fonts(Sans=1, Serif=1, other=7))
    store.add(fonts(Sans=1, other=3))
    assert said(store) == [("Sans", 1), ("other", 3)]

    store.add(fonts(other=0))
    assert said(store) == []


def test_what_was_recorded_under_another_choice_stays(store: EventStore) -> None:
    store.choose(Choice(Mode.ON, DAY, "", 2))

    events = [replace(opened(), leave=leave, choice=n) for leave in Leave for n in (0, 1, 2)]
    store.add(events)

    assert [(event.count, event.leave) for event in store.events()] == [
        (7, Leave.NEVER),
        (1, Leave.YES),
        (1, Leave.IF_ASKED),
    ]


@pytest.mark.parametrize(
    ("levels", "count"),
    [
        pytest.param({}, 1, id="off"),
        pytest.param({"usage": Mode.OFF}, 1, id="off-twice"),
        pytest.param({"usage": Mode.LOCAL}, 5, id="off-but-for-a-level"),
    ],
)
def test_of_what_was_recorded_before_a_no_to_everything_nothing_arrives(
    store: EventStore, levels: dict[str, Mode], count: int
) -> None:
    store.choose(Choice(Mode.OFF, DAY, "", 2, levels))

    store.add([replace(opened(4), choice=1), replace(opened(1, leave=Leave.NEVER), choice=2)])

    assert sum(event.count for event in store.events()) == count


# Tallies.


def test_what_a_tally_holds_is_gathered_once(store: EventStore) -> None:
    tally = store.tally()
    found = tally.slot(opened().label())
    assert found is not None
    slots, index = found
    slots[index] += 3
    store.gather()
    store.gather()
    assert said(store) == [("", 3)]

    slots[index] += 2
    store.gather()
    assert said(store) == [("", 5)]

    slots[index] += 1
    tally.close()
    store.gather()
    store.gather()
    assert said(store) == [("", 6)]


def test_of_the_states_in_a_tally_the_latest_turn_holds(store: EventStore) -> None:
    tally = store.tally()
    for word in ("linux", "macos", "other", "linux"):
        found = tally.slot(os_is(word).label())
        assert found is not None
        slots, index = found
        slots[index] = tally.turn()

    store.gather()
    assert said(store) == [("linux", 1)]

    store.take(store.events(), report(1), [], [COLLECTOR])
    store.gather()
    assert said(store) == []


def test_what_was_recorded_in_a_tally_before_a_choice_is_not_part_of_it(store: EventStore) -> None:
    tally = store.tally()
    slots, index = tally.slot(opened().label()) or (memoryview(b""), 0)
    slots[index] += 1
    store.choose(Choice(Mode.ON, DAY, "", 1))

    store.gather()

    assert [event.leave for event in store.events()] == [Leave.NEVER]


def test_what_a_tally_held_when_everything_was_erased_never_arrives(store: EventStore) -> None:
    tally = store.tally()
    slots, index = tally.slot(opened().label()) or (memoryview(b""), 0)
    slots[index] += 1

    store.erase()
    store.gather()
    tally.close()
    store.gather()

    assert store.events() == []


# Marking.


def test_withholding_marks_everything_as_never_to_be_sent(store: EventStore) -> None:
    store.add([opened(2), os_is("linux")])
    store.add([opened(3, leave=Leave.NEVER), opened(4, leave=Leave.IF_ASKED)])

    store.withhold()

    assert places(store) == [
        ("file.opened", DAY, "", 9, Leave.NEVER),
        ("system.os", DAY, "linux", 1, Leave.NEVER),
    ]


def test_withholding_some_metrics_leaves_the_others_and_what_waits(kept: Kept) -> None:
    kept.store.add([opened(2), os_is("linux")])
    kept.take(1)

    kept.store.withhold(frozenset({"system.os"}))

    assert [event.leave for event in kept.store.events()] == [Leave.YES, Leave.NEVER]
    assert kept.reports() == [1]


def test_releasing_lets_go_what_was_recorded_before_anybody_chose(store: EventStore) -> None:
    store.add([opened(leave=Leave.NEVER), opened(2, leave=Leave.IF_ASKED), opened(4)])

    store.release()

    assert [(e.count, e.leave) for e in store.events()] == [(1, Leave.NEVER), (6, Leave.YES)]


def test_after_withholding_a_state_still_has_one_word_a_day(store: EventStore) -> None:
    store.add([os_is("linux", leave=Leave.NEVER)])
    store.add([os_is("macos")])

    store.withhold()

    assert said(store) == [("macos", 1)]


# Taking and dropping.


def test_taking_moves_counts_into_a_report(kept: Kept) -> None:
    kept.store.add([opened(2), os_is("linux"), opened(3, leave=Leave.NEVER)])
    taken = [event for event in kept.store.events() if event.sendable]

    assert kept.take(1, taken, "system.os")

    assert places(kept.store) == [("file.opened", DAY, "", 3, Leave.NEVER)]
    assert kept.reports() == [1]
    assert kept.store.said(WEEK) == {"system.os"}
    assert kept.store.said(Week(2026, 48)) == frozenset()


def test_what_was_added_after_it_was_read_is_not_taken(kept: Kept) -> None:
    kept.store.add([opened(2)])
    read = kept.store.events()
    kept.store.add([opened(3)])

    assert kept.take(1, read)

    assert said(kept.store) == [("", 3)]


def test_a_state_that_changed_after_it_was_read_stays_and_is_in_no_report(kept: Kept) -> None:
    kept.store.add([os_is("linux"), opened(2)])
    read = kept.store.events()
    kept.store.add([os_is("macos")])

    assert not kept.take(1, read, "system.os")

    assert said(kept.store) == [("", 2), ("macos", 1)]
    assert kept.reports() == []
    assert kept.store.said(WEEK) == frozenset()


def test_a_state_that_another_report_of_the_week_says_is_not_said_again(kept: Kept) -> None:
    kept.store.add([os_is("linux")])
    kept.take(1, kept.store.events(), "system.os")
    kept.store.add([os_is("linux")])

    assert not kept.take(2, kept.store.events(), "theme.dark", "system.os")

    assert kept.reports() == [1]
    assert said(kept.store) == [("linux", 1)]


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(lambda kept, read: kept.take(1, read), id="taken"),
        pytest.param(lambda kept, _: kept.store.withhold(), id="withheld"),
        pytest.param(lambda kept, _: kept.store.erase(), id="erased"),
        pytest.param(lambda kept, read: kept.store.drop(read), id="dropped"),
    ],
)
def test_counts_that_went_elsewhere_are_not_taken(
    kept: Kept, gone: Callable[[Kept, list[StoredEvent]], object]
) -> None:
    kept.store.add([opened(2)])
    read = kept.store.events()
    gone(kept, read)
    before = places(kept.store), kept.outbox.deliveries()

    assert not kept.take(2, read, "system.os")

    assert (places(kept.store), kept.outbox.deliveries()) == before
    assert kept.store.said(WEEK) == frozenset()


def test_letting_go_takes_exactly_what_was_read(kept: Kept) -> None:
    kept.store.add([opened(2), os_is("linux"), opened(7, leave=Leave.NEVER)])
    read = [event for event in kept.store.events() if event.sendable]
    kept.store.add([opened(3)])

    kept.store.drop(read)

    assert places(kept.store) == [
        ("file.opened", DAY, "", 7, Leave.NEVER),
        ("file.opened", DAY, "", 3, Leave.YES),
    ]
    assert kept.reports() == []


def test_letting_go_of_what_another_took_leaves_what_came_since(kept: Kept) -> None:
    kept.store.add([opened(5)])
    read = kept.store.events()
    kept.take(1, read)
    kept.store.add([opened(3)])

    kept.store.drop(read)

    assert said(kept.store) == [("", 3)]


# Days that the clock had wrong.


def test_what_was_counted_on_a_wrong_day_moves_to_the_right_one(store: EventStore) -> None:
    far, early = date(2099, 1, 1), date(1970, 1, 1)
    store.add([opened(1, early), opened(2, far, Leave.NEVER), opened(4), opened(8, NEXT_DAY)])

    store.redate({far: DAY, early: DAY})

    assert places(store) == [
        ("file.opened", DAY, "", 2, Leave.NEVER),
        ("file.opened", DAY, "", 5, Leave.YES),
        ("file.opened", NEXT_DAY, "", 8, Leave.YES),
    ]


def test_a_state_of_a_wrong_day_gives_way_to_the_right_one(store: EventStore) -> None:
    far, early = date(2099, 1, 1), date(1970, 1, 1)
    store.add([os_is("linux", far), os_is("macos"), dark("true", far), dark("false", early)])

    store.redate({far: DAY, early: DAY})

    assert [(e.metric, e.day, e.key, e.count) for e in store.events()] == [
        ("system.os", DAY, "macos", 1),
        ("theme.dark", DAY, "true", 1),
    ]


# Bounds.


def test_what_is_too_old_goes_and_is_told(kept: Kept) -> None:
    kept.store.add([opened(2, DAY - timedelta(days=1)), os_is("linux", DAY), opened(1)])
    for number, day in ((1, DAY - timedelta(days=1)), (2, DAY)):
        kept.store.take([], report(number, day), [], [COLLECTOR, "https://copy.example"])
    kept.settle(1, Fate.DELIVERED)

    assert kept.store.prune(LARGE, DAY) == Lost(counts=1, reports=2)

    assert [event.day for event in kept.store.events()] == [DAY, DAY]
    assert set(kept.reports()) == {2}
    assert kept.store.prune(LARGE, DAY) == Lost()


def test_of_what_is_too_large_the_oldest_period_goes_first(kept: Kept) -> None:
    for week in range(20):
        day = DAY + timedelta(weeks=week)
        events = [Event(f"m{n:04}.{'x' * 200}", day, "", leave=Leave.YES) for n in range(50)]
        kept.store.add(events)
    before = len(kept.store.events())
    most = 60_000 if isinstance(kept.store, MemoryEventStore) else 200_000

    lost = kept.store.prune(most, date(2020, 1, 1))

    left = kept.store.events()
    assert 0 < len(left) < before
    assert lost == Lost(counts=before - len(left))
    assert {e.day for e in left} == {
        DAY + timedelta(weeks=w) for w in range(20)[-len(left) // 50 :]
    }


def test_what_waits_goes_last_of_all(kept: Kept) -> None:
    body = b"x" * 100_000
    for number in range(5):
        day = DAY + timedelta(weeks=number)
        kept.store.take([], replace(report(number, day), body=body), [], [COLLECTOR])
    kept.store.add([opened()])
    for number in (3, 4):
        kept.settle(number, Fate.DELIVERED)
    assert kept.store.prune(390_000, date(2020, 1, 1)) == Lost(counts=1, reports=2)
    assert kept.reports() == [0, 1, 2]

    assert kept.store.prune(250_000, date(2020, 1, 1)) == Lost(reports=1)
    assert kept.reports() == [1, 2]
    assert kept.store.prune(0, date(2020, 1, 1)) == Lost(reports=2)


def test_a_report_that_was_pruned_leaves_nothing(kept: Kept) -> None:
    kept.take(1, (), "system.os")
    kept.settle(1, Fate.DELIVERED)

    kept.store.prune(LARGE, NEXT_DAY)

    assert kept.store.said(WEEK) == frozenset()
    assert kept.outbox.token(report(1).report) == ""


def test_what_is_to_stay_stays_as_far_as_it_is_there(store: EventStore) -> None:
    store.add([opened(3), os_is("linux")])
    mine = store.events()
    store.add([opened(2)])
    store.keep_here(mine)
    store.keep_here(mine)  # somebody else did so before

    left = {(each.metric, each.leave): each.count for each in store.events()}
    assert left == {
        ("file.opened", Leave.YES): 2,
        ("file.opened", Leave.NEVER): 3,
        ("system.os", Leave.NEVER): 1,
    }
    store.keep_here(store.events())
    assert sum(each.count for each in store.events()) == 6
    assert {each.leave for each in store.events()} == {Leave.NEVER}


def test_a_day_at_the_end_of_time_is_no_mistake(store: EventStore) -> None:
    store.add([opened(1, date.max), opened(1, date.min)])

    assert store.prune(0, date(2020, 1, 1)) == Lost(counts=2)


# Erasing.


@pytest.mark.parametrize(
    ("clear", "stay"),
    [
        pytest.param("withhold", [Fate.DELIVERED, Fate.REFUSED], id="withhold"),
        pytest.param("erase", [Fate.DELIVERED], id="erase"),
    ],
)
def test_what_waits_is_dropped_and_what_somebody_has_stays_in_the_journal(
    kept: Kept, clear: str, stay: list[Fate]
) -> None:
    for number in (1, 2, 3):
        kept.take(number)
    kept.settle(1, Fate.DELIVERED)
    kept.settle(2, Fate.REFUSED)

    getattr(kept.store, clear)()

    fates = [delivery.fate for delivery in kept.outbox.deliveries()]
    assert fates == stay


def test_erasing_deletes_every_count_and_leaves_the_choice(store: EventStore) -> None:
    choice = Choice(Mode.OFF, DAY, "f")
    store.add([opened(2), os_is("linux", leave=Leave.NEVER)])
    store.choose(choice)

    store.erase()

    assert store.events() == []
    assert store.choice() == choice


def test_erasing_some_metrics_leaves_the_others(kept: Kept) -> None:
    kept.store.add([opened(2), os_is("linux")])
    kept.store.keep("log", b"kept")
    kept.take(1)

    kept.store.erase(frozenset({"file.opened", "no.such"}))

    assert said(kept.store) == [("linux", 1)]
    assert kept.store.kept("log") == b"kept"
    assert kept.reports() == [1]


def test_an_exchange_adds_its_counts_if_nobody_came_first(store: EventStore) -> None:
    assert store.exchange("seen", None, b"1", [opened(2)])
    assert not store.exchange("seen", None, b"2", [opened(4)])
    assert not store.exchange("seen", b"0", b"2", [opened(4)])
    assert store.kept("seen") == b"1"
    assert said(store) == [("", 2)]
    assert store.exchange("seen", b"1", b"")
    assert store.exchange("seen", b"", b"3", [opened(1)])
    assert (store.kept("seen"), said(store)) == (b"3", [("", 3)])


def test_what_an_exchange_adds_is_about_the_choice_in_force(store: EventStore) -> None:
    store.choose(Choice(Mode.ON, DAY, "", number=2))
    late = replace(opened(1), leave=Leave.YES, choice=1)
    assert store.exchange("seen", None, b"1", [late])
    assert [event.leave for event in store.events()] == [Leave.NEVER]


def test_what_is_kept_under_a_name_is_replaced_and_erased(store: EventStore) -> None:
    store.keep("log", b"old")
    store.keep("log", b"\0new")
    store.keep("other", b"")
    assert (store.kept("log"), store.kept("other")) == (b"\0new", b"")

    store.withhold()
    assert store.kept("log") == b"\0new"

    store.erase()
    assert (store.kept("log"), store.kept("other")) == (None, None)


@pytest.mark.parametrize(
    "clear", [pytest.param("withhold", id="withhold"), pytest.param("erase", id="erase")]
)
def test_only_what_a_report_that_left_said_stays_said(kept: Kept, clear: str) -> None:
    kept.take(1, (), "system.os")
    kept.settle(1, Fate.DELIVERED)
    kept.take(2, (), "theme.dark")

    getattr(kept.store, clear)()

    assert kept.store.said(WEEK) == {"system.os"}


def test_a_store_may_be_used_after_it_was_erased_or_closed(store: EventStore) -> None:
    store.add([opened(1)])
    store.erase()
    store.add([opened(2)])
    store.close()
    store.add([opened(3)])
    store.hurry()
    store.add([opened(4)])

    assert said(store) == [("", 9)]


# All adapters side by side.


@dataclass
class Pair:
    """Both adapters side by side, with a tally of each."""

    both: list[Kept]
    made: int = field(default=0)

    def __post_init__(self) -> None:
        self.tallies = [kept.store.tally() for kept in self.both]

    def add(self, argument: tuple[int, int, Leave, int]) -> None:
        event = self._event(argument)
        for kept in self.both:
            kept.store.add([event])

    def count(self, argument: tuple[int, int, Leave, int]) -> None:
        event = self._event(argument)
        for number, kept in enumerate(self.both):
            if self.tallies[number].lost():
                self.tallies[number].close()
                self.tallies[number] = kept.store.tally()
            tally = self.tallies[number]
            slots, index = tally.slot(event.label()) or (memoryview(b""), 0)
            if event.adds_up:
                slots[index] += event.count
            else:
                slots[index] = tally.turn()

    def gather(self, _: object) -> None:
        for kept in self.both:
            kept.store.gather()

    def take(self, _: object) -> None:
        self.made += 1
        taken = []
        for kept in self.both:
            events = [event for event in kept.store.events() if event.sendable]
            states = {event.metric for event in events if event.metric == "system.os"}
            taken.append(kept.take(self.made, events, *states))
        assert taken[0] == taken[1]

    def drop(self, name: str) -> None:
        for kept in self.both:
            kept.store.drop([event for event in kept.store.events() if event.metric == name])

    def settle(self, fate: Fate) -> None:
        for kept in self.both:
            for number in kept.reports():
                kept.settle(number, fate)

    def withhold(self, metrics: frozenset[str] | None) -> None:
        for kept in self.both:
            kept.store.withhold(metrics)

    def erase(self, metrics: frozenset[str] | None) -> None:
        self.gather(None)
        for kept in self.both:
            kept.store.erase(metrics)
        if metrics is None:  # what is counted after this goes into tallies of its own
            for number, kept in enumerate(self.both):
                self.tallies[number].close()
                self.tallies[number] = kept.store.tally()

    def choose(self, argument: tuple[Mode, int]) -> None:
        for kept in self.both:
            kept.store.choose(Choice(argument[0], DAY, "", argument[1]))

    def redate(self, _: object) -> None:
        for kept in self.both:
            kept.store.redate({NEXT_DAY: DAY})

    def release(self, _: object) -> None:
        for kept in self.both:
            kept.store.release()

    def close(self, _: object) -> None:
        for kept in self.both:
            kept.store.close()

    def _event(self, argument: tuple[int, int, Leave, int]) -> Event:
        which, count, leave, choice = argument
        name, key = (
            ("file.opened", ""),
            ("file.opening", "100"),
            ("system.os", "linux"),
            ("system.os", "macos"),
        )[which]
        day = NEXT_DAY if count > 7 else DAY
        adds_up = which < 2
        return Event(name, day, key, count if adds_up else 1, adds_up, leave, choice)


SOME = st.sampled_from([None, None, frozenset({"file.opened"}), frozenset({"system.os"})])
EVENTS = st.tuples(st.integers(0, 3), st.integers(1, 9), st.sampled_from(Leave), st.integers(0, 2))
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "count", "count"]), EVENTS)
    | st.tuples(st.just("settle"), st.sampled_from([Fate.DELIVERED, Fate.REFUSED]))
    | st.tuples(st.just("drop"), st.sampled_from(["file.opened", "system.os"]))
    | st.tuples(st.just("choose"), st.tuples(st.sampled_from(Mode), st.integers(1, 2)))
    | st.tuples(st.sampled_from(["withhold", "erase"]), SOME)
    | st.tuples(st.sampled_from(["take", "gather", "redate", "release", "close"]), st.none()),
    max_size=14,
)


@settings(deadline=None, max_examples=60)
@given(STEPS)
def test_all_adapters_keep_the_same(steps: list[tuple[str, object]]) -> None:
    with TemporaryDirectory() as home:
        pair = Pair([kept_in_memory(), kept_in_a_file(Path(home) / "home")])
        try:
            for name, argument in [*steps, ("gather", None)]:
                getattr(pair, name)(argument)

            memory, sqlite = pair.both
            assert sqlite.store.events() == memory.store.events()
            assert sqlite.outbox.deliveries() == memory.outbox.deliveries()
            assert sqlite.store.said(WEEK) == memory.store.said(WEEK)
        finally:
            for tally in pair.tallies:
                tally.close()
            pair.close(None)
