"""Enters: nothing. Leaves: what the statements that both engines share need of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from aboveboard.adapters.facts_sql import ARRIVED
from aboveboard.analysis.aggregate import COUNTS

if TYPE_CHECKING:
    from collections.abc import Sequence


class Engine(Protocol):
    """A transaction under way, and its temporary tables."""

    def run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; give the rows of its answer.

        Args:
            statement: in the dialect that both engines share.
            values: for each ``?`` in their order, or for each ``$1`` by its number.
        """
        ...

    def fill(self, table: str, select: str) -> None:
        """Make a temporary table anew, of what a query gives."""
        ...

    def gather(self, reports: Sequence[bytes]) -> Sequence[bytes]:
        """Make ``stage`` of the reports of the log that are new, and of their counts ``counted``.

        Args:
            reports: their payloads.

        Returns:
            Those that are not new, and perhaps others.
        """
        ...

    def leave_out_repeated(self, table: str) -> set[int]:
        """Delete the records that are there already, in the tables or before in the same part.

        Args:
            table: has the records.

        Returns:
            Their numbers.
        """
        ...

    def read(self, table: str, records: Sequence[bytes]) -> None:
        """Make a temporary table anew, of records of the log.

        Args:
            table: ``stage`` for reports, ``other`` for any, ``again`` for their names alone.
            records: their payloads.
        """
        ...


def gather_in_steps(engine: Engine, reports: Sequence[bytes]) -> Sequence[bytes]:
    """Do what ``Engine.gather`` does, one statement after the other.

    Args:
        engine: runs the statements of the transaction under way.
        reports: the payloads of reports of the log.

    Returns:
        All of them.
    """
    engine.read("stage", reports)
    engine.leave_out_repeated("stage")
    count(engine, "stage")
    return reports


def count(engine: Engine, table: str) -> None:
    """Make temporary tables of the counts of records: ``arrived`` and ``counted``.

    Args:
        engine: runs the statements of the transaction under way.
        table: has the records.
    """
    engine.fill("arrived", ARRIVED.format(records=table))
    engine.fill("counted", COUNTS)
