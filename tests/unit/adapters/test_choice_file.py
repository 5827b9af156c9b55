from __future__ import annotations

import json
import math
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.choice_file import ChoiceFile
from aboveboard.errors import StoreError
from aboveboard.model.consent import Choice, Mode

DAY = date(2026, 11, 18)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def file(home: Path) -> ChoiceFile:
    return ChoiceFile(home)


def content(**changes: object) -> bytes:
    """Give a choice's file with some fields replaced."""
    plain = {"mode": "on", "day": "2026-11-18", "registry": "", "number": 1}
    return json.dumps(plain | changes).encode()


def test_without_a_file_there_is_no_choice(file: ChoiceFile, home: Path) -> None:
    assert file.read() is None
    assert not home.exists()


def test_a_choice_can_be_read_by_a_person(file: ChoiceFile, home: Path) -> None:
    file.write(Choice(Mode.ON, DAY, "f", 3))

    written = json.loads((home / "choice.json").read_text())
    assert (written["mode"], written["day"], written["number"]) == ("on", "2026-11-18", 3)
    assert [path.name for path in home.iterdir()] == ["choice.json"]
    assert home.stat().st_mode & 0o077 == 0


def test_what_another_wrote_is_seen_at_once(file: ChoiceFile, home: Path) -> None:
    other = ChoiceFile(home)
    for number in range(1, 20):
        other.write(Choice(Mode.ON, DAY, "", number))

        found = file.read()

        assert found is not None
        assert found is file.read()
        assert found.number == number


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"\xff", id="no-text"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"null", id="nothing"),
        pytest.param(b"{}", id="no-fields"),
        pytest.param(content(day="soon"), id="no-day"),
        pytest.param(content(day=3), id="number-for-day"),
        pytest.param(content(mode="yes"), id="no-mode"),
        pytest.param(content(number=None), id="no-number"),
        pytest.param(content(number="many"), id="word-for-number"),
        pytest.param(content(number=math.inf), id="endless-number"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
def test_a_choice_that_cannot_be_read_is_a_store_error(
    file: ChoiceFile, home: Path, body: bytes
) -> None:
    home.mkdir()
    (home / "choice.json").write_bytes(body)

    with pytest.raises(StoreError):
        file.read()

    file.write(Choice(Mode.OFF, DAY, "f"))
    assert file.read() == Choice(Mode.OFF, DAY, "f")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100))
def test_no_bytes_make_a_choice_raise_anything_but_a_store_error(
    file: ChoiceFile, home: Path, body: bytes
) -> None:
    home.mkdir(exist_ok=True)
    (home / "choice.json").write_bytes(body)

    with pytest.raises(StoreError):
        file.read()


def test_a_choice_that_could_not_be_written_leaves_the_old_one(
    file: ChoiceFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write(Choice(Mode.OFF, DAY, "f"))

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StoreError):
        file.write(Choice(Mode.ON, DAY, "f"))

    assert file.read() == Choice(Mode.OFF, DAY, "f")


def test_a_folder_in_the_place_of_the_file_is_a_store_error(file: ChoiceFile, home: Path) -> None:
    (home / "choice.json").mkdir(parents=True)

    with pytest.raises(StoreError):
        file.read()
    with pytest.raises(StoreError):
        file.write(Choice(Mode.ON, DAY, "f"))
