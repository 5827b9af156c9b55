from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.adapters.site_folder import LIST, SiteFolder
from aboveboard.errors import SetupError


def _write(path: Path, *names: str, body: bytes = b"page") -> int:
    folder = SiteFolder(path)
    folder.begin()
    for name in names:
        folder.write(name, body)
    return folder.finish()


def _files(path: Path) -> list[str]:
    found = (file for file in path.rglob("*") if file.is_file() and file.name != LIST)
    return sorted(file.relative_to(path).as_posix() for file in found)


def test_files_are_written_below_a_new_folder(tmp_path: Path) -> None:
    assert _write(tmp_path / "a" / "site", "index.html", "editor/index.html") == 0
    assert _files(tmp_path / "a" / "site") == ["editor/index.html", "index.html"]


def test_an_empty_folder_may_be_taken(tmp_path: Path) -> None:
    assert _write(tmp_path, "index.html") == 0
    assert _files(tmp_path) == ["index.html"]


def test_what_is_stale_is_removed_with_its_folder_and_nothing_else(tmp_path: Path) -> None:
    _write(tmp_path, "index.html", "editor/a.html", "viewer/a.html", "viewer/b.html")
    (tmp_path / "viewer" / "notes.txt").write_text("mine", encoding="utf-8")
    assert _write(tmp_path, "index.html") == 3
    assert _files(tmp_path) == ["index.html", "viewer/notes.txt"]
    assert not (tmp_path / "editor").exists()
    assert _write(tmp_path, "index.html") == 0


def test_a_stale_file_that_somebody_removed_is_no_problem(tmp_path: Path) -> None:
    _write(tmp_path, "index.html", "old.html")
    (tmp_path / "old.html").unlink()
    assert _write(tmp_path, "index.html") == 1


def test_a_file_that_is_the_same_is_not_touched(tmp_path: Path) -> None:
    _write(tmp_path, "index.html", "other.html")
    before = [(tmp_path / name).stat().st_ino for name in ("index.html", "other.html")]
    _write(tmp_path, "index.html", "other.html")
    assert [(tmp_path / name).stat().st_ino for name in ("index.html", "other.html")] == before
    _write(tmp_path, "index.html", "other.html", body=b"new")
    assert (tmp_path / "index.html").read_bytes() == b"new"
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SetupError, match="did not make"):
        _write(tmp_path, "index.html")
    assert _files(tmp_path) == ["thesis.txt"]


@pytest.mark.parametrize("text", ["", "thesis.txt\n"])
def test_a_list_that_is_not_ours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / LIST).write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match="was not written by"):
        _write(tmp_path, "index.html")


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / LIST).write_bytes(b"\xff\xfe")
    with pytest.raises(SetupError, match="cannot be written"):
        _write(tmp_path, "index.html")


def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    _write(tmp_path, "index.html")
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    with pytest.raises(SetupError, match="move it away"):
        _write(tmp_path, "index.html", "mine.html")
    assert (tmp_path / "mine.html").read_text(encoding="utf-8") == "mine"


def test_a_run_that_was_ended_in_its_middle_is_taken_up_by_the_next(tmp_path: Path) -> None:
    folder = SiteFolder(tmp_path)
    folder.begin()
    folder.write("index.html", b"page")
    folder.write("editor/half.html", b"page")
    assert _write(tmp_path, "index.html") == 1
    assert _files(tmp_path) == ["index.html"]


def test_nothing_is_written_or_removed_outside_the_folder(tmp_path: Path) -> None:
    outside, site = tmp_path / "outside", tmp_path / "site"
    outside.mkdir()
    (outside / "a.html").write_text("mine", encoding="utf-8")
    _write(site, "index.html")
    (site / "editor").symlink_to(outside)
    with pytest.raises(SetupError, match="lies outside"):
        _write(site, "index.html", "editor/b.html")
    with (site / LIST).open("a", encoding="utf-8") as names:
        names.write("../outside/a.html\n")
    with pytest.raises(SetupError, match="lies outside"):
        _write(site, "index.html")
    assert _files(outside) == ["a.html"]


def test_a_path_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(SetupError, match="cannot be written"):
        _write(tmp_path / "file", "index.html")
