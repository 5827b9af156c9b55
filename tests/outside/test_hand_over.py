"""Programs that end hand over what is due to a process that outlives them; those that run on send.

Nothing here imports anything of ours, but for the servers and the terminal of other tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.outside.editors import ABOUT, PRODUCT
from tests.outside.terminals import Terminal
from tests.outside.test_background import black_hole, dripping, half_open, silent
from tests.patience import PATIENCE
from tests.unmeasured import UNMEASURED

QUIET = 2.0
"""So long nothing must come after all that could come."""
REGISTRY = (
    PRODUCT
    + """
[collector]
url = "{url}"
"""
)
METRIC = """
[metric."{name}"]
kind = "counter"
title = "Of {name}"
level = "usage"
{about}
"""
CLOCK = """
import sys, time
from datetime import datetime, timedelta, UTC
from pathlib import Path
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.device import assemble, known_registry
from aboveboard.settings import DeviceSettings

class Moved(SystemClock):
    def __init__(self, **by):
        self.by = timedelta(**by)
    def now(self):
        return super().now() + self.by
    def seconds(self):
        return super().seconds() + self.by.total_seconds()
    def boot(self):
        return "another run", int(self.seconds() * 1000)

registry, home, *rest = sys.argv[1:]
def begin(clock, **more):
    return assemble(known_registry(Path(registry)), DeviceSettings(home), clock=clock, **more)
"""
PREPARED = (
    CLOCK
    + """
clock = Moved(days=-30)
telemetry = begin(clock, background=False)
if rest == ["undecided"]:
    telemetry.count("file.opened")
    telemetry.flush()
    sys.exit()
telemetry.choose("on")
telemetry.count("file.opened", by=3)
telemetry.count("file.saved")
telemetry.flush()
clock.by = timedelta(days=-20)
assert telemetry.flush() == []
print(len(telemetry.person.outbox()))
"""
)
SHORT = """
import sys, time
from pathlib import Path
import aboveboard

registry, home, *rest = sys.argv[1:]
with aboveboard.open("editor", registry=Path(registry), home=home) as telemetry:
    telemetry.count("file.opened")
    if rest:
        print("ready", flush=True)
        sys.stdin.readline()
    time.sleep(0.2)
"""
RUNS_ON = (
    CLOCK
    + """
import threading
clock = Moved()
telemetry = begin(clock, detach=lambda: False)
telemetry.count("file.opened")
assert threading.active_count() == 1, "not at once"
clock.by = timedelta(seconds=61)
telemetry.count("file.opened")
print("counted", flush=True)
sys.stdin.readline()
for _ in range(500):
    if threading.active_count() == 1:
        break
    time.sleep(0.02)
print(threading.active_count(), [row.fate.value for row in telemetry.journal()], flush=True)
"""
)
HANGS = (
    CLOCK
    + """
telemetry = begin(Moved())
telemetry.count("file.opened")
sys.stdin.readline()
time.sleep(0.1)  # where nobody can see it, it hangs by now
began = time.perf_counter()
telemetry.close()
print("over", flush=True)
assert time.perf_counter() - began < 5  # it would wait for 10
"""
)
FORKS = (
    CLOCK
    + """
import importlib.abc, os, threading

began = threading.Event()

class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == rest[0] and threading.current_thread() is not threading.main_thread():
            began.set()
            time.sleep(1)
        return None

sys.meta_path.insert(0, Slow())
telemetry = begin(Moved())
telemetry.count("file.opened")
assert began.wait(20)
child = os.fork()
if not child:
    telemetry.count("file.opened")
    telemetry.flush()
    try:
        1 / 0
    except ZeroDivisionError as error:
        telemetry.record_error(error)
    os._exit(7)
end = time.monotonic() + 20
while time.monotonic() < end:
    found, status = os.waitpid(child, os.WNOHANG)
    if found:
        print(os.waitstatus_to_exitcode(status), flush=True)
        sys.exit()
    time.sleep(0.02)
os.kill(child, 9)
print("the child hangs")
"""
)
ASKS = """
import fcntl, sys, termios
from pathlib import Path
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
import aboveboard

registry, home = sys.argv[1:]
with aboveboard.open("editor", registry=Path(registry), home=home) as telemetry:
    print(telemetry.ask_if_due().explain())
    print(telemetry.ask_if_due().mode, "again")
print("The program goes on.")
"""


class Collector:
    """Keeps what it gets, and answers as it is told.

    Attributes:
        asked: the address of every request, in order.
        holds: lets no answer out as long as it is set.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.kept: set[str] = set()
        self.holds = threading.Event()
        self.came = threading.Condition()
        self.over = threading.Event()

    def take(self, path: str) -> int | None:
        with self.came:
            self.asked.append(path)
            self.came.notify_all()
        while self.holds.is_set() and not self.over.is_set():
            self.over.wait(0.02)
        if self.over.is_set():
            return None
        status = 200 if path in self.kept else 201
        self.kept.add(path)
        return status

    def wait_for(self, number: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.asked) >= number, PATIENCE), self.asked


