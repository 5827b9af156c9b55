"""What every Ledger promises, over all its adapters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.file_ledger import FileLedger
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.ports.ledger import Ledger

MAKERS = [
    pytest.param(lambda _folder: MemoryLedger(), id="memory"),
    pytest.param(lambda folder: FileLedger(folder / "log"), id="file"),
]


@pytest.fixture(params=MAKERS)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    make: Callable[[Path], Ledger] = request.param
    return make(tmp_path)


def test_an_empty_ledger_has_nothing(ledger: Ledger) -> None:
    assert ledger.leaves() == []
    assert ledger.checkpoint() is None
    assert ledger.blob("0" * 64) is None


def test_leaves_come_back_in_their_order(ledger: Ledger) -> None:
    ledger.append([b"one", b"two"])
    ledger.append([])
    ledger.append([b"three"])
    assert ledger.leaves() == [b"one", b"two", b"three"]


def test_what_a_caller_does_with_the_leaves_changes_nothing(ledger: Ledger) -> None:
    ledger.append([b"one"])
    ledger.leaves().clear()
    assert ledger.leaves() == [b"one"]


def test_the_last_checkpoint_is_given(ledger: Ledger) -> None:
    ledger.keep(b"first\n")
    ledger.keep(b"second\n")
    assert ledger.checkpoint() == b"second\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blob=st.binary(max_size=100))
def test_a_content_has_the_name_of_its_hash(blob: bytes, ledger: Ledger) -> None:
    ledger.put(blob)
    ledger.put(blob)
    assert ledger.blob(hashlib.sha256(blob).hexdigest()) == blob


@pytest.mark.parametrize("name", ["", "..", "../checkpoint", "F" * 64, "0" * 63, "é" * 64])
def test_what_is_no_name_has_no_content(name: str, ledger: Ledger) -> None:
    ledger.keep(b"checkpoint")
    assert ledger.blob(name) is None
