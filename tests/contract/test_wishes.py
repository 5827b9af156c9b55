"""The contract of the port WishesStore, run over all its adapters."""

from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.adapters.memory_sending import MemoryWishes
from aboveboard.adapters.wishes_file import FileWishes
from aboveboard.errors import StoreError
from aboveboard.model.wishes import Place, Wishes
from aboveboard.ports.sending import WishesStore

MINE = Wishes(Place("https://mine.example", bytes(32)), (Place("http://127.0.0.1:1"),), 7)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home" / "editor"


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, home: Path) -> WishesStore:
    return FileWishes(home) if request.param == "file" else MemoryWishes()


def test_who_never_said_has_no_wish(store: WishesStore) -> None:
    assert store.wishes() == Wishes()


def test_a_wish_is_kept_in_place_of_the_one_before(store: WishesStore) -> None:
    store.wish(Wishes(wait_days=3))
    store.wish(MINE)
    assert store.wishes() == MINE


def test_a_wish_can_be_taken_back(store: WishesStore) -> None:
    store.wish(MINE)
    store.wish(Wishes())
    store.wish(Wishes())
    assert store.wishes() == Wishes()


def test_another_process_finds_it_and_nobody_elses_eyes_do(home: Path) -> None:
    FileWishes(home).wish(MINE)
    assert FileWishes(home).wishes() == MINE
    file = home / "delivery.json"
    assert (file.stat().st_mode & 0o777, home.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [found.name for found in home.iterdir()] == [file.name]


def test_without_a_wish_nothing_is_written(home: Path) -> None:
    store = FileWishes(home)
    store.wishes()
    store.wish(Wishes())
    assert not home.parent.exists()

    store.wish(MINE)
    store.wish(Wishes())
    assert list(home.iterdir()) == []


def test_what_cannot_be_read_is_not_taken_for_no_wish(home: Path) -> None:
    store = FileWishes(home)
    store.wish(MINE)
    (home / "delivery.json").write_bytes(b"{")
    with pytest.raises(StoreError):
        store.wishes()
    store.wish(MINE)
    assert store.wishes() == MINE


def test_where_nothing_can_be_kept_the_person_is_told(home: Path) -> None:
    store = FileWishes(home)
    (home / "delivery.json" / "in the way").mkdir(parents=True)
    for wishes in (MINE, Wishes()):
        with pytest.raises(StoreError):
            store.wish(wishes)
    with pytest.raises(StoreError):
        store.wishes()
    assert [found.name for found in home.iterdir()] == ["delivery.json"]
