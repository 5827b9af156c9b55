from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer
from aboveboard.adapters.memory import CountingChance, MemoryTransport, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_sending import MemoryWishes, MemoryWithdrawals
from aboveboard.adapters.memory_store import MemoryEventStore, MemoryPapers
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.model.surroundings import Surroundings
from aboveboard.ports.device import Answer

AGREED = Approval(date(2026, 1, 15), "the council", "https://editor.example/1")


def metric(name: str, kind: Kind) -> Metric:
    return Metric(name, kind, "", "", "", "", "", AGREED, None, "usage", largest=10**9)


METRICS = (
    metric("app.version", Kind.VERSION),
    metric("file.opened", Kind.COUNTER),
    metric("file.saved", Kind.COUNTER),
    replace(metric("small.count", Kind.COUNTER), largest=5),
    replace(metric("old.count", Kind.COUNTER), expires=date(2026, 11, 18)),
    replace(metric("file.opening", Kind.TIMING), buckets=(0, 100, 1000)),
    metric("theme.dark", Kind.FLAG),
    replace(metric("system.os", Kind.CHOICE), choices=("linux", "macos", "other")),
    replace(metric("system.python", Kind.VERSION), precision=2),
)


def together(*metrics: Metric) -> dict[str, Metric]:
    """Let metrics travel together, so that a week makes one report."""
    names = {metric.name for metric in metrics}
    return {
        metric.name: replace(metric, correlates_with=tuple(sorted(names - {metric.name})))
        for metric in metrics
    }


@pytest.fixture
def registry() -> Registry:
    """Give a registry with every kind of metric and a collector without a key."""
    return Registry(
        app="editor",
        title="An editor",
        homepage="https://editor.example",
        contact="",
        policy="",
        fingerprint="f" * 64,
        levels=MappingProxyType({"usage": "Which parts are used."}),
        metrics=MappingProxyType(together(*METRICS)),
        collector=CollectorAddress(("https://collector.example",)),
    )


@pytest.fixture
def opener() -> HpkeOpener:
    """Give a collector's key."""
    return HpkeOpener([bytes(range(32))])


@pytest.fixture
def sealed(registry: Registry, opener: HpkeOpener) -> Registry:
    """Give the registry with the collector's key in it."""
    address = CollectorAddress(("https://collector.example",), (opener.public_keys[0],))
    return replace(registry, collector=address)


@pytest.fixture
def clock() -> SetClock:
    """Give a clock that stands on the Wednesday of the 47th week of 2026, at noon."""
    return SetClock(datetime(2026, 11, 18, 12, tzinfo=UTC))


@pytest.fixture
def store() -> MemoryEventStore:
    return MemoryEventStore()


@pytest.fixture
def answers() -> dict[str, int]:
    """Give what the collector answers: put another status in, or 0 for no network."""
    return {"status": 201}


@pytest.fixture
def transport(answers: dict[str, int]) -> MemoryTransport:
    def answer(*_: object) -> Answer:
        if not answers["status"]:
            return MemoryTransport(None).put("", b"", {})
        return Answer(answers["status"], b'{"code":"said_so"}')

    return MemoryTransport(answer)


@pytest.fixture
def parts(store: MemoryEventStore, clock: SetClock, transport: MemoryTransport) -> dict[str, Any]:
    return {"store": store, "clock": clock, "transport": transport, "sealer": HpkeSealer()}


@pytest.fixture
def start(registry: Registry, parts: dict[str, Any]) -> Callable[..., Telemetry]:
    """Give a function that starts the program (again), with some parts replaced."""
    kept = {
        "chance": CountingChance(),
        "papers": MemoryPapers(),
        "wishes": MemoryWishes(),
        "withdrawals": MemoryWithdrawals(),
    }

    def begin(
        registry: Registry = registry,
        version: str = "",
        override: str = "",
        do_not_track: str = "",
        **other: Any,  # noqa: ANN401 the fields of DeviceParts
    ) -> Telemetry:
        around = Surroundings(override=override, do_not_track=do_not_track)
        made = memory_parts(**{**kept, **parts, "around": around, **other})
        return Telemetry(registry, made, version)

    return begin


@pytest.fixture
def telemetry(start: Callable[..., Telemetry]) -> Telemetry:
    return start()
