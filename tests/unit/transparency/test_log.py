from __future__ import annotations

import threading
from datetime import date

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.errors import LogError
from aboveboard.transparency import checkpoint as checkpoints
from aboveboard.transparency.entries import ConsentEntry, RegistryEntry, write
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from aboveboard.transparency.note import Key

ORIGIN = "telemetry.editor.example/log"
DAY, LATER = date(2026, 11, 18), date(2026, 11, 25)
A, B = b"registry a", b"registry b"


class ShortOfSpace(MemoryLedger):
    """Cannot keep a checkpoint for some times."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0

    def keep(self, checkpoint: bytes) -> None:
        if self.failures:
            self.failures -= 1
            message = "no space"
            raise LogError(message)
        super().keep(checkpoint)


def registry(blob: bytes, day: date = DAY, app: str = "editor") -> RegistryEntry:
    return RegistryEntry(app, content_name(blob), "", day)


def size_of(log: TransparencyLog) -> int:
    checkpoint = checkpoints.read(log.checkpoint())
    assert checkpoint is not None
    assert checkpoint.size == log.size()
    return checkpoint.size


@pytest.fixture
def ledger() -> ShortOfSpace:
    return ShortOfSpace()


@pytest.fixture
def log(ledger: MemoryLedger, signer: Ed25519Signer) -> TransparencyLog:
    return TransparencyLog(ledger, signer, ORIGIN)


def test_a_new_log_signs_that_it_is_empty(
    log: TransparencyLog, key: Key, checker: Ed25519Checker
) -> None:
    assert log.key == key
    checkpoint = checkpoints.read(log.checkpoint())
    assert checkpoint is not None
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 0, EMPTY_ROOT)
    assert checkpoints.is_signed(log.checkpoint(), key, checker)
    assert log.latest_registry("editor") is None
    assert log.find_registry("editor", content_name(A)) is None


def test_what_is_added_is_kept_signed_for_and_proved(
    log: TransparencyLog, ledger: MemoryLedger
) -> None:
    assert log.add(registry(A), [A]) == 0
    assert log.add(registry(B), [B]) == 1
    assert ledger.leaves() == log.entries(0, 99) == [write(registry(A)), write(registry(B))]
    assert ledger.checkpoint() == log.checkpoint()
    assert log.blob(content_name(A)) == A
    checkpoint = checkpoints.read(log.checkpoint())
    assert checkpoint is not None
    leaf = leaf_hash(write(registry(A)))
    assert verify_inclusion(leaf, 0, 2, log.inclusion(0, 2), checkpoint.root)
    assert verify_consistency(1, leaf, 2, checkpoint.root, log.consistency(1, 2))


def test_the_same_again_on_a_later_day_is_not_added(log: TransparencyLog) -> None:
    log.add(registry(A), [A])
    log.add(registry(A, app="viewer"), [A])
    assert log.add(registry(A, LATER), [A]) == 0
    assert size_of(log) == 2


def test_what_held_before_something_else_did_is_added_again(log: TransparencyLog) -> None:
    for blob in (A, B, A):
        log.add(registry(blob), [blob])
    assert size_of(log) == 3
    assert log.latest_registry("editor") == (2, registry(A))
    assert log.find_registry("editor", content_name(A)) == 2
    assert log.find_registry("editor", content_name(B)) == 1
    assert log.find_registry("viewer", content_name(B)) is None


def test_a_content_that_the_log_has_need_not_be_given_again(log: TransparencyLog) -> None:
    log.add(registry(A), [A])
    words = ConsentEntry("editor", content_name(A), "en", content_name(A), DAY)
    assert log.add(words, []) == 1
    with pytest.raises(ValueError, match="is missing"):
        log.add(registry(B), [A])
    assert size_of(log) == 2


def test_an_entry_is_proved_for_the_newest_checkpoint(log: TransparencyLog) -> None:
    log.add(registry(A), [A])
    log.add(registry(B), [B])
    proven = log.proven(1)
    assert (proven.leaf, proven.note) == (write(registry(B)), log.checkpoint())
    with pytest.raises(ValueError, match="no such place"):
        log.proven(2)


def test_nothing_is_served_that_no_checkpoint_is_about(
    log: TransparencyLog, ledger: ShortOfSpace
) -> None:
    ledger.failures = 1
    with pytest.raises(LogError, match="no space"):
        log.add(registry(A), [A])
    assert size_of(log) == 0
    assert log.entries(0, 1) == []
    assert log.latest_registry("editor") is None
    assert log.find_registry("editor", content_name(A)) is None
    for ask in (log.inclusion, log.consistency):
        with pytest.raises(ValueError, match="has 0 entries"):
            ask(0, 1)


def test_what_could_not_be_signed_for_is_when_it_is_tried_again(
    log: TransparencyLog, ledger: ShortOfSpace
) -> None:
    ledger.failures = 1
    with pytest.raises(LogError, match="no space"):
        log.add(registry(A), [A])
    assert log.add(registry(A), [A]) == 0
    assert size_of(log) == 1


def test_a_log_goes_on_where_the_last_run_ended(
    log: TransparencyLog, ledger: MemoryLedger, signer: Ed25519Signer
) -> None:
    log.add(registry(A), [A])
    ledger.append([write(registry(B))])  # and then the machine went down
    again = TransparencyLog(ledger, signer, ORIGIN)
    assert size_of(again) == 2
    assert again.latest_registry("editor") == (1, registry(B))
    assert again.add(registry(B, LATER), [B]) == 1


def test_a_log_goes_on_where_there_is_no_room(
    log: TransparencyLog, ledger: ShortOfSpace, signer: Ed25519Signer
) -> None:
    log.add(registry(A), [A])
    ledger.failures = 1
    again = TransparencyLog(ledger, signer, ORIGIN)
    assert again.checkpoint() == log.checkpoint()
    assert again.add(registry(A, LATER), [A]) == 0
    assert ledger.failures == 1  # nothing was tried


def test_an_entry_without_a_checkpoint_waits_for_room_and_keeps_no_log_from_going_on(
    log: TransparencyLog, ledger: ShortOfSpace, signer: Ed25519Signer
) -> None:
    log.add(registry(A), [A])
    other = registry(B, app="viewer")
    ledger.append([write(other)])
    ledger.failures = 2
    again = TransparencyLog(ledger, signer, ORIGIN)
    assert again.checkpoint() == log.checkpoint()
    assert again.add(registry(A), [A]) == 0
    with pytest.raises(LogError, match="no space"):
        again.add(other, [B])
    assert again.add(other, [B]) == 1
    assert size_of(again) == 2


def test_a_checkpoint_that_another_key_signed_is_signed_anew(
    log: TransparencyLog, ledger: MemoryLedger, checker: Ed25519Checker
) -> None:
    log.add(registry(A), [A])
    other = TransparencyLog(ledger, Ed25519Signer(bytes([9]) * 32), ORIGIN)
    assert checkpoints.is_signed(other.checkpoint(), other.key, checker)
    assert ledger.checkpoint() == other.checkpoint()
    assert size_of(other) == 1


def test_a_log_of_another_name_is_not_gone_on_with(
    log: TransparencyLog, ledger: MemoryLedger, signer: Ed25519Signer
) -> None:
    log.add(registry(A), [A])
    with pytest.raises(LogError, match="not one of viewer"):
        TransparencyLog(ledger, signer, "viewer.example/log")
    ledger.keep(b"nonsense")
    with pytest.raises(LogError, match="not one of telemetry"):
        TransparencyLog(ledger, signer, ORIGIN)


@pytest.mark.parametrize("leaves", [[], [write(registry(B))]], ids=["gone", "altered"])
def test_entries_that_were_not_signed_for_are_not_gone_on_with(
    leaves: list[bytes], log: TransparencyLog, signer: Ed25519Signer
) -> None:
    log.add(registry(A), [A])
    altered = MemoryLedger()
    altered.append(leaves)
    altered.keep(log.checkpoint())
    with pytest.raises(LogError, match="Restore them from a mirror"):
        TransparencyLog(altered, signer, ORIGIN)


def test_a_leaf_that_is_no_entry_is_not_gone_on_with(signer: Ed25519Signer) -> None:
    ledger = MemoryLedger()
    ledger.append([b"{}"])
    with pytest.raises(LogError, match="entry 0"):
        TransparencyLog(ledger, signer, ORIGIN)


def test_a_log_cannot_have_any_name(signer: Ed25519Signer) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        TransparencyLog(MemoryLedger(), signer, "two words")


def test_readers_see_one_state_while_others_add(
    log: TransparencyLog, key: Key, checker: Ed25519Checker
) -> None:
    blobs = [b"registry %d" % number for number in range(40)]
    log.add(registry(A), [A])

    def add(share: list[bytes]) -> None:
        for blob in share:
            log.add(registry(blob), [blob])

    threads = [threading.Thread(target=add, args=(blobs[start::2],)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    while log.size() < 41:
        proven = log.proven(0)
        seen = checkpoints.read(proven.note)
        assert seen is not None
        leaf = leaf_hash(proven.leaf)
        assert verify_inclusion(leaf, 0, seen.size, proven.proof, seen.root)
    for thread in threads:
        thread.join()
    assert checkpoints.is_signed(log.checkpoint(), key, checker)
    assert len(set(log.entries(0, 99))) == 41
