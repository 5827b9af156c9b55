"""Enters: a log, tables. Leaves: the tables hold all of it; whoever waits is told how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.analysis.load import load_next

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.ports.collector import FactStore, ReportLog


def catch_up(log: ReportLog, facts: FactStore, told: Callable[[int], None]) -> int:
    """Load a log to its end.

    Args:
        log: what is loaded.
        facts: the tables.
        told: called with the bytes of each part once it is loaded.

    Returns:
        How many records were read.

    Raises:
        FactsError: a part was not loaded; what was loaded before stays.
        LogError: the log cannot be read.
    """
    records, behind = 0, log.behind(facts.position(log.name))
    while count := load_next(log, facts):
        records += count
        before, behind = behind, log.behind(facts.position(log.name))
        told(before - behind)
    return records
