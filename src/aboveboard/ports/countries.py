"""Enters: where a request comes from. Leaves: the port Countries, no more."""

from __future__ import annotations

from typing import Protocol


class Countries(Protocol):
    """Knows in which country an address is used."""

    def find(self, packed: bytes) -> tuple[str, str]:
        """Give the country and the continent of an address; never raises.

        Args:
            packed: its four or sixteen bytes.

        Returns:
            The codes of ISO 3166 and of the continent (``DE``, ``EU``), each ``""`` if unknown.
        """
        ...
