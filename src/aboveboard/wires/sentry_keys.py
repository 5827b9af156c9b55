"""Enters: a request of a Sentry client, or the head of its envelope. Leaves: the key it shows."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.wires.foreign import Asked

MOST_REMEMBERED = 256
"""Headers of clients that are remembered; strangers may write any number of them."""
_DSN = re.compile(r"https?://([^:@/]{1,100})(?::[^@/]*)?@.*")


def auth_of(asked: Asked) -> Mapping[str, str]:
    """Give what a client says of itself, in a header or in the query."""
    shown = asked.headers.get("x-sentry-auth", "") or asked.headers.get("authorization", "")
    if shown and (said := _said(shown)) is not None:
        return said
    names = ("sentry_key", "sentry_client")
    return {name: asked.value(name) for name in names} if asked.query else {}


@lru_cache(maxsize=MOST_REMEMBERED)
def _said(shown: str) -> Mapping[str, str] | None:
    """Read a header, which all clients of a version and a key write alike; None for another."""
    scheme, _, rest = shown.strip().partition(" ")
    if scheme.lower() != "sentry":
        return None
    said = (each.partition("=") for each in rest.split(","))
    return MappingProxyType({name.strip(): value.strip() for name, _, value in said})


def key_of(head: dict[str, Any]) -> str:
    """Give the key of the address that a client was made with, where the envelope names it."""
    dsn = head.get("dsn")
    found = _DSN.fullmatch(dsn) if isinstance(dsn, str) else None
    return found[1] if found else ""
