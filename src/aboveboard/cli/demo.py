"""Enters: nothing but this machine. Leaves: its real numbers on a page of its own collector."""

from __future__ import annotations

import contextlib
import errno
import json
import signal
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.system import SystemClock
from aboveboard.analysis.words import value_label
from aboveboard.bootstrap.collector import collector
from aboveboard.bootstrap.device import assemble
from aboveboard.cli.demo_registry import REAL, SIMULATED, write_registries
from aboveboard.cli.key import key_line, log_line
from aboveboard.cli.options import data_option, port_option
from aboveboard.cli.own import count_command, count_surroundings, version
from aboveboard.cli.screen import Screen
from aboveboard.cli.serve import stop_by_signal
from aboveboard.cli.simulate import WEEKS, simulate
from aboveboard.cli.sql import answer
from aboveboard.errors import FactsError, SetupError
from aboveboard.model.consent import Mode
from aboveboard.model.report import Fate
from aboveboard.settings import DEFAULT_PORT, device_settings
from aboveboard.settings.collector import CollectorSettings
from aboveboard.web.app import CollectorApp
from aboveboard.web.server import Server, address_of, listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from aboveboard.device.telemetry import Telemetry

PATIENCE_SECONDS = 30.0
STEPS = 6


@dataclass(frozen=True, slots=True)
class Demo:
    """What the steps of the demonstration work with.

    Attributes:
        folder: where everything is kept.
        screen: where it is shown.
        address: the collector's address.
    """

    folder: DataFolder
    screen: Screen
    address: str


@click.command(short_help="See the whole path on this machine.")
@data_option("demo")
@port_option
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    help="Answer the question beforehand. Without a terminal the default is on.",
)
@click.option(
    "--installs",
    default=0,
    type=click.IntRange(0, 10_000),
    help=f"Add this many simulated installs over {WEEKS} weeks.",
)
@click.option("--once", is_flag=True, help="End after the steps instead of serving on.")
def demo(data: Path, port: int, mode: str | None, installs: int, once: bool) -> None:  # noqa: FBT001 click hands flags over like this
    """See the whole path on this machine: count, look, decide, send, publish.

    It starts a collector of your own on this machine. Nothing leaves the machine.
    """
    signal.signal(signal.SIGTERM, stop_by_signal)
    folder = DataFolder(data)
    steps = STEPS + (1 if installs else 0)
    with folder.locked(), contextlib.suppress(KeyboardInterrupt):
        listener = _listen(port)
        address = address_of(listener)
        with _collector(folder, listener, address), Screen(steps) as screen:
            _steps(Demo(folder, screen, address), mode, installs)
            if not once:
                _serve_on(screen, data)
    click.echo("Stopped. Everything is kept; run it again to find it.")


def _listen(port: int) -> socket.socket:
    """Take the usual port or, where something else has it, a free one."""
    try:
        return listen("127.0.0.1", port)
    except SetupError as error:
        cause = error.__cause__
        taken = isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE
        if not taken or port != DEFAULT_PORT:
            raise
        return listen("127.0.0.1", 0)


@contextlib.contextmanager
def _collector(folder: DataFolder, listener: socket.socket, address: str) -> Iterator[None]:
    registries = folder.path / "registry"
    sealing = key_line(HpkeOpener(folder.private_keys()).public_keys[0])
    write_registries(registries, address, sealing, log_line(folder.log_key()))
    parts = collector(CollectorSettings(data=folder.path, registry=registries))
    ready = threading.Event()
    server = Server(CollectorApp(parts, address), ready.set)
    thread = threading.Thread(target=server.run, args=([listener],), name="collector")
    thread.start()
    try:
        if not ready.wait(PATIENCE_SECONDS):
            message = f"the collector did not start within {PATIENCE_SECONDS:.0f} seconds"
            raise SetupError(message)
        yield
    finally:
        server.should_exit = True
        thread.join()


def _steps(demo: Demo, mode: str | None, installs: int) -> None:
    demo.screen.step("A collector of your own")
    demo.screen.say(f"It listens at {demo.address} on this machine alone.")
    demo.screen.say(f"Its data is in {demo.folder.path}")
    registry = read_file(demo.folder.path / "registry" / f"{REAL}.toml")
    # Whoever runs this answers here: no build service decides in their place.
    settings = replace(device_settings(REAL, demo.folder.path / "device"), automation="")
    with assemble(registry, settings, version()) as telemetry:
        took = _query(demo.folder)
        _look(demo, telemetry, took)
        _decide(demo, telemetry, mode, took)
        _send(demo, telemetry)
        _page(demo, telemetry)
    if installs:
        _simulate(demo, installs)
    demo.screen.finish()


def _look(demo: Demo, telemetry: Telemetry, took: int) -> None:
    screen = demo.screen
    screen.step("Count something on this machine")
    screen.say(f"Consent is {telemetry.consent.explain()}.")
    _count(telemetry, took)
    copies = telemetry.preview(local=True)
    screen.say("The tool counted what its registry names, and nothing else.")
    screen.step("See it: the exact JSON of everything that was counted")
    for body in copies:
        screen.json(body, f"{len(body)} bytes")
    if not copies:
        screen.say("There is nothing to see: nothing may be recorded.")


