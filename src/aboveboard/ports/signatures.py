"""Enters: what signing and checking need from outside. Leaves: their ports, no more."""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """Signs with one Ed25519 key. Contract: ``tests/contract/test_signatures.py``."""

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign a message: 64 bytes."""
        ...


class SignatureChecker(Protocol):
    """Checks Ed25519 signatures. Contract: ``tests/contract/test_signatures.py``."""

    def check(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is the one of ``message`` by the public key ``key``.

        What is no key or no signature at all gives False.

        Raises:
            SealError: checking is not available here.
        """
        ...
