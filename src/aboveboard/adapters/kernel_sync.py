"""Enters: the port FileSync. Leaves: the kernel syncs files, and an event loop hears when.

Linux syncs files by itself since 4.18 (io_submit(2), ``IOCB_CMD_FDSYNC``) and tells of it by an
eventfd(2). A thread that waits in ``fdatasync`` takes the interpreter from the loop for each batch;
at thousands of syncs a second that costs more than the writing.
"""

from __future__ import annotations

import contextlib
import os
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    Told: TypeAlias = Callable[[OSError | None], None]

PROBE_SECONDS = 10
"""How long the first sync may take until this machine is taken for one without."""
_MOST_AT_ONCE = 4
_NEGATIVE = 1 << 64
"""Results reach a callback as numbers without a sign."""
_REFUSED = (OSError, OverflowError, RuntimeError, SystemError, ValueError)
"""What the library makes of the kernel's errors."""


class KernelSync:
    """Has the kernel sync files; ``offered`` tells whether it does.

    Args:
        aio: the module ``caio.linux_aio``.

    Raises:
        OSError: the kernel does not, or does no more.
    """

    def __init__(self, aio: ModuleType) -> None:
        self._operation = aio.Operation
        try:
            self._context = aio.Context(_MOST_AT_ONCE)
        except _REFUSED as error:
            raise _as_os_error(error) from error
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, descriptor: int, told: Told) -> None:
        """Begin to bring a file's data to the disk."""
        operation = self._operation.fdsync(descriptor)
        operation.set_callback(lambda result: told(_failure(result)))
        try:
            begun = self._context.submit(operation)
        except _REFUSED as error:
            raise _as_os_error(error) from error
        if begun != 1:
            message = "the kernel took no sync"
            raise OSError(message)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let a loop reap from now on; cheap if it does already."""
        if loop is not self._loop:
            loop.add_reader(self._context.fileno, self.reap)
            self._loop = loop

    def reap(self) -> None:
        """Tell of the syncs that have ended, without waiting for others."""
        with contextlib.suppress(BlockingIOError):
            self._context.poll()
        self._take(0)

    def wait(self, seconds: int) -> None:
        """Tell of the syncs that have ended, and wait for one."""
        self._take(1, seconds)

    def _take(self, least: int, seconds: int = 0) -> None:
        # With nothing to take a signal that is on its way is an error; it will be asked again.
        with contextlib.suppress(SystemError):
            self._context.process_events(_MOST_AT_ONCE, least, seconds)


def offered(folder: Path, patience_seconds: int = PROBE_SECONDS) -> KernelSync | None:
    """Find out by a sync whether the kernel does it here.

    Args:
        folder: what is going to be synced lies in there.
        patience_seconds: how long that sync may take.

    Returns:
        None where a thread has to: on another system, in a sandbox, on a file system without it,
        and where the library came without its compiled part.
    """
    try:
        aio = import_module("caio.linux_aio")
    except ImportError:
        return None
    return _probed(aio, folder, patience_seconds)


def _probed(aio: ModuleType, folder: Path, patience_seconds: int) -> KernelSync | None:
    ended: list[OSError | None] = []
    with contextlib.suppress(OSError):
        kernel = KernelSync(aio)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            kernel.start(descriptor, ended.append)
            kernel.wait(patience_seconds)
        finally:
            os.close(descriptor)
    return kernel if ended == [None] else None


def _failure(result: int) -> OSError | None:
    if not result:
        return None
    code = _NEGATIVE - result
    return OSError(code, os.strerror(code))


def _as_os_error(error: Exception) -> OSError:
    return error if isinstance(error, OSError) else OSError(str(error))
