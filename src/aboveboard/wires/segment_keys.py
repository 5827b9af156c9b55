"""Enters: a request. Leaves: the write key that its sender shows outside of the body."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.wires.foreign import Asked


def shown_key(asked: Asked) -> str:
    """Give the key of the header or else of the query; ``""`` where neither holds one.

    A token of OAuth says who sends, not for what: then the key stands in the body.

    Example:
        >>> from aboveboard.wires.foreign import Asked
        >>> shown_key(Asked("POST", "/v1/batch", headers={"authorization": "Basic a2V5Og=="}))
        'key'
        >>> shown_key(Asked("POST", "/beacon/v1/batch", "writeKey=key"))
        'key'
    """
    scheme, _, credentials = asked.headers.get("authorization", "").strip().partition(" ")
    name = _user(credentials.strip()) if scheme.lower() == "basic" else ""
    return name or (asked.value("writeKey") if asked.query else "")


def _user(credentials: str) -> str:
    """Undo base64, with or without its padding, and cut what stands behind the colon."""
    padding = "=" * (-len(credentials) % 4)
    try:
        plain = base64.b64decode(credentials + padding, validate=True)
    except ValueError:
        return ""
    return plain.decode(errors="replace").partition(":")[0]
