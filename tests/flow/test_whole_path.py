"""The whole path in memory and temporary folders: a call on a device becomes a public number."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer, new_private_key
from aboveboard.adapters.memory import MemoryLog, MemoryTransport, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.system import SystemChance
from aboveboard.analysis.load import load_next
from aboveboard.analysis.publish import as_json
from aboveboard.analysis.publisher import Publisher
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import LogError, SendError
from aboveboard.model.registry import Registry
from aboveboard.model.report import Fate
from aboveboard.model.verdict import Refused
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

WEEK = "2026-W47"
TODAY = "2026-11-18"
OS_METRIC = """
[metric."{name}"]
kind = "choice"
title = "Operating systems"
question = "On which systems does it run?"
decision = "Which systems are tested."
owner = "Release manager"
review = "https://editor.example/reviews/2"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/2" }}
expires = {{ never = "It is asked before every release." }}
level = "usage"
choices = ["linux", "macos", "beos"]
threshold = 5
"""
COLLECTOR = """
[collector]
url = "https://collector.example"
{key}
"""
Number = tuple[str, int, int]


class World:
    """One collector, and installs that may reach it."""

    def __init__(self, folder: Path) -> None:
        self.opener = HpkeOpener([new_private_key()])
        self.log = MemoryLog()
        self.facts = DuckdbFacts(folder)
        self.full = False
        self.mute = False
        self.known = self.registry("system.os", sealed=True)
        registries = {"editor": self.known}
        self.publisher = Publisher(registries, self.facts)
        self.acceptor = Acceptor(
            registries, GroupCommit(self._append), SeenIds(), self.opener, SetClock()
        )
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def registry(self, *choices: str, sealed: bool) -> Registry:
        key = base64.b64encode(self.opener.public_keys[0]).decode()
        text = EXAMPLE_REGISTRY.decode().replace(
            'level = "usage"', 'level = "usage"\nthreshold = 1'
        )
        text += "".join(OS_METRIC.format(name=name) for name in choices)
        text += COLLECTOR.format(key=f'key = "x25519:{key}"' if sealed else "")
        return read(text.encode())

    def install(self, registry: Registry | None = None, *, consent: str = "on") -> Telemetry:
        parts = memory_parts(
            chance=SystemChance(),
            transport=MemoryTransport(self.answer),
            sealer=HpkeSealer(),
            strict=True,
        )
        telemetry = Telemetry(registry or self.known, parts)
        telemetry.choose(consent)
        return telemetry

    def answer(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Do what the web side does, without HTTP."""
        self.sent.append((url, body, headers))
        app, report_id = url.removeprefix("https://collector.example/reports/").split("/")
        media_type, encoding = headers["Content-Type"], headers.get("Content-Encoding", "")
        request = Request(app, report_id, body, media_type, encoding)
        answer = asyncio.run(self.acceptor.accept(request))
        if self.mute:
            message = "the answer was lost"
            raise SendError(message)
        if isinstance(answer, Refused):
            return Answer(answer.reason.status, json.dumps({"code": answer.reason}).encode())
        return Answer(200 if answer.repeated else 201, b"{}")

    def published(self) -> dict[str, Any]:
        """Load what was logged and give the public JSON of the app."""
        while load_next(self.log, self.facts):
            pass
        app = self.publisher.app("editor")
        assert app is not None
        content: dict[str, Any] = json.loads(json.dumps(as_json(app)))
        return content

    async def _append(self, records: list[bytes]) -> None:
        if self.full:
            message = "no space left"
            raise LogError(message)
        self.log.append(records)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.facts.close()


def numbers(content: dict[str, Any], metric: str, span: str = "weeks") -> list[Number]:
    """Give each published group of a metric's only period: value, count and n."""
    (found,) = [entry for entry in content["metrics"] if entry["metric"] == metric]
    return [
        (group["value"], group["count"], group["n"])
        for period in found[span]
        for group in period["groups"]
    ]


@pytest.mark.parametrize(
    "sealed", [pytest.param(True, id="sealed"), pytest.param(False, id="plain")]
)
def test_what_was_counted_stands_in_public_with_its_n(sealed: bool, world: World) -> None:  # noqa: FBT001
    telemetry = world.install(world.registry("system.os", sealed=sealed))
    telemetry.count("file.opened", 3)
    telemetry.count("file.opened")
    (delivery,) = telemetry.flush(now=True)
    assert delivery.fate is Fate.DELIVERED

    content = world.published()
    assert (content["app"], content["reports"]) == ("editor", 1)
    assert numbers(content, "file.opened") == [("", 4, 1)]
    assert numbers(content, "file.opened", "days") == [("", 4, 1)]
    (opened, _) = content["metrics"]
    assert [(week["period"], week["n"], week["count"]) for week in opened["weeks"]] == [
        (WEEK, 1, 4)
    ]
    assert [day["period"] for day in opened["days"]] == [TODAY]


