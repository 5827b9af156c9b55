"""Enters: a test of a program that counts. Leaves: a telemetry in memory, and errors that show.

Nothing here touches a disk or a network.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from aboveboard.adapters.late_seal import LateSealer
from aboveboard.adapters.memory import (
    CountingChance,
    MemoryEventStore,
    MemoryTransport,
    SetClock,
)
from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.bootstrap.device import STRICT
from aboveboard.device.telemetry import DeviceParts, Telemetry
from aboveboard.ports import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.model.registry import Registry
    from aboveboard.ports import Clock, Transport

EXAMPLE_REGISTRY = b"""
format = 1

[product]
id = "editor"
title = "An example editor"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."

[metric."file.opened"]
kind = "counter"
title = "Files opened"
question = "How much is the editor used?"
decision = "How many weeks a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The editor's council", where = "https://editor.example/1" }
expires = { never = "It is the base for every other number." }
level = "usage"
"""
"""The smallest useful registry file, for examples and first tests."""


@contextlib.contextmanager
def strict() -> Iterator[None]:
    """Let errors out of every telemetry that is opened inside: a misspelt name fails its test.

    Example:
        >>> import aboveboard
        >>> with strict():
        ...     telemetry = aboveboard.open("editor", registry=EXAMPLE_REGISTRY, home="unused")
        >>> telemetry.count("file.opend")
        Traceback (most recent call last):
        ...
        aboveboard.errors.MisuseError: unknown_metric: 'file.opend' is not used as its registry says
    """
    before = STRICT.set(True)
    try:
        yield
    finally:
        STRICT.reset(before)


def memory_telemetry(
    registry: Registry | None = None,
    clock: Clock | None = None,
    transport: Transport | None = None,
    *,
    strict: bool = True,
) -> Telemetry:
    """Make a telemetry that keeps everything in memory and whose collector answers 201.

    Args:
        registry: what it may count; None for the registry of Aboveboard's own command line.
        clock: None for one that stands still in November 2026.
        transport: None for a collector that accepts everything.
        strict: whether misuse raises.
    """
    known = registry or read_file(shipped_folder() / "aboveboard.toml")
    accepted = Answer(201, b'{"code":"kept"}')
    parts = DeviceParts(
        store=MemoryEventStore(),
        clock=clock or SetClock(),
        chance=CountingChance(),
        transport=transport or MemoryTransport(lambda *_: accepted),
        sealer=LateSealer(),
        strict=strict,
    )
    return Telemetry(known, parts)
