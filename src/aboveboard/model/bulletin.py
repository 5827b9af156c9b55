"""Enters: what an operator wrote of a hole in a product. Leaves: one notice, for its servers."""

from __future__ import annotations

from aboveboard.values import dataclass


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One security notice.

    Attributes:
        id: what a server remembers it by: each hears of it once.
        versions: the exact versions that it is for: ``5.37.0``.
        title: in a few words, for operators.
        page: the HTML that a server mails to its administrators, in UTF-8.
    """

    id: str
    versions: tuple[str, ...]
    title: str
    page: bytes
