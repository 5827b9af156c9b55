from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.adapters.file_lease import CallableLease, SharedLease
from aboveboard.errors import StoreError


class Overtaken(SharedLease):
    """A host that is slow: others act between two of its steps."""

    def __init__(self, folder: Path, meanwhile: Callable[[int], None]) -> None:
        super().__init__(folder)
        self._meanwhile = meanwhile

    def _is_free(self, number: int) -> bool:
        found = super()._is_free(number)
        self._meanwhile(number)
        return found


def test_who_was_slower_does_not_get_it(tmp_path: Path) -> None:
    with SharedLease(tmp_path).claim():
        pass
    slow = Overtaken(tmp_path, lambda last: (tmp_path / f"sending.lease.{last + 1}").touch())
    with slow.claim() as mine:
        assert not mine


def test_who_was_slower_by_a_whole_turn_does_not_get_it_either(tmp_path: Path) -> None:
    with SharedLease(tmp_path).claim():
        pass
    slow = Overtaken(tmp_path, lambda last: (tmp_path / f"sending.lease.{last + 2}").touch())

    with slow.claim() as mine:
        assert not mine

    assert not (tmp_path / "sending.lease.2").exists()
    with SharedLease(tmp_path).claim() as mine:
        assert not mine, "the faster one holds it still"


def test_a_lease_that_is_gone_when_it_is_looked_at_belongs_to_others(tmp_path: Path) -> None:
    class Gone(SharedLease):
        def _numbers(self) -> list[int]:
            return [7]

    with Gone(tmp_path).claim() as mine:
        assert not mine


def test_two_who_clear_away_the_same_do_not_hinder_each_other(tmp_path: Path) -> None:
    (tmp_path / "sending.lease.1").touch()

    class Both(SharedLease):
        def _is_free(self, number: int) -> bool:
            (tmp_path / f"sending.lease.{number}").unlink()
            return True

    with Both(tmp_path).claim() as mine:
        assert mine


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    class Full(SharedLease):
        def _numbers(self) -> list[int]:
            raise PermissionError

    with pytest.raises(StoreError, match="who of several sends"), Full(tmp_path).claim():
        pass


class Lock:
    """A lock of somebody's database."""

    def __init__(self, *, fails_at: str) -> None:
        self._fails_at = fails_at

    def acquire(self, *, blocking: bool) -> object:
        assert not blocking
        if self._fails_at == "acquire":
            message = "the database's own words"
            raise RuntimeError(message)
        return 1

    def release(self) -> object:
        raise ConnectionError


@pytest.mark.parametrize("fails_at", ["acquire", "release"])
def test_a_foreign_lock_that_fails_is_an_error_of_ours(fails_at: str) -> None:
    lease = CallableLease(Lock(fails_at=fails_at))
    with pytest.raises(StoreError) as caught, lease.claim():
        pass
    assert "own words" not in str(caught.value)
