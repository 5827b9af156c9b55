"""A question that is answered ends: at the collector, and on each device that hears of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from types import MappingProxyType

import pytest

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import MemoryLog, MemoryTransport, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.adapters.system import SystemChance
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.device import answered
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.metric import Kind
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.model.report import Fate
from aboveboard.model.verdict import Kept
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

OPENED, DARK = "file.opened", "theme.dark"


def registry(*, until_answered: bool = True) -> Registry:
    known = read(EXAMPLE_REGISTRY)
    opened = known.metrics[OPENED]
    dark = replace(opened, name=DARK, kind=Kind.FLAG, accuracy=0.1, until_answered=until_answered)
    metrics = MappingProxyType({OPENED: opened, DARK: dark})
    return replace(known, metrics=metrics, collector=CollectorAddress(("https://c.example",)))


class World:
    """A collector that a device talks to."""

    def __init__(self, known: Registry) -> None:
        self.known = known
        self.log = MemoryLog()
        self.acceptor = Acceptor(
            {"editor": known},
            GroupCommit(self._append),
            SeenIds(),
            HpkeOpener([bytes(range(32))]),
            SetClock(),
        )
        self.kept: list[Kept] = []
        self.store = MemoryEventStore()

    def device(self) -> Telemetry:
        parts = memory_parts(
            store=self.store, chance=SystemChance(), transport=MemoryTransport(self._answer)
        )
        telemetry = Telemetry(self.known, parts)
        telemetry.choose("on")
        return telemetry

    def _answer(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        app, name = url.removeprefix("https://c.example/reports/").split("/")
        request = Request(app, name, body, headers["Content-Type"], headers["Content-Encoding"])
        found = asyncio.run(self.acceptor.accept(request))
        assert isinstance(found, Kept)
        self.kept.append(found)
        content = {"code": "kept", "answered": sorted(found.answered)}
        return Answer(201, json.dumps(content).encode())

    async def _append(self, records: list[bytes]) -> None:
        self.log.append(records)


def count(telemetry: Telemetry) -> list[str]:
    """Count everything and send it; give the metrics that left."""
    telemetry.count(OPENED)
    telemetry.set(DARK, value=True)
    deliveries = telemetry.flush(now=True)
    assert {done.fate for done in deliveries} == {Fate.DELIVERED}
    return [entry["metric"] for done in deliveries for entry in json.loads(done.body)["entries"]]


def test_an_answered_question_ends_on_both_ends() -> None:
    world = World(registry())
    telemetry = world.device()
    assert sorted(count(telemetry)) == [OPENED, DARK]

    world.acceptor.answered["editor"] = frozenset({DARK})
    other = World(registry())
    other.acceptor = world.acceptor
    assert sorted(count(other.device())) == [OPENED, DARK]  # it has not heard of it yet
    assert sum(kept.aside for kept in other.kept) == 1
    assert any(b"answered_metric" in record for record in world.log.records)

    count(telemetry)
    assert count(telemetry) == [OPENED]
    assert telemetry.misuse == {"expired_metric": 1}
    assert count(world.device()) == [OPENED]  # the next start remembers


def test_a_collector_ends_nothing_that_its_registry_does_not_let_end() -> None:
    world = World(registry(until_answered=False))
    telemetry = world.device()
    world.acceptor.answered["editor"] = frozenset({OPENED, DARK})
    count(telemetry)
    assert count(telemetry) == [OPENED]  # dark was said for this week


def test_a_new_registry_asks_its_questions_anew() -> None:
    known, store = registry(), MemoryEventStore()
    assert answered.note([DARK, "no.metric"], known, store)
    assert not answered.note([DARK], known, store)
    newer = replace(known, fingerprint="0" * 64)
    assert answered.without_answered(newer, store) == newer
    assert answered.without_answered(known, store).metrics[DARK].status == "retired"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"registry":1}', b"{}"])
def test_a_damaged_memory_ends_nothing(body: bytes) -> None:
    known, store = registry(), MemoryEventStore()
    store.keep(answered.PLACE, body.replace(b"1", f'"{known.fingerprint}"'.encode()))
    assert answered.without_answered(known, store) == known
