"""Enters: an application and an address. Leaves: a running HTTP server, until it is stopped."""

from __future__ import annotations

import gc
import logging
import socket
from functools import partial
from typing import TYPE_CHECKING, cast

import uvicorn

from aboveboard.errors import SetupError
from aboveboard.web.guard import KEEP_ALIVE_SECONDS, Watch
from aboveboard.web.shortcut import Shortcut

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.web.app import CollectorApp
    from aboveboard.web.guard import Guarded

BACKLOG = 1024
GRACE_SECONDS = 5
MOST_CONNECTIONS = 1000
TICKS_PER_SECOND = 10
USUAL_THRESHOLDS = gc.get_threshold()
GC_THRESHOLDS = (50_000, 20, 1_000)
"""New objects until the young are collected, those until the middle-aged are, those until all."""


def listen(host: str, port: int) -> socket.socket:
    """Take an address.

    Raises:
        SetupError: it is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, ValueError, TypeError) as error:
        listener.close()
        why = error.strerror if isinstance(error, OSError) else "that is no address"
        message = (
            f"cannot listen on {host} port {port}: {why}. "
            "Stop what listens there, or choose another --port (0 takes a free one)."
        )
        raise SetupError(message) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Give the address under which a listener is reached from this machine."""
    host, port = listener.getsockname()[:2]
    shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def settle_memory() -> None:
    """Keep the garbage collector from looking at all that stays, again and again.

    What a report needs goes away by itself. A full collection walks through every id that is
    remembered, and everybody waits for it: it comes rarely, not never.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def unsettle_memory() -> None:
    """Let the interpreter clear up as usual when it ends."""
    gc.unfreeze()
    gc.set_threshold(*USUAL_THRESHOLDS)


class Server(uvicorn.Server):
    """A server that says when it is ready.

    It writes no access log and believes no forwarded address: senders are not to be known.

    Args:
        app: what it serves. Plain reports go straight to its ``intake``, where it has one.
        ready: is called when it serves.
        most_connections: how many may be connected before it says that it is too busy.
    """

    def __init__(
        self,
        app: CollectorApp,
        ready: Callable[[], None] | None = None,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        intake = app.intake
        watch = Watch(most_connections, intake.acceptor.count)
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                http=partial(Shortcut, watch=watch, intake=intake),  # type: ignore[arg-type]
                lifespan="on",
                ws="none",
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then say so."""
        await super().startup(sockets=sockets)
        settle_memory()
        if self._ready is not None and self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in good order."""
        await super().shutdown(sockets=sockets)
        unsettle_memory()

    async def on_tick(self, counter: int) -> bool:
        """Do what is to be done ten times a second, and look at the connections once."""
        if counter % TICKS_PER_SECOND == 0:
            for connection in list(self.server_state.connections):
                cast("Guarded", connection).sweep()
        return await super().on_tick(counter)
