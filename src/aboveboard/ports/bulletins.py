"""Enters: what tells servers of holes needs from outside. Leaves: the port Bulletins, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.bulletin import Bulletin


class Bulletins(Protocol):
    """The operator's security notices. Contract: ``tests/contract/test_bulletins.py``."""

    def now(self) -> Sequence[Bulletin]:
        """Give the notices that hold now, by id, no id twice; never raises.

        What cannot be read gives way to what was read last: a mistake in a file must not keep a
        server from hearing of a hole.
        """
        ...
