"""Enters: a text such as ``KEY=APP``. Leaves: both sides of it."""

from __future__ import annotations

UNIVERSAL = "UA-"
"""What the id of a stream of the old form begins with."""
NATIVE = "native"
"""What a list holds unless somebody says otherwise."""


def pair(text: str) -> tuple[str, str]:
    """Read ``NAME=APP``; the name may hold further equals signs. A side that is missing is ``""``.

    Example:
        >>> pair("a=b = editor"), pair("editor")
        (('a=b', 'editor'), ('', 'editor'))
    """
    name, _, app = (part.strip() for part in text.rpartition("="))
    return name, app


def stream(text: str) -> tuple[str, str, str]:
    """Read ``ID:SECRET=APP``; the id may hold colons, and one of an old form has no secret.

    Example:
        >>> stream("1:22:web:ab:s=phone"), stream("UA-1=phone")
        (('1:22:web:ab', 's', 'phone'), ('UA-1', '', 'phone'))
    """
    whole, app = pair(text)
    if whole.startswith(UNIVERSAL):
        return whole, "", app
    name, _, secret = whole.rpartition(":")
    return name, secret, app


def listed(text: str) -> tuple[str, str]:
    """Read ``NAME`` or ``NAME=WIRE``: a list, and what its records are.

    Example:
        >>> listed("a=b=endless-3"), listed("reports")
        (('a=b', 'endless-3'), ('reports', 'native'))
    """
    return pair(text) if "=" in text else (text, NATIVE)
