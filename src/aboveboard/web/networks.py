"""Enters: a request's scope. Leaves: whether its network has sent too much.

The only place where the sender's address is read, and only where a rate is set or somebody asks for
countries (``senders``). It becomes four or sixteen bytes here, and a salted hash in
``collector.rate`` or the name of a large country; no word of it is kept, logged or shown.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from aboveboard.collector.rate import MAPPED
from aboveboard.model.verdict import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from aboveboard.collector.rate import NetworkRate

FORWARDED = b"x-forwarded-for"


class Origins:
    """Tells from which address a request comes.

    Args:
        trusted: the web servers in front of us, as addresses or networks. What they say in the
            header ``X-Forwarded-For`` is believed; of anybody else it is not looked at.
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted = [ip_network(name, strict=False) for name in trusted]

    def packed(self, scope: MutableMapping[str, Any]) -> bytes:
        """Give the address of who sent a request; none where it cannot be read."""
        packed = _client(scope)
        if self._trusted and self._is_trusted(packed):
            return self._behind(scope["headers"])
        return packed

    def _behind(self, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Give who is behind our own web servers; what stands before is what the sender said."""
        packed = b""
        for shown in reversed(forwarded(headers)):
            packed = pack(shown)
            if not self._is_trusted(packed):
                break
        return packed

    def _is_trusted(self, packed: bytes) -> bool:
        if not packed:
            return False
        address = ip_address(packed)
        return any(address in network for network in self._trusted)


class Networks:
    """Holds networks to their rate.

    Args:
        rate: counts them.
        trusted: as those of :class:`Origins`.
    """

    def __init__(self, rate: NetworkRate, trusted: Iterable[str] = ()) -> None:
        self._rate = rate
        self._origins = Origins(trusted)

    def judge(self, scope: MutableMapping[str, Any], reports: int) -> Refused | None:
        """Count what a request brings; tell why it is too much.

        An address that cannot be read is not counted: a proxy that says nothing would otherwise
        stand for everybody.
        """
        packed = self._origins.packed(scope)
        seconds = self._rate.wait(packed, reports) if packed else 0
        if not seconds:
            return None
        detail = "Too many requests came from your network this minute."
        return Refused(Reason.TOO_MANY_REQUESTS, detail, seconds)

    def judge_batch(self, scope: MutableMapping[str, Any], reports: int) -> Refused | None:
        """Count the reports of a request that was counted itself; tell why they are too many.

        More than a network may bring in a minute would be too many in any minute: it must not be
        told to come again.
        """
        if reports > self._rate.most and self._origins.packed(scope):
            detail = (
                f"One request may bring {self._rate.most} reports, as many as are taken from one "
                "network in a minute."
            )
            return Refused(Reason.TOO_MANY_REPORTS, detail)
        return self.judge(scope, reports - 1)


def networks(rate: NetworkRate | None, trusted: Iterable[str]) -> Networks | None:
    """Give what holds networks to their rate; None where no rate is set."""
    return None if rate is None else Networks(rate, trusted)


def _client(scope: MutableMapping[str, Any]) -> bytes:
    client = scope.get("client")
    return pack(str(client[0])) if client else b""


def forwarded(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Give the addresses that a request was forwarded for; each web server adds one at the end.

    Example:
        >>> forwarded([(b"x-forwarded-for", b"203.0.113.9, 198.51.100.7")])
        ['203.0.113.9', '198.51.100.7']
    """
    found = b",".join(value for name, value in headers if name == FORWARDED)
    return [each.strip().decode("latin-1") for each in found.split(b",")] if found else []


def pack(address: str) -> bytes:
    """Give the bytes of an address; none for what is no address.

    An IPv6 address that stands for one of IPv4 becomes that one.

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
        return socket.inet_pton(family, address).removeprefix(MAPPED)
    except (OSError, ValueError):
        return b""
