"""Enters: the port WithdrawalQueue. Leaves: a file of its own in a home folder, a line for each."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from aboveboard.adapters.held_lock import locked
from aboveboard.adapters.private_files import SECRET_FOLDER, read_private, write_private
from aboveboard.device.withdrawals_file import read, write
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from aboveboard.model.withdrawal import Withdrawal

BUSY_SECONDS = 2.0


class FileWithdrawals:
    """Keeps withdrawals in ``withdrawals.ndjson``; whoever empties the store leaves it alone."""

    def __init__(self, home: Path) -> None:
        self._file = home / "withdrawals.ndjson"
        self._lock = home / "withdrawals.lock"

    def withdrawals(self) -> list[Withdrawal]:
        """Give all of them."""
        return sorted(read(read_private(self._file)), key=lambda each: each.key)

    def put(self, withdrawals: Iterable[Withdrawal]) -> None:
        """Keep some, all or nothing."""
        try:
            self._lock.parent.mkdir(parents=True, exist_ok=True, mode=SECRET_FOLDER)
        except OSError as error:
            raise _unkept() from error
        with locked(self._lock, BUSY_SECONDS) as mine:
            if not mine:
                raise _unkept()
            known = {each.key: each for each in self.withdrawals()}
            known |= {each.key: each for each in withdrawals}
            write_private(self._file, write(known[key] for key in sorted(known)))
            # Who has it may: whoever waits for it looks whether it is still the one at its place.
            with contextlib.suppress(OSError):
                self._lock.unlink()


def _unkept() -> StoreError:
    return StoreError("what is to be taken back cannot be kept")
