"""Enters: what the steps of the device need from outside. Leaves: their ports, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aboveboard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from aboveboard.model.consent import Choice
    from aboveboard.model.event import Event
    from aboveboard.model.period import Week
    from aboveboard.model.report import Answered, Delivery, Fate, Outgoing
    from aboveboard.model.stored import Lost, StoredEvent


class Tally(Protocol):
    """Holds the counts of this process in a way that outlives it. Contract: ``test_tally.py``.

    Whoever has a slot counts by ``slots[index] += by`` alone; for what does not add up,
    ``slots[index] = tally.turn()``: of the values of a day the one with the latest turn holds.
    """

    def slot(self, label: str) -> tuple[memoryview, int] | None:
        """Make a new slot for an event's label; None when it is full or lost.

        It goes on from what it holds: what it held before was counted by somebody else.
        """
        ...

    def turn(self) -> int:
        """Give the next number; it is larger than every turn that a slot holds."""
        ...

    def lost(self) -> bool:
        """Whether it was closed, or somebody erased it: nobody gathers what is counted here now."""
        ...

    def close(self) -> None:
        """Let nobody count here any more: whoever tries gets a ValueError, and nothing is lost."""
        ...


class EventStore(Protocol):
    """Keeps what one program counted on one machine, and the person's choice.

    Contract: ``tests/contract/test_event_store.py``. Every method may raise StoreError. Nothing is
    created on disk before the first call that has something to keep.
    """

    def choice(self) -> Choice | None:
        """Give what the person chose, or None."""
        ...

    def choose(self, choice: Choice) -> None:
        """Keep the choice."""
        ...

    def withhold(self, metrics: frozenset[str] | None = None) -> None:
        """Mark what is kept as never to be sent, and drop the reports that wait.

        Of one that was tried in vain the id and the token stay, struck: a collector may have it.

        Args:
            metrics: only what was counted of these, and only their entries; None for everything.
        """
        ...

    def release(self) -> None:
        """Let go what was recorded before anybody chose: the question showed it."""
        ...

    def tally(self) -> Tally:
        """Open a tally for this process."""
        ...

    def gather(self) -> None:
        """Bring what every tally holds into the store, each count once whatever happens.

        Tallies of processes that have ended, or that were closed, go away.
        """
        ...

    def add(self, events: Iterable[Event]) -> None:
        """Add counts; what adds up is summed per day, the rest replaces the day's values.

        A state with the count 0 leaves the day without one. What was recorded under another choice
        than the one in force stays on the machine, or goes if that is a no to everything.
        """
        ...

    def events(self) -> list[StoredEvent]:
        """Give everything that is kept and in no report yet, by metric and day."""
        ...

    def said(self, week: Week) -> frozenset[str]:
        """Give the metrics whose state this week's reports say, as far as they left or wait."""
        ...

    def take(
        self,
        events: Sequence[StoredEvent],
        report: Outgoing,
        said: Iterable[str],
        destinations: Sequence[str],
    ) -> bool:
        """Move counts out of the store and their report into the outbox, all or nothing.

        Exactly what was read is taken; what was added meanwhile stays.

        Returns:
            False, and nothing changes, if another process took some of them first, or said one of
            the states in a report of the same week.
        """
        ...

    def drop(self, events: Sequence[StoredEvent]) -> None:
        """Let go of counts that no report will ever say."""
        ...

    def keep_here(self, events: Sequence[StoredEvent]) -> None:
        """Let counts stay on the machine for good, all or nothing, as far as they are there."""
        ...

    def redate(self, days: Mapping[date, date]) -> None:
        """Move all that was counted on a day that the clock had wrong to another one.

        A state that was recorded on the right day stays what it is.
        """
        ...

    def prune(self, most_bytes: int, oldest: date) -> Lost:
        """Let go of what is older than a day, and of the oldest periods while it is too large.

        Reports go with their day, those that wait last of all.
        """
        ...

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes under a name, in place of what was kept under it."""
        ...

    def kept(self, name: str) -> bytes | None:
        """Give what was kept under a name, or None."""
        ...

    def exchange(
        self, name: str, before: bytes | None, content: bytes, events: Iterable[Event] = ()
    ) -> bool:
        """Keep some bytes and add counts, all or nothing, if what was kept is still as before.

        Returns:
            False, and nothing changes, if another process kept something else first.
        """
        ...

    def erase(
        self, metrics: frozenset[str] | None = None, answered: Answered = frozenset()
    ) -> None:
        """Delete and overwrite counts, reports that wait or that nobody holds, and what was kept.

        A report that may have arrived anywhere stays, so that it can be taken back. Of one that was
        tried in vain that is the id and the token, struck.

        Args:
            metrics: only what was counted of these, and no report; None for everything.
            answered: the reports, with their destinations, about which whoever got them has said
                that there is nothing more to take back.
        """
        ...

    def let_go(self, reports: Collection[str]) -> None:
        """Delete and overwrite some reports, wherever they went; counts and other reports stay."""
        ...

    def hurry(self) -> None:
        """Wait for others a moment at most, until the next ``close``: a program waits for this."""
        ...

    def close(self) -> None:
        """Let go of files; the store may be used again afterwards."""
        ...


class Papers(Protocol):
    """Keeps small texts that people may read without a program. Contract: ``test_papers.py``.

    Every method may raise StoreError. What is put is there as a whole or not at all.
    """

    def put(self, name: str, content: bytes) -> None:
        """Keep a text under a file's name."""
        ...

    def get(self, name: str) -> bytes | None:
        """Give a text, or None."""
        ...

    def clear(self) -> None:
        """Overwrite and remove every text."""
        ...


