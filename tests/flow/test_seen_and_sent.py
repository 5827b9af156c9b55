"""What is shown, what leaves and what the journal keeps are the same bytes, whatever is wished."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.model.consent import Mode
from aboveboard.model.provider import Offer
from aboveboard.model.report import COLLECTOR, Fate

if TYPE_CHECKING:
    from tests.flow.conftest import Machine

Call: TypeAlias = tuple[str, object]
OFFICIAL, MINE, COPY = "https://collector.example", "https://mine.example", "https://copy.example"
LEVELS = ("environment", "usage", "errors")
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CALLS: st.SearchStrategy[list[Call]] = st.lists(
    st.tuples(st.just("count"), st.integers(1, 9))
    | st.tuples(st.just("states"), st.sampled_from(["linux", "macos"]))
    | st.tuples(st.just("breaks"), st.sampled_from([ValueError, KeyError, ZeroDivisionError]))
    | st.tuples(
        st.just("choose"),
        st.sampled_from(["on", "on", "on", "local", "off"])
        | st.tuples(st.sampled_from(LEVELS), st.sampled_from(["on", "local", "off"])),
    )
    | st.tuples(st.just("days"), st.integers(0, 9))
    | st.tuples(st.just("restart"), st.none())
    | st.tuples(st.just("redirect"), st.sampled_from(["", MINE]))
    | st.tuples(st.just("also"), st.booleans())
    | st.tuples(st.just("wait"), st.sampled_from([0, 3]))
    | st.tuples(st.just("strike"), st.tuples(st.integers(0, 5), st.booleans()))
    | st.tuples(st.just("dead"), st.sampled_from([(), (OFFICIAL,), (COPY, MINE)]))
    | st.tuples(st.just("flush"), st.booleans()),
    max_size=30,
)


@dataclass
class Life:
    """A person who does this and that, and what must hold each time that something is sent."""

    machine: Machine
    struck: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.telemetry = self.machine.start()
        for url in (MINE, COPY):
            self.machine.collector(url)

    def do(self, call: Call) -> None:
        name, argument = call
        getattr(self, name)(argument)

    def count(self, by: int) -> None:
        self.telemetry.count("file.opened", by)

    def states(self, word: str) -> None:
        self.telemetry.set("system.os", word)

    def breaks(self, kind: type[Exception]) -> None:
        try:
            raise kind  # noqa: TRY301 it is to break here
        except kind as error:
            self.telemetry.record_error(error)

    def choose(self, what: str | tuple[str, str]) -> None:
        if isinstance(what, str):
            self.telemetry.choose(what)
        else:
            self.telemetry.choose("on", dict([what]))

    def days(self, number: int) -> None:
        self.machine.clock.move(days=number)

    def restart(self, _: None) -> None:
        self.telemetry.close()
        self.telemetry = self.machine.start()

    def redirect(self, url: str) -> None:
        self.telemetry.person.redirect(url)

    def also(self, wanted: bool) -> None:  # noqa: FBT001 called by its name with one argument
        person = self.telemetry.person
        (person.also if wanted else person.not_also)(COPY)

    def wait(self, number: int) -> None:
        self.telemetry.person.wait(number)

    def dead(self, urls: tuple[str, ...]) -> None:
        self.machine.net.dead = set(urls)

    def strike(self, which: tuple[int, bool]) -> None:
        number, whole = which
        waiting = self.telemetry.person.outbox()
        if number >= len(waiting):
            return
        report = waiting[number].report
        metric = "" if whole else json.loads(waiting[number].body)["entries"][0]["metric"]
        if self.telemetry.person.strike(report, metric) and whole:
            self.struck.add(report)

    def flush(self, now: bool) -> None:  # noqa: FBT001 called by its name with one argument
        shown = self.telemetry.preview()
        net = self.machine.net
        net.travelled.clear()

        tried = self.telemetry.flush(now=now)

        left = [body for _, body in net.travelled]
        assert sorted(left) == sorted(each.body for each in tried)
        assert set(left) <= set(shown)
        assert self.telemetry.consent.may_send or left == []
        if now and not net.dead:
            assert set(left) == set(shown)
        journal = {(each.report, each.destination): each for each in self.telemetry.journal()}
        for each in tried:
            assert journal[each.report, each.destination] == each
        for url, body in net.travelled:
            assert url in {COPY, MINE if self.telemetry.person.wishes.redirect else OFFICIAL}
            assert json.loads(body)["id"] not in self.struck


@FIXED
@given(calls=CALLS)
def test_what_is_shown_is_what_leaves_and_what_the_journal_keeps(
    fresh: list[Machine], calls: list[Call]
) -> None:
    life = Life(type(fresh[0])())

    for call in calls:
        life.do(call)
    life.do(("flush", True))

    net = life.machine.net
    ids = {report["id"] for each in net.collectors.values() for report in each.reports}
    delivered = {each.report for each in life.telemetry.journal() if each.fate is Fate.DELIVERED}
    assert delivered == ids
    for each in net.collectors.values():
        assert each.set_aside == []


@pytest.fixture
def fresh(machine: Machine) -> list[Machine]:
    """Give what each example makes a machine like."""
    return [machine]


def test_a_preview_shows_what_plug_ins_tell_when_it_is_sent(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.provide(Plugin())

    shown = telemetry.preview()
    tried = telemetry.flush(now=True)

    assert b'"linux"' in shown[0]
    assert [each.body for each in tried] == shown


class Plugin:
    """Tells the system that it runs on."""

    plugin = ""

    def offers(self) -> dict[str, Offer]:
        return {"system.os": Offer("System", "Its name")}

    def value(self, _: str, /) -> object:
        return "linux"


# The paper that anybody can read.


@pytest.mark.parametrize("mode", [Mode.LOCAL, Mode.ON])
def test_the_paper_shows_what_left_what_waits_and_what_is_here(
    machine: Machine, mode: Mode
) -> None:
    telemetry = machine.start()
    telemetry.choose(mode)
    telemetry.count("file.opened", by=4)
    telemetry.flush()

    paper = machine.paper()
    assert paper["mode"] == telemetry.consent.explain()
    (here,) = paper["counted here, in no report yet"]
    assert [entry["value"] for entry in here["entries"]] == [4]
    assert paper["left last"] == paper["waiting to leave"] == []

    machine.net.dead.add(OFFICIAL)
    telemetry.flush(now=True)
    paper = machine.paper()
    assert len(paper["waiting to leave"]) == (mode is Mode.ON)
    assert len(paper["counted here, in no report yet"]) == (mode is Mode.LOCAL)

    machine.net.dead.clear()
    machine.clock.move(days=1)
    telemetry.flush(now=True)
    paper = machine.paper()
    assert [report["id"] for report in paper["left last"]] == [
        report["id"] for report in machine.official.reports
    ]
    assert paper["waiting to leave"] == []


def test_the_paper_of_who_has_not_chosen_shows_what_is_counted(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.count("file.opened")
    telemetry.flush()

    assert machine.paper()["mode"].startswith("local: nobody has chosen yet")
    assert machine.paper()["counted here, in no report yet"]


# The outbox.


def filed(machine: Machine, days: int = 0) -> list[str]:
    """Have reports wait, each of one metric."""
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.person.wait(days)
    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.flush()
    machine.clock.move(days=8)
    machine.net.dead.add(OFFICIAL)
    telemetry.flush()
    machine.net.dead.clear()
    return [each.report for each in telemetry.person.outbox()]


def test_a_report_that_was_struck_never_leaves_and_the_others_do(machine: Machine) -> None:
    first, second = filed(machine)
    telemetry = machine.start()

    assert telemetry.person.strike(first)
    assert not telemetry.person.strike(first)
    machine.clock.move(days=3)
    telemetry.flush()

    assert [report["id"] for report in machine.official.reports] == [second]
    fates = {each.report: each.fate for each in telemetry.journal()}
    assert fates == {first: Fate.STRUCK, second: Fate.DELIVERED}


def test_an_entry_that_was_struck_takes_its_report_along_if_it_was_the_last(
    machine: Machine,
) -> None:
    filed(machine)
    telemetry = machine.start()
    (about,) = [each for each in telemetry.person.outbox() if b"file.opened" in each.body]

    assert not telemetry.person.strike(about.report, "system.os")
    assert telemetry.person.strike(about.report, "file.opened")
    machine.clock.move(days=3)
    telemetry.flush()

    assert machine.official.entries("file.opened") == []
    assert machine.official.entries("system.os")


def test_nothing_leaves_before_it_waited_as_long_as_the_person_wants(machine: Machine) -> None:
    reports = filed(machine, days=5)
    telemetry = machine.start()
    dues = {each.report: each.due for each in telemetry.person.outbox()}
    assert len(reports) == 2
    day = 24 * 3600

    left: dict[str, float] = {}
    for _ in range(9 * 24):
        machine.clock.move(hours=1)
        for each in telemetry.flush():
            left[each.report] = machine.clock.seconds()

    assert set(left) == set(reports)
    for report, moment in left.items():
        assert dues[report] + 5 * day <= moment <= dues[report] + 5 * day + 3600
    assert {each.destination for each in telemetry.journal()} == {COLLECTOR}
