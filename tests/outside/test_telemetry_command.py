from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Run

COMMAND = Path(sys.executable).parent / "aboveboard"


@pytest.fixture
def own(home: Path) -> Path:
    """Give the folder in which the tool keeps what it counts about itself."""
    return home / "XDG_STATE_HOME" / "aboveboard" / "aboveboard"


def _counted(run: Run) -> dict[str, Any]:
    shown = json.loads(run("telemetry", "show", "--local").stdout)
    return {entry["metric"]: entry["value"] for entry in shown["entries"]}


def test_until_a_person_decides_the_tool_counts_and_keeps_it_here(run: Run, own: Path) -> None:
    status = run("telemetry", "status").stdout.splitlines()
    assert status[:2] == [
        "local: nobody has chosen yet, so everything stays on this machine",
        "your own choice: none yet",
    ]
    assert status[-2:] == ["reports go: nowhere; no collector is named", "next report: none"]
    assert own.stat().st_mode & 0o777 == 0o700
    assert {file.name for file in own.iterdir()} <= {
        "counts.sqlite",
        "counts.lock",
        "live",
        "papers",
    }
    assert json.loads((own / "papers" / "about.json").read_text())["app"] == "aboveboard"
    assert run("telemetry", "journal").stderr == "No report was ever made.\n"


def test_everything_that_is_counted_can_be_seen(run: Run, tmp_path: Path) -> None:
    run("telemetry", "status")
    run("sql", "select 1", "--data", str(tmp_path / "nobody"))
    run("key", "--data", str(tmp_path / "collector"))
    run("nonsense")
    counted = _counted(run)
    assert re.fullmatch(r"\d+\.\d+", counted.pop("app.version"))
    assert re.fullmatch(r"3\.\d+", counted.pop("system.python"))
    assert isinstance(counted.pop("system.container"), bool)
    assert counted.pop("system.os") in {"linux", "macos", "windows", "freebsd", "other"}
    assert sum(counted.pop("command.duration").values()) == 4
    assert counted == {
        "command.key": 1,
        "command.sql": 1,
        "command.telemetry": 1,
        "exit.failure": 1,
        "exit.refused": 1,
        "exit.success": 2,
        "telemetry.active": {"day": 1, "month": 1, "week": 1},
    }


def test_yes_sends_nothing_while_no_collector_is_named(run: Run) -> None:
    chosen = run("telemetry", "on").stdout.splitlines()
    day = time.strftime("%Y-%m-%d")
    assert chosen[0] == f"on: chosen by you on {day}"
    assert "Reports go nowhere." in chosen
    status = run("telemetry", "status").stdout.splitlines()
    assert status[:2] == [chosen[0], f"your own choice: on, of {day}"]
    assert "reports go: nowhere; no collector is named" in status
    sent = run("telemetry", "send-now")
    assert sent.returncode == 1
    assert "waiting: the registry names no collector" in sent.stdout


def test_local_is_a_choice_too(run: Run) -> None:
    assert run("telemetry", "local").stdout.startswith("local: chosen by you on ")
    assert "command.telemetry" in _counted(run)


def test_off_leaves_only_the_choice(run: Run, own: Path) -> None:
    run("telemetry", "status")
    assert (own / "papers").exists()
    assert run("telemetry", "off").stdout.startswith("off: chosen by you on ")
    assert [file.name for file in own.iterdir()] == ["choice.json"]
    assert run("telemetry", "show").stderr == "Nothing is counted.\n"
    assert [file.name for file in own.iterdir()] == ["choice.json"]
    assert json.loads((own / "choice.json").read_text(encoding="utf-8"))["mode"] == "off"


