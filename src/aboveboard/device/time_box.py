"""Enters: somebody else's function. Leaves: what it gave, or that it failed or took too long."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """A function ended in time, and gave something."""

    value: T


class Lost(enum.Enum):
    """A function gave nothing. Its error is not kept: it may say what is nobody's business."""

    FAILED = "failed"
    HUNG = "hung"


class Run(Protocol):
    """Runs one function, and gives up waiting for it in the end."""

    def __call__(self, work: Callable[[], T], /) -> Done[T] | Lost:
        """Run it; whatever it raises, this does not."""
        ...


class TimeBox(Protocol):
    """Lets functions of others run, for a time. Contract: ``tests/contract/test_time_box.py``."""

    def worker(self) -> AbstractContextManager[Run]:
        """Give what runs functions, one after another, until the block ends."""
        ...
