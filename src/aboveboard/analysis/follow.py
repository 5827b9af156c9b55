"""Enters: logs that grow. Leaves: tables that follow them, and word of how far behind they are."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from aboveboard.analysis.erase import erase_listed
from aboveboard.analysis.load import load_next
from aboveboard.errors import AboveboardError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aboveboard.ports.collector import FactStore, KeptLog

logger = logging.getLogger("aboveboard")
PAUSE_SECONDS = 0.5
PAUSE_AFTER_FAILURE_SECONDS = 2.0
MANY_BYTES = 1024 * 1024
"""With more than this behind, it does not pause. A load has a fixed cost: many small ones would
take the time that reports need."""


class Follower:
    """Loads what the logs hold, again and again, until it is told to stop.

    Attributes:
        well: whether the last attempt to load succeeded.
        loaded: how many records were loaded since the start.
        turn: is held while a part is loaded; who holds it meanwhile sees log and tables rest.
    """

    def __init__(
        self,
        logs: Sequence[KeptLog],
        facts: FactStore,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self.well = True
        self.loaded = 0
        self.turn = threading.Lock()
        self._logs = logs
        self._facts = facts
        self._changed = changed
        self._may_erase = True
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction under way, once everything that is durable is loaded."""
        self._stop.set()
        self._thread.join()

    def alive(self) -> bool:
        """Whether it runs."""
        return self._thread.is_alive()

    def behind(self) -> int:
        """Tell how many bytes of the logs are not loaded yet."""
        return sum(log.behind(self._facts.position(log.name)) for log in self._logs)

    def step(self) -> bool:
        """Load the next part of each log; tell whether there was one and all went well."""
        with self.turn:
            count, failure = self._step()
        if failure is not None and self.well:
            logger.warning("loading stands still: %s", failure)
        self.well = failure is None
        self.loaded += count
        if count and self._changed is not None:
            self._changed()
        return count > 0 and self.well

    def _step(self) -> tuple[int, AboveboardError | None]:
        count, failure = 0, self._erase()
        for log in self._logs if failure is None else ():
            try:
                count += load_next(log, self._facts)
            except AboveboardError as error:  # the other logs may be well
                failure = error
        self._may_erase = self._may_erase or count > 0
        return count, failure or self._erase()

    def _erase(self) -> AboveboardError | None:
        """Erase what was taken back, if anything may be; before anything else is loaded."""
        try:
            if self._may_erase:
                erase_listed({log.name: log for log in self._logs}, self._facts)
        except AboveboardError as error:
            return error
        self._may_erase = False
        return None

    def _much_behind(self) -> bool:
        try:
            return self.behind() > MANY_BYTES
        except AboveboardError:
            return False

    def _run(self) -> None:
        while True:
            last_round = self._stop.is_set()
            while self.step() and (last_round or self._much_behind()):
                pass
            if last_round:
                return
            self._stop.wait(PAUSE_SECONDS if self.well else PAUSE_AFTER_FAILURE_SECONDS)
