from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.memory import MemoryTransport, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device import active
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Leave
from aboveboard.model.event import Event
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.registry.read import read

PRODUCT = """
format = 1
[product]
id = "editor"
title = "Editor"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"
asks_for_earlier = true
[product.levels]
usage = "What is used."
presence = "That it is used."
[collector]
url = "https://collector.example"
"""
METRIC = """
[metric."{name}"]
kind = "{kind}"
title = "A title"
question = "A question?"
decision = "A decision."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/1" }}
expires = {expires}
level = "{level}"
{bounds}
"""
NEVER = '{ never = "It is the base for the rest." }'
LABELS = 'labels = ["day", "week", "month"]\nlargest = 1'


def registry(
    kind: str = "labelled", bounds: str = LABELS, expires: str = NEVER, more: str = ""
) -> Registry:
    opened = METRIC.format(
        name="file.opened", kind="counter", level="usage", bounds="", expires=NEVER
    )
    mine = METRIC.format(
        name="telemetry.active", kind=kind, level="presence", bounds=bounds, expires=expires
    )
    return read((PRODUCT + opened + mine + more).encode())


class Machine:
    """A program that is used now and then, from Wednesday 2026-11-18 on."""

    def __init__(self, known: Registry | None = None) -> None:
        self.store = MemoryEventStore()
        self.clock = SetClock()
        self.known = known or registry()

    def start(self) -> Telemetry:
        parts = memory_parts(store=self.store, clock=self.clock, transport=MemoryTransport(None))
        return Telemetry(self.known, parts)

    def use(self, *days: int) -> None:
        """Use the program for a moment, after so many days each."""
        for passed in days:
            self.clock.move(timedelta(days=passed))
            telemetry = self.start()
            telemetry.count("file.opened")
            telemetry.preview()

    def counted(self, *leaves: Leave) -> dict[str, int]:
        found: Counter[str] = Counter()
        for event in self.store.events():
            if event.metric == "telemetry.active" and event.leave in (leaves or tuple(Leave)):
                found[event.key] += event.count
        return dict(found)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_each_day_week_and_month_of_use_is_counted_once(machine: Machine) -> None:
    machine.start().choose("on")
    machine.use(0, 0, 1, 0, 3, 1, 12)
    # Wednesday 18, Thursday 19, Sunday 22, Monday 23 of November, Saturday 5 of December.
    assert machine.counted(Leave.YES) == {"day": 5, "week": 3, "month": 2}


def test_a_program_that_is_not_used_is_not_active(machine: Machine) -> None:
    machine.start().choose("on")
    machine.start().preview()
    assert machine.counted() == {}


def test_until_somebody_chose_it_stays_and_a_yes_begins_anew(machine: Machine) -> None:
    machine.use(0, 1)
    assert machine.counted(Leave.IF_ASKED) == {"day": 2, "week": 1, "month": 1}
    machine.start().choose("on")
    assert machine.counted(Leave.YES) == {}
    machine.use(0, 1)
    assert machine.counted(Leave.YES) == {"day": 2, "week": 1, "month": 1}


def test_days_that_the_question_was_about_are_not_counted_again(machine: Machine) -> None:
    machine.use(0, 1)
    machine.start().choose("on", earlier=True)
    machine.use(0, 1)
    assert machine.counted(Leave.YES) == {"day": 3, "week": 1, "month": 1}


def test_after_off_nothing_is_left_and_nothing_is_counted(machine: Machine) -> None:
    machine.start().choose("on")
    machine.use(0)
    machine.start().choose("off")
    machine.use(0, 1)
    assert machine.counted() == {}
    assert [machine.store.kept(place) for place in active.PLACES.values()] == [None] * 3


@pytest.mark.parametrize("between", ["local", "off"])
def test_a_yes_after_a_withdrawal_knows_nothing_of_before(machine: Machine, between: str) -> None:
    machine.start().choose("on")
    machine.use(0)
    machine.start().choose(between)
    machine.start().choose("on")
    machine.use(0)
    assert machine.counted(Leave.YES) == {"day": 1, "week": 1, "month": 1}


def test_a_level_that_was_withdrawn_begins_anew_too(machine: Machine) -> None:
    machine.start().choose("on")
    machine.use(0)
    machine.start().choose("on", levels={"presence": "local"})
    machine.start().choose("on")
    machine.use(0)
    assert machine.counted(Leave.YES) == {"day": 1, "week": 1, "month": 1}
    assert machine.counted(Leave.NEVER) == {"day": 1, "week": 1, "month": 1}


