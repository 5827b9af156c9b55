"""The contract of the port WithdrawalQueue, run over all its adapters."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import withdrawals_file
from aboveboard.adapters.held_lock import locked
from aboveboard.adapters.memory_sending import MemoryWithdrawals
from aboveboard.adapters.withdrawals_file import FileWithdrawals
from aboveboard.errors import StoreError
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.ports.sending import WithdrawalQueue

OFFICIAL = "https://collector.example"
PUTTER = """
import sys
from datetime import date
from pathlib import Path
from aboveboard.adapters.withdrawals_file import FileWithdrawals
from aboveboard.model.withdrawal import Withdrawal
home, first = Path(sys.argv[1]), int(sys.argv[2])
for number in range(first, first + 10):
    one = Withdrawal(f"{number:032x}", "editor", ("https://a.example",), "t", "", date(2026, 1, 1))
    FileWithdrawals(home).put([one])
"""


def withdrawal(number: int, base: str = OFFICIAL) -> Withdrawal:
    day = date(2026, 11, 20)
    return Withdrawal(f"{number:032x}", "editor", (base, "https://b.example"), "secret", "", day)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home" / "editor"


@pytest.fixture(params=["memory", "file"])
def queue(request: pytest.FixtureRequest, home: Path) -> WithdrawalQueue:
    return FileWithdrawals(home) if request.param == "file" else MemoryWithdrawals()


def test_in_the_beginning_there_is_nothing(queue: WithdrawalQueue) -> None:
    assert queue.withdrawals() == []


def test_they_come_back_by_report_and_address(queue: WithdrawalQueue) -> None:
    queue.put([withdrawal(2), withdrawal(1, "https://mine.example")])
    queue.put([withdrawal(1)])
    assert queue.withdrawals() == [
        withdrawal(1),
        withdrawal(1, "https://mine.example"),
        withdrawal(2),
    ]


def test_each_takes_the_place_of_the_same_one(queue: WithdrawalQueue) -> None:
    queue.put([withdrawal(1), withdrawal(2)])
    done = replace(
        withdrawal(1),
        taking=Taking.DELETED,
        token="",
        answer="200 deleted",
        receipt="a note\n\n— with a line\n",
        proof=Proof.SIGNED,
        deleted=date(2026, 11, 21),
        tries=3,
        due=1_800_000_000,
    )
    queue.put([done])
    queue.put([])
    assert queue.withdrawals() == [done, withdrawal(2)]


def test_another_process_finds_them_and_nobody_elses_eyes_do(home: Path) -> None:
    FileWithdrawals(home).put([withdrawal(1)])
    assert FileWithdrawals(home).withdrawals() == [withdrawal(1)]
    assert {file.stat().st_mode & 0o777 for file in home.iterdir()} == {0o600}


def test_looking_writes_nothing(home: Path) -> None:
    FileWithdrawals(home).withdrawals()
    assert not home.parent.exists()


def test_many_processes_lose_nothing_of_each_others(home: Path) -> None:
    command = [sys.executable, "-c", PUTTER, str(home)]
    running = [subprocess.Popen([*command, str(first)]) for first in (0, 10, 20)]
    assert [process.wait(PATIENCE) for process in running] == [0, 0, 0]
    assert len(FileWithdrawals(home).withdrawals()) == 30


def test_who_waits_too_long_for_others_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawals_file, "BUSY_SECONDS", 0.0)
    home.mkdir(parents=True)
    with locked(home / "withdrawals.lock") as mine:
        assert mine
        with pytest.raises(StoreError):
            FileWithdrawals(home).put([withdrawal(1)])
    FileWithdrawals(home).put([withdrawal(1)])


@pytest.mark.parametrize("in_the_way", ["home", "home/editor/withdrawals.lock/x"])
def test_where_nothing_can_be_kept_the_person_is_told(
    tmp_path: Path, home: Path, in_the_way: str
) -> None:
    place = tmp_path / in_the_way
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    with pytest.raises(StoreError):
        FileWithdrawals(home).put([withdrawal(1)])
