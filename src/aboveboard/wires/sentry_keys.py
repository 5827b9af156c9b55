"""Enters: a request of a Sentry client, or the head of its envelope. Leaves: the key it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard.wires.foreign import Asked

_DSN = re.compile(r"https?://([^:@/]{1,100})(?::[^@/]*)?@.*")


def auth_of(asked: Asked) -> dict[str, str]:
    """Give what a client says of itself, in a header or in the query."""
    shown = asked.headers.get("x-sentry-auth", "") or asked.headers.get("authorization", "")
    scheme, _, rest = shown.strip().partition(" ")
    if scheme.lower() == "sentry":
        said = (each.partition("=") for each in rest.split(","))
        return {name.strip(): value.strip() for name, _, value in said}
    names = ("sentry_key", "sentry_client")
    return {name: asked.value(name) for name in names} if asked.query else {}


def key_of(head: dict[str, Any]) -> str:
    """Give the key of the address that a client was made with, where the envelope names it."""
    dsn = head.get("dsn")
    found = _DSN.fullmatch(dsn) if isinstance(dsn, str) else None
    return found[1] if found else ""
