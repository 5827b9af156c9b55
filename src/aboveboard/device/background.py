"""Enters: that something is due. Leaves: a thread that does it, and that nobody ever waits for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aboveboard.device.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "aboveboard-sender"
MOST_WAIT = 0.02


class Background:
    """Sends for a program that runs on.

    There is no thread before there is something to do, and none after. It is a daemon: a program
    ends while its thread still waits for a server, and what was not settled is sent again, with the
    same id.

    Args:
        work: does what is due; it is given what tells whether it is to stop, and asks it often.
        guard: lets nothing of it out.

    Example:
        >>> done = threading.Event()
        >>> background = Background(lambda stop: done.set())
        >>> background.wake()
        True
        >>> done.wait(10)
        True
    """

    def __init__(
        self, work: Callable[[Callable[[], bool]], object], guard: Guard | None = None
    ) -> None:
        self._work = work
        self._guard = guard or Guard()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._again = False

    @property
    def runs(self) -> bool:
        """Whether the thread is at work."""
        return self._thread is not None

    def wake(self) -> bool:
        """Have the work done, soon; who is at work already goes through it once more.

        Returns:
            Whether it will be: not after ``end``, and not where no thread can be started.
        """
        with self._lock:
            if self._stop.is_set():
                return False
            self._again = True
            if self._thread is not None:
                return True
            thread = threading.Thread(target=self._run, name=NAME, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is ending, or the system has no thread left
                return False
            self._thread = thread
            return True

    def end(self, seconds: float = MOST_WAIT) -> None:
        """Have the work stopped, and wait for that a moment, never longer.

        Args:
            seconds: how long, if the thread is at work at all.
        """
        self._stop.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(seconds)

    def after_fork(self) -> None:
        """Begin anew in a process that was forked: threads do not come along, locks do."""
        self._lock = threading.Lock()
        self._thread = None
        self._again = False

    def _run(self) -> None:
        while self._goes_on():
            with self._guard:
                self._work(self._stop.is_set)

    def _goes_on(self) -> bool:
        with self._lock:
            if self._again and not self._stop.is_set():
                self._again = False
                return True
            self._thread = None
            return False
