"""Enters: whatever goes wrong inside a public call. Leaves: nothing, so that the host lives on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


def warn(text: str) -> None:
    """Log a warning under ``aboveboard``; a program that did not ask for its logs sees nothing."""
    import logging  # noqa: PLC0415 a program in which nothing goes wrong does not pay for it

    logger = logging.getLogger("aboveboard")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.warning(text)


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
        self.held_back(error)
        return True

    def held_back(self, error: Exception) -> None:
        """Count an error, and log the first one by its class."""
        self.failed += 1
        if self.failed == 1:
            warn(f"telemetry failed with {type(error).__name__} and goes on without")
