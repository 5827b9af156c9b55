"""Enters: a test of a program that counts. Leaves: a telemetry, a collector, and what they saw.

Nothing here touches a disk or a network, but for :meth:`FakeCollector.serving`. How to use it:
``docs/testing.md``.
"""

from aboveboard.adapters.memory import SetClock
from aboveboard.testing.acts import Asked, Silence
from aboveboard.testing.assertions import (
    assert_counted,
    assert_nothing_counted,
    counted,
    said,
)
from aboveboard.testing.collector import FakeCollector
from aboveboard.testing.example import EXAMPLE_REGISTRY
from aboveboard.testing.memory import MemoryTelemetry, memory_telemetry
from aboveboard.testing.opened import Opened, instead, strict
from aboveboard.testing.private import assert_nothing_private
from aboveboard.testing.registries import with_collector

__all__ = [
    "EXAMPLE_REGISTRY",
    "Asked",
    "FakeCollector",
    "MemoryTelemetry",
    "Opened",
    "SetClock",
    "Silence",
    "assert_counted",
    "assert_nothing_counted",
    "assert_nothing_private",
    "counted",
    "instead",
    "memory_telemetry",
    "said",
    "strict",
    "with_collector",
]
