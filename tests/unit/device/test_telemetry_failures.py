"""What goes wrong below a telemetry stays below it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.memory import MemoryTransport, SetClock
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import StoreError
from aboveboard.model.consent import Mode
from aboveboard.model.period import Week
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer

Start: TypeAlias = Callable[..., Telemetry]

SECRET = "/home/ana/geheim"  # noqa: S105 a word to look for
STORE = [
    *("choice", "choose", "withhold", "release", "tally", "gather", "add", "events", "said"),
    *("take", "drop", "keep_here", "redate", "prune", "keep", "kept", "erase", "hurry", "close"),
]
OUTBOX = ["deliveries", "settle", "strike"]
METHODS = [*STORE, *OUTBOX]


class Breaking:
    """A store, or its outbox, of which some methods fail."""

    def __init__(self, inner: object, error: Exception, broken: set[str]) -> None:
        self._inner, self._error, self._broken = inner, error, broken

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._inner, name)

        def call(*arguments: object, **named: object) -> object:
            if name in self._broken:
                raise self._error
            return method(*arguments, **named)

        return call


class BreakingStore(Breaking):
    """A store and its outbox, of which some methods fail."""

    def __init__(self, error: Exception, inner: MemoryEventStore | None = None) -> None:
        self.inner = inner or MemoryEventStore()
        self.error = error
        self.broken: set[str] = set()
        super().__init__(self.inner, error, self.broken)
        self.outbox = Breaking(self.inner.outbox, error, self.broken)

    def breaks(self, *methods: str) -> None:
        """Let these methods fail from now on, and no others."""
        self.broken.clear()
        self.broken.update(methods)


@pytest.fixture(
    params=[
        pytest.param(StoreError(SECRET), id="store-error"),
        pytest.param(RuntimeError(SECRET), id="any-error"),
    ]
)
def breaking(request: pytest.FixtureRequest) -> BreakingStore:
    return BreakingStore(request.param)


@pytest.fixture
def full() -> BreakingStore:
    """Give a store that can be read and takes no counts, like a disk that is full."""
    store = BreakingStore(StoreError(SECRET))
    store.breaks("add", "tally")
    return store


def use(telemetry: Telemetry) -> None:
    """Make every call that a host program makes."""
    with telemetry:
        telemetry.count("file.opened")
        telemetry.set("system.os", "linux")
        telemetry.took("file.opening", 5)
        telemetry.names("system.fonts", ["Sans"])
        with telemetry.time("file.opening"):
            pass
        telemetry.preview()
        telemetry.preview(local=True)
        telemetry.flush()
        telemetry.flush(now=True)
        telemetry.journal()


@pytest.mark.parametrize(
    "broken", [pytest.param({m}, id=m) for m in METHODS] + [pytest.param({*METHODS}, id="all")]
)
def test_a_store_that_fails_never_reaches_the_host(
    start: Start,
    breaking: BreakingStore,
    broken: set[str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    start(store=breaking).choose("on")
    running = start(store=breaking)
    breaking.breaks(*broken)

    with caplog.at_level(logging.DEBUG):
        use(running)
        use(start(store=breaking))

    assert SECRET not in caplog.text
    assert len(caplog.records) <= 2
    assert all(type(breaking.error).__name__ in r.getMessage() for r in caplog.records)
    assert SECRET not in "".join(capfd.readouterr())


def test_a_store_that_is_well_again_is_used_again(start: Start, breaking: BreakingStore) -> None:
    telemetry = start(store=breaking)
    telemetry.choose("on")
    breaking.breaks(*METHODS)
    use(telemetry)

    breaking.breaks()
    telemetry.count("file.saved")
    (delivery,) = telemetry.flush(now=True)

    assert delivery.fate is Fate.DELIVERED
    assert b"file.saved" in delivery.body


def test_where_the_choice_cannot_be_read_nothing_leaves(
    start: Start, breaking: BreakingStore, transport: MemoryTransport
) -> None:
    start(store=breaking).choose("on")
    breaking.breaks("choice")

    telemetry = start(store=breaking)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    breaking.breaks()
    telemetry.flush(now=True)

    assert transport.sent == []
    assert not any(event.sendable for event in breaking.inner.events())


def test_a_choice_that_cannot_be_kept_is_told_to_the_program(start: Start) -> None:
    store = BreakingStore(StoreError(SECRET))
    telemetry = start(store=store)
    store.breaks("choose")

    with pytest.raises(StoreError):
        telemetry.choose("on")

    assert telemetry.mode is Mode.LOCAL


@pytest.mark.parametrize("mode", [pytest.param(mode, id=mode.value) for mode in Mode])
def test_a_choice_that_cannot_be_read_can_be_replaced(start: Start, mode: Mode) -> None:
    store = BreakingStore(StoreError(SECRET))
    store.breaks("choice")
    telemetry = start(store=store)

    telemetry.choose(mode)

    store.breaks()
    assert start(store=store).mode is mode


def test_what_could_not_be_kept_is_kept_when_the_store_is_well_again(
    start: Start, full: BreakingStore
) -> None:
    telemetry = start(store=full)
    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.set("theme.dark", value=True)
    telemetry.flush()
    telemetry.count("file.opened", by=2)
    telemetry.set("system.os", "macos")
    telemetry.flush()

    full.breaks()
    telemetry.flush()

    kept = [(event.metric, event.key, event.count) for event in full.inner.events()]
    assert kept == [
        ("file.opened", "", 3),
        ("system.os", "macos", 1),
        ("theme.dark", "true", 1),
    ]


def test_what_could_not_be_kept_is_gone_after_a_no(start: Start, full: BreakingStore) -> None:
    telemetry = start(store=full)
    telemetry.count("file.opened")

    telemetry.choose("off")
    full.breaks()
    telemetry.flush()
    telemetry.choose("local")

    assert full.inner.events() == []


def test_what_could_not_be_kept_before_a_yes_never_leaves(
    start: Start, full: BreakingStore
) -> None:
    telemetry = start(store=full)
    telemetry.count("file.opened", by=3)
    telemetry.choose("on")

    full.breaks()

    assert telemetry.flush(now=True) == []


def test_what_could_not_be_kept_before_a_yes_elsewhere_never_leaves(
    start: Start, full: BreakingStore
) -> None:
    telemetry = start(store=full)
    telemetry.count("file.opened", by=3)
    start(store=full.inner).choose("on")
    telemetry.flush()

    full.breaks()

    assert telemetry.flush(now=True) == []


def test_under_strict_a_store_that_fails_is_seen(start: Start, breaking: BreakingStore) -> None:
    telemetry = start(store=breaking, strict=True)
    breaking.breaks(*METHODS)

    with pytest.raises(type(breaking.error)):
        telemetry.flush()


def test_an_answer_that_is_nonsense_still_settles_the_report(start: Start) -> None:
    transport = MemoryTransport(lambda *_: Answer(201, b"[" * 4096))
    telemetry = start(transport=transport)
    telemetry.choose("on")
    telemetry.count("file.opened")

    telemetry.flush(now=True)
    telemetry.flush(now=True)

    assert len(transport.sent) == 1


def test_a_transport_that_breaks_never_reaches_the_host(start: Start) -> None:
    def answer(*_: object) -> Answer:
        raise RuntimeError(SECRET)

    telemetry = start(transport=MemoryTransport(answer))
    telemetry.choose("on")
    telemetry.count("file.opened")

    assert telemetry.flush(now=True) == []
    assert [delivery.fate for delivery in telemetry.journal()] == [Fate.WAITING]


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda t: t.preview(), id="preview"),
        pytest.param(lambda t: t.journal(), id="journal"),
        pytest.param(lambda t: t.choose("local"), id="choose"),
        pytest.param(lambda t: t.close(), id="close"),
    ],
)
def test_no_other_call_waits_for_the_network(
    start: Start, call: Callable[[Telemetry], object]
) -> None:
    arrived, answered = threading.Event(), threading.Event()

    def answer(*_: object) -> Answer:
        arrived.set()
        answered.wait(PATIENCE)
        return Answer(201, b"")

    telemetry = start(transport=MemoryTransport(answer))
    telemetry.choose("on")
    telemetry.count("file.opened")
    sender = threading.Thread(target=telemetry.flush, kwargs={"now": True})
    caller = threading.Thread(target=call, args=(telemetry,))
    sender.start()
    arrived.wait(PATIENCE)
    caller.start()
    try:
        caller.join(PATIENCE)
        waits = caller.is_alive()
    finally:
        answered.set()
        sender.join()
        caller.join()

    assert not waits


@pytest.mark.parametrize(
    "chosen", [pytest.param("local", id="local"), pytest.param("off", id="off")]
)
def test_what_still_waits_when_a_no_comes_does_not_leave(
    start: Start, clock: SetClock, chosen: str
) -> None:
    def answer(*_: object) -> Answer:
        telemetry.choose(chosen)
        return Answer(201, b"")

    transport = MemoryTransport(answer)
    telemetry = start(transport=transport)
    telemetry.choose("on")
    telemetry.count("file.opened")
    clock.move(timedelta(weeks=1))
    telemetry.count("file.opened")

    telemetry.flush(now=True)

    assert len(transport.sent) == 1


def test_what_left_while_a_no_came_is_in_the_journal(start: Start) -> None:
    def answer(*_: object) -> Answer:
        telemetry.choose("local")
        return Answer(201, b"")

    telemetry = start(transport=MemoryTransport(answer))
    telemetry.choose("on")
    telemetry.count("file.opened")

    (delivery,) = telemetry.flush(now=True)

    assert delivery.fate is Fate.DELIVERED
    assert telemetry.journal() == [delivery]


def test_counts_that_another_process_took_first_are_sent_once(
    start: Start, store: MemoryEventStore
) -> None:
    class Late(BreakingStore):
        def said(self, week: Week) -> frozenset[str]:
            found = self.inner.said(week)
            other.flush(now=True)
            return found

    start(store=store).choose("on")
    late = Late(StoreError(SECRET), store)
    mine, other = start(store=late), start(store=store)
    mine.count("file.opened", by=3)
    mine.set("system.os", "linux")

    mine.flush(now=True)

    entries = [e for d in mine.journal() for e in json.loads(d.body)["entries"]]
    assert [entry["value"] for entry in entries] == [3, "linux"]
    assert store.events() == []


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda t: t.count("command.sql"), id="count"),
        pytest.param(lambda t: t.close(), id="close"),
    ],
)
def test_nobody_waits_for_a_thread_that_waits_for_the_store(
    start: Start, store: MemoryEventStore, call: Callable[[Telemetry], None]
) -> None:
    waits, over = threading.Event(), threading.Event()

    class Slow(BreakingStore):
        def gather(self) -> None:
            waits.set()
            assert over.wait(PATIENCE)
            self.inner.gather()

    telemetry = start(store=Slow(StoreError(SECRET), store))
    telemetry.count("file.opened")
    thread = threading.Thread(target=telemetry.preview)
    thread.start()
    assert waits.wait(PATIENCE)

    call(telemetry)

    assert thread.is_alive()
    over.set()
    thread.join()
    telemetry.preview()
    assert ("file.opened", 1) in [(event.metric, event.count) for event in store.events()]


def test_counting_does_not_wait_for_the_network(start: Start) -> None:
    arrived, counted = threading.Event(), threading.Event()

    def answer(*_: object) -> Answer:
        arrived.set()
        return Answer(201 if counted.wait(PATIENCE) else 503, b"")

    telemetry = start(transport=MemoryTransport(answer))
    telemetry.choose("on")
    telemetry.count("file.opened")
    sender = threading.Thread(target=telemetry.flush, kwargs={"now": True})
    sender.start()
    arrived.wait(PATIENCE)
    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    counted.set()
    sender.join()

    assert [delivery.fate for delivery in telemetry.journal()] == [Fate.DELIVERED]


def test_threads_that_count_and_flush_lose_nothing(start: Start) -> None:
    telemetry = start()
    telemetry.choose("on")

    def work() -> None:
        for number in range(50):
            telemetry.count("file.opened")
            if not number % 10:
                telemetry.flush(now=True)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    telemetry.flush(now=True)

    bodies = [json.loads(delivery.body) for delivery in telemetry.journal()]
    assert sum(entry["value"] for body in bodies for entry in body["entries"]) == 200


def test_a_preview_shows_the_reports_that_wait_too(start: Start, answers: dict[str, int]) -> None:
    telemetry = start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    answers["status"] = 0
    telemetry.flush(now=True)

    shown = telemetry.preview()
    answers["status"] = 201

    assert shown == [delivery.body for delivery in telemetry.flush(now=True)] != []


def test_a_state_that_was_withdrawn_before_it_left_can_still_be_said(
    start: Start, answers: dict[str, int]
) -> None:
    telemetry = start()
    telemetry.choose("on")
    telemetry.set("system.os", "linux")
    answers["status"] = 0
    telemetry.flush(now=True)
    telemetry.choose("local")
    telemetry.choose("on")
    answers["status"] = 201

    telemetry.set("system.os", "linux")

    assert len(telemetry.flush(now=True)) == 1


def test_a_store_does_not_grow_for_ever(
    start: Start, store: MemoryEventStore, clock: SetClock
) -> None:
    telemetry = start()
    telemetry.choose("on")
    for _ in range(60):
        for _ in range(2):
            telemetry.set("system.os", "linux")
            telemetry.flush(now=True)
        clock.move(timedelta(weeks=1))

    assert len(store.events()) <= 10


@pytest.mark.parametrize(
    ("override", "chosen"),
    [
        pytest.param(
            "on",
            "off",
            id="off-chosen-under-on",
        ),
        pytest.param(
            "local",
            "off",
            id="off-chosen-under-local",
        ),
        pytest.param("", "off", id="off"),
    ],
)
def test_off_erases_also_under_a_stronger_rule(
    start: Start, store: MemoryEventStore, override: str, chosen: str
) -> None:
    telemetry = start(override=override)
    telemetry.count("file.opened")

    telemetry.choose(chosen)

    assert store.events() == []


def test_a_yes_under_a_stronger_rule_erases_nothing(start: Start, store: MemoryEventStore) -> None:
    telemetry = start()
    telemetry.count("file.opened")
    telemetry.flush()

    start(do_not_track="1").choose("on")

    assert [event.count for event in store.events()] == [1]