def _decide(demo: Demo, telemetry: Telemetry, mode: str | None, took: int) -> None:
    screen = demo.screen
    screen.step("Decide: on sends it, local keeps it here, off deletes it")
    if mode is None and screen.console.is_terminal:
        chosen = screen.ask()
    elif mode is None:
        chosen = Mode.ON
        screen.say("There is no terminal to ask on: on, for the demonstration's own collector.")
    else:
        chosen = Mode(mode)
        screen.say(f"The answer was given with --mode {chosen.value}.")
    consent = telemetry.choose(chosen)
    screen.say(f"Now it is {consent.explain()}.")
    # Also after an earlier yes: it was to a collector at another address.
    if consent.may_send and b'"command.demo"' not in b"".join(telemetry.preview()):
        screen.say("What was counted before this answer stays here. It is counted anew:")
        _count(telemetry, took)


def _send(demo: Demo, telemetry: Telemetry) -> None:
    screen = demo.screen
    screen.step("Send: sealed for your collector, because you said so")
    if not telemetry.consent.may_send:
        screen.say("Nothing is sent.")
        return
    for body in telemetry.preview():
        screen.json(body, f"what leaves: {len(body)} bytes")
    screen.say("What need not arrive together is in reports of its own, which nobody can link.")
    deliveries = telemetry.flush(now=True)
    sizes = sorted(delivery.sealed for delivery in deliveries)
    if sizes:
        size = f"{sizes[0]}" if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"
        screen.say(f"Sealed to {size} bytes each; nobody but your collector can open them.")
    answers = Counter((delivery.answer, delivery.fate) for delivery in deliveries)
    for (answered, fate), times in answers.items():
        screen.say(f"The collector answered {times} times: {answered} ({fate.value}).")
        if fate is not Fate.DELIVERED:
            screen.say("That stays on this machine and is tried again next time.")


def _page(demo: Demo, telemetry: Telemetry) -> None:
    screen = demo.screen
    screen.step("Publish: what anyone may read")
    numbers = _loaded(demo.address)
    screen.say(f"Reports on the page: {numbers['reports']}")
    for metric in numbers["metrics"]:
        known = telemetry.registry.metrics[metric["metric"]]
        for period in metric["weeks"][-1:]:
            labels = ((value_label(known, g["value"]), g["count"]) for g in period["groups"])
            groups = ", ".join(f"{label}: {count}".removeprefix(": ") for label, count in labels)
            screen.say(f"  {metric['title']}: {groups} (n = {period['n']})")
    if not numbers["reports"]:
        screen.say("It is empty, because nothing was sent.")
    screen.say(f"{demo.address}/apps/{REAL}", style="bold")


def _simulate(demo: Demo, installs: int) -> None:
    screen = demo.screen
    screen.step(f"Simulate {installs} installs over {WEEKS} weeks")
    registry = read_file(demo.folder.path / "registry" / f"{SIMULATED}.toml")
    bar = screen.bar("Simulated installs", installs)
    reports = 0
    today = SystemClock().now().date()
    for delivered in simulate(registry, demo.folder.path / "simulated", installs, today):
        reports += delivered
        bar.advance()
    _loaded(demo.address)
    screen.say(f"{reports} simulated reports were sent and counted, on a page of their own:")
    screen.say(f"{demo.address}/apps/{SIMULATED}", style="bold")


def _serve_on(screen: Screen, data: Path) -> None:
    screen.console.print()
    screen.say("Ask your own question, in another terminal:")
    query = "select metric, key, count, n from totals where span = 'week' order by all"
    screen.say(f'  aboveboard sql --data {data} "{query}"')
    screen.say("The collector serves on. Ctrl-C ends it.")
    while True:
        time.sleep(3600)


def _query(folder: DataFolder) -> int:
    """Ask the tables something, and give how many milliseconds it took."""
    started = time.monotonic_ns()
    answer(folder, "select count(*) from reports", 1)
    return (time.monotonic_ns() - started) // 1_000_000


def _count(telemetry: Telemetry, took: int) -> None:
    """Count what is so: the demonstration was run, and a query of it ran and ended well.

    The query is measured once: what is counted anew after a yes is what was shown before it.
    """
    count_surroundings(telemetry)
    count_command(telemetry, "demo")
    telemetry.took("command.duration", took)
    count_command(telemetry, "sql")
    telemetry.count("exit.success")


def _loaded(address: str) -> dict[str, Any]:
    """Wait until the tables hold all that the log does, and give the real app's numbers."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if _get(f"{address}/health")["loader"]["behind_bytes"] == 0:
            return _get(f"{address}/apps/{REAL}.json")
        time.sleep(0.05)
    message = "the collector did not load its reports in time"
    raise FactsError(message)


def _get(url: str) -> dict[str, Any]:
    # No proxy of a network stands between a machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=PATIENCE_SECONDS) as response:
        content: dict[str, Any] = json.loads(response.read())
    return content
