"""The contract of Signer and SignatureChecker, over every adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer, new_signing_key
from aboveboard.adapters.late_check import LateChecker

if TYPE_CHECKING:
    from aboveboard.ports.signatures import SignatureChecker

# RFC 8032, section 7.1, test 2.
SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


@pytest.fixture(params=[Ed25519Checker, LateChecker])
def checker(request: pytest.FixtureRequest) -> SignatureChecker:
    made: SignatureChecker = request.param()
    return made


def test_it_signs_as_the_rfc_says() -> None:
    signer = Ed25519Signer(SECRET)
    assert (signer.public_key, signer.sign(b"\x72")) == (PUBLIC, SIGNATURE)


def test_a_true_signature_is_known(checker: SignatureChecker) -> None:
    assert checker.check(PUBLIC, b"\x72", SIGNATURE)


def test_another_message_key_or_signature_is_refused(checker: SignatureChecker) -> None:
    other = Ed25519Signer(new_signing_key()).public_key
    assert not checker.check(PUBLIC, b"\x73", SIGNATURE)
    assert not checker.check(other, b"\x72", SIGNATURE)
    assert not checker.check(PUBLIC, b"\x72", SIGNATURE[:-1] + b"\x01")


@pytest.mark.parametrize("key", [b"", b"short", PUBLIC + b"x"], ids=["none", "short", "long"])
def test_what_is_no_key_opens_nothing(checker: SignatureChecker, key: bytes) -> None:
    assert not checker.check(key, b"\x72", SIGNATURE)


@pytest.mark.parametrize("signature", [b"", b"short", SIGNATURE + b"x"])
def test_what_is_no_signature_proves_nothing(checker: SignatureChecker, signature: bytes) -> None:
    assert not checker.check(PUBLIC, b"\x72", signature)
