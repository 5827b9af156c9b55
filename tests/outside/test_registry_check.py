from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.outside.conftest import Run

OWN = Path(__file__).parents[2] / "registry" / "aboveboard.toml"


@pytest.fixture
def poor(tmp_path: Path) -> Path:
    """Give a registry that can be used and is not good enough."""
    text = OWN.read_text(encoding="utf-8").replace("Do commands feel slow to people?", "Slow?")
    file = tmp_path / "poor.toml"
    file.write_text(text.replace("Slow?", "Commands feel slow."), encoding="utf-8")
    return file


def test_the_shipped_registries_pass(run: Run) -> None:
    done = run("registry", "check", str(OWN.parent))
    assert (done.returncode, done.stdout) == (0, "6 files checked: 0 problems.\n")


def test_a_poor_file_is_told_to_people(run: Run, poor: Path) -> None:
    done = run("registry", "check", str(poor))
    assert done.returncode == 1
    assert "[question_without_mark]" in done.stdout
    assert done.stderr == "1 file checked: 1 problem.\n"


def test_a_poor_file_is_told_to_what_runs_checks(run: Run, poor: Path) -> None:
    as_json = run("registry", "check", str(poor), "--format", "json")
    as_sarif = run("registry", "check", str(poor), "--format", "sarif")
    as_github = run("registry", "check", str(poor), "--format", "github")
    assert [done.returncode for done in (as_json, as_sarif, as_github)] == [1, 1, 1]
    (problem,) = json.loads(as_json.stdout)["problems"]
    (result,) = json.loads(as_sarif.stdout)["runs"][0]["results"]
    assert problem["code"] == result["ruleId"] == "question_without_mark"
    assert as_github.stdout.startswith(f"::error file={poor},line={problem['line']},title=")


def test_a_check_is_switched_off_with_a_reason_in_the_file(run: Run, poor: Path) -> None:
    text = poor.read_text(encoding="utf-8")
    why = 'allow = { question_without_mark = "The council wanted it so." }'
    poor.write_text(text.replace("[product]\n", f"[product]\n{why}\n"), encoding="utf-8")
    assert run("registry", "check", str(poor)).returncode == 0
    poor.write_text(text.replace("[product]\n", '[product]\nallow = { x = "No." }\n'), "utf-8")
    done = run("registry", "check", str(poor))
    assert (done.returncode, "product.allow.x" in done.stdout) == (1, True)
