from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from aboveboard.adapters.bulletin_files import LARGEST, BulletinFiles
from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """format = 1
id = "msb-1"
title = "A hole in search"
applies_to_version = ["5.37.0"]
html = "<p>Update.</p>"
"""


def refusal(folder: Path) -> str:
    with pytest.raises(SetupError) as refused:
        BulletinFiles(folder)
    return str(refused.value)


def test_a_folder_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "nowhere")


def test_other_files_of_the_folder_are_no_notices(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Notices.", encoding="utf-8")
    (tmp_path / "one.toml").write_text(GOOD, encoding="utf-8")
    assert [bulletin.id for bulletin in BulletinFiles(tmp_path).now()] == ["msb-1"]


@pytest.mark.parametrize(
    ("was", "written", "code"),
    [
        pytest.param('"msb-1"', '"../etc/passwd"', "wrong_id", id="an-id-that-is-a-path"),
        pytest.param('"msb-1"', f'"{"x" * 48}"', "wrong_id", id="an-id-too-long-for-the-server"),
        pytest.param('"msb-1"', "7", "wrong_id", id="an-id-that-is-no-text"),
        pytest.param('["5.37.0"]', '["5.37"]', "wrong_versions", id="a-version-that-is-not-whole"),
        pytest.param('["5.37.0"]', '"5.37.0"', "wrong_versions", id="a-version-outside-a-list"),
        pytest.param('["5.37.0"]', "[5.37]", "wrong_versions", id="a-version-that-is-a-number"),
        pytest.param('["5.37.0"]', "[]", "wrong_versions", id="for-nobody"),
        pytest.param("format = 1", "format = 2", "wrong_format", id="another-format"),
        pytest.param('"A hole in search"', '" "', "missing", id="no-title"),
        pytest.param('"<p>Update.</p>"', "true", "missing", id="no-page"),
        pytest.param("format", "colour = 1\nformat", "unknown_key", id="an-unknown-key"),
        pytest.param("format = 1", "format =", "not_toml", id="no-toml"),
        pytest.param("Update", "x" * LARGEST, "too_large", id="too-large"),
    ],
)
def test_what_is_no_notice_is_refused_at_the_start(
    tmp_path: Path, was: str, written: str, code: str
) -> None:
    (tmp_path / "one.toml").write_text(GOOD.replace(was, written), encoding="utf-8")
    assert f"[{code}]" in refusal(tmp_path)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(GOOD.replace("5.37.0", "5"), encoding="utf-8")
    (tmp_path / "two.toml").write_text("format = 3", encoding="utf-8")
    told = refusal(tmp_path)
    assert told.count("\n") == 6
    assert "one.toml: applies_to_version" in told
    assert "two.toml: html" in told


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    assert "two.toml: id: another file has it. [taken]" in refusal(tmp_path)


def test_a_version_that_stands_twice_is_listed_once(tmp_path: Path) -> None:
    twice = GOOD.replace('["5.37.0"]', '["5.37.0", "5.37.0"]')
    (tmp_path / "one.toml").write_text(twice, encoding="utf-8")
    assert BulletinFiles(tmp_path).now()[0].versions == ("5.37.0",)


def test_a_mistake_made_later_leaves_the_notices_as_they_were(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "one.toml"
    path.write_text(GOOD, encoding="utf-8")
    bulletins = BulletinFiles(tmp_path)
    path.write_text(GOOD.replace("5.37.0", "five"), encoding="utf-8")
    with caplog.at_level(logging.WARNING, "aboveboard"):
        assert [bulletin.versions for bulletin in bulletins.now()] == [("5.37.0",)]
        assert len(bulletins.now()) == 1
    assert len(caplog.messages) == 1
    assert "one.toml: applies_to_version" in caplog.text
    assert "five" not in caplog.text
    path.write_text(GOOD.replace("5.37.0", "5.38.11"), encoding="utf-8")
    assert [bulletin.versions for bulletin in bulletins.now()] == [("5.38.11",)]


def test_a_folder_that_vanishes_leaves_the_notices_as_they_were(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / "one.toml").write_text(GOOD, encoding="utf-8")
    bulletins = BulletinFiles(folder)
    folder.rename(tmp_path / "elsewhere")
    assert [bulletin.id for bulletin in bulletins.now()] == ["msb-1"]
    assert caplog.messages == ["The security notices cannot be read: FileNotFoundError"]


def test_unchanged_files_are_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text(GOOD, encoding="utf-8")
    bulletins, state = BulletinFiles(tmp_path), path.stat()
    path.write_text(GOOD.replace("5.37.0", "5.38.0"), encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert bulletins.now()[0].versions == ("5.37.0",)
