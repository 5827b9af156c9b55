"""What the pages of the example programs say of them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters.registry_files import read_file
from aboveboard.registry.checks import check

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PROGRAMS = ["guestbook", "notes"]


def blocks(name: str, language: str) -> list[str]:
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_lines_on_its_page_stand_in_the_program(name: str) -> None:
    text = (EXAMPLES / name / f"{name}.py").read_text(encoding="utf-8")
    program = [line.strip() for line in text.splitlines()]
    shown = [line.strip() for block in blocks(name, "py") for line in block.splitlines() if line]

    assert len(shown) >= 8
    assert [line for line in shown if line not in program] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_file_on_its_page_is_there(name: str) -> None:
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    files = re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE)
    commands = re.findall(r"examples/\S+", "".join(blocks(name, "sh")))

    assert len(files) == 4
    assert [file for file in files if not (EXAMPLES / name / file).is_file()] == []
    assert [path for path in commands if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_its_registry_has_no_problem_and_its_own_name(name: str) -> None:
    registry = read_file(EXAMPLES / name / f"{name}.toml")

    assert registry.app == name
    assert check(registry, date(2026, 11, 25)) == []