def test_a_sealed_report_tells_nothing_on_its_way(world: World) -> None:
    telemetry = world.install()
    telemetry.count("file.opened")
    (preview,) = telemetry.preview()
    (delivery,) = telemetry.flush(now=True)
    ((_, body, headers),) = world.sent
    assert delivery.body == preview
    assert headers == {"Content-Type": "application/vnd.aboveboard.sealed"}
    assert b"file.opened" not in body


@pytest.mark.parametrize("consent", ["local", "off"])
def test_without_a_yes_nothing_is_sent(consent: str, world: World) -> None:
    telemetry = world.install(consent=consent)
    telemetry.count("file.opened")
    assert telemetry.flush(now=True) == []
    assert world.sent == []
    assert world.published()["reports"] == 0


def test_what_was_counted_before_the_yes_is_not_published(world: World) -> None:
    telemetry = world.install(consent="local")
    telemetry.count("file.opened", 100)
    telemetry.choose("on")
    telemetry.count("file.opened", 2)
    telemetry.flush(now=True)
    assert numbers(world.published(), "file.opened") == [("", 2, 1)]


def test_a_delivery_whose_answer_was_lost_is_repeated_and_counts_once(world: World) -> None:
    telemetry = world.install()
    telemetry.count("file.opened", 3)
    world.mute = True
    (first,) = telemetry.flush(now=True)
    assert first.fate is Fate.WAITING
    world.mute = False
    (second,) = telemetry.flush(now=True)
    assert (second.report, second.fate) == (first.report, Fate.DELIVERED)
    assert second.answer.startswith("200")
    assert len(world.sent) == 2
    assert numbers(world.published(), "file.opened") == [("", 3, 1)]


def test_a_repeat_that_the_collector_forgot_counts_once_too(world: World) -> None:
    telemetry = world.install()
    telemetry.count("file.opened", 3)
    telemetry.flush(now=True)
    world.log.append(list(world.log.records))
    assert world.published()["reports"] == 1
    assert numbers(world.published(), "file.opened") == [("", 3, 1)]


def test_what_a_full_collector_put_off_arrives_later(world: World) -> None:
    telemetry = world.install()
    telemetry.count("file.opened", 3)
    world.full = True
    (delivery,) = telemetry.flush(now=True)
    assert (delivery.fate, delivery.answer) == (Fate.WAITING, "503 cannot_keep")
    assert world.published()["reports"] == 0
    world.full = False
    (delivery,) = telemetry.flush(now=True)
    assert delivery.fate is Fate.DELIVERED
    assert numbers(world.published(), "file.opened") == [("", 3, 1)]


def test_a_metric_that_the_collector_does_not_know_is_set_aside_and_the_rest_counted(
    world: World,
) -> None:
    newer = world.registry("system.os", "system.toolkit", sealed=True)
    telemetry = world.install(newer)
    telemetry.count("file.opened")
    telemetry.set("system.toolkit", "beos")
    deliveries = telemetry.flush(now=True)
    assert {delivery.fate for delivery in deliveries} == {Fate.DELIVERED}
    assert any(b"beos" in delivery.body for delivery in deliveries)

    content = world.published()
    assert numbers(content, "file.opened") == [("", 1, 1)]
    assert [metric["metric"] for metric in content["metrics"]] == ["file.opened", "system.os"]
    asides = world.facts.query("select metric, reason, entries from asides", 10).rows
    assert asides == (("system.toolkit", "unknown_metric", 1),)
    # What it said waits, for the day on which its metric is registered, and is counted nowhere.
    [[waits]] = world.facts.query("select entries from quarantine", 10).rows
    assert json.loads(str(waits)) == [{"metric": "system.toolkit", "value": "beos"}]
    assert world.facts.query("select * from facts where key = 'beos'", 10).rows == ()
    assert "beos" not in json.dumps(content)


def test_many_installs_are_published_together_and_the_few_among_them_folded(world: World) -> None:
    for word in ["linux"] * 7 + ["macos"] * 5 + ["beos"]:
        telemetry = world.install()
        telemetry.count("file.opened", 2)
        telemetry.set("system.os", word)
        telemetry.flush(now=True)
    content = world.published()
    assert content["reports"] == 26  # each metric travels alone
    assert numbers(content, "file.opened") == [("", 26, 13)]
    assert numbers(content, "system.os") == [("linux", 7, 7), ("other", 6, 6)]
    assert "beos" not in json.dumps(content)


def test_of_fewer_installs_than_the_threshold_nothing_is_published(world: World) -> None:
    for _ in range(4):
        telemetry = world.install()
        telemetry.set("system.os", "linux")
        telemetry.flush(now=True)
    content = world.published()
    (_, systems) = content["metrics"]
    assert systems["weeks"] == [{"period": WEEK, "n": None, "count": None, "groups": []}]
    assert "linux" not in json.dumps(content)
