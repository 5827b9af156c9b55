from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from aboveboard.device.timetable import (
    DAY,
    HOUR,
    MINUTE,
    PERIOD,
    SECOND,
    SKEW,
    SPREAD,
    Moment,
    Timetable,
    begin,
    moments,
    read,
)
from aboveboard.model.registry import Sends

WEEK = 7 * DAY
WEDNESDAY = int(datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp()) * SECOND
YEARS = 4000 * DAY
each_sends = pytest.mark.parametrize("sends", list(Sends), ids=[each.value for each in Sends])


@dataclass
class Machine:
    """A machine whose clocks can go wrong; it knows the true time itself."""

    true: int = WEDNESDAY
    wrong: int = 0
    began: int = WEDNESDAY - 3 * HOUR
    run: int = 1
    zone: timezone = UTC

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), self.zone)

    def seconds(self) -> float:
        return (self.true + self.wrong) / SECOND

    def monotonic_ms(self) -> int:
        return self.true - self.began

    def boot(self) -> tuple[str, int]:
        return f"run {self.run}", self.true - self.began

    def restart(self, off: int = 0) -> None:
        self.true += off
        self.began = self.true
        self.run += 1

    @property
    def moment(self) -> Moment:
        return Moment.of(self)


@dataclass
class Draws:
    """Draws what it is told."""

    draws: list[float]

    def draw(self) -> float:
        return self.draws.pop(0) if len(self.draws) > 1 else self.draws[0]

    def report_id(self) -> str:
        return "0" * 32

    def token(self) -> str:
        return "0" * 64


@pytest.fixture
def machine() -> Machine:
    return Machine()


@each_sends
def test_the_first_filing_comes_soon(sends: Sends, machine: Machine) -> None:
    table = begin(sends, machine, Draws([0.5]))

    assert not table.due(machine.moment)
    assert table.next(machine.moment) == SPREAD[sends] // 2 // SECOND
    machine.true += SPREAD[sends] // 2
    assert table.due(machine.moment)
    assert table.next(machine.moment) == 0


def test_the_slots_of_a_week_begin_on_monday_where_the_person_lives(machine: Machine) -> None:
    assert begin(Sends.WEEK, machine, Draws([0])).end == 4 * DAY + 12 * HOUR

    machine.zone = timezone(timedelta(hours=-8))
    assert begin(Sends.WEEK, machine, Draws([0])).end == 4 * DAY + 20 * HOUR


