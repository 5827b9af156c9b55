"""Enters: a socket that several processes share. Leaves: its connections, one at a time.

Servers take every connection that waits, so that whoever wakes first has them all, and senders keep
theirs. Whoever takes one and then looks at its other work leaves the next to one that is idle.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

PAUSE_SECONDS = 1.0
"""How long no connection is taken when none can be, for want of descriptors."""


class Accepting:
    """Takes connections in the running loop.

    Args:
        listener: the socket that is shared.
        protocol: makes what speaks with one client.
    """

    def __init__(self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._listener = listener
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._again: asyncio.TimerHandle | None = None
        self._connecting: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Begin to take connections."""
        self._listener.setblocking(False)  # noqa: FBT003 its only parameter
        self._loop.add_reader(self._listener, self._accept)

    def stop(self) -> None:
        """Take no more; whoever waits is served by another process."""
        self._loop.remove_reader(self._listener)
        if self._again is not None:
            self._again.cancel()

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return  # another process was faster, or the client is gone
        except OSError:
            self.stop()
            self._again = self._loop.call_later(PAUSE_SECONDS, self.start)
            return
        connection.setblocking(False)  # noqa: FBT003 its only parameter
        speaking = self._loop.connect_accepted_socket(self._protocol, connection)
        task: asyncio.Task[object] = self._loop.create_task(speaking)
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
