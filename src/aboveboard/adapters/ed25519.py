"""Enters: the ports Signer and SignatureChecker. Leaves: Ed25519 of RFC 8032."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Ed25519Signer:
    """Signs with one private key.

    Args:
        private_key: its 32 bytes.
    """

    def __init__(self, private_key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Sign a message; the same message always gets the same 64 bytes."""
        return self._key.sign(message)


class Ed25519Checker:
    """Checks signatures."""

    def check(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is the one of ``message`` by the public key ``key``."""
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def new_signing_key() -> bytes:
    """Make a private key: 32 bytes to be kept secret."""
    return Ed25519PrivateKey.generate().private_bytes_raw()
