"""Enters: the port Sealer. Leaves: sealed bytes; ``cryptography`` is imported when first needed."""

from __future__ import annotations

from aboveboard.errors import SealError


class LateSealer:
    """Seals with HPKE if the extra ``seal`` is installed.

    A program that never sends a sealed report never pays for the import.
    """

    def seal(self, plain: bytes, key: bytes, info: bytes) -> bytes:
        """Seal for the public key, bound to ``info``."""
        try:
            from aboveboard.adapters.hpke import HpkeSealer  # noqa: PLC0415 see the class
        except ImportError as error:
            message = "sealing needs the extra: pip install 'aboveboard[seal]'"
            raise SealError(message) from error
        return HpkeSealer().seal(plain, key, info)
