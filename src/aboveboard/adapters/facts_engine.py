"""Enters: nothing. Leaves: what the statements that both engines share need of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

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

    def read(self, table: str, records: Sequence[bytes]) -> None:
        """Make a temporary table anew, of records of the log.

        Args:
            table: ``stage`` for reports, ``other`` for any, ``again`` for their names alone.
            records: their payloads.
        """
        ...
