"""Enters: bytes. Leaves: their SHA-256, by which both ends name things.

It is the interpreter's own: ``hashlib`` would load OpenSSL into every program that counts, which is
more memory than all the rest of the device.
"""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]  # since Python 3.12
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found, unused-ignore]
    except ImportError:  # an interpreter that was built without it
        from hashlib import sha256


def digest(body: bytes) -> bytes:
    """Give the 32 bytes of a SHA-256.

    Example:
        >>> digest(b"").hex()[:16]
        'e3b0c44298fc1c14'
    """
    found: bytes = sha256(body).digest()
    return found


def hex_digest(body: bytes) -> str:
    """Give a SHA-256 in hexadecimal, 64 digits."""
    return digest(body).hex()
