"""Enters: functions of others. Leaves: the port TimeBox, which waits as long as they take."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from aboveboard.device.time_box import Done, Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboveboard.device.time_box import Run

T = TypeVar("T")


class DirectBox:
    """Waits for as long as it takes: for tests, and for functions that cannot hang."""

    @contextlib.contextmanager
    def worker(self) -> Iterator[Run]:
        """Give what runs functions."""
        yield run_here


def run_here(work: Callable[[], T], /) -> Done[T] | Lost:
    """Run a function; whatever it raises, this does not, but for the person's interruption."""
    try:
        return Done(work())
    except KeyboardInterrupt:
        raise  # it is the person's, not the function's
    except BaseException:  # noqa: BLE001 what others raise, even SystemExit, ends here
        return Lost.FAILED
