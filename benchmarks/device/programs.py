"""Enters: the lines of a contestant. Leaves: whole programs that measure themselves.

Each prints lines of a word and whole numbers. What a program needs for measuring is imported where
it cannot make the contestant look cheaper: ``sys`` and ``time`` are built in.
"""

from __future__ import annotations

from benchmarks.device.contestants import Contestant

BATCH = 20
WARM_UP = 200
FEW_COUNTS = 100
MANY_COUNTS = 1_000

HEAD = """
import sys, time

home, port = sys.argv[1], int(sys.argv[2])
url = f"http://127.0.0.1:{port}"


def tell(word, *numbers):
    sys.stdout.write(" ".join([word, *map(str, numbers)]) + "\\n")
    sys.stdout.flush()


def leave():  # without what happens at exit: that is measured by itself
    from os import _exit

    _exit(0)


"""

COST = """
{load}
{start}
import threading


def work():
    now = time.perf_counter_ns
    batches, singles, timers = [], [], []
    together.wait()
    for _ in range({loops}):
        begun = now()
{batch}
        ended = now()
        batches.append(ended - begun)
        begun = now()
        ended = now()
        timers.append(ended - begun)
        for _ in range({size}):
            begun = now()
            {count}
            ended = now()
            singles.append(ended - begun)
    found.append((batches, singles, timers))


for _ in range({warm_up}):
    {count}
time.sleep(0.5)
found = []
together = threading.Barrier({threads})
threads = [threading.Thread(target=work) for _ in range({threads})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for batches, singles, timers in found:
    tell("batch", *batches)
    tell("single", *singles)
    tell("timer", *timers)
leave()
"""

STARTING = """
before = len(sys.modules)
begun = time.perf_counter_ns()
{load}
loaded = time.perf_counter_ns()
modules = len(sys.modules)
{start}
{count}
counted = time.perf_counter_ns()
tell("import", loaded - begun)
tell("first", counted - begun)
tell("modules", modules - before)
leave()
"""

MEMORY = """
def resident():
    with open("/proc/self/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


{load}
loaded = resident()
{start}
started = resident()
for _ in range({many}):
    {count}
tell("import", loaded)
tell("init", started)
tell("counts", resident())
leave()
"""

IDLE = """
{load}
{start}
{count}
time.sleep(1)
from os import getpid, listdir

tasks = listdir("/proc/self/task")
children = "".join(open(f"/proc/self/task/{{task}}/children").read() for task in tasks)
tell("threads", len(tasks))
tell("files", len(listdir("/proc/self/fd")))
tell("processes", len(children.split()))
leave()
"""

LEAVING = """
{load}
{start}
for _ in range({few}):
    {count}
tell("ended", time.monotonic_ns())
{end}
"""


def cost(contestant: Contestant, threads: int) -> str:
    """Time batches of calls, single calls, and the timer by itself, in so many threads at once."""
    size = BATCH
    return _fill(
        COST,
        contestant,
        batch="\n".join([f"        {contestant.count}"] * size),
        size=size,
        loops=contestant.holds // (2 * size * threads),
        threads=threads,
        warm_up=WARM_UP,
    )


def starting(contestant: Contestant) -> str:
    """Time the import, and the way from there to the first count."""
    return _fill(STARTING, contestant)


def memory(contestant: Contestant) -> str:
    """Read the resident memory after the import, the start and a thousand counts."""
    return _fill(MEMORY, contestant, many=MANY_COUNTS)


def idle(contestant: Contestant) -> str:
    """Count threads, open files and child processes, a second after the first count."""
    return _fill(IDLE, contestant)


def leaving(contestant: Contestant) -> str:
    """Count a hundred times and end as programs do."""
    return _fill(LEAVING, contestant, few=FEW_COUNTS)


def earlier(contestant: Contestant, lines: str) -> str:
    """Do what a program of an earlier day did."""
    return _fill("{load}\n{start}\n", contestant) + lines


def _fill(template: str, contestant: Contestant, **more: object) -> str:
    lines = {"load": contestant.load, "start": contestant.start, "end": contestant.end}
    return HEAD + template.format(**lines, count=contestant.count, **more)
