from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = """
question = "How much is it used?"
decision = "How long a release is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/1" }
expires = 2027-12-31
level = "usage"
"""
FILE = f"""
format = 1

[product]
id = "editor"
title = "An editor"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"
installs = 100000

[product.levels]
usage = "Which parts are used."

[metric."theme.dark"]
kind = "flag"
title = "Dark theme"
accuracy = 0.02
{ABOUT}
[metric."file.opened"]
kind = "counter"
title = "Files opened"
accuracy = 0.05
{ABOUT}
[metric."file.saved"]
kind = "counter"
title = "Files saved"
{ABOUT}"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "editor.toml"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def _planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["registry", "plan", *arguments, "--format", "json"]) == 0
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return content


def test_the_table_has_a_row_and_a_sentence_for_each_metric(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["registry", "plan", file, "--answering", "0.2"]) == 0
    out = capsys.readouterr().out
    rows = [re.split(r" *[│] *", line)[1:-1] for line in out.splitlines() if line[:1] == "│"]
    assert rows == [
        ["theme.dark", "±2 points", "2,345", "11.8 %", "1", "±0.7 points"],
        ["file.opened", "±5 %", "5,792", "29 %", "1", "±2.5 %"],
        ["file.saved", "–", "–", "–", "–", "±2.5 %"],
    ]
    assert "\nDark theme: ±2 points takes 2,345 reports: one week of 11.8 % of those who" in out
    assert out.endswith("\nNobody said how sure these answers must be: file.saved.\n")


def test_the_number_of_installs_can_be_another(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = _planned(capsys, file, "--installs", "500", "--answering", "0.2")
    assert (content["installs"], content["answering"], content["variation"]) == (500, 0.2, 2.0)
    dark, opened, saved = content["metrics"]
    assert (dark["code"], dark["reports"], dark["rate"]) == ("out_of_reach", 414, None)
    assert "you expect 100: the best is ±8.7 points" in dark["text"]
    assert (opened["code"], opened["rate"]) == ("more_weeks", 1.0)
    assert saved["code"] == "unsaid"


def test_counts_that_differ_less_take_fewer_reports(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dark, opened, _ = _planned(capsys, file, "--variation", "0.5")["metrics"]
    assert dark["reports"] == 2345
    assert opened["reports"] == 384


def test_all_are_told_what_they_take_if_no_number_of_installs_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "editor.toml"
    everything_said = FILE.partition('[metric."file.saved"]')[0].replace("installs = 100000", "")
    path.write_text(everything_said, encoding="utf-8")
    assert run(["registry", "plan", str(path)]) == 0
    out = capsys.readouterr().out
    assert "Dark theme: ±2 points takes 2,401 reports; nobody said how many installs" in out
    assert "Nobody said how sure" not in out
    assert {each["code"] for each in _planned(capsys, str(path))["metrics"]} == {"unknown_installs"}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--answering", "0"], id="nobody"),
        pytest.param(["--answering", "20"], id="percent"),
        pytest.param(["--installs", "0"], id="no-installs"),
    ],
)
def test_what_cannot_be_is_refused(file: str, arguments: list[str]) -> None:
    assert run(["registry", "plan", file, *arguments]) == 2


def test_a_file_that_is_not_there_is_told_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["registry", "plan", str(tmp_path / "gone.toml")]) == 1
    assert "gone.toml" in capsys.readouterr().err
