from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.home_index import HomeIndex, find_homes
from aboveboard.errors import StoreError


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def home(folder: Path, mark: str = "choice.json") -> Path:
    folder.mkdir(parents=True)
    (folder / mark).write_text("{}")
    return folder


def test_on_a_new_account_there_is_no_home(state: Path) -> None:
    assert find_homes(state, state / "homes") == []
    assert not state.exists()


def test_homes_at_the_usual_place_are_known_by_what_lies_in_them(state: Path) -> None:
    editor, viewer = home(state / "editor"), home(state / "viewer", "counts.sqlite")
    (state / "collector").mkdir()
    (state / "asked.json").write_text("{}")
    assert find_homes(state, state / "homes") == [editor, viewer]


def test_a_home_that_is_noted_down_twice_is_found_once(state: Path, tmp_path: Path) -> None:
    there = home(tmp_path / "elsewhere" / "editor")
    link = tmp_path / "link"
    link.symlink_to(there)
    for path in (there, link, home(state / "viewer")):
        HomeIndex(state / "homes", path).note()
    assert [found.name for found in find_homes(state, state / "homes")] in (
        [["editor", "viewer"], ["link", "viewer"]]
    )


def test_a_home_that_is_gone_is_not_found(state: Path, tmp_path: Path) -> None:
    HomeIndex(state / "homes", tmp_path / "gone").note()
    assert find_homes(state, state / "homes") == []


def test_the_file_says_where_and_nothing_else(state: Path, tmp_path: Path) -> None:
    HomeIndex(state / "homes", tmp_path / "there").note()
    (file,) = (state / "homes").iterdir()
    assert file.read_text() == f"{tmp_path / 'there'}\n"
    assert file.stat().st_mode & 0o777 == 0o600


@given(body=st.binary(max_size=200))
def test_a_file_that_says_anything_else_names_no_home(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    index = tmp_path_factory.mktemp("homes")
    (index / "00").write_bytes(body)
    assert find_homes(index / "none", index) == []


def test_what_cannot_be_written_or_removed_is_told(state: Path, tmp_path: Path) -> None:
    state.write_text("a file where a folder belongs")
    place = HomeIndex(state / "homes", tmp_path)
    with pytest.raises(StoreError):
        place.note()
    with pytest.raises(StoreError):
        place.forget()


def test_what_is_no_file_or_no_path_names_no_home(state: Path) -> None:
    index = state / "homes"
    (index / "folder").mkdir(parents=True)
    (index / "file").write_bytes(b"/\x00\n")
    assert find_homes(state, index) == []
