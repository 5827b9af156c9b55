"""Enters: nothing. Leaves: what telemetry costs a program, ours beside what one would take."""

from __future__ import annotations

from benchmarks.device.measuring import measure, versions
from benchmarks.device.tables import TITLE
from benchmarks.device.tables import section as written

__all__ = ["TITLE", "section"]


def section() -> str:
    """Measure everybody and write the section."""
    return written(measure(), versions())
