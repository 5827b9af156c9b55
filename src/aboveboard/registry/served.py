"""Enters: a registry's files. Leaves: all that a collector shows of it, and enters into its log."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.registry.canonical import content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.registry import Registry


@dataclass(frozen=True, slots=True)
class Served:
    """A registry as a collector serves it.

    Attributes:
        registry: as its signatures have it.
        content: its canonical content, which its fingerprint names.
        approvals: the signatures, as they stand beside the file; empty if there are none.
    """

    registry: Registry
    content: bytes
    approvals: bytes = b""


def content_of(body: bytes, plugins: Sequence[bytes] = ()) -> bytes:
    """Give the canonical content of registry files that were read without a problem.

    Example:
        >>> content_of(b"format = 1 # a comment")
        b'{"format":1}'
    """
    table, *brought = (tomllib.loads(text.decode()) for text in (body, *plugins))
    return content(table, brought)
