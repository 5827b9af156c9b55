"""Enters: functions of others. Leaves: the port TimeBox, whose thread stays behind if one hangs.

Everything belongs to one ``with`` block: its thread starts with the first function and ends with
the block, so that an idle program has none, and a forked one begins anew.
"""

from __future__ import annotations

import contextlib
import threading
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from aboveboard.adapters.direct_box import run_here
from aboveboard.device.time_box import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboveboard.device.time_box import Done, Run

T = TypeVar("T")
Job: TypeAlias = "tuple[Callable[[], Done[Any] | Lost], SimpleQueue[Done[Any] | Lost]]"


class ThreadBox:
    """Waits for each function at most so many seconds."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds

    @contextlib.contextmanager
    def worker(self) -> Iterator[Run]:
        """Give what runs functions."""
        worker = _Worker(self._seconds)
        try:
            yield worker.run
        finally:
            worker.let_go()


class _Worker:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._jobs: SimpleQueue[Job | None] | None = None

    def run(self, work: Callable[[], T], /) -> Done[T] | Lost:
        answer: SimpleQueue[Done[T] | Lost] = SimpleQueue()
        context = copy_context()  # a framework's "current application" is to be found there, too
        try:
            self._started().put((lambda: context.run(run_here, work), answer))
            return answer.get(timeout=self._seconds)
        except Empty:
            self.let_go()
            return Lost.HUNG
        except RuntimeError:  # no more threads, or the program is ending
            return Lost.FAILED

    def let_go(self) -> None:
        """Let the thread end after what it does; the next function has another."""
        jobs, self._jobs = self._jobs, None
        if jobs is not None:
            jobs.put(None)

    def _started(self) -> SimpleQueue[Job | None]:
        if self._jobs is None:
            jobs: SimpleQueue[Job | None] = SimpleQueue()
            threading.Thread(target=_serve, args=(jobs,), name="aboveboard", daemon=True).start()
            self._jobs = jobs
        return self._jobs


def _serve(jobs: SimpleQueue[Job | None]) -> None:
    while (job := jobs.get()) is not None:
        work, answer = job
        answer.put(work())
        del job, work, answer  # nothing of others is held on to while nothing is to be done
