"""Enters: a program and what it is told. Leaves: so many processes of it, each started again.

A thread for each process starts it, hears what it says, line by line, and starts it again when it
dies: at once at first, then after pauses that grow. A process that loses its standard input has
lost this one and ends itself.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from aboveboard.adapters.detach import PACKAGE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

logger = logging.getLogger("aboveboard")
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""Whoever ran so long is started again at once when it dies."""
START_SECONDS = 30.0
END_SECONDS = 15.0


@dataclass(slots=True)
class OneProcess:
    """One process, and after it those that follow in its place.

    Attributes:
        name: what it is called.
        said: what the process said last; empty until it says something.
        running: whether it runs and has said something.
        restarts: how often it was started again.
    """

    name: str
    said: bytes = b""
    running: bool = False
    restarts: int = 0


class WorkerProcesses:
    """Processes that run one module of ours.

    Args:
        module: what runs.
        names: what they are called.
        order: gives the line that one is told first; it is asked at each start.
        news: gives the line that they are told when it changes.
        end: the line after which they end in good order.
        last_words: hears what one said last when it has ended.

    Attributes:
        each: one for each name.
    """

    def __init__(  # noqa: PLR0913, PLR0917 it knows nothing of what is said
        self,
        module: str,
        names: Sequence[str],
        order: Callable[[str], bytes],
        news: Callable[[], bytes],
        end: bytes,
        last_words: Callable[[bytes], None],
    ) -> None:
        self.each = [OneProcess(name) for name in names]
        self._module = module
        self._order = order
        self._news = news
        self._end = end
        self._last_words = last_words
        self._ending = threading.Event()
        self._living: dict[str, subprocess.Popen[bytes]] = {}
        self._changing = threading.Lock()
        self._heard = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._descriptors: tuple[int, ...] = ()

    def start(self, descriptors: Sequence[int]) -> None:
        """Start them all; come back when each has said something, or after half a minute.

        Args:
            descriptors: open files that they share with this process.
        """
        self._descriptors = tuple(descriptors)
        for each in self.each:
            thread = threading.Thread(target=self._keep, args=[each], name=f"worker-{each.name}")
            thread.daemon = True
            thread.start()
            self._threads.append(thread)
        with self._heard:
            self._heard.wait_for(lambda: all(one.running for one in self.each), START_SECONDS)

    def stop(self) -> None:
        """End them in good order; whoever takes too long is killed."""
        with self._changing:
            self._ending.set()
            for process in self._living.values():
                _tell(process, self._end)
        end = time.monotonic() + END_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        with self._changing:
            for process in self._living.values():
                process.kill()
        for thread in self._threads:
            thread.join()

    def _keep(self, one: OneProcess) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            self._run(one)
            if self._ending.is_set():
                return
            if time.monotonic() - began >= STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            logger.warning("worker %s ended; it is started again in %.1f s", one.name, pause)
            if self._ending.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            one.restarts += 1

    def _run(self, one: OneProcess) -> None:
        """Start a process and hear what it says until it has ended."""
        told = self._news()
        try:
            order = self._order(one.name)
            with self._changing:
                if self._ending.is_set():
                    return
                process = self._living[one.name] = self._popen()
                _tell(process, order)
        except OSError as error:
            logger.warning("worker %s cannot be started: %s", one.name, error.strerror)
            return
        with contextlib.suppress(OSError), process:  # its pipes may break when it ends
            for line in process.stdout or ():
                self._hear(one, line)
                if (news := self._news()) != told and not self._ending.is_set():
                    _tell(process, told := news)
        with self._changing:
            del self._living[one.name]
        said, one.said, one.running = one.said, b"", False
        if said:
            self._last_words(said)

    def _hear(self, one: OneProcess, line: bytes) -> None:
        with self._heard:
            one.said, one.running = line, True
            self._heard.notify_all()

    def _popen(self) -> subprocess.Popen[bytes]:
        # Not in this session: Ctrl-C is for the main process, which ends the others in its order.
        return subprocess.Popen(  # noqa: S603 our own interpreter
            [sys.executable, "-P", "-c", PROGRAM, str(PACKAGE), self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=self._descriptors,
            start_new_session=True,
        )


def _tell(process: subprocess.Popen[bytes], line: bytes) -> None:
    pipe = cast("IO[bytes]", process.stdin)
    with contextlib.suppress(OSError):  # it has ended; who hears it will notice
        pipe.write(line + b"\n")
        pipe.flush()
