"""Senders that go on whatever happens to a collector, and know what it acknowledged."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, MakeReport

SENDERS = 8
AT_A_STRETCH = 40
"""Reports on one connection: whichever worker takes it, the next may come to another."""


@dataclass
class Senders:
    """Many senders at once, each with a connection that it keeps for a while, or until it breaks.

    Attributes:
        make: makes the report of a number.
        acknowledged: the numbers that were answered with success.
        unanswered: those that were sent and not.
        statuses: what was answered.
    """

    make: MakeReport
    acknowledged: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def sending(self, collector: Collector) -> Iterator[None]:
        """Send as fast as they can, all the while."""
        stop = threading.Event()
        threads = [
            threading.Thread(target=self._send_on, args=(collector, stop), daemon=True)
            for _ in range(SENDERS)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)

    def wait_for(self, more: int) -> None:
        """Wait until so many more were acknowledged."""
        goal = len(self.acknowledged) + more
        wait_until(lambda: len(self.acknowledged) >= goal)

    def kill_after(self, collector: Collector, more: int) -> None:
        """Send to a collector, and kill it once it has acknowledged so many more."""
        with self.sending(collector):
            self.wait_for(more)
            collector.running.end(signal.SIGKILL)

    def resend(self, collector: Collector, numbers: Iterable[int]) -> set[int]:
        """Send again; give the statuses of the answers."""
        with contextlib.closing(connect(collector)) as connection:
            return {self._put(connection, number) for number in numbers}

    def resend_unanswered(self, collector: Collector) -> None:
        """Send again what nobody answered."""
        assert self.resend(collector, sorted(self.unanswered)) <= {200, 201}
        assert not self.unanswered

    def _send_on(self, collector: Collector, stop: threading.Event) -> None:
        broken = (OSError, http.client.HTTPException)
        while not stop.is_set():
            with contextlib.closing(connect(collector)) as connection, contextlib.suppress(*broken):
                connection.connect()
                self._send_while_it_lasts(connection, stop)
            stop.wait(0.01)

    def _send_while_it_lasts(
        self, connection: http.client.HTTPConnection, stop: threading.Event
    ) -> None:
        for _ in range(AT_A_STRETCH):
            if stop.is_set():
                break
            with self._lock:
                self._next += 1
                number = self._next
                self.unanswered.add(number)
            self.statuses.add(self._put(connection, number))

    def _put(self, connection: http.client.HTTPConnection, number: int) -> int:
        report = self.make(number)
        connection.request("PUT", f"/reports/editor/{report['id']}", json.dumps(report))
        answer = connection.getresponse()
        answer.read()
        if answer.status in {200, 201}:
            with self._lock:
                self.acknowledged.add(number)
                self.unanswered.discard(number)
        return answer.status


def connect(collector: Collector) -> http.client.HTTPConnection:
    """Give a connection that is not made yet."""
    return http.client.HTTPConnection(collector.host, timeout=PATIENCE)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
