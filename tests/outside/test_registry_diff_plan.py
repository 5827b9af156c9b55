from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.outside.conftest import Run

OWN = Path(__file__).parents[2] / "registry" / "aboveboard.toml"


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Give our own registry with one metric more and another of smaller groups."""
    text = OWN.read_text(encoding="utf-8")
    head, name, rest = text.partition('[metric."system.os"]')
    again = (name + rest.partition("\n[metric.")[0]).replace("system.os", "system.shell")
    path = tmp_path / "later.toml"
    path.write_text(f"{head}{name}\nthreshold = 5\naccuracy = 0.05{rest}\n{again}\n", "utf-8")
    return path


def test_the_difference_of_two_files_is_said_and_asks_for_consent(run: Run, later: Path) -> None:
    done = run("registry", "diff", str(OWN), str(later))
    assert done.returncode == 0, done.stderr
    assert "New: Operating systems (one of: linux, " in done.stdout
    assert "Operating systems: now published for groups of 5 instead of 10." in done.stdout
    assert "New consent is needed:\n" in done.stdout
    back = json.loads(run("registry", "diff", str(later), str(OWN), "--format", "json").stdout)
    assert back["needs_consent"] is False
    assert {change["code"] for change in back["changes"]} >= {"removed", "threshold_higher"}


def test_a_plan_says_what_is_needed_and_what_is_out_of_reach(run: Run, later: Path) -> None:
    enough = run("registry", "plan", str(later), "--installs", "100000")
    assert enough.returncode == 0, enough.stderr
    assert "Operating systems: ±5 points takes 384 reports: one week of 0.4 %" in enough.stdout
    few = run(
        "registry", "plan", str(later), "--installs", "50", "--answering", "0.2", "--format", "json"
    )
    codes = {each["metric"]: each["code"] for each in json.loads(few.stdout)["metrics"]}
    assert codes["system.os"] == "out_of_reach"
    assert codes["system.shell"] == "unsaid"


def test_a_file_that_is_none_fails_with_its_problems(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    path.write_text("format = 1", "utf-8")
    for words in (("diff", str(OWN), str(path)), ("plan", str(path))):
        done = run("registry", *words)
        assert done.returncode == 1
        assert "[missing]" in done.stderr
