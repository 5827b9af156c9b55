"""Enters: bytes, or a stranger's text. Leaves: SHA-256 names and base64, in one spelling each."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

HASH_BYTES = 32
MOST_STEPS = 128
"""No proof of a tree that can be counted has more hashes (two for each doubling)."""
SHA256_HEX = re.compile(r"[0-9a-f]{64}")


def content_name(blob: bytes) -> str:
    """Give the name that a blob has by its content.

    Example:
        >>> content_name(b"")[:12]
        'e3b0c44298fc'
    """
    return hashlib.sha256(blob).hexdigest()


def to_base64(value: bytes) -> str:
    """Write bytes in the base64 of RFC 4648, section 4."""
    return base64.b64encode(value).decode()


def from_base64(text: str) -> bytes | None:
    """Read base64; None unless it is exactly what ``to_base64`` would write.

    Example:
        >>> from_base64("QQ=="), from_base64("QR==")
        (b'A', None)
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if to_base64(value) == text else None


def hash_from(value: object) -> bytes | None:
    """Read one hash out of JSON."""
    found = from_base64(value) if isinstance(value, str) else None
    return found if found is not None and len(found) == HASH_BYTES else None


def proof_from(value: object) -> tuple[bytes, ...] | None:
    """Read a proof out of JSON: a list of hashes, or None."""
    if not isinstance(value, list) or len(value) > MOST_STEPS:
        return None
    steps = tuple(step for step in map(hash_from, value) if step is not None)
    return steps if len(steps) == len(value) else None
