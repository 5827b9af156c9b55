"""The contract of the port EventStore, run over all its adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.memory import MemoryEventStore
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.event import Event
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.period import Week
from aboveboard.model.report import Delivery, Fate
from aboveboard.ports import EventStore, StoredEvent

DAY = date(2026, 11, 18)
NEXT_DAY = DAY + timedelta(days=1)
WEEK = Week.of(DAY)
AGREED = Approval(date(2026, 1, 15), "", "")


def metric(name: str, kind: Kind) -> Metric:
    return Metric(name, kind, "", "", "", "", "", AGREED, None, "usage")


OPENED = metric("file.opened", Kind.COUNTER)
OPENING = metric("file.opening", Kind.TIMING)
OS = metric("system.os", Kind.CHOICE)
DARK = metric("theme.dark", Kind.FLAG)


@pytest.fixture(
    params=[pytest.param("memory", id="memory"), pytest.param("sqlite", id="sqlite")],
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    made: EventStore = (
        MemoryEventStore() if request.param == "memory" else SqliteEventStore(tmp_path / "home")
    )
    yield made
    made.close()


def report(number: int, fate: Fate = Fate.WAITING) -> Delivery:
    return Delivery(f"{number:032x}", WEEK, fate, "", f"body {number}".encode(), 0, DAY)


def test_a_new_store_is_empty(store: EventStore) -> None:
    assert store.choice() is None
    assert store.events() == []
    assert store.deliveries() == []
    assert store.said(WEEK) == frozenset()


def test_clearing_an_empty_store_is_no_mistake(store: EventStore) -> None:
    store.withhold()
    store.erase()
    store.close()
    store.close()

    assert store.events() == []


@pytest.mark.parametrize("mode", [pytest.param(mode, id=mode.value) for mode in Mode])
def test_the_choice_comes_back(store: EventStore, mode: Mode) -> None:
    store.choose(Choice(Mode.LOCAL, DAY, "f" * 64))
    store.choose(Choice(mode, NEXT_DAY, "e" * 64, 2))

    assert store.choice() == Choice(mode, NEXT_DAY, "e" * 64, 2)


def test_what_adds_up_is_summed_per_day_key_and_consent(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 2), Event(OPENED, NEXT_DAY, "", 1)], sendable=True)
    store.add([Event(OPENED, DAY, "", 3), Event(OPENING, DAY, "100", 1)], sendable=True)
    store.add([Event(OPENED, DAY, "", 7), Event(OPENING, DAY, "0", 1)], sendable=False)

    assert store.events() == [
        StoredEvent("file.opened", DAY, "", 7, sendable=False),
        StoredEvent("file.opened", DAY, "", 5, sendable=True),
        StoredEvent("file.opened", NEXT_DAY, "", 1, sendable=True),
        StoredEvent("file.opening", DAY, "0", 1, sendable=False),
        StoredEvent("file.opening", DAY, "100", 1, sendable=True),
    ]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param(False, True, id="local-then-on"),
        pytest.param(True, False, id="on-then-local"),
        pytest.param(True, True, id="on-twice"),
    ],
)
def test_a_state_has_one_word_a_day_whatever_the_consent(
    store: EventStore,
    first: bool,  # noqa: FBT001 a column of the table
    then: bool,  # noqa: FBT001 a column of the table
) -> None:
    store.add([Event(OS, DAY, "linux"), Event(DARK, DAY, "true")], sendable=first)
    store.add([Event(OS, DAY, "macos"), Event(OS, NEXT_DAY, "linux")], sendable=then)

    assert store.events() == [
        StoredEvent("system.os", DAY, "macos", 1, sendable=then),
        StoredEvent("system.os", NEXT_DAY, "linux", 1, sendable=then),
        StoredEvent("theme.dark", DAY, "true", 1, sendable=first),
    ]


def test_withholding_marks_everything_as_never_to_be_sent(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 2), Event(OS, DAY, "linux")], sendable=True)
    store.add([Event(OPENED, DAY, "", 3)], sendable=False)

    store.withhold()

    assert store.events() == [
        StoredEvent("file.opened", DAY, "", 5, sendable=False),
        StoredEvent("system.os", DAY, "linux", 1, sendable=False),
    ]


def test_after_withholding_a_state_still_has_one_word_a_day(store: EventStore) -> None:
    store.add([Event(OS, DAY, "linux")], sendable=False)
    store.add([Event(OS, DAY, "macos")], sendable=True)

    store.withhold()

    assert [event.key for event in store.events()] == ["macos"]


def test_taking_moves_counts_into_a_report(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 2), Event(OS, DAY, "linux")], sendable=True)
    store.add([Event(OPENED, DAY, "", 3)], sendable=False)
    taken = [event for event in store.events() if event.sendable]

    assert store.take(taken, report(1), ["system.os"])

    assert store.events() == [StoredEvent("file.opened", DAY, "", 3, sendable=False)]
    assert store.deliveries() == [report(1)]
    assert store.said(WEEK) == {"system.os"}
    assert store.said(Week(2026, 48)) == frozenset()


def test_what_was_added_after_it_was_read_is_not_taken(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 2)], sendable=True)
    read = store.events()
    store.add([Event(OPENED, DAY, "", 3)], sendable=True)

    assert store.take(read, report(1), [])

    assert [event.count for event in store.events()] == [3]


def test_a_state_that_changed_after_it_was_read_stays_and_is_in_no_report(
    store: EventStore,
) -> None:
    store.add([Event(OS, DAY, "linux"), Event(OPENED, DAY, "", 2)], sendable=True)
    read = store.events()
    store.add([Event(OS, DAY, "macos")], sendable=True)

    assert not store.take(read, report(1), ["system.os"])

    assert [(event.key, event.count) for event in store.events()] == [("", 2), ("macos", 1)]
    assert store.deliveries() == []
    assert store.said(WEEK) == frozenset()


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(lambda store, read: store.take(read, report(1), []), id="taken"),
        pytest.param(lambda store, _: store.withhold(), id="withheld"),
        pytest.param(lambda store, _: store.erase(), id="erased"),
    ],
)
def test_counts_that_went_elsewhere_are_not_taken(
    store: EventStore, gone: Callable[[EventStore, list[StoredEvent]], object]
) -> None:
    store.add([Event(OPENED, DAY, "", 2)], sendable=True)
    read = store.events()
    gone(store, read)
    before = store.events(), store.deliveries()

    assert not store.take(read, report(2), ["system.os"])

    assert (store.events(), store.deliveries()) == before
    assert store.said(WEEK) == frozenset()


def test_letting_go_takes_exactly_what_was_read(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 2), Event(OS, DAY, "linux")], sendable=True)
    store.add([Event(OPENED, DAY, "", 7)], sendable=False)
    read = [event for event in store.events() if event.sendable]
    store.add([Event(OPENED, DAY, "", 3)], sendable=True)

    store.drop(read)

    assert store.events() == [
        StoredEvent("file.opened", DAY, "", 7, sendable=False),
        StoredEvent("file.opened", DAY, "", 3, sendable=True),
    ]
    assert store.deliveries() == []


def test_letting_go_of_what_another_took_leaves_what_came_since(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 5)], sendable=True)
    read = store.events()
    store.take(read, report(1), [])
    store.add([Event(OPENED, DAY, "", 3)], sendable=True)

    store.drop(read)

    assert [event.count for event in store.events()] == [3]


def test_letting_go_of_what_is_gone_is_no_mistake(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 2)], sendable=True)
    read = store.events()
    store.erase()

    store.drop(read)

    assert store.events() == []


def test_a_report_that_was_settled_shows_it(store: EventStore) -> None:
    store.take([], report(1), [])
    store.take([], report(2), [])

    store.settle(
        replace(report(1), fate=Fate.DELIVERED, answer="201 kept", sealed=77, day=NEXT_DAY)
    )

    done = replace(report(1), fate=Fate.DELIVERED, answer="201 kept", sealed=77, day=NEXT_DAY)
    assert store.deliveries() == [done, report(2)]
    assert store.deliveries(Fate.WAITING) == [report(2)]
    assert store.deliveries(Fate.DELIVERED) == [done]
    assert store.deliveries(Fate.REFUSED) == []


def test_the_journal_is_in_the_order_in_which_reports_were_made(store: EventStore) -> None:
    for number in (3, 1, 2):
        store.take([], report(number), [])
    store.settle(replace(report(1), fate=Fate.REFUSED, answer="400", sealed=1, day=DAY))

    assert [int(delivery.report, 16) for delivery in store.deliveries()] == [3, 1, 2]


def test_a_report_that_left_while_it_was_withdrawn_is_in_the_journal(store: EventStore) -> None:
    left = replace(report(1), fate=Fate.DELIVERED, answer="201", sealed=1, day=DAY)
    store.settle(left)

    assert store.deliveries() == [left]


def test_a_report_that_did_not_leave_before_it_was_withdrawn_stays_withdrawn(
    store: EventStore,
) -> None:
    store.settle(report(1))

    assert store.deliveries() == []


@pytest.mark.parametrize(
    "clear", [pytest.param("withhold", id="withhold"), pytest.param("erase", id="erase")]
)
def test_what_waits_is_dropped_and_the_journal_stays(store: EventStore, clear: str) -> None:
    for number in (1, 2, 3):
        store.take([], report(number), [])
    store.settle(replace(report(1), fate=Fate.DELIVERED, answer="201", sealed=1, day=DAY))
    store.settle(replace(report(2), fate=Fate.REFUSED, answer="400", sealed=1, day=DAY))

    getattr(store, clear)()

    assert [delivery.fate for delivery in store.deliveries()] == [Fate.DELIVERED, Fate.REFUSED]


def test_erasing_deletes_every_count_and_leaves_the_choice(store: EventStore) -> None:
    choice = Choice(Mode.OFF, DAY, "f")
    store.choose(choice)
    store.add([Event(OPENED, DAY, "", 2)], sendable=True)
    store.add([Event(OS, DAY, "linux")], sendable=False)

    store.erase()

    assert store.events() == []
    assert store.choice() == choice


def test_what_is_kept_under_a_name_is_replaced_and_erased(store: EventStore) -> None:
    assert store.kept("log") is None
    store.keep("log", b"old")
    store.keep("log", b"\0new")
    store.keep("other", b"")
    assert (store.kept("log"), store.kept("other")) == (b"\0new", b"")

    store.withhold()
    assert store.kept("log") == b"\0new"

    store.erase()
    assert (store.kept("log"), store.kept("other")) == (None, None)


def test_what_a_delivered_report_said_stays_said_after_erasing(store: EventStore) -> None:
    store.take([], report(1), ["system.os"])
    store.settle(replace(report(1), fate=Fate.DELIVERED, answer="201", sealed=1, day=DAY))

    store.erase()

    assert store.said(WEEK) == {"system.os"}


@pytest.mark.parametrize(
    "clear", [pytest.param("withhold", id="withhold"), pytest.param("erase", id="erase")]
)
def test_what_a_report_that_never_left_said_can_be_said_again(
    store: EventStore, clear: str
) -> None:
    store.take([], report(1), ["system.os"])
    store.settle(replace(report(1), fate=Fate.DELIVERED, answer="201", sealed=1, day=DAY))
    store.take([], report(2), ["theme.dark"])

    getattr(store, clear)()

    assert store.said(WEEK) == {"system.os"}


def test_a_store_may_be_used_after_it_was_erased_or_closed(store: EventStore) -> None:
    store.add([Event(OPENED, DAY, "", 1)], sendable=True)
    store.erase()
    store.add([Event(OPENED, DAY, "", 2)], sendable=True)
    store.close()
    store.add([Event(OPENED, DAY, "", 3)], sendable=True)

    assert [event.count for event in store.events()] == [5]


@dataclass
class Pair:
    """Both adapters side by side."""

    memory: MemoryEventStore
    sqlite: SqliteEventStore
    made: int = field(default=0)

    def add(self, argument: tuple[int, int, bool]) -> None:
        which, count, sendable = argument
        metric, key = ((OPENED, ""), (OPENING, "100"), (OS, "linux"), (OS, "macos"))[which]
        event = Event(metric, DAY, key, count if metric.kind.adds_up else 1)
        for store in (self.memory, self.sqlite):
            store.add([event], sendable=sendable)

    def take(self, _: object) -> None:
        self.made += 1
        for store in (self.memory, self.sqlite):
            events = [event for event in store.events() if event.sendable]
            assert store.take(
                events, report(self.made), [e.metric for e in events if e.metric == OS.name]
            )

    def drop(self, name: str) -> None:
        for store in (self.memory, self.sqlite):
            store.drop([event for event in store.events() if event.metric == name])

    def settle(self, fate: Fate) -> None:
        for store in (self.memory, self.sqlite):
            for delivery in store.deliveries(Fate.WAITING):
                store.settle(replace(delivery, fate=fate, answer="answer", sealed=1, day=DAY))

    def withhold(self, _: object) -> None:
        self.memory.withhold()
        self.sqlite.withhold()

    def erase(self, _: object) -> None:
        self.memory.erase()
        self.sqlite.erase()

    def close(self, _: object) -> None:
        self.sqlite.close()


STEPS = st.lists(
    st.tuples(st.just("add"), st.tuples(st.integers(0, 3), st.integers(1, 9), st.booleans()))
    | st.tuples(st.just("settle"), st.sampled_from([Fate.DELIVERED, Fate.REFUSED]))
    | st.tuples(st.just("drop"), st.sampled_from([OPENED.name, OS.name]))
    | st.tuples(st.sampled_from(["take", "withhold", "erase", "close"]), st.none()),
    max_size=10,
)


@settings(deadline=None, max_examples=50)
@given(STEPS)
def test_all_adapters_keep_the_same(steps: list[tuple[str, object]]) -> None:
    with TemporaryDirectory() as home:
        pair = Pair(MemoryEventStore(), SqliteEventStore(Path(home)))
        try:
            for name, argument in steps:
                getattr(pair, name)(argument)

            assert pair.sqlite.events() == pair.memory.events()
            assert pair.sqlite.deliveries() == pair.memory.deliveries()
            assert pair.sqlite.said(WEEK) == pair.memory.said(WEEK)
        finally:
            pair.sqlite.close()
