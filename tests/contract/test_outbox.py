"""The contract of the port Outbox, run over all its adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.late_outbox import LateOutbox
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_outbox import SqliteOutbox
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.model.event import Event
from aboveboard.model.period import Week
from aboveboard.model.report import COLLECTOR, Delivery, Fate, Outgoing
from aboveboard.ports.device import EventStore, Outbox

DAY = date(2026, 11, 18)
NEXT_DAY = DAY + timedelta(days=1)
WEEK = Week.of(DAY)
COPY = "https://copy.example"
LEFT = [Fate.DELIVERED, Fate.REFUSED, Fate.TAKEN_BACK]


@dataclass
class Kept:
    """An outbox and the store that fills it."""

    outbox: Outbox
    store: EventStore

    def put(self, *numbers: int, destinations: tuple[str, ...] = (COLLECTOR,)) -> None:
        for number in numbers:
            body, token = f"body {number}".encode(), f"{number:064x}"
            made = Outgoing(f"{number:032x}", WEEK, body, token, 1000 + number, DAY)
            self.store.take([], made, [f"metric.m{number}"], destinations)


def in_memory() -> Kept:
    store = MemoryEventStore()
    return Kept(store.outbox, store)


def in_a_file(home: Path) -> Kept:
    file = SqliteFile(home)
    return Kept(SqliteOutbox(file), SqliteEventStore(file))


def late(home: Path) -> Kept:
    file = SqliteFile(home)
    return Kept(LateOutbox(file), SqliteEventStore(file))


@pytest.fixture(
    params=[
        pytest.param(lambda _: in_memory(), id="memory"),
        pytest.param(in_a_file, id="sqlite"),
        pytest.param(late, id="late"),
    ],
)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    made: Kept = request.param(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def outbox(kept: Kept) -> Outbox:
    return kept.outbox


def waits(number: int, destination: str = COLLECTOR) -> Delivery:
    return Delivery(
        report=f"{number:032x}",
        week=WEEK,
        fate=Fate.WAITING,
        answer="",
        body=f"body {number}".encode(),
        sealed=0,
        day=DAY,
        destination=destination,
        due=1000 + number,
    )


def left(number: int, fate: Fate = Fate.DELIVERED, destination: str = COLLECTOR) -> Delivery:
    return replace(
        waits(number, destination),
        fate=fate,
        answer="201 kept",
        sealed=77,
        day=NEXT_DAY,
        url="https://collector.example",
        at="2026-11-19T12:00:00+00:00",
        tries=3,
        due=5000,
    )


def test_an_empty_outbox_takes_every_call(outbox: Outbox) -> None:
    outbox.settle(waits(1))
    outbox.copy_to(COPY)
    outbox.leave_out(COPY)

    assert not outbox.strike(waits(1).report)
    assert outbox.token(waits(1).report) == ""
    assert outbox.deliveries() == []


def test_what_is_put_in_waits_for_each_destination(kept: Kept) -> None:
    kept.put(2, 1)
    kept.put(3, destinations=(COLLECTOR, COPY))

    assert kept.outbox.deliveries() == [waits(2), waits(1), waits(3), waits(3, COPY)]
    assert kept.outbox.token(waits(2).report) == f"{2:064x}"


def test_a_report_that_was_settled_shows_all_of_it(kept: Kept) -> None:
    kept.put(1, 2)

    kept.outbox.settle(left(1))

    assert kept.outbox.deliveries() == [left(1), waits(2)]
    assert kept.outbox.deliveries(Fate.WAITING) == [waits(2)]
    assert kept.outbox.deliveries(Fate.DELIVERED) == [left(1)]
    assert kept.outbox.deliveries(Fate.REFUSED) == []


def test_a_report_that_was_tried_in_vain_waits_on(kept: Kept) -> None:
    kept.put(1)
    tried = replace(waits(1), answer="no network", tries=1, due=9000, at="2026-11-19T12:00:00")

    kept.outbox.settle(tried)

    assert kept.outbox.deliveries() == [tried]


def test_each_destination_is_settled_by_itself(kept: Kept) -> None:
    kept.put(1, destinations=(COLLECTOR, COPY))

    kept.outbox.settle(left(1, destination=COPY))

    assert kept.outbox.deliveries() == [waits(1), left(1, destination=COPY)]


@pytest.mark.parametrize("fate", [pytest.param(fate, id=fate.value) for fate in LEFT])
def test_what_left_while_it_was_withdrawn_comes_back_to_the_journal(kept: Kept, fate: Fate) -> None:
    kept.put(1)
    kept.store.withhold()

    kept.outbox.settle(left(1, fate))

    assert kept.outbox.deliveries() == [left(1, fate)]


def test_what_did_not_leave_before_it_was_withdrawn_stays_withdrawn(kept: Kept) -> None:
    kept.put(1)
    kept.store.withhold()

    kept.outbox.settle(waits(1))

    assert kept.outbox.deliveries() == []


def tried(number: int, destination: str = COLLECTOR) -> Delivery:
    return replace(
        waits(number, destination),
        answer="not reached",
        tries=1,
        url="https://c.example",
        at="then",
    )


def test_of_what_was_tried_in_vain_the_token_stays_and_nothing_else(kept: Kept) -> None:
    kept.put(1, 2)
    kept.outbox.settle(tried(1))

    kept.store.withhold()

    assert kept.outbox.deliveries() == [replace(tried(1), fate=Fate.STRUCK, body=b"")]
    assert kept.outbox.token(waits(1).report) == f"{1:064x}"
    assert kept.outbox.token(waits(2).report) == ""
    assert kept.store.said(WEEK) == frozenset()
    kept.store.erase()
    assert kept.outbox.token(waits(1).report) == f"{1:064x}"


def test_erasing_leaves_only_what_somebody_may_hold(kept: Kept) -> None:
    kept.put(1, 2, 3, 4)
    kept.put(5, 6, 7, destinations=(COLLECTOR, COPY))
    kept.outbox.settle(left(1))
    kept.outbox.settle(left(2, Fate.REFUSED))
    kept.outbox.settle(left(3, Fate.TAKEN_BACK))
    kept.outbox.strike(waits(4).report)
    kept.outbox.settle(left(5, Fate.TAKEN_BACK))
    kept.outbox.settle(left(5, destination=COPY))
    kept.outbox.settle(left(6, Fate.TAKEN_BACK))
    kept.outbox.settle(left(7, Fate.TAKEN_BACK))
    kept.outbox.settle(tried(7, COPY))

    kept.store.erase()

    assert [(row.report, row.destination, row.fate) for row in kept.outbox.deliveries()] == [
        (waits(1).report, COLLECTOR, Fate.DELIVERED),
        (waits(5).report, COLLECTOR, Fate.TAKEN_BACK),
        (waits(5).report, COPY, Fate.DELIVERED),
        (waits(7).report, COLLECTOR, Fate.TAKEN_BACK),
        (waits(7).report, COPY, Fate.STRUCK),
    ]
    tokens = [kept.outbox.token(waits(number).report) for number in range(1, 8)]
    assert [bool(token) for token in tokens] == [True, False, False, False, True, False, True]
    assert kept.store.said(WEEK) == {"metric.m1", "metric.m5", "metric.m7"}


def test_erasing_leaves_nothing_of_what_whoever_got_it_was_asked_about(kept: Kept) -> None:
    kept.put(1, 2)
    kept.put(3, destinations=(COLLECTOR, COPY))
    for each in (left(1), left(2), left(3), left(3, destination=COPY)):
        kept.outbox.settle(each)

    kept.store.erase(answered=frozenset({(waits(1).report, COLLECTOR), (waits(3).report, COPY)}))

    assert kept.outbox.deliveries() == [left(2), left(3), left(3, destination=COPY)]


def test_reports_are_let_go_and_the_rest_stays(kept: Kept) -> None:
    kept.put(1, 2)
    kept.put(3, destinations=(COLLECTOR, COPY))
    kept.outbox.settle(left(1))
    kept.store.add([Event("file.opened", DAY, "")])

    kept.store.let_go({waits(1).report, waits(3).report, "of nobody"})

    assert kept.outbox.deliveries() == [waits(2)]
    assert kept.outbox.token(waits(1).report) == ""
    assert kept.store.said(WEEK) == {"metric.m2"}
    assert [event.metric for event in kept.store.events()] == ["file.opened"]


def test_where_nothing_is_kept_nothing_is_let_go(kept: Kept) -> None:
    kept.store.let_go({waits(1).report})
    assert kept.outbox.deliveries() == []


def test_a_copy_that_was_tried_in_vain_is_left_out_and_stays_in_the_journal(kept: Kept) -> None:
    kept.put(1, 2, destinations=(COLLECTOR, COPY))
    kept.outbox.settle(tried(1, COPY))

    kept.outbox.leave_out(COPY)

    struck = replace(tried(1, COPY), fate=Fate.STRUCK)
    assert kept.outbox.deliveries() == [waits(1), struck, waits(2)]
    assert kept.store.said(WEEK) == {"metric.m1", "metric.m2"}


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("how", ["withhold", "erase", "strike"])
def test_what_was_withdrawn_while_it_travelled_can_be_taken_back(
    kept: Kept,
    how: str,
    heard: bool,  # noqa: FBT001 a column of the table
) -> None:
    kept.put(1)
    token = kept.outbox.token(waits(1).report)
    calls: dict[str, Callable[[], object]] = {
        "withhold": kept.store.withhold,
        "erase": kept.store.erase,
        "strike": lambda: kept.outbox.strike(waits(1).report),
    }
    calls[how]()

    kept.outbox.settle(left(1) if heard else tried(1), token)

    found = left(1) if heard else replace(tried(1), fate=Fate.STRUCK, body=b"")
    assert [replace(each, due=found.due) for each in kept.outbox.deliveries()] == [found]
    assert kept.outbox.token(waits(1).report) == token


def test_what_somebody_has_stays_so_whatever_another_process_heard(kept: Kept) -> None:
    kept.put(1)
    kept.outbox.settle(left(1))
    kept.outbox.settle(tried(1), "a token")
    assert kept.outbox.deliveries() == [left(1)]


def test_a_struck_report_stays_and_says_nothing_any_more(kept: Kept) -> None:
    kept.put(1, destinations=(COLLECTOR, COPY))
    kept.put(2)

    assert kept.outbox.strike(waits(1).report)

    assert [(d.fate, d.body) for d in kept.outbox.deliveries()] == [
        (Fate.STRUCK, b""),
        (Fate.STRUCK, b""),
        (Fate.WAITING, b"body 2"),
    ]
    assert kept.store.said(WEEK) == {"metric.m2"}
    assert not kept.outbox.strike(waits(1).report)


def test_a_struck_report_that_did_not_leave_stays_struck(kept: Kept) -> None:
    kept.put(1)
    kept.outbox.strike(waits(1).report)

    kept.outbox.settle(replace(waits(1), answer="no network"))

    assert [(d.fate, d.body) for d in kept.outbox.deliveries()] == [(Fate.STRUCK, b"")]


@pytest.mark.parametrize(
    "body", [pytest.param(None, id="struck"), pytest.param(b"less", id="made-smaller")]
)
def test_what_was_changed_while_it_travelled_is_in_the_journal_as_it_left(
    kept: Kept, body: bytes | None
) -> None:
    kept.put(1)
    kept.outbox.strike(waits(1).report, body)

    kept.outbox.settle(left(1))

    assert kept.outbox.deliveries() == [left(1)]


def test_an_entry_that_is_struck_leaves_a_smaller_report(kept: Kept) -> None:
    kept.put(1, destinations=(COLLECTOR, COPY))

    assert kept.outbox.strike(waits(1).report, b"less")

    assert [delivery.body for delivery in kept.outbox.deliveries()] == [b"less"] * 2
    assert [delivery.fate for delivery in kept.outbox.deliveries()] == [Fate.WAITING] * 2


@pytest.mark.parametrize("fate", [pytest.param(fate, id=fate.value) for fate in LEFT])
def test_what_left_somewhere_is_struck_nowhere(kept: Kept, fate: Fate) -> None:
    kept.put(1, destinations=(COLLECTOR, COPY))
    kept.outbox.settle(left(1, fate, COPY))

    assert not kept.outbox.strike(waits(1).report)
    assert not kept.outbox.strike(waits(1).report, b"less")

    assert kept.outbox.deliveries() == [waits(1), left(1, fate, COPY)]


def test_what_waits_for_the_collector_goes_to_another_too(kept: Kept) -> None:
    kept.put(1, 2)
    kept.outbox.settle(left(1))
    tried = replace(waits(2), answer="no network", tries=4, url="https://c.example", at="then")
    kept.outbox.settle(tried)

    kept.outbox.copy_to(COPY)
    kept.outbox.copy_to(COPY)

    assert kept.outbox.deliveries() == [left(1), tried, waits(2, COPY)]


def test_nothing_waits_any_longer_for_a_destination_that_is_left_out(kept: Kept) -> None:
    kept.put(1, destinations=(COPY,))
    kept.put(2, 3, destinations=(COLLECTOR, COPY))
    kept.outbox.settle(left(3, destination=COPY))

    kept.outbox.leave_out(COPY)

    assert kept.outbox.deliveries() == [waits(2), waits(3), left(3, destination=COPY)]
    assert kept.store.said(WEEK) == {"metric.m2", "metric.m3"}
    assert kept.outbox.token(waits(1).report) == ""


CALLS = st.lists(
    st.tuples(st.just("put"), st.integers(1, 4))
    | st.tuples(st.sampled_from(["left", "tried", "unheard", "refused"]), st.integers(1, 4))
    | st.tuples(st.sampled_from(["strike", "smaller", "copy", "leave_out"]), st.integers(1, 4))
    | st.tuples(st.sampled_from(["withhold", "erase"]), st.just(0)),
    max_size=12,
)


def do(kept: Kept, call: str, number: int, put: set[int]) -> None:
    destination = COPY if number % 2 else COLLECTOR
    where = (COLLECTOR, COPY)[: 1 + number % 2]
    calls: dict[str, Callable[[], object]] = {
        "put": lambda: kept.put(*({number} - put), destinations=where),
        "left": lambda: kept.outbox.settle(left(number, destination=destination)),
        "refused": lambda: kept.outbox.settle(left(number, Fate.REFUSED, destination)),
        "tried": lambda: kept.outbox.settle(
            replace(waits(number, destination), answer="later", tries=2)
        ),
        "unheard": lambda: kept.outbox.settle(tried(number, destination), f"{number:064x}"),
        "strike": lambda: kept.outbox.strike(waits(number).report),
        "smaller": lambda: kept.outbox.strike(waits(number).report, b"less"),
        "copy": lambda: kept.outbox.copy_to(COPY),
        "leave_out": lambda: kept.outbox.leave_out(destination),
        "withhold": kept.store.withhold,
        "erase": kept.store.erase,
    }
    calls[call]()


@settings(deadline=None, max_examples=60)
@given(CALLS)
def test_all_adapters_keep_the_same(calls: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as home:
        both = [in_memory(), in_a_file(Path(home) / "home")]
        put: set[int] = set()
        try:
            for call, number in calls:
                for kept in both:
                    do(kept, call, number, put)
                put |= {number} if call in {"put", "left", "refused", "unheard"} else set()

            memory, sqlite = both
            assert sqlite.outbox.deliveries() == memory.outbox.deliveries()
            assert sqlite.store.said(WEEK) == memory.store.said(WEEK)
            tokens = [kept.outbox.token(waits(1).report) for kept in both]
            assert tokens[0] == tokens[1]
        finally:
            for kept in both:
                kept.store.close()