class HomePlace(Protocol):
    """Tells the account where a home lies. Contract: ``tests/contract/test_home_place.py``.

    Every method may raise StoreError.
    """

    def note(self) -> None:
        """Note it down, unless it is noted down."""
        ...

    def forget(self) -> None:
        """Let it be noted down no longer."""
        ...


class Outbox(Protocol):
    """Keeps the reports of one program, those that wait and those that left.

    Contract: ``tests/contract/test_outbox.py``. Every method may raise StoreError.
    """

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        """Give the journal, oldest first: all of it, or what has one fate."""
        ...

    def settle(self, delivery: Delivery, token: str = "") -> None:
        """Note down what became of a report at its destination.

        If it was withdrawn or struck while it travelled, it left all the same and comes back to the
        journal, as it left. If no answer was heard, it may have left: it comes back struck, and can
        be taken back. Only if it was not even tried it stays withdrawn or struck.

        Args:
            delivery: what became of it.
            token: what takes it back, read before it travelled.
        """
        ...

    def copy_to(self, destination: str) -> None:
        """Have each report that waits for the collector go to another destination, too."""
        ...

    def leave_out(self, destination: str) -> None:
        """Let nothing wait for a destination any longer; what was tried stays, struck."""
        ...

    def strike(self, report: str, body: bytes | None = None) -> bool:
        """Take a report that waits out of the outbox, or replace its content by a smaller one.

        Returns:
            Whether it waited.
        """
        ...

    def token(self, report: str) -> str:
        """Give the token that takes a report back; ``""`` if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a collector answered.

    Attributes:
        status: HTTP status.
        body: at most the first few kilobytes.
        retry_after: seconds it asks to wait, if it does.
    """

    status: int
    body: bytes
    retry_after: int | None = None


class Transport(Protocol):
    """Carries bytes to a collector. Contract: ``tests/contract/test_transport.py``."""

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body.

        Raises:
            SendError: no answer came.
        """
        ...

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        """Ask to delete what is there.

        Raises:
            SendError: no answer came.
        """
        ...


class Sealer(Protocol):
    """Closes bytes so that one key alone opens them. Contract: ``tests/contract/test_seal.py``."""

    def seal(self, plain: bytes, key: bytes, info: bytes) -> bytes:
        """Seal for the public key, bound to ``info``.

        Raises:
            SealError: sealing is not available here, or the key is none.
        """
        ...
