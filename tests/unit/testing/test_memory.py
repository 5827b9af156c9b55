from __future__ import annotations

import json
from datetime import timedelta

import pytest

from aboveboard.adapters.memory import MemoryTransport, SetClock
from aboveboard.errors import MisuseError
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, memory_telemetry


def test_the_example_registry_is_well() -> None:
    assert list(read(EXAMPLE_REGISTRY).metrics) == ["file.opened"]


def test_a_telemetry_in_memory_counts_shows_and_delivers() -> None:
    telemetry = memory_telemetry()
    telemetry.choose("on")
    telemetry.count("command.sql")

    shown = telemetry.preview()
    deliveries = telemetry.flush(now=True)

    said = {entry["metric"] for report in shown for entry in json.loads(report)["entries"]}
    assert said == {"command.sql", "telemetry.active"}
    assert {delivery.body for delivery in deliveries} == set(shown)
    # The registry of our own command line names no collector.
    assert {delivery.fate for delivery in deliveries} == {Fate.WAITING}


def test_a_telemetry_in_memory_takes_a_registry_a_clock_and_a_transport() -> None:
    address = b'[collector]\nurl = "https://collector.example"\n'
    clock = SetClock()
    transport = MemoryTransport(lambda *_: Answer(404, b'{"code":"unknown_app"}'))
    telemetry = memory_telemetry(read(EXAMPLE_REGISTRY + address), clock, transport)
    telemetry.choose("on")
    telemetry.count("file.opened")
    clock.move(timedelta(weeks=1))

    (delivery,) = telemetry.flush()

    assert (delivery.fate, delivery.answer) == (Fate.REFUSED, "404 unknown_app")
    assert len(transport.sent) == 1


def test_the_collector_in_memory_accepts_everything() -> None:
    address = b'[collector]\nurl = "https://collector.example"\n'
    telemetry = memory_telemetry(read(EXAMPLE_REGISTRY + address))
    telemetry.choose("on")
    telemetry.count("file.opened")

    assert [each.answer for each in telemetry.flush(now=True)] == ["201 kept"]


def test_a_telemetry_in_memory_is_strict_unless_told_otherwise() -> None:
    with pytest.raises(MisuseError):
        memory_telemetry().count("command.sqll")

    memory_telemetry(strict=False).count("command.sqll")


def test_what_the_person_chose_can_be_given() -> None:
    assert memory_telemetry(mode="on").consent.may_send
    assert not memory_telemetry(mode="local").consent.may_send


def test_its_parts_can_be_seen() -> None:
    clock = SetClock()
    telemetry = memory_telemetry(clock=clock)

    assert telemetry.clock is clock
    assert isinstance(telemetry.transport, FakeCollector)
