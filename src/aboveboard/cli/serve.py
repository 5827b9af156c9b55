"""Enters: a data folder, an address, registries. Leaves: a collector that serves until stopped."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.bootstrap.collector import collector
from aboveboard.cli.key import key_line, log_line
from aboveboard.cli.options import data_option, port_option, store_option
from aboveboard.settings import CollectorSettings
from aboveboard.web.app import CollectorApp
from aboveboard.web.server import Server, address_of, listen

if TYPE_CHECKING:
    from types import FrameType


@click.command(short_help="Run a collector.")
@data_option("collector")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@port_option
@click.option(
    "--registry",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with one registry file (*.toml) per app.",
)
@click.option(
    "--origin",
    default="",
    help="Name of its transparency log, such as telemetry.editor.example/log; it stays for ever.",
)
@store_option
def serve(  # noqa: PLR0913 an argument for each option
    *, data: Path, host: str, port: int, registry: Path, origin: str, store: str
) -> None:
    """Run a collector: take reports, keep them, publish their totals.

    It listens on this machine alone unless told otherwise; put a web server with TLS before it.
    """
    settings = CollectorSettings(
        data=data, registry=registry, host=host, port=port, origin=origin, store=store
    )
    with DataFolder(data).locked():
        parts = collector(settings)
        listener = listen(host, port)
        address = address_of(listener)
        if parts.log.cut_bytes:
            cut = parts.log.cut_bytes
            click.echo(f"Put {cut} bytes of an unfinished record aside; it was never acknowledged.")

        def ready() -> None:
            apps = ", ".join(sorted(parts.registries))
            click.echo(f"Collector at {address} for {apps}; data in {data}")
            click.echo(f"To have reports sealed for it: {key_line(parts.public_keys[0])}")
            click.echo(f"To have its log checked: {log_line(parts.public_log.key)}")
            click.echo("Ctrl-C ends it.")

        signal.signal(signal.SIGTERM, stop_by_signal)
        # The server has ended in good order by the time it passes the signal on.
        with contextlib.suppress(KeyboardInterrupt):
            Server(CollectorApp(parts, address), ready).run(sockets=[listener])
    click.echo("Collector stopped; everything it accepted is on disk.")


def stop_by_signal(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 a handler's signature
    """End the command as Ctrl-C does."""
    raise KeyboardInterrupt
