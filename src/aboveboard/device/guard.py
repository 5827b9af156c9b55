"""Enters: whatever goes wrong inside a public call. Leaves: nothing, so that the host lives on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger("aboveboard")
logger.addHandler(logging.NullHandler())


class Guard:
    """Lets nothing out of the public calls of one telemetry, unless it is strict.

    Attributes:
        strict: whether errors come through, for tests.
        failed: how many errors were held back.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.failed = 0

    def __enter__(self) -> None:
        """Begin a public call."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """End it; an error in it is counted and logged once, by its class and without its text."""
        if self.strict or not isinstance(error, Exception):
            return False
        self.failed += 1
        if self.failed == 1:
            logger.warning("telemetry failed with %s and goes on without", type(error).__name__)
        return True
