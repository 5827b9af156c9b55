from __future__ import annotations

import pytest

from aboveboard.adapters.late_control import LateControlStore
from aboveboard.adapters.memory_control import MemoryControlStore
from aboveboard.errors import ControlError, SetupError
from aboveboard.ports.control import ControlStore


def test_it_is_opened_once_and_only_when_it_is_used() -> None:
    opened: list[ControlStore] = []

    def opens() -> ControlStore:
        opened.append(MemoryControlStore())
        return opened[-1]

    store = LateControlStore(opens)
    assert opened == []
    assert store.last_runs() == []
    assert store.backups() == []
    assert len(opened) == 1
    store.close()
    LateControlStore(opens).close()
    assert len(opened) == 1


def test_what_could_not_be_opened_is_tried_again() -> None:
    answers: list[ControlStore | Exception] = [SetupError("is not installed"), MemoryControlStore()]

    def opens() -> ControlStore:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    store = LateControlStore(opens)
    with pytest.raises(ControlError, match="is not installed"):
        store.last_runs()
    assert store.last_runs() == []


def test_after_closing_it_is_not_opened_any_more() -> None:
    store = LateControlStore(MemoryControlStore)
    store.close()
    with pytest.raises(ControlError, match="is closed"):
        store.last_runs()
