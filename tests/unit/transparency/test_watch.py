from __future__ import annotations

from collections.abc import Callable

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.transparency.checkpoint import Checkpoint, sign
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.note import Key
from aboveboard.transparency.watch import Doubt, Seen, Suspicion, advance

Grown = Callable[[str], TransparencyLog]


def seen(log: TransparencyLog, key: Key, checker: Ed25519Checker) -> Seen:
    found = advance(None, log.checkpoint(), (), key, checker)
    assert isinstance(found, Seen)
    return found


def code(result: Seen | Doubt) -> str:
    assert isinstance(result, Doubt)
    return result.code


def test_the_first_checkpoint_is_believed_if_the_key_signed_it(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    found = seen(grown("ab"), key, checker)
    assert found.checkpoint.size == 2
    assert found.note == grown("ab").checkpoint()


def test_a_log_that_grew_is_believed_with_its_proof(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    old, new = grown("ab"), grown("abcde")
    step = advance(seen(old, key, checker), new.checkpoint(), new.consistency(2, 5), key, checker)
    assert isinstance(step, Seen)
    assert step.checkpoint.size == 5


def test_the_same_checkpoint_again_needs_no_proof(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    log = grown("ab")
    known = seen(log, key, checker)
    assert advance(known, log.checkpoint(), (), key, checker) == known


def test_a_log_that_shrank_is_doubted(grown: Grown, key: Key, checker: Ed25519Checker) -> None:
    step = advance(seen(grown("ab"), key, checker), grown("a").checkpoint(), (), key, checker)
    assert code(step) == "log_shrank"


def test_another_root_of_the_same_size_is_doubted(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    step = advance(seen(grown("ab"), key, checker), grown("ax").checkpoint(), (), key, checker)
    assert code(step) == "log_forked"


def test_a_past_that_changed_is_doubted(grown: Grown, key: Key, checker: Ed25519Checker) -> None:
    new = grown("axc")
    proof = new.consistency(2, 3)
    step = advance(seen(grown("ab"), key, checker), new.checkpoint(), proof, key, checker)
    assert code(step) == "history_rewritten"


def test_what_another_key_signed_is_doubted(key: Key, checker: Ed25519Checker) -> None:
    note = sign(Checkpoint(key.name, 0, bytes(32)), Ed25519Signer(bytes(32)))
    assert code(advance(None, note, (), key, checker)) == "not_signed"


def test_another_log_of_the_same_owner_is_doubted(
    signer: Ed25519Signer, key: Key, checker: Ed25519Checker
) -> None:
    note = sign(Checkpoint("viewer.example/log", 0, bytes(32)), signer)
    assert code(advance(None, note, (), key, checker)) == "other_log"


def test_what_is_no_checkpoint_is_doubted(key: Key, checker: Ed25519Checker) -> None:
    assert code(advance(None, b"<html>", (), key, checker)) == "not_a_checkpoint"


@pytest.mark.parametrize("suspicion", list(Suspicion))
def test_every_doubt_has_a_sentence_for_people(suspicion: Suspicion) -> None:
    assert Doubt(suspicion).text.endswith(".")
