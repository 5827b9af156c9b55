from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.transparency import entries
from aboveboard.transparency.checkpoint import Checkpoint, sign
from aboveboard.transparency.entries import RegistryEntry
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.merkle import leaf_hash
from aboveboard.transparency.note import Key
from aboveboard.transparency.proven import Proven, check, read, write
from aboveboard.transparency.watch import Doubt

Grown = Callable[[str], TransparencyLog]


def test_an_entry_is_checked_at_the_other_end(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    log = grown("abcde")
    arrived = read(write(log.proven(3)))
    assert arrived == log.proven(3)
    entry = check(arrived, key, checker)
    assert isinstance(entry, RegistryEntry)
    assert [entries.write(entry)] == log.entries(3, 4)


def test_an_entry_that_is_not_in_the_log_is_doubted(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    proven = grown("abcde").proven(3)
    for wrong in (
        replace(proven, index=2),
        replace(proven, leaf=grown("x").entries(0, 1)[0]),
        replace(proven, proof=proven.proof[1:]),
        replace(proven, note=grown("abcxe").checkpoint()),
    ):
        doubt = check(wrong, key, checker)
        assert isinstance(doubt, Doubt)
        assert doubt.code == "not_in_log"


def test_a_note_of_somebody_else_is_doubted(grown: Grown, checker: Ed25519Checker) -> None:
    doubt = check(grown("a").proven(0), Key("other.example/log", bytes(32)), checker)
    assert isinstance(doubt, Doubt)
    assert doubt.code == "other_log"


def test_an_entry_of_an_unknown_kind_is_doubted(
    signer: Ed25519Signer, key: Key, checker: Ed25519Checker
) -> None:
    note = sign(Checkpoint(key.name, 1, leaf_hash(b"{}")), signer)
    doubt = check(Proven(0, b"{}", (), note), key, checker)
    assert isinstance(doubt, Doubt)
    assert doubt.code == "unknown_entry"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 100_000,
        b"[]",
        b" " * (256 * 1024 + 1),
        b'{"index":"0","leaf":"","proof":[],"checkpoint":""}',
        b'{"index":0,"leaf":"","proof":["x"],"checkpoint":""}',
        b'{"index":0,"leaf":"","checkpoint":""}',
    ],
    ids=["nothing", "deep", "list", "large", "bad-index", "bad-proof", "no-proof"],
)
def test_what_is_no_proven_entry_is_none(body: bytes) -> None:
    assert read(body) is None


@given(st.integers(), st.text(max_size=40), st.text(max_size=40))
def test_no_content_makes_reading_or_checking_raise(index: int, leaf: str, note: str) -> None:
    content = {"index": index, "leaf": leaf, "proof": [], "checkpoint": note}
    found = read(json.dumps(content).encode())
    assert found is not None
    assert isinstance(check(found, Key("a", bytes(32)), Ed25519Checker()), Doubt)
