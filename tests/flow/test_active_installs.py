"""How many installs are active: from their use, over a collector's tables, to what anyone reads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.memory import MemoryLog, MemoryTransport, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.adapters.system import SystemChance
from aboveboard.analysis.load import load_next
from aboveboard.analysis.publish import as_json
from aboveboard.analysis.publisher import Publisher
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.verdict import Kept
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

ACTIVE = """
[metric."telemetry.active"]
kind = "labelled"
title = "Active installs"
question = "How many people use the editor?"
decision = "How much work goes into it."
owner = "Release manager"
review = "https://editor.example/reviews/3"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/3" }
expires = { never = "It is the base for every other number." }
level = "usage"
labels = ["day", "week", "month"]
largest = 1
threshold = 2

[collector]
url = "https://collector.example"
"""


class World:
    """One collector, and installs that are used on some days, from Wednesday 2026-11-18 on."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock()
        self.log, self.facts = MemoryLog(), DuckdbFacts(folder)
        self.registry = read(EXAMPLE_REGISTRY + ACTIVE.encode())
        known = {"editor": self.registry}
        opener = HpkeOpener([new_private_key()])
        log = GroupCommit(self._append)
        self.acceptor = Acceptor(known, log, SeenIds(), opener, self.clock)
        self.publisher = Publisher(known, self.facts)
        self.stores: dict[str, MemoryEventStore] = {}

    def use(self, *names: str) -> None:
        for name in names:
            new = name not in self.stores
            store = self.stores.setdefault(name, MemoryEventStore())
            parts = memory_parts(
                store=store,
                clock=self.clock,
                chance=SystemChance(),
                transport=MemoryTransport(self.answer),
            )
            telemetry = Telemetry(self.registry, parts)
            if new:
                telemetry.choose("on")
            telemetry.count("file.opened")
            telemetry.flush(now=True)

    def answer(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        app, report_id = url.removeprefix("https://collector.example/reports/").split("/")
        media_type, encoding = headers["Content-Type"], headers.get("Content-Encoding", "")
        request = Request(app, report_id, body, media_type, encoding)
        answer = asyncio.run(self.acceptor.accept(request))
        assert isinstance(answer, Kept)
        assert answer.aside == 0
        return Answer(201, b"{}")

    def active(self) -> dict[str, Any]:
        while load_next(self.log, self.facts):
            pass
        app = self.publisher.app("editor")
        assert app is not None
        content: dict[str, Any] = json.loads(json.dumps(as_json(app)))
        return next(each for each in content["metrics"] if each["metric"] == "telemetry.active")

    async def _append(self, records: list[bytes]) -> None:
        self.log.append(records)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.facts.close()


def test_each_install_is_counted_once_a_day_week_and_month_however_often_it_sends(
    world: World,
) -> None:
    world.use("ana", "ben", "ana", "eva")
    world.clock.move(timedelta(days=1))
    world.use("ana", "ben", "ben")
    world.clock.move(timedelta(days=5))
    world.use("ana", "eva")
    world.clock.move(timedelta(days=7))
    world.use("ana", "ben")
    found = world.active()
    numbers = {
        span: {period["period"]: period["n"] for period in found[span]}
        for span in ("days", "weeks", "months")
    }
    assert numbers == {
        "days": {"2026-11-18": 3, "2026-11-19": 2, "2026-11-24": 2, "2026-12-01": 2},
        "weeks": {"2026-W47": 3, "2026-W48": 2, "2026-W49": 2},
        "months": {"2026-11": 3, "2026-12": 2},
    }
