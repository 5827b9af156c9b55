"""Telemetry in plain sight: what a program counts, on the terms of the person who runs it."""

from __future__ import annotations

from aboveboard.bootstrap.device import open  # noqa: A004 see there
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import (
    AboveboardError,
    MisuseError,
    Problem,
    RegistryError,
    SetupError,
    StoreError,
)
from aboveboard.model.consent import Choice, Consent, Mode, Rule
from aboveboard.model.period import Week
from aboveboard.model.report import Delivery, Fate

__all__ = [
    "AboveboardError",
    "Choice",
    "Consent",
    "Delivery",
    "Fate",
    "MisuseError",
    "Mode",
    "Problem",
    "RegistryError",
    "Rule",
    "SetupError",
    "StoreError",
    "Telemetry",
    "Week",
    "open",
]
