"""A machine with one program on it, its person, and the collectors that it may reach."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aboveboard.adapters.dice import Dice
from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.hpke import HpkeSealer
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_sending import MemoryLease, MemoryWishes, MemoryWithdrawals
from aboveboard.adapters.memory_store import MemoryEventStore, MemoryPapers
from aboveboard.bootstrap.late import error_parts
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import SendError
from aboveboard.model.registry import Registry
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.testing import FakeCollector

OFFICIAL = "https://collector.example"
PRODUCT = """
format = 1
[product]
id = "editor"
title = "An editor"
homepage = "https://editor.example"
contact = "Its maintainers"
policy = "https://editor.example/privacy"
sends = "{sends}"
asks_for_earlier = {earlier}
[product.levels]
environment = "What the program runs on."
usage = "Which parts are used."
errors = "Where it breaks."
[collector]
{collector}
"""
ABOUT = """title = "Title of {name}"
question = "What of {name}?"
decision = "What comes next."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/1" }}
expires = {{ never = "It is the base for every other number." }}
level = "{level}"
"""
METRICS = {
    "app.version": ("environment", 'kind = "version"'),
    "system.os": ("environment", 'kind = "choice"\nchoices = ["linux", "macos"]'),
    "file.opened": ("usage", 'kind = "counter"'),
    "menu.used": ("usage", 'kind = "labelled"\nlabels = ["file", "edit"]'),
    "theme.dark": ("usage", 'kind = "flag"'),
    "program.broke": ("errors", 'kind = "error"\nmessage_level = "errors"'),
}


def metric(name: str, level: str, lines: str) -> str:
    return f'[metric."{name}"]\n{lines}\n{ABOUT.format(name=name, level=level)}'


def file(
    *more: str,
    sends: str = "week",
    earlier: bool = False,
    collector: str = f'url = "{OFFICIAL}"',
    without: str = "",
) -> bytes:
    """Write a registry file."""
    head = PRODUCT.format(sends=sends, earlier=str(earlier).lower(), collector=collector)
    metrics = [metric(name, *about) for name, about in METRICS.items() if name != without]
    return "\n".join([head, *metrics, *more]).encode()


class Clock:
    """Clocks of a machine: the wall clock can be set, the other ones only go on."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 18, 12, tzinfo=UTC)
        self.run = 1
        self._ms = 0

    def now(self) -> datetime:
        return self.wall

    def seconds(self) -> float:
        return self.wall.timestamp()

    def monotonic_ms(self) -> int:
        return self._ms

    def boot(self) -> tuple[str, int]:
        return f"run {self.run}", self._ms

    def move(self, **by: float) -> None:
        """Let time pass."""
        passed = timedelta(**by)
        self.wall += passed
        self._ms += int(passed.total_seconds() * 1000)

    def set_by(self, **by: float) -> None:
        """Have somebody set the wall clock."""
        self.wall += timedelta(**by)

    def reboot(self) -> None:
        self.run += 1
        self._ms = 0


class Net:
    """All collectors by their address; who is dead does not answer.

    Attributes:
        asked: every address that was tried, in order.
        travelled: address and plain bytes of every report that was sent there, in order.
    """

    def __init__(self, **collectors: FakeCollector) -> None:
        self.collectors = {OFFICIAL: FakeCollector(), **collectors}
        self.dead: set[str] = set()
        self.asked: list[str] = []
        self.travelled: list[tuple[str, bytes]] = []

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.travelled.append((url.partition("/reports/")[0], gzip.decompress(body)))
        return self._at(url).put(url, body, headers)

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        return self._at(url).delete(url, headers)

    def _at(self, url: str) -> FakeCollector:
        base = url.partition("/reports/")[0]
        self.asked.append(base)
        if base in self.dead or base not in self.collectors:
            message = "not reached (TimeoutError)"
            raise SendError(message)
        return self.collectors[base]


class Machine:
    """What outlives every run of the program; :meth:`start` runs it once more."""

    def __init__(self, seed: str = "machine") -> None:
        self.clock = Clock()
        self.net = Net()
        self.chance = Dice(seed)
        self.home: dict[str, Any] = {
            "store": MemoryEventStore(),
            "papers": MemoryPapers(),
            "wishes": MemoryWishes(),
            "withdrawals": MemoryWithdrawals(),
            "lease": MemoryLease(),
        }
        self.registry = read(file())

    @property
    def official(self) -> FakeCollector:
        """The registry's own collector."""
        return self.net.collectors[OFFICIAL]

    @property
    def store(self) -> MemoryEventStore:
        found: MemoryEventStore = self.home["store"]
        return found

    def collector(self, url: str) -> FakeCollector:
        """Make one more."""
        self.net.collectors[url] = FakeCollector(self.registry)
        return self.net.collectors[url]

    def start(self, registry: Registry | None = None, version: str = "", **parts: Any) -> Telemetry:  # noqa: ANN401 the fields of DeviceParts
        """Run the program (again), perhaps in another version."""
        self.registry = registry or self.registry
        for each in self.net.collectors.values():
            each.know(self.registry)
        own = {
            "clock": self.clock,
            "chance": self.chance,
            "transport": self.net,
            "sealer": HpkeSealer(),
            "checker": Ed25519Checker(),
            "errors": error_parts(["conftest"]),
            "strict": True,
        }
        return Telemetry(self.registry, memory_parts(**{**self.home, **own, **parts}), version)

    def paper(self, name: str = "report.json") -> Any:  # noqa: ANN401 JSON
        """Read a paper as the person does."""
        body = self.home["papers"].get(name)
        return json.loads(body) if body is not None else None


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def write() -> Callable[..., bytes]:
    """Give what writes a registry file."""
    return file
