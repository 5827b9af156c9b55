"""Enters: a seed. Leaves: draws that are the same each time, for simulations; never for secrets."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class Dice:
    """Seeded draws.

    Example:
        >>> Dice("a").whole(1, 6) == Dice("a").whole(1, 6)
        True
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 a simulation must repeat itself

    def report_id(self) -> str:
        """Draw 128 bits."""
        return f"{self._random.getrandbits(128):032x}"

    def token(self) -> str:
        """Draw 256 bits."""
        return f"{self._random.getrandbits(256):064x}"

    def draw(self) -> float:
        """Draw a number from 0 to 1."""
        return self._random.random()

    def happens(self, chance: float) -> bool:
        """Draw yes with a chance of 0 to 1."""
        return self._random.random() < chance

    def whole(self, lowest: int, highest: int) -> int:
        """Draw a whole number, both bounds included."""
        return self._random.randint(lowest, highest)

    def share(self, weights: Mapping[T, float]) -> T:
        """Draw a key by its weight."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def skewed(self, typical: float) -> int:
        """Draw a positive number that is mostly near ``typical`` and sometimes far above it."""
        return max(1, int(self._random.lognormvariate(0, 1) * typical))
