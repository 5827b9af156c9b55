from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aboveboard.cli.main import run
from aboveboard.registry.change import Code, effect_of

PAGE = Path(__file__).parents[3] / "docs" / "registry-diff.md"
FILE = """
format = 1

[product]
id = "editor"
title = "An editor"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts are used."

[metric."file.opened"]
kind = "counter"
title = "Files opened"
question = "How much is it used?"
decision = "How long a release is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/1" }
expires = 2027-12-31
level = "usage"
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def _changed(old: Path, before: str, after: str) -> str:
    new = old.with_name("new.toml")
    new.write_text(FILE.replace(before, after), encoding="utf-8")
    return str(new)


def test_what_widens_is_said_with_the_reason(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = _changed(old, "expires = 2027", "expires = 2028")
    assert run(["registry", "diff", str(old), new]) == 0
    assert capsys.readouterr().out == (
        "Files opened: now measured until 2028-12-31 instead of until 2027-12-31.\n"
        "\n"
        "New consent is needed:\n"
        "- Files opened: it is measured for longer.\n"
    )


def test_what_narrows_is_said_and_asks_nobody(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = _changed(old, 'level = "usage"', 'level = "usage"\nthreshold = 50')
    assert run(["registry", "diff", str(old), new]) == 0
    assert capsys.readouterr().out == (
        "Files opened: now published for groups of 50 instead of 10.\n\nNo new consent is needed.\n"
    )


def test_the_same_file_twice_has_no_difference(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["registry", "diff", str(old), str(old)]) == 0
    assert capsys.readouterr().out == "Nothing changed. No new consent is needed.\n"


def test_json_has_codes_places_and_words(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = _changed(old, "expires = 2027", "expires = 2028")
    Path(new).write_text(
        Path(new).read_text(encoding="utf-8").replace("The maintainers", "Ben"), encoding="utf-8"
    )
    assert run(["registry", "diff", str(old), new, "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["needs_consent"] is True
    assert content["old"]["id"] == content["new"]["id"] == "editor"
    assert content["old"]["fingerprint"] != content["new"]["fingerprint"]
    assert content["changes"] == [
        {
            "code": "expires_later",
            "effect": "widens",
            "metric": "file.opened",
            "place": "metric.file.opened.expires",
            "before": "2027-12-31",
            "after": "2028-12-31",
            "text": "Files opened: now measured until 2028-12-31 instead of until 2027-12-31.",
            "reason": "it is measured for longer.",
        },
        {
            "code": "contact",
            "effect": "neutral",
            "metric": None,
            "place": "product.contact",
            "before": "The maintainers",
            "after": "Ben",
            "text": "The product: questions now go to Ben instead of The maintainers.",
            "reason": None,
        },
    ]


def test_a_file_with_problems_is_told_and_fails(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = _changed(old, 'kind = "counter"', 'kind = "colour"')
    assert run(["registry", "diff", str(old), new]) == 1
    assert "unknown_kind" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told_and_fails(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["registry", "diff", str(old), str(old.with_name("gone.toml"))]) == 1
    assert "gone.toml" in capsys.readouterr().err


def test_the_page_tells_every_code_with_its_effect_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(code.value, effect_of(code).value) for code in Code]


def test_a_section_for_a_changelog_is_markdown(
    old: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = _changed(old, "expires = 2027", "expires = 2028")
    assert run(["registry", "diff", str(old), new, "--format", "markdown"]) == 0
    assert capsys.readouterr().out == (
        "### Changed in what is measured\n"
        "\n"
        "- Files opened: now measured until 2028-12-31 instead of until 2027-12-31.\n"
        "\n"
        "People are asked again, because:\n"
        "\n"
        "- Files opened: it is measured for longer.\n"
    )
    assert run(["registry", "diff", str(old), str(old), "--format", "markdown"]) == 0
    nothing = "### Changed in what is measured\n\n- Nothing.\n\nNobody is asked again.\n"
    assert capsys.readouterr().out == nothing
