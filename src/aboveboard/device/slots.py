"""Enters: an event. Leaves: it is counted in a slot that outlives this process, if one can.

A slot is made once and then remembered with the call it belongs to (:class:`Hot`), so that the next
call only adds to it. Each thread has slots of its own: no lock is needed to count. Whoever is late,
after a tally was closed, gets a ValueError and goes the long way.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.device.tally import LooseTally, merged
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboveboard.model.event import Event
    from aboveboard.ports.device import EventStore, Tally

MOST_LATE = 10_000
"""Different counts that wait in memory for a store that takes none; beyond, the oldest are lost."""
Cells: TypeAlias = "dict[object, tuple[memoryview, int, int]]"
"""Slot, index and the largest number to add, by what was called."""


class Hot:
    """What a call needs to count without asking anybody.

    Attributes:
        cells: by thread, what was counted before.
        since: the moment from which the cells hold, in seconds since 1970.
        until: the moment until which they hold.
        now: tells that moment.
        thread: names the thread.
    """

    __slots__ = ("cells", "now", "since", "thread", "until")

    def __init__(self, now: Callable[[], float]) -> None:
        self.cells: dict[int, Cells] = {}
        self.since = self.until = 0.0
        self.now = now
        self.thread = threading.get_ident

    @property
    def holds(self) -> bool:
        """Whether day and consent were looked at a moment ago."""
        return self.since <= self.now() < self.until


class Slots:
    """Counts events, each thread in slots of its own.

    Args:
        store: opens tallies, and takes what is in them.
        now: tells the moment in seconds since 1970.
        stands: whether the consent is still the one that the events were made under.

    Attributes:
        hot: what the next calls need.
        lock: held by whoever goes the long way.
    """

    def __init__(
        self, store: EventStore, now: Callable[[], float], stands: Callable[[], bool]
    ) -> None:
        self.hot = Hot(now)
        self.lock = threading.RLock()
        self._store = store
        self._stands = stands
        self._tally: Tally | None = None
        self._loose = LooseTally()
        self._late: list[Event] = []
        self._lost = 0
        self._turn = 0

    def add(self, event: Event, largest: int, call: object = None) -> None:
        """Count an event.

        Args:
            event: what to count.
            largest: the largest number that one call may add.
            call: what the next call looks it up by; None for what is no plain call.
        """
        place = call if call is not None else (event.metric, event.key, event.day)
        cell = self.hot.cells.get(self.hot.thread(), {}).get(place)
        if cell is None:
            cell = (*self._make(event.label()), largest)
            self.hot.cells.setdefault(self.hot.thread(), {})[place] = cell
        slots, index, _ = cell
        if event.adds_up:
            slots[index] += event.count
        else:
            self._turn += 1
            slots[index] = self._turn

    def put(self, events: Iterable[Event]) -> None:
        """Keep several values of a state at once, at the place where nothing is summed."""
        together = list(events)
        try:
            self._store.hurry()
            self._store.add(together)
        except StoreError:
            self._keep(together)
        finally:
            self._store.close()

    def check(self) -> None:
        """Count in another tally if somebody erased or closed this one."""
        if self._tally is not None and self._tally.lost():
            self.let_go()

    def gather(self) -> None:
        """Bring everything that was counted into the store.

        Raises:
            StoreError: it cannot be; what it could not take is kept for the next time.
        """
        self.let_go()
        try:
            self.rescue()
        finally:
            self._store.gather()

    def rescue(self) -> None:
        """Bring to the store what no tally could hold; what is in a tally is safe already.

        Raises:
            StoreError: it cannot be.
        """
        with self.lock:
            self._keep(self._loose.drain())
            late, self._late = self._late, []
        try:
            if late:
                self._store.add(late)  # without the lock: who counts does not wait for a store
        except BaseException:
            with self.lock:
                newer, self._late = self._late, late
                self._keep(newer)
            raise

    def take_lost(self) -> int:
        """Tell how many counts were lost since the last time, for want of any room."""
        with self.lock:
            lost, self._lost = self._lost, 0
            return lost

    def let_go(self) -> None:
        """Let nobody count with what was remembered; the next call looks at everything anew."""
        with self.lock:
            self.hot.cells = {}
            self.hot.until = 0.0
            tally, self._tally = self._tally, None
            if tally is not None:
                tally.close()

    def forget(self) -> None:
        """Let go of what no store has taken yet: the person wants nothing kept."""
        with self.lock:
            self.let_go()
            self._loose.close()
            self._loose = LooseTally()
            self._late = []
            self._lost = 0

    def after_fork(self) -> None:
        """In a child, whoever held the lock does not exist; what was counted is the parent's."""
        self.lock = threading.RLock()
        self._tally = None
        self.forget()

    def _make(self, label: str) -> tuple[memoryview, int]:
        """Make a slot in the tally; in a new one if it is full, in memory if there can be none."""
        try:
            for _ in range(2):
                if (slot := self._opened().slot(label)) is not None:
                    return slot
                self.gather()
        except StoreError:
            if self._tally is not None:
                self.let_go()
        if self._loose.is_full:
            self.hot.cells = {}
            self._loose.close()
            self._keep(self._loose.drain())
            self._loose = LooseTally()
        return self._loose.place(label)

    def _opened(self) -> Tally:
        if self._tally is None:
            self._tally = self._store.tally()
            self.hot.cells = {}  # what was counted in memory so far is older than all that follows
            self._turn = max(self._turn, self._tally.turn())
            if not self._stands():
                # Somebody chose since it was looked at, and erased what lay here before this tally.
                message = "the consent changed"
                raise StoreError(message)
        return self._tally

    def _keep(self, events: Iterable[Event]) -> None:
        """Keep in memory what no store has taken; not without end."""
        self._late = merged(self._late, events)
        if (over := len(self._late) - MOST_LATE) > 0:
            self._late = self._late[over:]
            self._lost += over
