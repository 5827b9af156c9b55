"""Enters: a registry. Leaves: a telemetry that touches no disk and no network.

Its collector judges what it is sent as a real one does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from aboveboard.adapters.memory import CountingChance, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_sending import MemoryWishes, MemoryWithdrawals
from aboveboard.adapters.memory_store import MemoryEventStore, MemoryPapers
from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.bootstrap.late import error_parts, installed_providers, time_box
from aboveboard.device.telemetry import Telemetry
from aboveboard.testing.collector import FakeCollector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.consent import Mode
    from aboveboard.model.registry import Registry
    from aboveboard.ports.device import Transport
    from aboveboard.ports.surroundings import Clock


@dataclass(frozen=True, slots=True)
class MemoryHome:
    """What outlives a run of a program: two telemetries with one home are two runs of it.

    Attributes:
        store: the counts that would lie in its folder.
        papers: the small texts there.
        wishes: what the person wants of delivery.
        withdrawals: what is to be taken back.
        chance: draws the ids of its reports, no two of them alike.
    """

    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    papers: MemoryPapers = field(default_factory=MemoryPapers)
    wishes: MemoryWishes = field(default_factory=MemoryWishes)
    withdrawals: MemoryWithdrawals = field(default_factory=MemoryWithdrawals)
    chance: CountingChance = field(default_factory=CountingChance)

    @property
    def kept(self) -> dict[str, object]:
        """All of it, by the names of parts."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class MemoryParts:
    """What a telemetry in memory is made of.

    Attributes:
        clock: tells it the time.
        transport: carries its reports.
        home: keeps what it counts.
        packages: the program's own packages, whose places an error may name.
        strict: whether misuse raises.
    """

    clock: Clock
    transport: Transport
    home: MemoryHome = field(default_factory=MemoryHome)
    packages: Sequence[str] = ()
    strict: bool = True


class MemoryTelemetry(Telemetry):
    """A telemetry that keeps everything in memory.

    Attributes:
        clock: its clock.
        transport: what its reports are handed to.
    """

    def __init__(self, registry: Registry, parts: MemoryParts, version: str = "") -> None:
        self.clock = parts.clock
        self.transport = parts.transport
        made = memory_parts(
            **parts.home.kept,
            clock=parts.clock,
            transport=parts.transport,
            errors=error_parts(parts.packages),
            box=time_box,
            find=installed_providers,
            strict=parts.strict,
        )
        super().__init__(registry, made, version)


def memory_telemetry(  # noqa: PLR0913 each of them has a default
    registry: Registry | None = None,
    clock: Clock | None = None,
    transport: Transport | None = None,
    *,
    strict: bool = True,
    mode: Mode | str | None = None,
    packages: Sequence[str] = (),
) -> MemoryTelemetry:
    """Make a telemetry that keeps everything in memory.

    Args:
        registry: what it may count; None for the registry of Aboveboard's own command line.
        clock: None for one that stands still in November 2026.
        transport: None for a :class:`FakeCollector` that knows the registry.
        strict: whether misuse raises.
        mode: what the person has chosen; None if they have not been asked yet.
        packages: the program's own packages, whose places an error may name.

    Example:
        >>> telemetry = memory_telemetry(mode="on")
        >>> telemetry.count("command.sql")
        >>> telemetry.consent.may_send
        True
    """
    known = registry or read_file(shipped_folder() / "aboveboard.toml")
    clock = clock or SetClock()
    carrier = transport or FakeCollector(known, clock=clock)
    parts = MemoryParts(clock, carrier, packages=packages, strict=strict)
    telemetry = MemoryTelemetry(known, parts)
    if mode is not None:
        telemetry.choose(mode)
    return telemetry
