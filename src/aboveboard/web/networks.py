"""Enters: a request's scope. Leaves: whether its network has sent too much.

The only place where the sender's address is read, and only where a rate is set. It becomes four or
sixteen bytes here and a salted hash in ``collector.rate``; no word of it is kept, logged or shown.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from aboveboard.model.verdict import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from aboveboard.collector.rate import NetworkRate

FORWARDED = b"x-forwarded-for"


class Networks:
    """Holds networks to their rate.

    Args:
        rate: counts them.
        forwarded: whether the proxy before us, and nobody else, tells the sender's address in the
            header ``X-Forwarded-For``.
    """

    def __init__(self, rate: NetworkRate, *, forwarded: bool = False) -> None:
        self._rate = rate
        self._forwarded = forwarded

    def judge(self, scope: MutableMapping[str, Any], reports: int) -> Refused | None:
        """Count what a request brings; tell why it is too much.

        An address that cannot be read is not counted: a proxy that says nothing would otherwise
        stand for everybody.
        """
        seconds = self._wait(scope, reports)
        if not seconds:
            return None
        detail = "Too many reports came from your network this hour."
        return Refused(Reason.TOO_MANY_REQUESTS, detail, seconds)

    def _wait(self, scope: MutableMapping[str, Any], reports: int) -> int:
        shown = last_forwarded(scope["headers"]) if self._forwarded else _client(scope)
        packed = pack(shown)
        return self._rate.wait(packed, reports) if packed else 0


def _client(scope: MutableMapping[str, Any]) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def last_forwarded(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Give the address that our own proxy added; those before it are what the sender said.

    Example:
        >>> last_forwarded([(b"x-forwarded-for", b"203.0.113.9, 198.51.100.7")])
        '198.51.100.7'
    """
    found = [value for name, value in headers if name == FORWARDED]
    return found[-1].rpartition(b",")[2].strip().decode("latin-1") if found else ""


def pack(address: str) -> bytes:
    """Give the bytes of an address; none for what is no address.

    Example:
        >>> pack("198.51.100.7").hex(), pack("[2001:db8::1]:443").hex()[:12], pack("unix:")
        ('c6336407', '20010db80000', b'')
    """
    address = address.partition("%")[0]
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.inet_pton(family, address)
    except (OSError, ValueError):
        return b""