def test_a_yes_that_is_said_again_counts_nothing_twice(machine: Machine) -> None:
    machine.start().choose("on")
    machine.use(0)
    machine.start().choose("on")
    machine.use(0, 1)
    assert machine.counted(Leave.YES) == {"day": 2, "week": 1, "month": 1}


def test_what_may_not_leave_makes_no_day_that_may(machine: Machine) -> None:
    machine.start().choose("on", levels={"usage": "local"})
    machine.use(0)
    assert machine.counted() == {}


def test_a_level_that_is_off_keeps_nothing(machine: Machine) -> None:
    machine.start().choose("on", levels={"presence": "off"})
    machine.use(0)
    assert machine.counted() == {}
    assert machine.store.kept(active.PLACES[Leave.YES]) is None


def test_a_clock_that_was_years_ahead_keeps_no_later_day_from_being_counted(
    machine: Machine,
) -> None:
    machine.start().choose("on")
    machine.clock.move(timedelta(days=2000))
    machine.use(0)
    machine.clock.move(timedelta(days=-2000))
    machine.use(1, 1)
    days = {e.day for e in machine.store.events() if e.metric == "telemetry.active"}
    assert {date(2026, 11, 19), date(2026, 11, 20)} <= days


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(registry("counter", ""), id="another-kind"),
        pytest.param(registry(expires="2026-11-01"), id="expired"),
        pytest.param(registry(bounds='labels = ["year"]'), id="other-labels"),
    ],
)
def test_a_metric_that_does_not_ask_for_it_counts_nothing(known: Registry) -> None:
    machine = Machine(known)
    machine.start().choose("on")
    machine.use(0)
    machine.start().choose("on")
    assert machine.counted() == {}


class Raced(MemoryEventStore):
    """A store in which another process is always first, as often as it is told."""

    first = 0

    def exchange(
        self, name: str, before: bytes | None, content: bytes, events: Iterable[Event] = ()
    ) -> bool:
        if self.first:
            self.first -= 1
            super().exchange(name, before, content, events)
            return False
        return super().exchange(name, before, content, events)


def test_of_two_processes_one_counts() -> None:
    machine = Machine()
    machine.store = Raced()
    machine.start().choose("on")
    machine.store.first = 1
    machine.use(0)
    assert machine.counted(Leave.YES) == {"day": 1, "week": 1, "month": 1}


def test_who_is_always_late_gives_up() -> None:
    class Late(MemoryEventStore):
        def exchange(self, *_: object) -> bool:
            return False

    machine = Machine()
    machine.store = Late()
    machine.start().choose("on")
    machine.use(0)
    assert machine.counted() == {}


def test_who_did_not_hear_of_a_choice_counts_nothing_under_it(machine: Machine) -> None:
    machine.start().choose("on")
    machine.use(0)
    telemetry = machine.start()
    telemetry.count("file.opened")
    place = active.PLACES[Leave.YES]
    machine.store.keep(place, active.write(active.Seen(7)))
    telemetry.preview()
    assert machine.counted(Leave.YES) == {"day": 1, "week": 1, "month": 1}
    assert active.read(machine.store.kept(place)) == active.Seen(7)


def test_only_the_latest_days_are_remembered(machine: Machine) -> None:
    machine.start().choose("on")
    machine.use(*[1] * (active.MOST_DAYS + 20))
    seen = active.read(machine.store.kept(active.PLACES[Leave.YES]))
    assert len(seen.days) == active.MOST_DAYS
    assert machine.counted(Leave.YES)["day"] == active.MOST_DAYS + 20


@given(content=st.none() | st.binary(max_size=60) | st.from_regex(rb"\d+( \d{4}-\d\d-\d\d)*"))
def test_whatever_was_kept_is_read(content: bytes | None) -> None:
    seen = active.read(content)
    assert active.read(active.write(seen)) == seen


@given(batches=st.lists(st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=9)))
def test_in_whatever_order_days_come_each_period_is_counted_once(
    batches: list[frozenset[date]],
) -> None:
    seen: set[date] = set()
    told: list[tuple[date, str]] = []
    for batch in batches:
        told += active.firsts(seen, batch)
        seen |= batch
    assert sorted(day for day, label in told if label == "day") == sorted(seen)
    weeks = [Week.of(day) for day, label in told if label == "week"]
    assert sorted(weeks) == sorted({Week.of(day) for day in seen})
    months = [(day.year, day.month) for day, label in told if label == "month"]
    assert sorted(months) == sorted({(day.year, day.month) for day in seen})