def test_after_a_filing_the_next_lies_anywhere_in_the_next_slot(machine: Machine) -> None:
    first = Timetable(machine.moment, wait=0, end=2 * DAY)

    for draw, wait in ((0.0, 2 * DAY), (0.5, 2 * DAY + WEEK // 2), (0.75, 2 * DAY + 3 * WEEK // 4)):
        after = first.after_sending(Sends.WEEK, machine.moment, draw)
        assert (after.wait, after.end) == (wait, 2 * DAY + WEEK)


def test_slots_that_nobody_was_there_for_are_left_out(machine: Machine) -> None:
    first = Timetable(machine.moment, wait=0, end=2 * DAY)
    machine.true += 3 * WEEK

    after = first.after_sending(Sends.WEEK, machine.moment, 0)

    assert after.wait == 2 * DAY


def test_a_filing_at_the_very_beginning_of_a_slot_is_the_only_one_in_it(machine: Machine) -> None:
    first = Timetable(machine.moment, wait=0, end=WEEK)
    assert first.after_sending(Sends.WEEK, machine.moment, 0).wait == WEEK


@pytest.mark.parametrize(
    ("late", "earliest", "latest"),
    [
        pytest.param(0, WEEK // 2, WEEK, id="at-the-edge"),
        pytest.param(2 * DAY, WEEK // 2, 5 * DAY, id="early-in-the-next-slot"),
        pytest.param(4 * DAY, 3 * DAY, 10 * DAY, id="late-in-the-next-slot"),
        pytest.param(3 * WEEK + DAY, WEEK // 2, 6 * DAY, id="weeks-later"),
    ],
)
def test_a_filing_that_comes_late_leaves_its_slot_a_moment_if_there_is_time(
    machine: Machine, late: int, earliest: int, latest: int
) -> None:
    first = Timetable(machine.moment, wait=0, end=DAY)
    machine.true += DAY + late
    for draw, wait in ((0.0, earliest), (0.5, (earliest + latest) // 2)):
        after = first.after_sending(Sends.WEEK, machine.moment, draw)
        assert (after.wait, after.end) == (wait, latest)


@given(st.floats(0, 6.99), st.lists(st.floats(0, 0.999), min_size=12, max_size=12))
def test_a_program_that_runs_once_a_week_sends_about_once_a_week(
    day: float, draws: list[float]
) -> None:
    machine = Machine()
    table = begin(Sends.WEEK, machine, Draws([0.5]))
    filed = 0
    machine.true += int(day * DAY)
    for draw in draws:
        machine.restart(off=WEEK)
        table = table.seen(machine.moment)
        if table.due(machine.moment):
            filed += 1
            table = table.after_sending(Sends.WEEK, machine.moment, draw)
    assert filed >= len(draws) // 2


@pytest.mark.parametrize(
    ("jump", "off"),
    [
        pytest.param(YEARS, None, id="forward"),
        pytest.param(-YEARS, None, id="back"),
        pytest.param(-YEARS, 0, id="back-at-a-restart"),
    ],
)
def test_a_clock_that_is_set_does_not_make_it_due(
    machine: Machine, jump: int, off: int | None
) -> None:
    table = Timetable(machine.moment, wait=2 * DAY, end=WEEK)
    machine.wrong += jump
    if off is not None:
        machine.restart(off)
    assert not table.due(machine.moment)

    table = table.seen(machine.moment)

    machine.true += 2 * DAY - SECOND
    assert not table.due(machine.moment)
    machine.true += SECOND
    assert table.due(machine.moment)


def test_the_time_for_which_a_machine_was_off_counts(machine: Machine) -> None:
    table = Timetable(machine.moment, wait=2 * DAY, end=WEEK)
    machine.restart(off=DAY)
    table = table.seen(machine.moment)
    assert table.wait == DAY
    machine.true += DAY
    assert table.due(machine.moment)


def test_a_machine_that_is_taken_back_to_an_earlier_state_of_itself_loses_nothing(
    machine: Machine,
) -> None:
    later = replace(machine.moment, ms=machine.moment.ms + HOUR)
    table = Timetable(later, wait=DAY, end=WEEK)
    machine.true += DAY - HOUR
    machine.began = machine.true
    assert not table.due(machine.moment)
    machine.true += HOUR
    assert table.due(machine.moment)


def test_hosts_that_share_a_folder_count_no_minute_twice() -> None:
    one, other = Machine(), Machine(run=2, began=WEDNESDAY - 90 * DAY, wrong=-4 * MINUTE)
    table = Timetable(one.moment, wait=HOUR, end=WEEK)

    for minute in range(59):
        machine = other if minute % 2 else one
        machine.true = WEDNESDAY + minute * MINUTE
        table = table.seen(machine.moment)
        assert not table.due(machine.moment)

    one.true = WEDNESDAY + 61 * MINUTE
    assert table.due(one.moment)


def test_nothing_is_written_while_nothing_happens(machine: Machine) -> None:
    table = Timetable(machine.moment, wait=DAY, end=WEEK)
    machine.true += HOUR
    assert table.seen(machine.moment) is table
    machine.wrong += 30 * SECOND
    assert table.seen(machine.moment) is table
    machine.wrong += MINUTE
    assert table.seen(machine.moment) is not table


def test_it_comes_back_as_it_was_kept(machine: Machine) -> None:
    table = begin(Sends.WEEK, machine, Draws([0.3]))
    assert read(table.write(), Sends.WEEK) == table


def test_reports_that_became_more_frequent_do_not_wait_for_the_old_date(machine: Machine) -> None:
    table = Timetable(machine.moment, wait=40 * DAY, end=60 * DAY)
    found = read(table.write(), Sends.DAY)
    assert found == replace(table, wait=2 * DAY, end=2 * DAY)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(None, id="nothing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"{}", id="table"),
        pytest.param(b'{"at":3,"wait":1,"end":1}', id="no-moment"),
        pytest.param(b'{"at":{"wall":1e999,"boot":"a","ms":1},"wait":1,"end":1}', id="endless"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
def test_what_cannot_be_understood_is_none(body: bytes | None) -> None:
    assert read(body, Sends.WEEK) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(body: bytes) -> None:
    read(body, Sends.WEEK)


@each_sends
def test_reports_of_one_filing_leave_at_moments_of_their_own(
    sends: Sends, machine: Machine
) -> None:
    now = WEDNESDAY // SECOND
    found = moments(3, sends, machine.moment, Draws([0.0, 0.5, 0.999]))

    assert found[0] == now
    assert found[1] == now + SPREAD[sends] // SECOND // 2
    assert now < found[2] < now + SPREAD[sends] // SECOND
    assert moments(0, sends, machine.moment, Draws([0.5])) == []


class Program(RuleBasedStateMachine):
    """A program that runs now and then on a machine, and files when it is time."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = Machine()
        self.sends = Sends.WEEK
        self.filed: list[int] = []
        self.kept = b""
        self.edge = 0
        self.last = WEDNESDAY

    @initialize(sends=st.sampled_from(Sends), draw=st.floats(0, 0.999))
    def start(self, sends: Sends, draw: float) -> None:
        self.sends = sends
        self.kept = begin(sends, self.machine, Draws([draw])).write()
        table = read(self.kept, sends)
        assert table is not None
        self.edge = WEDNESDAY + table.end

    @property
    def period(self) -> int:
        return PERIOD[self.sends]

    def look(self, draw: float) -> None:
        now = self.machine.moment
        table = read(self.kept, self.sends)
        assert table is not None
        table = table.seen(now)
        if table.due(now):
            table = table.after_sending(self.sends, now, draw)
            self.filed.append(self.machine.true)
        self.kept = table.write()
        assert not table.due(now)
        assert table.next(now) <= 2 * self.period // SECOND


@settings(max_examples=40, stateful_step_count=25)
class Seen(Program):
    """The clock is set now and then while the program runs, by more than a minute."""

    @rule(part=st.floats(0.001, 1.2), draw=st.floats(0, 0.999))
    def run(self, part: float, draw: float) -> None:
        self.machine.true += int(part * self.period)
        self.look(draw)

    @rule(
        by=st.integers(2 * MINUTE, YEARS) | st.integers(-YEARS, -2 * MINUTE),
        draw=st.floats(0, 0.999),
    )
    def set_the_clock(self, by: int, draw: float) -> None:
        self.machine.wrong += by
        self.look(draw)

    @rule(part=st.floats(0, 1.2), draw=st.floats(0, 0.999))
    def restart(self, part: float, draw: float) -> None:
        self.look(draw)
        self.machine.restart(off=int(part * self.period))
        self.look(draw)

    @invariant()
    def there_are_never_more_filings_than_slots(self) -> None:
        slots = [(moment - self.edge) // self.period for moment in self.filed]
        assert all(number - 1 <= slot for number, slot in enumerate(slots))
        for before, after, one, other in zip(
            self.filed, self.filed[1:], slots, slots[1:], strict=False
        ):
            assert one < other or after - before >= self.period // 2

    @invariant()
    def it_never_stalls(self) -> None:
        last = self.filed[-1] if self.filed else WEDNESDAY
        assert self.machine.true - last <= 2 * self.period + int(1.2 * self.period)


@settings(max_examples=40, stateful_step_count=25)
class Unseen(Program):
    """The clock and the machine do what they want, and the program runs when it wants."""

    @rule(by=st.integers(-YEARS, YEARS))
    def set_the_clock(self, by: int) -> None:
        self.machine.wrong += by

    @rule(off=st.integers(0, YEARS))
    def restart(self, off: int) -> None:
        self.machine.restart(off)

    @rule(part=st.floats(0, 2), draw=st.floats(0, 0.999))
    def run(self, part: float, draw: float) -> None:
        self.machine.true += int(part * self.period)
        self.look(draw)

    @rule(draw=st.floats(0, 0.999))
    def run_for_two_periods(self, draw: float) -> None:
        self.look(draw)
        before = len(self.filed)
        self.machine.true += 2 * self.period + SKEW
        self.look(draw)
        assert len(self.filed) == before + 1


TestSeen = Seen.TestCase
TestUnseen = Unseen.TestCase
