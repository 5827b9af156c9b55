from __future__ import annotations

import os
import threading
import weakref
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import process
from aboveboard.adapters.process import is_writable, tell, unforked, working_folder


class Living:
    def __init__(self) -> None:
        self.told: list[str] = []

    def after_fork(self) -> None:
        self.told.append("forked")

    def close(self) -> None:
        self.told.append("closed")


def test_who_lives_is_told_of_forks_and_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_living", weakref.WeakSet())
    living, gone = Living(), Living()
    tell(living)
    tell(gone)
    del gone

    process._importing.acquire()  # noqa: SLF001 as it is in a child
    process._after_fork()  # noqa: SLF001 what the interpreter calls
    process._end()  # noqa: SLF001 as above

    assert living.told == ["forked", "closed"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nobody_forks_while_a_thread_imports() -> None:
    importing, over = threading.Event(), threading.Event()
    order: list[str] = []

    def work() -> None:
        with unforked():
            importing.set()
            over.wait(0.3)
            order.append("imported")

    thread = threading.Thread(target=work)
    thread.start()
    assert importing.wait(PATIENCE)

    child = os.fork()
    if not child:
        os._exit(0)  # pragma: no cover another process
    order.append("forked")

    assert os.waitpid(child, 0)[1] == 0
    thread.join()
    assert order == ["imported", "forked"]


def test_a_working_folder_that_is_gone_is_the_root(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Path(working_folder()) == tmp_path
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    assert working_folder() == os.sep


def test_a_folder_that_is_not_there_keeps_nothing(tmp_path: Path) -> None:
    assert is_writable(str(tmp_path))
    assert not is_writable(str(tmp_path / "none"))
