"""Reports leave by a timetable that outlives every run: once a period, each at its own moment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Signer
from aboveboard.device import throttle, timetable
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Leave
from aboveboard.model.registry import Sends
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.transparency.note import Key, sign

if TYPE_CHECKING:
    from tests.flow.conftest import Machine

    from aboveboard.model.report import Outgoing
    from aboveboard.model.stored import StoredEvent

Write = Callable[..., bytes]
HOUR = 3600
LENGTH = {Sends.HOUR: HOUR, Sends.DAY: 24 * HOUR, Sends.WEEK: 168 * HOUR, Sends.MONTH: 720 * HOUR}


@pytest.fixture
def filings(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Counter[float]:
    """Give the moments at which reports were filed."""
    found = Counter[float]()
    take = machine.store.take

    def watched(
        events: Sequence[StoredEvent], report: Outgoing, said: Iterable[str], to: Sequence[str]
    ) -> bool:
        done = take(events, report, said, to)
        found[machine.clock.seconds()] += done
        return done

    monkeypatch.setattr(machine.store, "take", watched)
    return found


@pytest.mark.parametrize("sends", Sends)
def test_a_program_that_runs_for_seconds_files_once_a_period_and_sends_each_report_once(
    machine: Machine, write: Write, filings: Counter[float], sends: Sends
) -> None:
    registry, length, periods = read(write(sends=sends)), LENGTH[sends], 12
    machine.start(registry).choose("on")
    counted = 0
    for _ in range(periods * 8):
        telemetry = machine.start(registry)
        telemetry.count("file.opened")
        counted += 1
        telemetry.flush()
        telemetry.close()
        machine.clock.move(seconds=length / 8)

    assert periods - 3 <= len(filings) <= periods + 1
    answers = Counter(asked.status for asked in machine.official.requests)
    assert set(answers) == {201}
    values = [entry["value"] for entry in machine.official.entries("file.opened")]
    assert sum(values) <= counted
    machine.clock.move(seconds=3 * length)
    for _ in range(40):
        machine.clock.move(seconds=length / 8)
        machine.start(registry).flush()
    assert sum(e["value"] for e in machine.official.entries("file.opened")) == counted


def test_the_first_report_comes_after_a_delay_that_is_drawn(machine: Machine, write: Write) -> None:
    firsts = set()
    for seed in range(6):
        one = type(machine)(f"install {seed}")
        telemetry = one.start(read(write(sends="hour")))
        telemetry.choose("on")
        begun = one.clock.seconds()
        while not one.official.requests:
            telemetry.count("file.opened")
            telemetry.flush()
            one.clock.move(seconds=20)
        firsts.add(one.clock.seconds() - begun)

    assert len(firsts) >= 5
    assert max(firsts) <= 2 * 600 + 60


Step: TypeAlias = tuple[str, Any]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.just("count"), st.integers(0, 2))
    | st.tuples(st.just("flush"), st.integers(0, 2))
    | st.tuples(st.just("flush"), st.integers(0, 2))
    | st.tuples(st.just("restart"), st.integers(0, 2))
    | st.tuples(st.just("pass"), st.integers(1, 60))
    | st.tuples(st.just("pass"), st.integers(1, 60))
    | st.tuples(st.just("set"), st.sampled_from([-400, -9, -1, 1, 9, 300]))
    | st.tuples(st.just("reboot"), st.none())
    | st.tuples(st.just("dead"), st.booleans()),
    max_size=60,
)


@dataclass
class Three:
    """Three processes of one program, which share a home."""

    machine: Machine
    sends: Sends
    registry: Any
    counted: int = 0
    passed: int = 0
    jumped: int = 0
    off: int = 0
    latest: float = 0
    filed: set[float] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.machine.start(self.registry).choose("on")
        self.running: list[Telemetry] = [self.machine.start(self.registry) for _ in range(3)]
        self.latest = self.machine.clock.seconds()

    def do(self, step: Step) -> None:
        self._do(*step)
        self.latest = max(self.latest, self.machine.clock.seconds())

    def _do(self, what: str, which: Any) -> None:  # noqa: ANN401 each step has its own
        match what:
            case "count":
                self.running[which].count("file.opened")
                self.counted += 1
            case "flush":
                before = len(self.rows())
                self.running[which].flush()
                if len(self.rows()) > before:
                    self.filed.add(self.passed)
            case "restart":
                self.running[which].close()
                self.running[which] = self.machine.start(self.registry)
            case "pass":
                self.machine.clock.move(hours=which)
                self.passed += which
            case "set":
                self.machine.clock.set_by(days=which)
                self.off += which
                self.jumped += 1
            case "reboot":
                self.machine.clock.reboot()
                self.running = [self.machine.start(self.registry) for _ in self.running]
            case _:
                self.machine.net.dead = {"https://collector.example"} if which else set()

    def rows(self) -> list[Any]:
        return [row for row in self.running[0].journal() if b"file.opened" in row.body]

    def go_on(self) -> None:
        """Let the clock be right again, and weeks pass: after the last day that it ever showed."""
        clock = self.machine.clock
        self.machine.net.dead = set()
        clock.set_by(days=-self.off)
        # No report leaves before the period that it is about has begun.
        while clock.seconds() < self.latest:
            clock.move(days=30)
            self.running[0].flush()
        for _ in range(30):
            clock.move(days=3)
            self.running[0].flush()


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, sends=st.sampled_from([Sends.DAY, Sends.WEEK]))
def test_restarts_clocks_and_other_processes_lose_nothing_and_send_nothing_twice(
    machine: Machine, write: Write, steps: list[Step], sends: Sends
) -> None:
    three = Three(type(machine)(), sends, read(write(sends=sends)))

    for step in steps:
        three.do(step)

    # Never more filings than slots; each time the clock is set may begin one anew.
    slots = three.passed * HOUR / LENGTH[sends] + 2 + three.jumped
    assert len(three.filed) <= slots

    for each in three.running:
        each.close()
    three.go_on()
    official = three.machine.official
    assert sum(entry["value"] for entry in official.entries("file.opened")) == three.counted
    assert [asked.status for asked in official.requests].count(201) == len(official.reports)
    assert all(asked.status == 201 for asked in official.requests)


def test_who_has_not_got_the_lease_files_nothing(machine: Machine) -> None:
    one = machine.start()
    one.choose("on")
    one.count("file.opened")
    with machine.home["lease"].claim() as mine:
        assert mine
        assert one.flush(now=True) == []
        assert machine.start().flush(now=True) == []
        assert one.journal() == []

    assert len(machine.start().flush(now=True)) == 1
    assert one.flush(now=True) == []


def test_a_collector_that_asks_to_wait_is_left_alone_so_long(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    machine.official.will_answer(429, retry_after=5 * HOUR)
    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.flush(now=True)
    begun, asked = machine.clock.seconds(), len(machine.official.requests)
    assert asked == 1

    while len(machine.official.requests) == asked:
        machine.clock.move(minutes=10)
        telemetry.flush()

    assert 5 * HOUR <= machine.clock.seconds() - begun <= 6 * HOUR
    machine.clock.move(hours=1)
    telemetry.flush()
    assert len(machine.official.reports) == 2


def test_a_report_whose_answer_was_lost_is_sent_again_under_the_same_id(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    machine.official.will_close(keeping=True)
    telemetry.count("file.opened")
    (first,) = telemetry.flush(now=True)
    assert first.fate is Fate.WAITING

    machine.clock.move(days=1)
    (second,) = machine.start().flush()

    assert (second.report, second.answer) == (first.report, "200 repeated")
    assert len(machine.official.reports) == 1


# Reports of one install have nothing in common.


def test_each_report_leaves_at_a_moment_of_its_own(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    sent: dict[str, set[float]] = {}
    for _ in range(24 * 40):
        telemetry.count("file.opened")
        telemetry.count("menu.used", label="file")
        telemetry.set("system.os", "linux")
        telemetry.set("theme.dark", value=True)
        machine.clock.move(hours=1)
        for each in telemetry.flush():
            period = json.loads(each.body)["period"]
            sent.setdefault(period, set()).add(machine.clock.seconds())

    whole = [moments for moments in sent.values() if len(moments) > 1]
    assert len(whole) >= 3
    assert all(len(moments) >= 3 for moments in whole)
    orders = []
    for period in sent:
        mine = [r for r in machine.official.reports if r["period"] == period]
        orders.append([r["entries"][0]["metric"] for r in mine])
    assert len({tuple(order) for order in orders if len(order) == 4}) > 1, "no order tells anything"


def test_two_reports_of_an_install_share_nothing_but_what_they_are_about(machine: Machine) -> None:
    telemetry = machine.start(version="2.1")
    telemetry.choose("on")
    telemetry.count("file.opened", by=7)
    telemetry.count("menu.used", label="file")
    telemetry.set("theme.dark", value=True)
    telemetry.flush(now=True)

    reports = machine.official.reports
    assert len(reports) == 4
    for one, other in pairwise(reports):
        same = {key for key in one if one[key] == other[key]}
        assert same == {"format", "app", "period", "registry"}
    headers = {json.dumps(sorted(asked.headers.items())) for asked in machine.official.requests}
    assert len(headers) == 1


# Fewer reports, if the collector signed that it wants fewer.

SIGNER = Ed25519Signer(bytes([9]) * 32)
ORIGIN = "collector.example/log"
LOG = str(Key(ORIGIN, SIGNER.public_key))


def throttled(
    machine: Machine, write: Write, monkeypatch: pytest.MonkeyPatch, note: bytes
) -> Telemetry:
    """Have a collector that keeps each report and answers with a note."""
    keep = machine.official.put

    def put(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = keep(url, body, headers)
        content = json.loads(answer.body) | {"throttle": note.decode()}
        return Answer(answer.status, json.dumps(content).encode())

    monkeypatch.setattr(machine.official, "put", put)
    # The log is not what this is about: a registry that is asked for is found there.
    collector = f'url = "https://collector.example"\nlog = "{LOG}"'
    telemetry = machine.start(read(write(sends="day", collector=collector)))
    monkeypatch.setattr(telemetry._core.registrar, "may_send", Listed())  # noqa: SLF001 see above
    telemetry.choose("on")
    return telemetry


class Listed:
    """Says that the log has the registry."""

    def __call__(self) -> Any:  # noqa: ANN401 a value of the log
        from aboveboard.model.renewal import Renewal, Renewed  # noqa: PLC0415 used here alone

        return Renewed(Renewal.CURRENT)


def live(machine: Machine, telemetry: Telemetry, days: int) -> None:
    for _ in range(days * 4):
        telemetry.count("file.opened")
        machine.clock.move(hours=6)
        telemetry.flush()


def note_of(machine: Machine, signer: Ed25519Signer = SIGNER) -> bytes:
    until = machine.clock.now().date().replace(year=2027)
    return sign(throttle.text("editor", 4, until), ORIGIN, signer)


def test_a_signed_note_makes_it_send_one_period_in_four_and_the_rest_stays(
    machine: Machine, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    telemetry = throttled(machine, write, monkeypatch, note_of(machine))
    live(machine, telemetry, 120)

    sent = len(machine.official.reports)
    assert 15 <= sent <= 50
    never = [event for event in machine.store.events() if event.leave is Leave.NEVER]
    values = [entry["value"] for entry in machine.official.entries("file.opened")]
    waiting = [e for e in machine.store.events() if e.leave is Leave.YES]
    outbox = [json.loads(each.body)["entries"] for each in telemetry.person.outbox()]
    there = sum(each.count for each in (*never, *waiting)) + sum(values)
    there += sum(entry["value"] for entries in outbox for entry in entries)
    assert there == 120 * 4, "nothing is lost, and nothing is there twice"
    assert len({event.day for event in never}) > 60
    assert "one report in 4 is sent" in telemetry.person.status()[-1]


def test_a_note_that_the_collector_did_not_sign_changes_nothing(
    machine: Machine, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Ed25519Signer(bytes([8]) * 32)
    telemetry = throttled(machine, write, monkeypatch, note_of(machine, other))
    live(machine, telemetry, 30)

    assert len(machine.official.reports) >= 25
    assert machine.store.kept(throttle.PLACE) is None
    assert not any("report in" in line for line in telemetry.person.status())


def test_the_timetable_is_kept_where_a_restart_finds_it(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.flush()
    kept = machine.store.kept(timetable.PLACE)
    assert kept

    machine.start().flush()
    assert machine.store.kept(timetable.PLACE) == kept
