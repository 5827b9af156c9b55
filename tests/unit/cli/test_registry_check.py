from __future__ import annotations

import json
from pathlib import Path

import pytest

from aboveboard.cli.main import run
from aboveboard.registry.formats import FORMATS

OWN = Path(__file__).parents[3] / "registry"
TEXT = (OWN / "aboveboard.toml").read_text(encoding="utf-8")
BAD = TEXT.replace("policy = ", "polisy = ")
OWNER = 'owner = "Release manager"'
POOR = TEXT.replace(OWNER, 'owner = "Ana"', 1)
PLUGIN = """
format = 1

[plugin]
id = "spell"
title = "Spelling"
prefix = "spelling"
homepage = "https://spell.example"
contact = "The forum of the plug-in"

[metric."spelling.used"]
kind = "flag"
title = "Spelling checked"
question = "Do people check their spelling?"
decision = "Whether the plug-in is kept up to date."
owner = "Ana"
review = "https://spell.example/reviews/1"
approved = { on = 2026-11-01, by = "The council", where = "https://spell.example/minutes/1" }
expires = { never = "It is asked anew each year." }
level = "usage"
sensitivity = "technical"
example = true
"""
Printed = pytest.CaptureFixture[str]


def _line(text: str, part: str) -> int:
    return text.splitlines().index(part) + 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a good file, one that cannot be used, and one that is no registry."""
    place = tmp_path / "registry"
    place.mkdir()
    (place / "good.toml").write_text(TEXT, encoding="utf-8")
    (place / "bad.toml").write_text(BAD, encoding="utf-8")
    (place / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return place


@pytest.mark.parametrize("form", list(FORMATS))
def test_the_shipped_registries_pass(form: str, capsys: Printed) -> None:
    assert run(["registry", "check", str(OWN), "--format", form]) == 0
    printed = capsys.readouterr()
    summary = printed.out if form == "text" else printed.err
    assert summary == "6 files checked: 0 problems.\n"


def test_all_problems_of_all_files_are_told_with_their_lines(folder: Path, capsys: Printed) -> None:
    poor = folder / "poor.toml"
    poor.write_text(POOR, encoding="utf-8")
    assert run(["registry", "check", str(folder)]) == 1
    printed = capsys.readouterr()
    line = _line(BAD, 'polisy = "https://aboveboard.example/privacy"')
    owner = _line(POOR, 'owner = "Ana"')
    told = [text.partition(": ")[0::2] for text in printed.out.splitlines()]
    assert [(place, text.rpartition("[")[2].partition("]")[0]) for place, text in told] == [
        (f"{(folder / 'bad.toml').as_posix()}:{_line(BAD, '[product]')}", "missing"),
        (f"{(folder / 'bad.toml').as_posix()}:{line}", "unknown_key"),
        (f"{poor.as_posix()}:{owner}", "owner_is_private"),
    ]
    assert printed.err == "3 files checked: 3 problems.\n"


def test_a_file_that_is_named_twice_is_checked_once(folder: Path, capsys: Printed) -> None:
    bad = str(folder / "bad.toml")
    assert run(["registry", "check", str(folder), bad, bad, "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["code"] for problem in problems] == ["missing", "unknown_key"]


def test_a_problem_of_a_plug_in_stands_in_its_file(tmp_path: Path, capsys: Printed) -> None:
    product, plugin = tmp_path / "editor.toml", tmp_path / "plugins" / "spell.toml"
    plugin.parent.mkdir()
    product.write_text(f'include = ["plugins/*.toml"]\n{TEXT}', encoding="utf-8")
    plugin.write_text(PLUGIN, encoding="utf-8")
    assert run(["registry", "check", str(tmp_path), "--format", "json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["code"] == "owner_is_private"
    assert problem["file"] == plugin.as_posix()
    assert problem["line"] == _line(PLUGIN, 'owner = "Ana"')


def test_a_plug_in_that_is_not_there_does_not_hide_the_other_files(
    folder: Path, capsys: Printed
) -> None:
    lost = folder / "a.toml"
    lost.write_text(f'include = ["plugins/*.toml", "/x"]\n{TEXT}', encoding="utf-8")
    assert run(["registry", "check", str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{lost.as_posix()}:1: include: ")
    assert "[cannot_be_read]" in lines[0]
    assert len(lines) == 3


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xff\xfe", id="not-text"),
        pytest.param(b"[product", id="not-toml"),
        pytest.param(b"a = " + b"[" * 5000, id="nested-too-deeply"),
    ],
)
def test_what_cannot_be_read_may_be_a_registry_and_is_told(
    tmp_path: Path, capsys: Printed, body: bytes
) -> None:
    (tmp_path / "broken.toml").write_bytes(body)
    assert run(["registry", "check", str(tmp_path)]) == 1
    assert "broken.toml:1: file: " in capsys.readouterr().out


def test_a_file_that_vanishes_is_told(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.toml").mkdir()
    good = tmp_path / "good.toml"
    good.write_text(TEXT, encoding="utf-8")
    assert run(["registry", "check", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "gone.toml:1: include: the registry " in printed.out
    assert printed.err == "2 files checked: 1 problem.\n"


def test_a_folder_without_a_registry_is_refused(tmp_path: Path, capsys: Printed) -> None:
    assert run(["registry", "check", str(tmp_path)]) == 1
    assert "there is no registry file" in capsys.readouterr().err


def test_a_path_that_is_not_there_is_not_understood(tmp_path: Path) -> None:
    assert run(["registry", "check", str(tmp_path / "nobody")]) == 2
    assert run(["registry", "check"]) == 2
