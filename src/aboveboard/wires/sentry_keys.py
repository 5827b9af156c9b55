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
"""Headers that are remembered: all clients of a version and a key write the same."""
LONGEST_REMEMBERED = 300
_DSN = re.compile(r"https?://([^:@/]{1,100})(?::[^@/]*)?@.*")


def auth_of(asked: Asked) -> Mapping[str, str]:
    """Give what a client says of itself, in a header or in the query."""
    shown = asked.headers.get("x-sentry-auth", "")
    if shown and len(shown) <= LONGEST_REMEMBERED:
        said = _known(shown)
    else:
        said = _said(shown or asked.headers.get("authorization", ""))
    if said is not None:
        return said
    names = ("sentry_key", "sentry_client")
    return {name: asked.value(name) for name in names} if asked.query else {}


def _said(shown: str) -> Mapping[str, str] | None:
    """Read a header; None for one that is of somebody else."""
    scheme, _, rest = shown.strip().partition(" ")
    if scheme.lower() != "sentry":
        return None
    said = (each.partition("=") for each in rest.split(","))
    return MappingProxyType({name.strip(): value.strip() for name, _, value in said})


_known = lru_cache(MOST_REMEMBERED)(_said)


def key_of(head: dict[str, Any]) -> str:
    """Give the key of the address that a client was made with, where the envelope names it."""
    dsn = head.get("dsn")
    found = _DSN.fullmatch(dsn) if isinstance(dsn, str) else None
    return found[1] if found else ""
