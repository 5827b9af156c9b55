"""Enters: the port SignatureChecker. Leaves: its answers; imports `cryptography` when needed."""

from __future__ import annotations

from aboveboard.errors import SealError


class LateChecker:
    """Checks Ed25519 signatures if the extra ``seal`` is installed.

    A program whose registry nobody signs never pays for the import.
    """

    def check(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is the one of ``message`` by the public key ``key``.

        Raises:
            SealError: the extra is not installed.
        """
        try:
            from aboveboard.adapters.ed25519 import Ed25519Checker  # noqa: PLC0415 see the class
        except ImportError as error:
            missing = "checking signatures needs the extra: pip install 'aboveboard[seal]'"
            raise SealError(missing) from error
        return Ed25519Checker().check(key, message, signature)