@pytest.mark.parametrize(
    ("variable", "rule"),
    [
        pytest.param("DO_NOT_TRACK=1", "DO_NOT_TRACK is set", id="do-not-track"),
        pytest.param("ABOVEBOARD=off", "ABOVEBOARD is 'off'", id="off"),
        pytest.param("ABOVEBOARD=nein", "ABOVEBOARD is 'nein'", id="a-word-that-is-no-mode"),
    ],
)
def test_the_environment_can_forbid_it_without_a_file(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, rule: str
) -> None:
    name, _, value = variable.partition("=")
    monkeypatch.setenv(name, value)
    assert run("telemetry", "status").stdout.startswith(f"off: the environment variable {rule}\n")
    assert run("telemetry", "show").stderr == "Nothing is counted.\n"
    run("nonsense")
    assert list(home.iterdir()) == []


def test_the_environment_is_stronger_than_a_choice_and_status_tells_both(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("telemetry", "on")
    monkeypatch.setenv("ABOVEBOARD", "local")
    status = run("telemetry", "status").stdout.splitlines()
    assert status[0] == "local: the environment variable ABOVEBOARD is 'local'"
    assert status[1].startswith("your own choice: on, of ")
    assert status[1].endswith("; it is overridden, as said above")
    explained = run("telemetry", "explain").stdout.splitlines()
    assert explained[1] == "2. the variable ABOVEBOARD: local (this decides)"
    assert explained[6].endswith(" (overridden)")


def test_a_home_that_cannot_be_written_breaks_no_command(
    run: Run, home: Path, tmp_path: Path
) -> None:
    (home / "XDG_STATE_HOME").write_text("a file where a folder belongs", encoding="utf-8")
    done = run("key", "--data", str(tmp_path / "collector"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('key = "x25519:')


def test_a_choice_that_cannot_be_kept_is_told(run: Run, home: Path) -> None:
    (home / "XDG_STATE_HOME").write_text("a file where a folder belongs", encoding="utf-8")
    done = run("telemetry", "off")
    assert done.returncode == 1
    assert done.stderr.startswith("aboveboard telemetry: the choice cannot be kept\n")
    assert "Traceback" not in done.stderr


def test_a_broken_choice_counts_nothing_and_is_told(run: Run, own: Path) -> None:
    own.mkdir(parents=True)
    (own / "choice.json").write_text("{", encoding="utf-8")
    done = run("telemetry", "status")
    assert done.returncode == 1
    assert done.stdout.startswith("off: ")
    assert "your own choice, because its file cannot be read" in done.stdout
    assert done.stderr.startswith("aboveboard telemetry: your own choice cannot be read\n")
    assert run("telemetry", "show", "--local").returncode == 1
    assert [file.name for file in own.iterdir()] == ["choice.json"]


@pytest.mark.parametrize("mode", ["off", "local", "on"])
def test_a_broken_choice_can_be_made_anew(run: Run, own: Path, mode: str) -> None:
    own.mkdir(parents=True)
    (own / "choice.json").write_text("{", encoding="utf-8")
    done = run("telemetry", mode)
    assert done.returncode == 0, done.stderr
    assert run("telemetry", "status").stdout.startswith(f"{mode}: chosen by you on")


def test_it_works_without_a_terminal_and_without_colours(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    for words in (["status"], ["explain"], ["outbox"], ["journal"], ["receipts"], ["--help"]):
        done = run("telemetry", *words)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout + done.stderr
    asked = run("telemetry", "ask")
    assert asked.returncode == 1
    assert "there is no terminal here" in asked.stderr


def test_another_program_asks_and_hands_the_answer_over(run: Run, tmp_path: Path) -> None:
    question = json.loads(run("telemetry", "ask", "--json").stdout)
    answer = {"format": 1, "question": question["id"], "answer": "local", "shown": "short"}
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(answer), encoding="utf-8")
    done = run("telemetry", "ask", "--answer", str(file))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("local: chosen by you on ")


def test_a_reader_that_leaves_early_gets_no_complaint(run: Run, home: Path) -> None:
    run("telemetry", "status")
    line = f"{COMMAND} telemetry explain | head -n 1"
    done = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.stdout == "1. the program itself, for this run: says nothing\n"
    assert done.stderr == ""
    assert home.exists()
