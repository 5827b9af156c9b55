"""Enters: nothing. Leaves: what keyed hashes of a week's senders need, as long as it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aboveboard.model.period import Week


class PeriodKeys(Protocol):
    """One key for each week, the same for all processes of a collector.

    Contract: ``tests/contract/test_period_keys.py``. Every method may raise LogError.
    """

    def key(self, week: Week) -> bytes:
        """Give the key of a week, 32 bytes; whoever asks first makes it."""
        ...

    def forget(self, before: Week) -> int:
        """Throw the keys of the weeks before one away, for good; tell how many there were."""
        ...
