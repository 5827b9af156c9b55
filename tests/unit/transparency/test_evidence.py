from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.transparency.checkpoint import Checkpoint, sign
from aboveboard.transparency.evidence import Equivocation, prove_fork, proves, read, write
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.merkle import Tree, leaf_hash
from aboveboard.transparency.note import Key

Grown = Callable[[str], TransparencyLog]


def tree(log: TransparencyLog) -> Tree:
    return Tree(map(leaf_hash, log.entries(0, log.size())))


def test_two_roots_of_one_size_prove_a_fork_by_the_notes_alone(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    found = prove_fork(grown("ab").checkpoint(), grown("ax").checkpoint(), Tree(), key, checker)
    assert found is not None
    assert found.proof == ()
    assert proves(found, key, checker)


@pytest.mark.parametrize("sizes", [("ab", "axcde"), ("abc", "axcde"), ("abcd", "axcde")])
@pytest.mark.parametrize("turned", ["", "turned"])
def test_a_past_that_changed_is_proved_with_the_leaves_of_the_larger_side(
    sizes: tuple[str, str], turned: str, grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    small, large = grown(sizes[0]), grown(sizes[1])
    one, other = (large, small) if turned else (small, large)
    found = prove_fork(one.checkpoint(), other.checkpoint(), tree(large), key, checker)
    assert found is not None
    assert found.earlier == small.checkpoint()
    assert proves(found, key, checker)
    assert read(write(found)) == found


def test_a_log_that_only_grew_cannot_be_accused(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    small, large = grown("ab"), grown("abcde")
    notes = small.checkpoint(), large.checkpoint()
    assert prove_fork(*notes, tree(large), key, checker) is None
    assert prove_fork(notes[0], notes[0], tree(small), key, checker) is None
    for other in (grown("axcde"), grown("ab")):
        assert prove_fork(*notes, tree(other), key, checker) is None
    forged = Equivocation(*notes, tree(grown("ax")).root(), tuple(large.consistency(2, 5)))
    assert not proves(forged, key, checker)


def test_what_is_no_checkpoint_proves_nothing(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    note = grown("ab").checkpoint()
    assert prove_fork(b"", note, Tree(), key, checker) is None
    assert prove_fork(note, b"", Tree(), key, checker) is None
    assert not proves(Equivocation(note, b"", bytes(32), ()), key, checker)
    assert not proves(Equivocation(b"", note, bytes(32), ()), key, checker)


def test_what_others_signed_proves_nothing(
    grown: Grown, signer: Ed25519Signer, key: Key, checker: Ed25519Checker
) -> None:
    note = grown("ab").checkpoint()
    forged = sign(Checkpoint(key.name, 2, bytes(32)), Ed25519Signer(bytes(32)))
    assert prove_fork(note, forged, Tree(), key, checker) is None
    elsewhere = sign(Checkpoint("viewer.example/log", 2, bytes(32)), signer)
    assert prove_fork(note, elsewhere, Tree(), key, checker) is None


def test_evidence_that_was_changed_proves_nothing(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    small, large = grown("ab"), grown("axcde")
    found = prove_fork(small.checkpoint(), large.checkpoint(), tree(large), key, checker)
    assert found is not None
    for changed in (
        replace(found, root=bytes(32)),
        replace(found, proof=found.proof[:-1]),
        replace(found, earlier=grown("ax").checkpoint()),
        replace(found, later=grown("abcde").checkpoint()),
    ):
        assert not proves(changed, key, checker)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 100_000,
        b"[]",
        b'{"format":2}',
        b" " * (1024 * 1024 + 1),
        b'{"format":1,"earlier":"","later":"","root":5,"proof":[]}',
        b'{"format":1,"earlier":"","later":"","root":"%s=","proof":5}' % (b"A" * 43),
    ],
    ids=["nothing", "deep", "list", "other-format", "large", "bad-root", "bad-proof"],
)
def test_what_is_no_evidence_is_none(body: bytes) -> None:
    assert read(body) is None


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.text(max_size=50), max_size=3))
def test_no_content_makes_reading_or_checking_raise(one: str, other: str, proof: list[str]) -> None:
    content = {"format": 1, "earlier": one, "later": other, "root": "A" * 43 + "=", "proof": proof}
    found = read(json.dumps(content).encode())
    assert found is None or not proves(found, Key("a", bytes(32)), Ed25519Checker())
