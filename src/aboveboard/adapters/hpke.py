"""Enters: the ports Sealer and Opener. Leaves: HPKE of RFC 9180 by the package ``cryptography``.

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode. A sealed body is the
32 bytes of ``enc`` followed by the ciphertext.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from aboveboard.errors import SealError
from aboveboard.wires.native import key_id

if TYPE_CHECKING:
    from collections.abc import Sequence

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


class HpkeSealer:
    """Seals for a collector's public key."""

    def seal(self, plain: bytes, key: bytes, info: bytes) -> bytes:
        """Seal for the public key, bound to ``info``."""
        try:
            return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(key), info)
        except ValueError as error:
            message = "the collector's key is none"
            raise SealError(message) from error


class HpkeOpener:
    """Opens with the private keys of a collector."""

    def __init__(self, private_keys: Sequence[bytes]) -> None:
        pairs = [X25519PrivateKey.from_private_bytes(key) for key in private_keys]
        publics = [pair.public_key().public_bytes_raw() for pair in pairs]
        self._publics = tuple(publics)
        self._pairs = {key_id(public): pair for public, pair in zip(publics, pairs, strict=True)}

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """The public halves of its keys, newest first."""
        return self._publics

    def open(self, sealed: bytes, key_id: bytes, info: bytes) -> bytes:
        """Open a sealed body."""
        pair = self._pairs.get(key_id)
        if pair is None:
            message = "it was sealed for a key that this collector does not have"
            raise SealError(message)
        try:
            return _SUITE.decrypt(sealed, pair, info)
        except (InvalidTag, ValueError) as error:
            message = "it was changed, or sealed for another address"
            raise SealError(message) from error


def new_private_key() -> bytes:
    """Make a private key for a collector."""
    return X25519PrivateKey.generate().private_bytes_raw()
