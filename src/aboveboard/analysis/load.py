"""Step 10. Enters: the log. Leaves: tables that hold each of its reports exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.ports.collector import FactStore, KeptLog

MOST_BYTES = 16 * 1024 * 1024
"""How much of the log is loaded in one transaction."""


def load_next(log: KeptLog, facts: FactStore) -> int:
    """Load the next part of the log.

    The store moves its place in the log in the same transaction as the data, and the place is read
    from the store each time: whoever dies in between starts again exactly there.

    Returns:
        How many records were read; 0 if there were none.

    Raises:
        FactsError: nothing of this part was loaded; it is tried again.
    """
    part = log.read(facts.position(log.name), MOST_BYTES)
    if part.records:
        facts.load(part)
    return len(part.records)
