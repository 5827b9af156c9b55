"""Enters: an application and an address. Leaves: a running HTTP server, until it is stopped."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

import uvicorn

from aboveboard.errors import SetupError
from aboveboard.web.accepting import Accepting
from aboveboard.web.guard import KEEP_ALIVE_SECONDS, Watch
from aboveboard.web.shortcut import Shortcut

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from aboveboard.bootstrap.crew import Crew
    from aboveboard.web.foreign import ForeignWires
    from aboveboard.web.guard import Guarded
    from aboveboard.web.intake import Intake, Receive, Send

BACKLOG = 1024
GRACE_SECONDS = 5
MOST_CONNECTIONS = 1000
TICKS_PER_SECOND = 10
USUAL_THRESHOLDS = gc.get_threshold()
GC_THRESHOLDS = (50_000, 20, 1_000)
"""New objects until the young are collected, those until the middle-aged are, those until all."""


class App(Protocol):
    """An application that takes reports, whatever else it does."""

    @property
    def intake(self) -> Intake:
        """What takes them, for the server to hand plain ones over."""
        ...

    @property
    def foreign(self) -> ForeignWires | None:
        """What takes requests of foreign wires, likewise; None where there are none."""
        ...

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one call of the server."""
        ...


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
        app: what it serves. Plain reports go straight to its ``intake``.
        ready: is called when it serves.
        most_connections: how many may be connected before it says that it is too busy.
    """

    def __init__(
        self,
        app: App,
        ready: Callable[[], None] | None = None,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        intake = app.intake
        watch = Watch(most_connections, intake.refuse)
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                http=partial(Shortcut, watch=watch, intake=intake, foreign=app.foreign),  # type: ignore[arg-type]
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


class MainServer(Server):
    """The server of a main process, whose workers take the requests.

    Args:
        app: the collector.
        ready: called when the workers take requests.
        crew: the workers.
        listener: where they listen.
        most_connections: as of each of them.
    """

    def __init__(
        self,
        app: App,
        ready: Callable[[], None],
        crew: Crew,
        listener: socket.socket,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        super().__init__(app, most_connections=most_connections)
        self._workers_ready = ready
        self._crew = crew
        self._listener = listener

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve what the workers forward, then start them, then say so."""
        await super().startup(sockets=sockets)
        # Who connects while every worker is being started again waits here.
        self._listener.listen(BACKLOG)
        await asyncio.to_thread(self._crew.start, self._listener)
        self._workers_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the workers, so that all they took can be loaded, then what they need."""
        await asyncio.to_thread(self._crew.stop)
        self._listener.close()
        await super().shutdown(sockets=sockets)


class WorkerServer(Server):
    """The server of a worker.

    Args:
        app: the worker.
        ready: called when it takes requests.
        listener: the socket that it shares with other workers.
        most_connections: how many it takes before it says that it is too busy.
    """

    def __init__(
        self,
        app: App,
        ready: Callable[[], None],
        listener: socket.socket,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        super().__init__(app, ready, most_connections)
        self._listener = listener
        self._accepting: Accepting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections, each at its time."""
        await super().startup(sockets=[*(sockets or [])])
        self._accepting = Accepting(self._listener, self._protocol)
        self._accepting.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, answer what is there, end."""
        self._accepting.stop()
        self._listener.close()
        await super().shutdown(sockets=sockets)

    def _protocol(self) -> asyncio.Protocol:
        make: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return make(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
