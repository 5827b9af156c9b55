from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import file_lock, held_lock
from aboveboard.adapters.held_lock import locked
from aboveboard.errors import StoreError


def test_a_lock_is_waited_for_as_long_as_wished(tmp_path: Path) -> None:
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(tmp_path / "lock"):
            held.set()
            let_go.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(PATIENCE)
    with locked(tmp_path / "lock", 0.05) as mine:
        assert not mine
    let_go.set()
    with locked(tmp_path / "lock", 10) as mine:
        assert mine
    thread.join()


@pytest.mark.parametrize("others", ["gone", "another"])
def test_a_lock_on_a_file_that_is_no_longer_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: str
) -> None:
    file = tmp_path / "lock"
    lock = file_lock.try_lock

    def meanwhile(descriptor: int) -> bool:
        file.unlink(missing_ok=True)
        if others == "another":
            file.touch()
        return lock(descriptor)

    monkeypatch.setattr(held_lock, "try_lock", meanwhile)
    with locked(file) as mine:
        assert not mine


def test_where_there_can_be_no_lock_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError), locked(tmp_path / "no folder" / "lock"):
        pass
