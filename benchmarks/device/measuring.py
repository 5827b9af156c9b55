"""Enters: the contestants. Leaves: what each costs, in rounds in which they take turns."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from benchmarks.device import figures, programs
from benchmarks.device.contestants import EMPTY, OURS, RIVALS, Contestant
from benchmarks.device.figures import LONG, PATIENCE, ROUNDS, Found, Values, medians, of_cost
from benchmarks.device.networks import DEAD, answering
from benchmarks.device.running import PYTHON, Homes, Told, run

EVERYBODY = (OURS, *RIVALS)
THREADS = (1, 8)
SMAPS = Path("/proc/self/smaps_rollup")
SPARE = 5.0
"""Seconds that a program may take before it begins to end."""


@dataclass
class Bench:
    """Where the programs run, and with which collector.

    Attributes:
        homes: where each gets a home.
        port: of the collector that answers.
        earlier: what a program of an earlier day left behind, by its lines.
    """

    homes: Homes
    port: int
    earlier: dict[str, Path] = field(default_factory=dict)

    def run(self, contestant: Contestant, program: str) -> Told:
        """Run a program that ends by itself, with a collector that answers."""
        home = self.homes.new(contestant, self.port, self.left(contestant, contestant.before))
        return run(program, home, self.port).told

    def left(self, contestant: Contestant, lines: str) -> Path | None:
        """Give what an earlier program left, which runs once for all measurements."""
        if lines and lines not in self.earlier:
            home = self.homes.new(contestant, self.port)
            run(programs.earlier(contestant, lines), home, self.port)
            self.earlier[lines] = home
        return self.earlier.get(lines)


def measure() -> Found:
    """Measure everything."""
    for needed, words in ((PYTHON, "`make bench` makes it"), (SMAPS, "it takes Linux")):
        if not needed.exists():
            message = f"there is no {needed}: {words}"
            raise FileNotFoundError(message)
    with _bench() as bench:
        for contestant in EVERYBODY:  # once for nothing: the first import writes the bytecode
            bench.run(contestant, programs.starting(contestant))
        parts = [*_running(bench), _leaving(bench)]
    return {
        one.name: {key: value for part in parts for key, value in part[one.name].items()}
        for one in EVERYBODY
    }


def versions() -> dict[str, str]:
    """Give the versions of the packages that were measured, as installed."""
    places = [str(place) for place in PYTHON.parents[1].glob("lib/python*/site-packages")]
    return {
        name: next(iter(metadata.distributions(name=name, path=places))).version
        for name in {contestant.package for contestant in EVERYBODY}
    }


def turns(
    what: str, whom: Sequence[Contestant], once: Callable[[Contestant], Values]
) -> dict[str, list[Values]]:
    """Measure everybody in turn, round by round: what slows the machine slows them all alike."""
    sys.stderr.write(f"  {what} …\n")
    found: dict[str, list[Values]] = {contestant.name: [] for contestant in whom}
    for _ in range(ROUNDS[what]):
        for contestant in whom:
            found[contestant.name].append(once(contestant))
    return found


def _running(bench: Bench) -> Iterator[Found]:
    """Measure what a program meets while it runs."""

    def start(one: Contestant) -> Values:
        return figures.of_starting(bench.run(one, programs.starting(one)))

    def count(one: Contestant) -> Values:
        told = ((threads, bench.run(one, programs.cost(one, threads))) for threads in THREADS)
        return {key: value for n, lines in told for key, value in of_cost(lines, n).items()}

    def remember(one: Contestant) -> Values:
        return figures.of_memory(bench.run(one, programs.memory(one)))

    def rest(one: Contestant) -> Values:
        return figures.of_idle(bench.run(one, programs.idle(one)))

    yield medians(turns("starting", EVERYBODY, start), None)
    yield medians(turns("counting", EVERYBODY, count), None)
    yield medians(turns("memory", (EMPTY, *EVERYBODY), remember), EMPTY.name)
    yield medians(turns("idle", (EMPTY, *EVERYBODY), rest), EMPTY.name)


def _leaving(bench: Bench) -> Found:
    """Measure how long programs take to end where no collector is to be reached."""
    known: dict[tuple[str, str], float] = {}

    def leave(one: Contestant) -> Values:
        values = {}
        for network, opened in DEAD.items():
            place = (one.name, network)
            if known.get(place, 0) < LONG:
                known[place] = _leave(bench, one, opened)
            values[f"exit.{network}"] = known[place]
        return values

    return medians(turns("leaving", (EMPTY, *EVERYBODY), leave), EMPTY.name)


def _leave(
    bench: Bench, one: Contestant, opened: Callable[[], contextlib.AbstractContextManager[int]]
) -> float:
    with opened() as port:
        home = bench.homes.new(one, port, bench.left(one, one.due))
        ended = run(programs.leaving(one), home, port, PATIENCE + SPARE)
    return figures.waited(ended)


@contextlib.contextmanager
def _bench() -> Iterator[Bench]:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        answering() as port,
    ):
        yield Bench(Homes(Path(folder)), port)
