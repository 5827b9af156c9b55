from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer
from aboveboard.adapters.memory import (
    CountingChance,
    MemoryEventStore,
    MemoryTransport,
    SetClock,
)
from aboveboard.device.telemetry import DeviceParts, Telemetry
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.ports import Answer

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
        metrics=MappingProxyType({each.name: each for each in METRICS}),
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
def parts(store: MemoryEventStore, clock: SetClock, transport: MemoryTransport) -> DeviceParts:
    return DeviceParts(
        store=store,
        clock=clock,
        chance=CountingChance(),
        transport=transport,
        sealer=HpkeSealer(),
    )


@pytest.fixture
def start(registry: Registry, parts: DeviceParts) -> Callable[..., Telemetry]:
    """Give a function that starts the program (again), with some parts replaced."""

    def begin(registry: Registry = registry, version: str = "", **other: object) -> Telemetry:
        known = {name: getattr(parts, name) for name in parts.__slots__}
        return Telemetry(registry, DeviceParts(**{**known, **other}), version)

    return begin


@pytest.fixture
def telemetry(start: Callable[..., Telemetry]) -> Telemetry:
    return start()
