"""Enters: what sending needs from outside beside the store. Leaves: its ports, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from aboveboard.model.wishes import Wishes
    from aboveboard.model.withdrawal import Withdrawal
    from aboveboard.ports.device import Answer


class Keeper(Protocol):
    """Keeps bytes by name: as much of an EventStore as sending needs; its contract holds."""

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes under a name, in place of what was kept under it."""
        ...

    def kept(self, name: str) -> bytes | None:
        """Give what was kept under a name, or None."""
        ...


class WishesStore(Protocol):
    """Keeps what a person wants of delivery. Contract: ``tests/contract/test_wishes.py``.

    Every method may raise StoreError. Nothing is created before there is a wish to keep, and what
    cannot be read is an error, never taken for no wish: then nothing is sent.
    """

    def wishes(self) -> Wishes:
        """Give what the person wants; nothing special if they never said."""
        ...

    def wish(self, wishes: Wishes) -> None:
        """Keep what the person wants, in place of what they wanted before."""
        ...


class Lease(Protocol):
    """Lets one of several send: processes, or hosts. Contract: ``tests/contract/test_lease.py``."""

    def claim(self) -> AbstractContextManager[bool]:
        """Try to be the one, without waiting; who got True is it until the block ends.

        Raises:
            StoreError: it cannot be told who is.
        """
        ...


class Poster(Protocol):
    """Carries bytes to somebody else's server. Contract: ``tests/contract/test_transport.py``."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body with POST.

        Raises:
            SendError: no answer came.
        """
        ...


class WithdrawalQueue(Protocol):
    """Keeps which reports are to be taken back, and the receipts of those that were.

    It outlives everything else: also a person who switched off is owed it. Every method may raise
    StoreError. Contract: ``tests/contract/test_withdrawals.py``.
    """

    def withdrawals(self) -> list[Withdrawal]:
        """Give all of them, by report and address."""
        ...

    def put(self, withdrawals: Iterable[Withdrawal]) -> None:
        """Keep some, each in place of the one of the same report and address."""
        ...
