from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from aboveboard.adapters.ed25519 import Ed25519Signer
from aboveboard.cli.main import run
from aboveboard.transparency.note import Key, sign
from aboveboard.wires.receipts import text

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = "collector.example/log"
SIGNER = Ed25519Signer(bytes([5]) * 32)
KEY = str(Key(ORIGIN, SIGNER.public_key))
ONE, TWO = "1" * 32, "2" * 32
DAY = date(2026, 11, 20)


def note(report: str = ONE, backups: date | None = None, signer: Ed25519Signer = SIGNER) -> str:
    return sign(text("editor", report, DAY, backups), ORIGIN, signer).decode()


def lines(*receipts: object) -> str:
    return "".join(json.dumps({"report": ONE, "receipt": each}) + "\n" for each in receipts)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("line", [KEY, f'log = "{KEY}"', f"  {KEY}\n"])
def test_a_genuine_receipt_is_told_in_words(
    file: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    file.write_text(note(backups=date(2026, 12, 20)), encoding="utf-8")
    assert run(["verify-receipt", str(file), "--log", line]) == 0
    assert capsys.readouterr().out == (
        f"{ONE} of editor: genuine. {ORIGIN} has signed that it is deleted by 2026-11-20."
        " No backup has it after 2026-12-20.\n"
    )


def test_all_that_a_program_keeps_are_checked(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(lines(note(), "", note(TWO)) + "broken\n[]\n" + lines(7), encoding="utf-8")
    assert run(["verify-receipt", str(file), "--log", KEY]) == 0
    assert [line[:32] for line in capsys.readouterr().out.splitlines()] == [ONE, TWO]
    assert run(["verify-receipt", str(file), "--log", KEY, "--report", TWO.upper()]) == 0
    assert capsys.readouterr().out.startswith(f"{TWO} of editor: genuine.")


OTHERS = Ed25519Signer(bytes([6]) * 32)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(lines(note(), note(TWO, signer=OTHERS)), "NOT GENUINE", id="another-key"),
        pytest.param(note().replace("2026-11-20", "2026-11-21"), "NOT GENUINE", id="changed"),
        pytest.param("nonsense", "This is no receipt.", id="nonsense"),
        pytest.param(sign("a text\n", ORIGIN, SIGNER).decode(), "no receipt", id="another-note"),
        pytest.param(note() + "x" * 3000, "This is no receipt.", id="too-large"),
    ],
)
def test_what_is_not_genuine_is_told_and_ends_with_one(
    file: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    file.write_text(content, encoding="utf-8")
    assert run(["verify-receipt", str(file), "--log", KEY]) == 1
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--log", KEY, "--report", TWO], f"of the report {TWO} in", id="not-of-that"),
        pytest.param(["--log", "key"], "'key' is no key of a log.", id="no-key"),
    ],
)
def test_what_cannot_be_checked_is_told(
    file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    file.write_text(note(), encoding="utf-8")
    assert run(["verify-receipt", str(file), *arguments]) == 1
    assert said in capsys.readouterr().err


def test_a_file_without_a_receipt_and_one_that_is_not_there_are_told(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify-receipt", str(file), "--log", KEY]) == 1
    assert "cannot be read: No such file" in capsys.readouterr().err
    file.write_text(lines(""), encoding="utf-8")
    assert run(["verify-receipt", str(file), "--log", KEY]) == 1
    assert "there is no receipt in" in capsys.readouterr().err
