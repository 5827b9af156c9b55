from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.device.receipt import examine
from aboveboard.errors import SealError
from aboveboard.model.withdrawal import Proof, Withdrawal
from aboveboard.transparency.note import Key, sign
from aboveboard.wires.receipts import text

DAY = date(2026, 11, 20)
REPORT = "a" * 32
NAME = "editor.example/log"
SIGNER = Ed25519Signer(bytes(range(32)))
LOG = str(Key(NAME, SIGNER.public_key))
WITHDRAWAL = Withdrawal(REPORT, "editor", ("https://collector.example",), "secret", LOG, DAY)
CHECKER = Ed25519Checker()


def note(words: str, signer: Ed25519Signer = SIGNER) -> str:
    return sign(words, NAME, signer).decode()


class NoChecker:
    """Where checking is not installed."""

    def check(self, key: bytes, message: bytes, signature: bytes) -> bool:  # noqa: ARG002 a port's signature
        words = "checking is not available"
        raise SealError(words)


@pytest.mark.parametrize("more", ["", "from the log, the tables and the totals\n"])
def test_a_receipt_proves_what_it_says(more: str) -> None:
    signed = note(text("editor", REPORT, DAY) + more)
    assert examine(signed, WITHDRAWAL, CHECKER) == (Proof.SIGNED, DAY)


@pytest.mark.parametrize(
    "receipt",
    [
        pytest.param("", id="none"),
        pytest.param("nonsense", id="nonsense"),
        pytest.param("\ud800", id="no-text"),
        pytest.param(text("editor", REPORT, DAY), id="unsigned"),
        pytest.param(note(text("mailer", REPORT, DAY)), id="another-app"),
        pytest.param(note(text("editor", "b" * 32, DAY)), id="another-report"),
        pytest.param(note(text("editor", REPORT, DAY).replace("11-20", "11-31")), id="no-day"),
        pytest.param(note("aboveboard throttle 1\neditor\n"), id="another-note"),
        pytest.param(note(text("editor", REPORT, DAY), Ed25519Signer(bytes(32))), id="another-key"),
        pytest.param(note(text("editor", REPORT, DAY) + "x" * 3000 + "\n"), id="too-long"),
    ],
)
def test_anything_else_proves_nothing(receipt: str) -> None:
    assert examine(receipt, WITHDRAWAL, CHECKER) == (Proof.NONE, None)


def test_a_receipt_that_cannot_be_checked_is_said_to_be_so() -> None:
    signed = note(text("editor", REPORT, DAY))
    no_log = Withdrawal(REPORT, "editor", ("https://mine.example",), "secret", "", DAY)
    assert examine(signed, no_log, CHECKER) == (Proof.UNCHECKED, DAY)
    assert examine(signed, WITHDRAWAL, NoChecker()) == (Proof.UNCHECKED, DAY)


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(receipt: str) -> None:
    assert examine(receipt, WITHDRAWAL, CHECKER)[0] is Proof.NONE
