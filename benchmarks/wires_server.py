"""Enters: a data folder, one for registries. Leaves: a server on a free port, native and foreign.

The collector's own ways of taking requests, to the disk and back, without pages and without the
loader: what both wires cost before the answer, and nothing beside it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.collector import collector
from aboveboard.web.foreign import ForeignWires
from aboveboard.web.intake import PREFIX, Intake
from aboveboard.web.server import Server, address_of, listen
from benchmarks.wires_parts import settings

if TYPE_CHECKING:
    from aboveboard.bootstrap.collector import Collector


class Alone:
    """The collector's intake and its foreign wires."""

    def __init__(self, parts: Collector) -> None:
        self.intake = Intake(parts.acceptor, parts.meters)
        self.foreign = ForeignWires(parts.wires, parts.foreign, parts.meters, None, SystemClock())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 as in ASGI
        """Answer one call of the server."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["path"].startswith(PREFIX):
            await self.intake(scope, receive, send)
        else:
            await self.foreign(scope, receive, send)


def main() -> None:
    """Serve until somebody interrupts."""
    data, registries = map(Path, sys.argv[1:])
    parts = collector(settings(data, registries))
    listener = listen("127.0.0.1", 0)
    print(address_of(listener), flush=True)  # noqa: T201 for the caller
    with contextlib.suppress(KeyboardInterrupt):
        Server(Alone(parts)).run(sockets=[listener])
    os._exit(0)


if __name__ == "__main__":
    main()
