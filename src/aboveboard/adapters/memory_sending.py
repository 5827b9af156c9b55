"""Enters: the ports of sending. Leaves: the same results as the real ones, in memory alone."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from aboveboard.model.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aboveboard.model.withdrawal import Withdrawal


class MemoryWishes:
    """Keeps wishes as long as the process lives."""

    def __init__(self) -> None:
        self._wishes = Wishes()

    def wishes(self) -> Wishes:
        """Give what the person wants."""
        return self._wishes

    def wish(self, wishes: Wishes) -> None:
        """Keep it."""
        self._wishes = wishes


class MemoryLease:
    """Lets one of the threads of this process send."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def claim(self) -> Iterator[bool]:
        """Try to be the one."""
        mine = self._lock.acquire(blocking=False)
        try:
            yield mine
        finally:
            if mine:
                self._lock.release()


class MemoryWithdrawals:
    """Keeps withdrawals as long as the process lives."""

    def __init__(self) -> None:
        self._withdrawals: dict[tuple[str, str], Withdrawal] = {}

    def withdrawals(self) -> list[Withdrawal]:
        """Give all of them."""
        return [self._withdrawals[key] for key in sorted(self._withdrawals)]

    def put(self, withdrawals: Iterable[Withdrawal]) -> None:
        """Keep some."""
        self._withdrawals |= {each.key: each for each in withdrawals}
