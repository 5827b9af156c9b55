"""Enters: a registry file and an address. Leaves: the same file, whose reports go to that address.

For programs that run as they are, beside a collector that a test has started.
"""

from __future__ import annotations

import base64
import tomllib

from aboveboard.registry.write import write


def with_collector(content: bytes, url: str, key: bytes | None = None) -> bytes:
    """Give a registry file another collector, and nothing else another content.

    Comments and layout are lost; what a reader of the file sees of it is the same.

    Args:
        content: the bytes of a registry file.
        url: the address that reports go to.
        key: the public key (32 bytes) that they are sealed for; None for unsealed.

    Example:
        >>> from aboveboard.registry.read import read
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> print(read(with_collector(EXAMPLE_REGISTRY, "http://127.0.0.1:8790")).collector.url)
        http://127.0.0.1:8790
    """
    collector = {"url": url}
    if key is not None:
        collector["key"] = f"x25519:{base64.b64encode(key).decode()}"
    return write(tomllib.loads(content.decode()) | {"collector": collector}).encode()
