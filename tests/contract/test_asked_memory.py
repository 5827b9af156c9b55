from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from aboveboard.adapters.asked_file import AskedFile
from aboveboard.adapters.memory_asked import MemoryAsked
from aboveboard.model.asked import Asked, AskedBook
from aboveboard.ports.asking import AskedMemory

DAY = date(2026, 11, 18)


def _file(folder: Path) -> AskedFile:
    return AskedFile(folder / "state" / "asked.json")


@pytest.fixture(params=[lambda _: MemoryAsked(), _file], ids=["memory", "file"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> AskedMemory:
    make: Callable[[Path], AskedMemory] = request.param
    return make(tmp_path)


def test_at_first_nobody_asked(memory: AskedMemory) -> None:
    assert memory.book() == AskedBook()


def test_a_question_is_remembered(memory: AskedMemory) -> None:
    assert memory.claim("editor", DAY)
    assert dict(memory.book().apps) == {"editor": Asked(DAY)}


def test_a_second_question_of_the_day_is_refused_and_not_remembered(memory: AskedMemory) -> None:
    memory.claim("editor", DAY)
    assert not memory.claim("viewer", DAY)
    assert not memory.claim("editor", DAY + timedelta(days=29))
    assert dict(memory.book().apps) == {"editor": Asked(DAY)}
    assert memory.claim("viewer", DAY + timedelta(days=1))
    assert memory.claim("editor", DAY + timedelta(days=30))
    assert set(memory.book().apps) == {"editor", "viewer"}


def test_an_answer_is_remembered(memory: AskedMemory) -> None:
    memory.claim("editor", DAY)
    memory.answered("editor", "f" * 64)
    assert dict(memory.book().apps) == {"editor": Asked(DAY, "f" * 64)}


def test_an_answer_to_no_question_is_not_remembered(memory: AskedMemory) -> None:
    memory.answered("editor", "f" * 64)
    assert memory.book() == AskedBook()
