"""Enters: a data folder, an address, registries. Leaves: a collector that serves until stopped."""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from aboveboard.adapters import log_lines
from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.main_socket import listen_in
from aboveboard.bootstrap.collector import collector
from aboveboard.bootstrap.ready import ready
from aboveboard.cli.key import key_line, log_line
from aboveboard.cli.options import settings_options
from aboveboard.settings.sources import effective
from aboveboard.web.app import CollectorApp
from aboveboard.web.server import MainServer, Server, address_of, listen

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType


@click.command(short_help="Run a collector.")
@settings_options()
def serve(config: Path | None, **options: str | None) -> None:
    """Run a collector: take reports, keep them, publish their totals.

    It listens on this machine alone unless told otherwise; put a web server with TLS before it.
    Every option is a setting, which a file or a variable may say as well: docs/settings.md.
    """
    settings, served = ready(effective(options, config))
    data = settings.data
    with log_lines.writing(settings.log_format, sys.stderr), DataFolder(data).locked():
        inner = [listen_in(data)] if settings.workers > 1 else []
        parts = collector(settings, served)
        listener = listen(settings.host, settings.port)
        address = address_of(listener)
        if parts.cut_bytes:
            cut = parts.cut_bytes
            click.echo(f"Put {cut} bytes of an unfinished record aside; it was never acknowledged.")

        def say_ready() -> None:
            apps = ", ".join(sorted(parts.registries))
            click.echo(f"Collector at {address} for {apps}; data in {data}")
            click.echo(f"To have reports sealed for it: {key_line(parts.public_keys[0])}")
            click.echo(f"To have its log checked: {log_line(parts.public_log.key)}")
            click.echo("Ctrl-C ends it.")

        signal.signal(signal.SIGTERM, stop_by_signal)
        # The server has ended in good order by the time it passes the signal on.
        app = CollectorApp(parts, address)
        with contextlib.suppress(KeyboardInterrupt):
            most = settings.most_connections
            if inner:
                MainServer(app, say_ready, parts.crew, listener, most).run(sockets=inner)
            else:
                Server(app, say_ready, most).run(sockets=[listener])
    click.echo("Collector stopped; everything it accepted is on disk.")


def stop_by_signal(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 a handler's signature
    """End the command as Ctrl-C does."""
    raise KeyboardInterrupt
