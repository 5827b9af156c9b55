"""A person has all deleted that was sent, and switches off: what is left of a real program then."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.outside.conftest import FILE
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, Serve

PROGRAM = Path(__file__).parents[1] / "data" / "mounted" / "with_click.py"


@pytest.fixture
def collector(serve: Serve) -> Collector:
    return serve()


@pytest.fixture
def program(collector: Collector, tmp_path: Path) -> Path:
    """Give a program whose registry names the collector."""
    place = tmp_path / "program"
    place.mkdir()
    shutil.copy(PROGRAM, place / "editor.py")
    file = f'{FILE}\n[collector]\nurl = "{collector.address}"\n'
    (place / "editor.toml").write_text(file, encoding="utf-8")
    return place / "editor.py"


def run(program: Path, *words: str) -> str:
    """Run it as its person does, and give what it says."""
    done = subprocess.run(
        [sys.executable, str(program), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(["forget --all", "off"], id="forget-and-off"),
        pytest.param(["off", "forget --all"], id="off-and-forget"),
        pytest.param(["off --forget"], id="at-once"),
    ],
)
def test_what_was_taken_back_leaves_nothing_but_the_choice_and_the_receipt(
    program: Path, home: Path, collector: Collector, commands: list[str]
) -> None:
    run(program, "telemetry", "on")
    run(program, "edit")
    assert "delivered: 201 kept" in run(program, "telemetry", "send-now")

    for words in commands:
        run(program, "telemetry", *words.split())

    own = home / "XDG_STATE_HOME" / "aboveboard" / "editor"
    assert sorted(file.name for file in own.iterdir()) == ["choice.json", "withdrawals.ndjson"]
    kept = b"".join(file.read_bytes() for file in own.iterdir())
    assert b"file.opened" not in kept
    (row,) = map(json.loads, run(program, "telemetry", "journal", "--json").splitlines())
    assert (row["kind"], row["fate"], row["answer"]) == ("withdrawal", "deleted", "200 deleted")
    assert row["url"].startswith(f"{collector.address}/reports/editor/")


def test_the_journal_says_both_what_was_answered_and_what_was_asked_back(
    program: Path, collector: Collector
) -> None:
    run(program, "telemetry", "on")
    run(program, "edit")
    run(program, "telemetry", "send-now")
    run(program, "telemetry", "forget", "--all")

    head, body, asked, request = run(program, "telemetry", "journal").splitlines()

    report = json.loads(body)["id"]
    assert head.endswith(f"  taken_back: 201 kept  to {collector.address}")
    assert asked.endswith(f"  asked back  deleted: 200 deleted  to {collector.address}")
    assert request == f"DELETE {collector.address}/reports/editor/{report}"
