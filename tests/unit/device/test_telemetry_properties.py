"""Promises that hold for every sequence of calls."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer
from aboveboard.adapters.memory import MemoryTransport, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import SendError
from aboveboard.model.consent import Mode
from aboveboard.model.registry import Registry
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer
from aboveboard.wires import native

Call: TypeAlias = tuple[str, object]

CALLS: st.SearchStrategy[list[Call]] = st.lists(
    st.tuples(st.just("count"), st.integers(1, 9))
    | st.tuples(st.just("choice"), st.sampled_from(["linux", "macos", "geheim"]))
    | st.tuples(st.just("flag"), st.booleans())
    | st.tuples(st.just("took"), st.integers(0, 2000))
    | st.tuples(st.just("choose"), st.sampled_from(["on", "on", "local", "off"]))
    | st.tuples(st.just("pass_days"), st.integers(0, 9))
    | st.tuples(st.just("restart"), st.none())
    | st.tuples(st.just("collector"), st.sampled_from([201, 0, 503, 400]))
    | st.tuples(st.just("flush"), st.booleans()),
    max_size=30,
)
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class World:
    """A device with its person and its collector, and what must be true of them."""

    registry: Registry
    opener: HpkeOpener
    status: int = 201
    arrived: list[bytes] = field(default_factory=list)
    tried: list[bytes] = field(default_factory=list)
    unsent: int = 0
    waiting: int = 0
    delivered: int = 0
    mode: Mode = Mode.LOCAL

    def __post_init__(self) -> None:
        self.clock = SetClock()
        self.parts = memory_parts(
            clock=self.clock, transport=MemoryTransport(self._answer), sealer=HpkeSealer()
        )
        self.telemetry = Telemetry(self.registry, self.parts)

    def _answer(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        report = self._unpacked(url, body, headers)
        self.tried.append(report)
        if not self.status:
            raise SendError
        if self.status == 201:
            self.arrived.append(report)
        return Answer(self.status, b"")

    def _unpacked(self, url: str, body: bytes, headers: dict[str, str]) -> bytes:
        app, report = url.rsplit("/", 2)[1:]
        if headers["Content-Type"] == native.JSON_TYPE:
            return gzip.decompress(body)
        plain = self.opener.open(body[8:], body[:8], native.seal_info(app, report))
        return gzip.decompress(plain[1:]) if plain[:1] == native.PLAIN_GZIP else plain[1:]

    def do(self, call: Call) -> None:
        name, argument = call
        getattr(self, name)(argument)

    def count(self, by: int) -> None:
        self.telemetry.count("file.opened", by)
        self.unsent += by if self.mode is Mode.ON else 0

    def choice(self, word: str) -> None:
        self.telemetry.set("system.os", word)

    def flag(self, value: bool) -> None:  # noqa: FBT001 called by its name with one argument
        self.telemetry.set("theme.dark", value)

    def took(self, milliseconds: int) -> None:
        self.telemetry.took("file.opening", milliseconds)

    def choose(self, word: str) -> None:
        self.telemetry.choose(word)
        if (self.mode, word) != (Mode.ON, "on"):
            self.unsent = self.waiting = 0
        self.mode = Mode(word)

    def pass_days(self, days: int) -> None:
        self.clock.move(timedelta(days=days))

    def restart(self, _: None) -> None:
        self.telemetry.close()
        self.telemetry = Telemetry(self.registry, self.parts)

    def collector(self, status: int) -> None:
        self.status = status

    def flush(self, now: bool) -> None:  # noqa: FBT001 called by its name with one argument
        waited = [d.body for d in self.telemetry.journal() if d.fate is Fate.WAITING]
        shown = self.telemetry.preview()
        self.tried.clear()

        deliveries = self.telemetry.flush(now=now)

        if self.mode is not Mode.ON:
            assert deliveries == []
            assert self.tried == []
            return
        assert self.tried == [delivery.body for delivery in deliveries]
        # Where nobody answers usefully, a round gives up after a few tries.
        assert set(self.tried) <= set(shown)
        assert shown[: len(waited)] == waited
        if now:
            if self.status in {201, 400}:
                assert sorted(self.tried) == sorted(shown)
            self.waiting, self.unsent = self.waiting + self.unsent, 0
            if self.status == 201:
                self.delivered, self.waiting = self.delivered + self.waiting, 0
            elif self.status == 400:
                self.waiting = 0
        journal = {delivery.report: delivery for delivery in self.telemetry.journal()}
        for delivery in deliveries:
            assert journal[delivery.report] == delivery


@pytest.fixture(params=["plain", "sealed", "apart"])
def world(
    request: pytest.FixtureRequest, registry: Registry, sealed: Registry, opener: HpkeOpener
) -> Callable[[], World]:
    alone = {name: replace(m, correlates_with=()) for name, m in registry.metrics.items()}
    known = {"plain": registry, "sealed": sealed, "apart": replace(registry, metrics=alone)}
    return lambda: World(known[request.param], opener)


def opened(bodies: list[bytes]) -> int:
    entries = [entry for body in bodies for entry in json.loads(body)["entries"]]
    return sum(entry["value"] for entry in entries if entry["metric"] == "file.opened")


@FIXED
@given(calls=CALLS)
def test_what_was_shown_is_what_is_sent_and_what_the_journal_keeps(
    world: Callable[[], World], calls: list[Call]
) -> None:
    life = world()

    for call in calls:
        life.do(call)

    delivered = [d.body for d in life.telemetry.journal() if d.fate is Fate.DELIVERED]
    assert sorted(delivered) == sorted(life.arrived)
    assert len({json.loads(body)["id"] for body in life.arrived}) == len(life.arrived)


@FIXED
@given(calls=CALLS)
def test_exactly_what_was_counted_under_a_yes_is_delivered(
    world: Callable[[], World], calls: list[Call]
) -> None:
    life = world()

    for call in calls:
        life.do(("flush", True) if call[0] == "flush" else call)

    assert opened(life.arrived) == life.delivered


@FIXED
@given(calls=CALLS)
def test_a_state_is_said_at_most_once_a_week(world: Callable[[], World], calls: list[Call]) -> None:
    life = world()

    for call in calls:
        life.do(call)

    states = [
        (body["period"], entry["metric"])
        for body in map(json.loads, life.arrived)
        for entry in body["entries"]
        if "day" not in entry
    ]
    assert len(states) == len(set(states))


@FIXED
@given(calls=CALLS)
def test_free_text_is_nowhere(world: Callable[[], World], calls: list[Call]) -> None:
    life = world()

    for call in calls:
        life.do(call)

    everything = [*life.tried, *life.arrived, *life.telemetry.preview(local=True)]
    assert all(b"geheim" not in body for body in everything)


@FIXED
@given(calls=CALLS)
def test_the_local_copy_holds_at_least_what_would_be_sent(
    world: Callable[[], World], calls: list[Call]
) -> None:
    life = world()

    for call in calls:
        life.do(call)

    waiting = [d.body for d in life.telemetry.journal() if d.fate is Fate.WAITING]
    made_now = [body for body in life.telemetry.preview() if body not in waiting]
    assert opened(life.telemetry.preview(local=True)) >= opened(made_now)
    assert opened(made_now) == life.unsent or any(c[0] == "flush" for c in calls)


@FIXED
@given(calls=CALLS)
def test_a_program_without_a_collector_keeps_everything_for_itself(
    registry: Registry, opener: HpkeOpener, calls: list[Call]
) -> None:
    life = World(replace(registry, collector=None), opener)

    for call in calls:
        life.do(call) if call[0] != "flush" else life.telemetry.flush(now=True)

    assert life.tried == []


@FIXED
@given(calls=CALLS)
def test_two_reports_have_nothing_in_common_but_what_they_are_about(
    world: Callable[[], World], calls: list[Call]
) -> None:
    life = world()

    for call in [*calls, ("choose", "on"), ("count", 3), ("flag", True), ("flush", True)]:
        life.do(call)

    reports = [json.loads(body) for body in life.arrived]
    for one, other in combinations(reports, 2):
        same = {key for key in one if key != "entries" and one[key] == other[key]}
        assert same <= {"format", "app", "period", "registry"}
    if not life.registry.metrics["theme.dark"].correlates_with:
        assert all(len({e["metric"] for e in report["entries"]}) == 1 for report in reports)