@pytest.fixture
def collector() -> Iterator[tuple[Collector, str]]:
    made = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            with contextlib.suppress(OSError):
                self.rfile.read(int(self.headers["Content-Length"]))
                status = made.take(self.path)
                if status is not None:
                    body = json.dumps({"code": "kept" if status == 201 else "repeated"}).encode()
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made, f"http://127.0.0.1:{server.server_port}"
    made.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


class Home:
    """A home in which reports wait for a collector, and the programs that use it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.registry = folder / "editor.toml"
        self.home = folder / "home"
        metrics = [METRIC.format(name=f"file.{name}", about=ABOUT) for name in ("opened", "saved")]
        self.registry.write_text(REGISTRY.format(url=url) + "".join(metrics))

    def start(
        self, program: str, *words: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a program in a folder of its own, where no rule of this machine reaches it."""
        gone = {"CI", "GITHUB_ACTIONS", "ABOVEBOARD", "DO_NOT_TRACK"}
        own = os.environ  # noqa: TID251 handed on
        env = {name: value for name, value in own.items() if name not in gone}
        state = {"XDG_STATE_HOME": str(self.folder / "state"), "TERM": "xterm"}
        return subprocess.Popen(
            [sys.executable, "-c", program, str(self.registry), str(self.home), *words],
            cwd=self.folder,
            env={**env, **state, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, program: str, *words: str, environment: Mapping[str, str] | None = None) -> str:
        """Run a program to its end."""
        process = self.start(program, *words, environment=environment)
        printed, complaints = process.communicate(timeout=PATIENCE)
        assert (process.returncode, complaints) == (0, ""), complaints
        return printed

    def senders(self) -> list[int]:
        """Give the processes that send for this home."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and _is_sender(entry, self.home):
                    found.append(int(entry.name))
        return found

    def settle(self) -> None:
        """Wait until nobody sends any more."""
        end = time.monotonic() + PATIENCE
        while self.senders():
            assert time.monotonic() < end, "a sender goes on and on"
            time.sleep(0.02)


def _is_sender(entry: Path, home: Path) -> bool:
    words = (entry / "cmdline").read_bytes().split(b"\0")
    return b"aboveboard.bootstrap.sender" in words and str(home).encode() in words


@pytest.fixture
def place(tmp_path: Path, collector: tuple[Collector, str]) -> Iterator[Home]:
    made = Home(tmp_path, collector[1])
    yield made
    collector[0].over.set()
    made.settle()


@pytest.fixture
def server(collector: tuple[Collector, str]) -> Collector:
    return collector[0]


def test_what_is_due_is_sent_after_the_program_has_ended_and_once(
    place: Home, server: Collector
) -> None:
    assert place.run(PREPARED) == "2\n"
    server.holds.set()

    place.run(SHORT)  # it has ended, and nobody has been answered yet
    server.wait_for(1)
    server.holds.clear()
    server.wait_for(2)
    place.settle()

    assert len(server.kept) == 2
    assert Counter(server.asked).most_common(1)[0][1] == 1
    place.run(SHORT)
    place.settle()
    assert len(server.asked) == 2, "a restart sends nothing again"


def test_programs_that_end_together_send_once(place: Home, server: Collector) -> None:
    place.run(PREPARED)
    running = [place.start(SHORT, "together") for _ in range(5)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in running:
        _, complaints = process.communicate(timeout=PATIENCE)
        assert (process.returncode, complaints) == (0, "")
    server.wait_for(2)
    place.settle()

    assert Counter(server.asked) == Counter(dict.fromkeys(server.kept, 1))
    assert len(server.kept) == 2


def test_a_sender_that_is_killed_loses_and_doubles_nothing(place: Home, server: Collector) -> None:
    place.run(PREPARED)
    for _ in range(2):
        server.holds.set()
        before = len(server.asked)
        place.run(SHORT)
        server.wait_for(before + 1)
        (sender,) = place.senders()
        os.kill(sender, signal.SIGKILL)
        place.settle()
        server.holds.clear()
        end = time.monotonic() + PATIENCE
        while len(server.kept) < 1 and time.monotonic() < end:
            time.sleep(0.02)  # it keeps what was sent, although nobody hears its answer

    place.run(SHORT)
    end = time.monotonic() + PATIENCE
    while len(server.kept) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    place.settle()

    assert len(server.kept) == 2, "the same ids again"
    rows = json.loads(place.run(JOURNAL))
    assert Counter(fate for _, fate in rows) == {"delivered": 2}


JOURNAL = """
import json, sys
from pathlib import Path
import aboveboard
registry, home = sys.argv[1:]
telemetry = aboveboard.open("editor", registry=Path(registry), home=home, mode="off")
print(json.dumps([[row.report, row.fate.value] for row in telemetry.journal()]))
"""


@pytest.mark.parametrize("variable", ["CI", "bamboo_buildKey", "DO_NOT_TRACK"])
def test_where_no_person_sits_or_wants_it_nothing_is_sent_although_they_said_on(
    place: Home, server: Collector, variable: str
) -> None:
    place.run(PREPARED)

    place.run(SHORT, environment={variable: "true"})
    time.sleep(QUIET)
    place.settle()

    assert server.asked == []
    assert len(json.loads(place.run(JOURNAL))) == 2


@pytest.mark.parametrize("mode", ["local", "off"])
def test_what_a_project_says_holds_for_the_sender_too(
    place: Home, server: Collector, mode: str
) -> None:
    place.run(PREPARED)
    (place.folder / ".aboveboard.toml").write_text(f'mode = "{mode}"\n')

    place.run(SHORT, environment={"HOME": str(place.folder)})
    time.sleep(QUIET)
    place.settle()

    assert server.asked == []


def test_who_has_not_chosen_has_a_paper_to_read_and_nothing_is_sent(
    place: Home, server: Collector
) -> None:
    place.run(SHORT)
    place.settle()
    paper = place.home / "papers" / "report.json"
    assert not paper.exists(), "a program that is tried out starts nothing"
    long_ago = time.time() - 2 * 24 * 3600  # noqa: TID251 of files
    for path in (place.home / "live", *(place.home / "live").iterdir()):
        os.utime(path, (long_ago, long_ago))

    place.run(SHORT)
    end = time.monotonic() + PATIENCE
    while not paper.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    place.settle()

    content = json.loads(paper.read_text())
    assert content["mode"].startswith("local: nobody has chosen yet")
    (here,) = content["counted here, in no report yet"]
    assert [entry["metric"] for entry in here["entries"]] == ["file.opened"]
    assert server.asked == []
    place.run(SHORT)
    assert place.senders() == [], "once a day is enough"


def test_a_program_that_runs_on_sends_by_a_thread_that_ends(place: Home, server: Collector) -> None:
    place.run(PREPARED)
    process = place.start(RUNS_ON)
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    server.wait_for(2)

    printed, complaints = process.communicate("\n", timeout=PATIENCE)

    assert (process.returncode, complaints) == (0, "")
    assert printed == "1 ['delivered', 'delivered']\n"
    assert len(server.kept) == 2


@pytest.mark.parametrize(
    "hole",
    [
        pytest.param(silent, id="silent"),
        pytest.param(dripping, id="dripping"),
        pytest.param(half_open, id="half-open"),
        pytest.param(black_hole, id="black-hole"),
    ],
)
def test_a_program_ends_while_its_collector_still_holds_the_connection(
    place: Home, hole: Callable[[], contextlib.AbstractContextManager[tuple[int, threading.Event]]]
) -> None:
    place.run(PREPARED)
    with hole() as (port, hangs):
        text = place.registry.read_text()
        place.registry.write_text(
            re.sub(r'url = "http:.*"', f'url = "http://127.0.0.1:{port}"', text)
        )
        place.run(AGREED)
        process = place.start(HANGS)
        assert hangs.wait(PATIENCE)

        # The server lets go of nothing before this block ends.
        printed, complaints = process.communicate("\n", timeout=PATIENCE)

    assert (process.returncode, printed, complaints) == (0, "over\n", "")


AGREED = (
    CLOCK
    + """
from aboveboard.adapters.system import SystemChance

class Half(SystemChance):
    def draw(self):
        return 0.5

# A timetable of its own, by which something is due today for certain.
clock = Moved(days=-15)
telemetry = begin(clock, background=False, chance=Half())
telemetry.choose("off")
telemetry.choose("on")
telemetry.count("file.saved")
telemetry.flush()
clock.by = timedelta(days=-5)
telemetry.flush()
"""
)


@pytest.mark.parametrize(
    "module",
    ["aboveboard.device.sender", "aboveboard.adapters.https", "http.client", "encodings.idna"],
)
def test_a_child_that_is_forked_while_a_thread_imports_goes_on(place: Home, module: str) -> None:
    place.run(PREPARED)

    assert place.run(FORKS, module, environment=UNMEASURED) == "7\n"


def test_a_person_is_asked_on_their_terminal_and_what_they_answer_holds(
    place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "ABOVEBOARD", "DO_NOT_TRACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("XDG_STATE_HOME", str(place.folder / "state"))
    monkeypatch.setenv("HOME", str(place.folder))
    monkeypatch.chdir(place.folder)
    place.run(PREPARED, "undecided")
    screen = Terminal(ASKS, str(place.registry), str(place.home))
    try:
        screen.read_until("One key: ")
        screen.press("d")
        screen.read_until("Any key leads back")
        assert '"file.opened"' in screen.shown
        screen.press(" ")
        screen.read_until("One key: ", times=2)
        screen.press("y")
        assert screen.end() == 0
    finally:
        screen.leave()

    assert "on: chosen by you on " in screen.shown
    assert "on again" in screen.shown
    assert screen.shown.endswith("The program goes on.\n")
    choice = json.loads((place.home / "choice.json").read_text())
    assert choice["mode"] == "on"
    assert "May An editor for tests send usage counts?" in choice["wording"][0]
    asked = json.loads((place.folder / "state" / "aboveboard" / "asked.json").read_text())
    assert asked["apps"]["editor"]["answered"]
