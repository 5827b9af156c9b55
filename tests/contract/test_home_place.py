"""The contract of the port HomePlace, run over all its adapters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from aboveboard.adapters.home_index import HomeIndex, find_homes
from aboveboard.adapters.memory_home import MemoryHomePlace
from aboveboard.ports.device import HomePlace


@dataclass(frozen=True, slots=True)
class Placed:
    """An adapter, and what tells whether anybody finds the home by it."""

    place: HomePlace
    is_found: Callable[[], bool]


@pytest.fixture(params=["memory", "file"])
def placed(request: pytest.FixtureRequest, tmp_path: Path) -> Placed:
    if request.param == "memory":
        place = MemoryHomePlace()
        return Placed(place, lambda: place.noted)
    home, index = tmp_path / "elsewhere" / "editor", tmp_path / "state" / "homes"
    (home / "papers").mkdir(parents=True)
    return Placed(HomeIndex(index, home), lambda: find_homes(tmp_path / "state", index) == [home])


def test_nobody_finds_what_was_never_noted_down(placed: Placed) -> None:
    placed.place.forget()
    assert not placed.is_found()


def test_what_is_noted_down_is_found_once(placed: Placed) -> None:
    placed.place.note()
    placed.place.note()
    assert placed.is_found()


def test_what_is_forgotten_is_found_no_longer(placed: Placed) -> None:
    placed.place.note()
    placed.place.forget()
    placed.place.forget()
    assert not placed.is_found()
    placed.place.note()
    assert placed.is_found()
