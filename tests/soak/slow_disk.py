"""Enters: the arguments of ``aboveboard``. Leaves: it runs on a disk that is slow to sync."""

from __future__ import annotations

import os
import random  # noqa: TID251 how slow a disk is needs no port
import time
from threading import Timer
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.kernel_sync import KernelSync
from aboveboard.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

_sync, _start = os.fdatasync, KernelSync.start


def _pause() -> float:
    return random.random() * 0.3  # noqa: S311 as above


def _slowly(descriptor: Any) -> None:  # noqa: ANN401 as os.fdatasync takes it
    time.sleep(_pause())
    _sync(descriptor)


def _begin_later(
    kernel: KernelSync, descriptor: int, told: Callable[[OSError | None], None]
) -> None:
    Timer(_pause(), _start, [kernel, descriptor, told]).start()


if __name__ == "__main__":
    os.fdatasync = _slowly  # type: ignore[assignment]  # its own type names a private one
    KernelSync.start = _begin_later  # type: ignore[assignment, method-assign]
    main()
