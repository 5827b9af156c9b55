from __future__ import annotations

import json
import re
import signal
from typing import TYPE_CHECKING, Any

import pytest
from tests.outside.terminals import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.outside.conftest import Run, Start

APP = "aboveboard"
QUESTION = "Send it to your own collector?"


@pytest.fixture
def demo(run: Run, tmp_path: Path) -> Callable[..., str]:
    """Give what runs a demonstration to its end, always on the same folder."""

    def run_demo(*options: str) -> str:
        done = run("demo", "--once", "--port", "0", "--data", str(tmp_path / "demo"), *options)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run_demo


def _blocks(shown: str) -> list[dict[str, Any]]:
    """Give the JSON texts that were shown, in their order."""
    return [
        json.loads(text) for text in re.findall(r"^\{$.*?^\}$", shown, re.MULTILINE | re.DOTALL)
    ]


def _entries(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what several reports say, by metric."""
    entries = [entry for report in reports for entry in report["entries"]]
    return sorted(entries, key=lambda entry: entry["metric"])


def test_the_demonstration_shows_the_exact_json_before_it_asks_and_sends(
    demo: Callable[..., str],
) -> None:
    shown = demo()
    order = (
        "1/6 A collector of your own",
        "2/6 Count something on this machine",
        "local: nobody has chosen yet",
        "3/6 See it",
        '"metric": "system.os"',
        "4/6 Decide",
        "There is no terminal to ask on",
        "5/6 Send",
        '"metric": "system.os"',
        "times: 201 kept (delivered).",
        "6/6 Publish",
        "Reports on the page: ",
        f"/apps/{APP}",
        "Stopped. Everything is kept",
    )
    place = 0
    for words in order:
        place = shown.find(words, place)
        assert place >= 0, f"{words!r} is missing or in the wrong place:\n{shown}"
    seen, *sent = _blocks(shown)
    assert seen["entries"] == _entries(sent)
    assert len({report["id"] for report in (seen, *sent)}) == 1 + len(sent)
    assert f"The collector answered {len(sent)} times" in shown
    assert f"Reports on the page: {len(sent)}" in shown
    assert all(len({entry["metric"] for entry in report["entries"]}) == 1 for report in sent)
    sealed = int(re.findall(r"Sealed to (\d+) to \d+ bytes each", shown)[0])
    assert sealed > 48


@pytest.mark.parametrize("mode", ["local", "off"])
def test_without_a_yes_nothing_is_sent(demo: Callable[..., str], mode: str) -> None:
    shown = demo("--mode", mode)
    assert f"The answer was given with --mode {mode}." in shown
    assert f"Now it is {mode}: chosen by you on" in shown
    assert "Nothing is sent." in shown
    assert "Sealed to" not in shown
    assert "Reports on the page: 0" in shown
    assert "It is empty, because nothing was sent." in shown


def test_off_leaves_nothing_but_the_choice(demo: Callable[..., str], tmp_path: Path) -> None:
    demo("--mode", "off")
    assert [file.name for file in (tmp_path / "demo" / "device").iterdir()] == ["choice.json"]


def test_what_was_counted_before_a_yes_is_never_sent(demo: Callable[..., str]) -> None:
    demo("--mode", "local")
    seen, *sent = _blocks(demo("--mode", "on"))
    counted = {entry["metric"]: entry["value"] for entry in seen["entries"]}
    left = {entry["metric"]: entry["value"] for entry in _entries(sent)}
    assert (counted["command.demo"], left["command.demo"]) == (2, 1)


def test_a_second_run_finds_its_data_and_each_machine_is_counted_once_a_week(
    demo: Callable[..., str],
) -> None:
    first, second = demo(), demo()
    _, *sent = _blocks(first)
    _, *more = _blocks(second)
    assert f"Reports on the page: {len(sent) + len(more)}" in second
    assert "nobody has chosen yet" not in second
    states = {"app.version", "system.os", "system.python", "system.container"}
    assert {entry["metric"] for entry in _entries(sent)} >= states
    assert not {entry["metric"] for entry in _entries(more)} & states
    assert re.search(r"Operating systems: \w+: 1 \(n = 1\)", second)
    assert re.search(r"Demonstrations run: \d \(n = 2\)", second)


def test_a_second_run_is_counted_as_one_run(demo: Callable[..., str]) -> None:
    assert re.search(r"Demonstrations run: 1 \(n = 1\)", demo())
    assert re.search(r"Demonstrations run: 2 \(n = 2\)", demo())


def test_simulated_installs_have_a_page_of_their_own(
    demo: Callable[..., str], run: Run, tmp_path: Path
) -> None:
    shown = demo("--installs", "3")
    sent = int(re.findall(r"(\d+) simulated reports were sent", shown)[0])
    assert sent >= 3
    assert "Simulated installs: 3 of 3" in shown
    of_its_own = int(re.findall(r"Reports on the page: (\d+)", shown)[0])
    query = "select app, count(*)::int as reports from reports group by app order by app"
    done = run("sql", query, "--data", str(tmp_path / "demo"), "--format", "json")
    expected = [{"app": APP, "reports": of_its_own}, {"app": f"{APP}-simulated", "reports": sent}]
    assert json.loads(done.stdout) == expected


def test_the_environment_overrules_every_answer_and_the_screen_says_so(
    demo: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABOVEBOARD", "off")
    shown = demo("--mode", "on")
    said = "off: the environment variable ABOVEBOARD is 'off'"
    assert f"Consent is {said}." in shown
    assert f"Now it is {said}." in shown
    assert "There is nothing to see: nothing may be recorded." in shown
    assert "Nothing is sent." in shown
    assert "Reports on the page: 0" in shown


def test_a_demonstration_in_a_folder_with_brackets_says_its_name(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "[b]demo[/b]"
    done = run("demo", "--once", "--port", "0", "--mode", "off", "--data", str(data))
    assert done.returncode == 0, done.stderr
    assert f"Its data is in {data}" in done.stdout


def test_an_impossible_port_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--once", "--port", "99999", "--data", str(tmp_path / "demo"))
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert "65535" in done.stderr


@pytest.mark.parametrize(
    "how", [pytest.param(signal.SIGINT, id="ctrl-c"), pytest.param(signal.SIGTERM, id="sigterm")]
)
def test_a_demonstration_that_serves_on_ends_quietly(
    start: Start, tmp_path: Path, how: signal.Signals
) -> None:
    running = start("demo", "--port", "0", "--data", str(tmp_path / "demo"))
    running.wait_for("Ctrl-C ends it")
    assert "aboveboard sql --data" in running.output
    assert running.end(how) == 0
    assert "Traceback" not in running.output
    assert running.output.endswith("Stopped. Everything is kept; run it again to find it.\n")


def test_the_query_that_the_demonstration_recommends_works_beside_it(
    start: Start, run: Run, tmp_path: Path
) -> None:
    running = start("demo", "--port", "0", "--data", str(tmp_path / "demo"))
    query = running.wait_for(r'aboveboard sql --data \S+ "(.+)"')
    done = run("sql", query, "--data", str(tmp_path / "demo"), "--format", "json")
    row = {"metric": "command.demo", "key": "", "count": 1, "n": 1}
    assert row in json.loads(done.stdout)


ON_A_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for name in ("COLUMNS", "LINES"):  # where the tests run, readline has set them
    os.environ.pop(name, None)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_two_demonstrations_beside_each_other_do_not_fight_for_a_port(
    start: Start, tmp_path: Path
) -> None:
    addresses = set()
    for name in ("one", "two"):
        running = start("demo", "--mode", "off", "--data", str(tmp_path / name))
        addresses.add(running.wait_for(r"It listens at (http://\S+)"))
        running.wait_for("Ctrl-C ends it")
    assert len(addresses) == 2


class Screen(Terminal):
    """A command on a terminal, so that Ctrl-C reaches it; shown is what came since a key."""

    rows, columns = 50, 110

    def __init__(self, *arguments: str) -> None:
        super().__init__(ON_A_TERMINAL, *arguments)
        self._from = 0

    @property
    def shown(self) -> str:
        text = self.raw[self._from :].decode("utf-8", "replace")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)

    def press(self, keys: str) -> None:
        self._from = len(self.raw)
        super().press(keys)

    def interrupt(self) -> int:
        """Press Ctrl-C; again, as a person would, if it came just before the program listened."""
        self.press("\x03")
        try:
            return self.end(5)
        except TimeoutError:
            self.press("\x03")
            return self.end()


@pytest.fixture
def terminal(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Screen]]:
    """Give what starts a demonstration on a terminal."""
    monkeypatch.setenv("TERM", "xterm-256color")
    started: list[Screen] = []

    def start_demo(*options: str) -> Screen:
        data = str(tmp_path / "demo")
        started.append(Screen(command, "demo", "--port", "0", "--data", data, *options))
        return started[-1]

    yield start_demo
    for one in started:
        one.leave()


@pytest.mark.parametrize(
    ("answer", "then", "reports"),
    [
        pytest.param("on", "times: 201 kept (delivered).", "[1-9]", id="on"),
        pytest.param("local", "Nothing is sent.", "0", id="local"),
        pytest.param("off", "Nothing is sent.", "0", id="off"),
    ],
)
def test_a_person_at_a_terminal_is_asked_and_obeyed(
    terminal: Callable[..., Screen], answer: str, then: str, reports: str
) -> None:
    screen = terminal("--once")
    screen.read_until(QUESTION)
    assert '"metric": "system.os"' in screen.shown
    assert "Now it is" not in screen.shown
    assert re.search(r"\[on\b.+\blocal\b.+\boff\]", screen.shown)
    screen.press(f"{answer}\n")
    assert screen.end() == 0
    assert f"Now it is {answer}: chosen by you on" in screen.shown
    assert then in screen.shown
    assert re.search(f"Reports on the page: {reports}", screen.shown)


def test_the_question_has_no_default_and_takes_no_other_word(
    terminal: Callable[..., Screen],
) -> None:
    screen = terminal("--once")
    for wrong in ("", "maybe"):
        screen.read_until(QUESTION)
        screen.press(f"{wrong}\n")
    screen.read_until("is not one of")
    screen.read_until(QUESTION)
    assert "Now it is" not in screen.shown
    screen.press("local\n")
    assert screen.end() == 0
    assert "Now it is local" in screen.shown


def test_ctrl_c_at_the_question_sends_nothing_and_ends_in_order(
    terminal: Callable[..., Screen], run: Run, tmp_path: Path
) -> None:
    screen = terminal()
    screen.read_until(QUESTION)
    status = screen.interrupt()
    assert status == 130
    assert "Traceback" not in screen.shown
    query = "select count(*)::int as reports from reports"
    done = run("sql", query, "--data", str(tmp_path / "demo"), "--format", "json")
    assert json.loads(done.stdout) == [{"reports": 0}]


def test_the_screen_is_as_wide_as_the_terminal(terminal: Callable[..., Screen]) -> None:
    screen = terminal("--once", "--mode", "local")
    assert screen.end() == 0
    widths = [len(line) for line in screen.shown.splitlines() if line.startswith("│")]
    assert set(widths) == {110}
