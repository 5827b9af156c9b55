"""Enters: nothing. Leaves: what an event costs on each foreign wire, beside the native one.

``python -m benchmarks.wires sentry otlp`` measures only clients whose titles hold one of the words.

An event is what a sender says at once and what becomes records of its own: a report on the native
wire, a message on the others. A report has ten entries, the messages have one to fifteen; but what
costs is to know each again, to know its sender and to keep it, so these are compared, and entries
only where a message has as many. What a request costs by itself is shared by all that it holds, so
each wire is compared with native requests of the same size.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aboveboard.adapters.system import SystemClock
from benchmarks.intake_reports import reports
from benchmarks.intake_tables import number
from benchmarks.wires_inside import core, measure
from benchmarks.wires_requests import ALONE, BATCH, SEGMENT, Client, beside, native, sizes, some

TITLE = "Foreign wires beside the native one"
ABOUT = """\
Requests as the unmodified clients write them, each of another sender or moment, with values that
vary. An event is a message of a foreign wire, and a report of ten entries on the native one: both
are known again if they are repeated, and are records of their own. Each wire is compared with
native requests that hold as many reports as its requests hold events. What is judged is the
processor time of a server process, from the socket to the disk to the answer (*server*); *core* is
that of reading, translating and making records alone, and tells where it goes. Ratios are native to
foreign: more is better.
"""
ROUNDS = 5
FEW_ROUNDS = 3
LEAST = 0.5
REFERENCE = 6.9
"""Microseconds that ``json.loads`` of a report takes on the machine that targets are meant for."""
MOST_ENDLESS, MOST_BATCH = 60.0, 1000.0

Found = dict[str, float]


def section() -> str:
    """Measure, and write the section of the page."""
    clients = some(())
    return written(measured(clients, ROUNDS), clients)


def measured(clients: Sequence[Client], many: int, words: Sequence[str] = ()) -> Found:
    """Let all of them take turns; give the medians.

    Args:
        clients: those that are measured.
        many: how many rounds.
        words: that choose the clients, for another process.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "reports"
        file.write_bytes(b"\n".join(reports(SystemClock().now().date())))
        inside = _inside(folder, file, clients, many)
        served = _served(folder, file, many, words)
    return {
        name: statistics.median(each[name] for each in rounds)
        for rounds in (inside, served)
        for name in rounds[0]
    }


def _inside(folder: Path, file: Path, clients: Sequence[Client], many: int) -> list[Found]:
    registries = folder / "inside"
    registries.mkdir()
    parts = core(registries, file)

    async def rounds() -> list[Found]:
        await measure(parts, clients, 0)  # to be warm
        return [await measure(parts, clients, each) for each in range(1, many + 1)]

    return asyncio.run(rounds())


def _served(folder: Path, file: Path, many: int, words: Sequence[str]) -> list[Found]:
    registries, data = folder / "served", folder / "data"
    registries.mkdir()
    program = [sys.executable, "-m", "benchmarks.wires_server", str(data), str(registries)]
    with subprocess.Popen(  # noqa: S603 ours
        program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            port = re.search(r"127\.0\.0\.1:(\d+)", line)
            if port is None:
                message = f"the server did not start: {line}"
                raise RuntimeError(message)
            return [_sent(file, port[1], process.pid, each, words) for each in range(many)]
        finally:
            process.send_signal(signal.SIGKILL)


def _sent(file: Path, port: str, pid: int, each: int, words: Sequence[str]) -> Found:
    told = [str(file), port, str(pid), str(each), *words]
    program = [sys.executable, "-m", "benchmarks.wires_sender", *told]
    done = subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 ours
    sys.stderr.write(f"  {done.stdout}")
    found: dict[str, Found] = json.loads(done.stdout)
    return {
        f"{name}.{what}": value for name, values in found.items() for what, value in values.items()
    }


def written(found: Found, clients: Sequence[Client]) -> str:
    """Write the section."""
    return f"## {TITLE}\n\n{ABOUT}\n{verdicts(found, clients)}\n{table(found, clients)}"


def verdicts(found: Found, clients: Sequence[Client]) -> str:
    """Write what is to hold, and whether it does."""
    lines = ["| target | | measured | |", "|---|---:|---:|---|"]
    for client in clients:
        ratio = _native(found, client, "cpu") / found[f"{client.title}.cpu"]
        lines.append(_verdict(f"{client.title}: native / its CPU", LEAST, ratio))
    slower = found["json"] / REFERENCE
    endless = found["endless.decode"] / slower
    words = "decoding a body of Endless, 400 bytes"
    lines.append(_verdict(f"{words}, scaled", MOST_ENDLESS, endless, " µs"))
    about = f"Scaled: as if `json.loads` of a report took {REFERENCE} µs; it took "
    about += f"{number(found['json'])} µs."
    if f"{SEGMENT}.read" in found:
        read, kept = (BATCH * found[f"{SEGMENT}.{what}"] / slower for what in ("read", "all"))
        words = "decoding a batch of Segment, 100 events, scaled"
        lines.append(_verdict(words, MOST_BATCH, read, " µs"))
        about += f" Translated and made into records, the batch takes {number(kept)} µs."
    return "\n".join(lines) + f"\n\n{about}\n"


def _verdict(words: str, bound: float, value: float, unit: str = "") -> str:
    met = value <= bound if unit else value >= bound
    sign = "≤" if unit else "≥"
    verdict = "met" if met else "**not met**"
    return f"| {words} | {sign} {number(bound)}{unit} | {number(value)}{unit} | {verdict} |"


def _native(found: Found, client: Client, what: str) -> float:
    """Give what an event costs on the native wire that comes as those of a client do."""
    name = beside(client)
    return found[name if what == "all" else f"{name}.{what}"]


def table(found: Found, clients: Sequence[Client]) -> str:
    """Write what was measured of each."""
    lines = [
        "| | events/s | core, µs an event | reading alone | ratio | server, µs an event | ratio |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [_row(native(size), found) for size in (1, *sizes(clients))]
    if f"{ALONE}.cpu" in found:
        lines.append(_row(ALONE, found))
    lines += [_client(found, client) for client in clients]
    return "\n".join(lines) + "\n"


def _row(name: str, found: Found) -> str:
    rate, cpu = found[f"{name}.rate"], found[f"{name}.cpu"]
    core = number(found[name]) if name in found else ""
    return f"| {name} | {number(rate)} | {core} | | 1 | {number(cpu)} | 1 |"


def _client(found: Found, client: Client) -> str:
    values = {what: found[f"{client.title}.{what}"] for what in ("rate", "all", "read", "cpu")}
    # A connection makes no difference to the core.
    compared = ("cpu",) if client.alone else ("all", "cpu")
    ratios = {what: number(_native(found, client, what) / values[what]) for what in compared}
    shown = (values["rate"], values["all"], values["read"])
    cells = [*map(number, shown), ratios.get("all", ""), number(values["cpu"]), ratios["cpu"]]
    return f"| {client.title} | {' | '.join(cells)} |"


def main() -> None:
    """Measure some clients in few rounds, to see what a change does."""
    words = sys.argv[1:]
    clients = some(words)
    sys.stdout.write(written(measured(clients, FEW_ROUNDS, words), clients))


if __name__ == "__main__":
    main()
