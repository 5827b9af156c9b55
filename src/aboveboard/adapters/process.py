"""Enters: who must know that this process forks or ends. Leaves: they are told while they live.

It also knows the few other things about a process that bootstrap asks.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import weakref
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Living(Protocol):
    """Something that lives through a fork and ends with its process."""

    def after_fork(self) -> None:
        """Go on in a child process."""
        ...

    def close(self) -> None:
        """End."""
        ...


_living: weakref.WeakSet[Living] = weakref.WeakSet()
_importing = threading.RLock()
"""Held while a thread imports what it needs late; whoever forks waits for that."""


@contextlib.contextmanager
def unforked() -> Iterator[None]:
    """Let nobody fork this process while the block runs; for imports, and nothing that waits."""
    with _importing:
        yield


def working_folder() -> str:
    """Give the working directory; the root if it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return os.sep


def placed(folder: str, place: Path | str) -> str:
    """Give where a place is for whoever works in a folder."""
    return os.path.join(folder, place)


def is_writable(folder: str) -> bool:
    """Whether a folder is there, and something can be kept in it."""
    return os.access(folder, os.W_OK)


def tell(living: Living) -> None:
    """Tell somebody of forks and of the end of this process."""
    _living.add(living)


def _after_fork() -> None:
    _importing.release()
    for living in list(_living):
        living.after_fork()


def _end() -> None:
    for living in list(_living):
        living.close()


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_importing.acquire, after_in_parent=_importing.release, after_in_child=_after_fork
    )
