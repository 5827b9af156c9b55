"""A file in MaxMind's format, for tests: a handful of networks and what is known of them.

Source: https://maxmind.github.io/MaxMind-DB/
"""

from __future__ import annotations

from ipaddress import ip_network

Known = dict[str, object]
_BITS = 128
_MARK = b"\xab\xcd\xefMaxMind.com"


def written(networks: dict[str, Known]) -> bytes:
    """Write a file: a binary tree of addresses, its data, and what is said of both."""
    nodes: list[list[int | None]] = [[None, None]]
    data, places = b"", []
    for network, known in networks.items():
        places.append(len(data))
        data += _encoded(known)
        _put(nodes, *_path(network), -len(places))
    tree = b"".join(_record(side, len(nodes), places) for node in nodes for side in node)
    about: Known = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": _number(1_795_000_000, 9, 8),
        "database_type": "Test",
        "description": {"en": "Test"},
        "languages": ["en"],
        "ip_version": 6,
        "node_count": _number(len(nodes), 6, 4),
        "record_size": 24,
    }
    return tree + bytes(16) + data + _MARK + _encoded(about)


def _path(network: str) -> tuple[int, int]:
    """Give the address as a number of 128 bits, and how many of them count."""
    found = ip_network(network)
    more = _BITS - found.max_prefixlen
    return int(found.network_address), found.prefixlen + more


def _put(nodes: list[list[int | None]], address: int, length: int, leaf: int) -> None:
    node = 0
    for depth in range(length):
        side = address >> (_BITS - 1 - depth) & 1
        if depth == length - 1:
            nodes[node][side] = leaf
            return
        if nodes[node][side] is None:
            nodes.append([None, None])
            nodes[node][side] = len(nodes) - 1
        node = nodes[node][side] or 0


def _record(side: int | None, nodes: int, places: list[int]) -> bytes:
    if side is None:
        return nodes.to_bytes(3)
    return (side if side >= 0 else nodes + 16 + places[-side - 1]).to_bytes(3)


def _encoded(value: object) -> bytes:
    if isinstance(value, dict):
        pairs = (_encoded(key) + _encoded(each) for key, each in value.items())
        return bytes([7 << 5 | len(value)]) + b"".join(pairs)
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(_encoded, value))
    if isinstance(value, str):
        text = value.encode()
        # A text of 29 bytes or more says its length apart.
        head = [2 << 5 | len(text)] if len(text) < 29 else [2 << 5 | 29, len(text) - 29]
        return bytes(head) + text
    return value if isinstance(value, bytes) else _number(int(str(value)), 5, 2)


def _number(value: int, kind: int, size: int) -> bytes:
    head = [kind << 5 | size] if kind <= 7 else [size, kind - 7]
    return bytes(head) + value.to_bytes(size)
