"""Enters: what to do with an error that nobody caught. Leaves: the interpreter calls it.

Whoever was to be told before is told as before, whatever happens in here.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class ErrorHooks:
    """Calls ``record`` with each error that ends the program or one of its threads.

    Args:
        record: is given the exception; what it raises is held back.
        threads: whether to listen for errors that end a thread, too.
        unraisable: whether to listen for errors that the interpreter can only print, such as those
            of a ``__del__``, too.
    """

    def __init__(
        self,
        record: Callable[[BaseException], object],
        *,
        threads: bool = True,
        unraisable: bool = False,
    ) -> None:
        self._record = record
        self._on = False
        self._links = [_Link(sys, "excepthook", self._note)]
        if threads:
            self._links.append(_Link(threading, "excepthook", self._note))
        if unraisable:
            self._links.append(_Link(sys, "unraisablehook", self._note))

    def install(self) -> None:
        """Begin to listen; once is enough."""
        self._on = True
        for link in self._links:
            link.join()

    def uninstall(self) -> None:
        """Stop listening. A hook that somebody put on top since stays, and goes on to work."""
        self._on = False
        for link in self._links:
            link.leave()

    def _note(self, error: BaseException | None) -> None:
        # Ending a program by its keyboard, or on purpose, is no error of it.
        if not self._on or error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            return
        with contextlib.suppress(Exception):
            self._record(error)


class _Link:
    """One hook of the interpreter, and who was called by it before."""

    def __init__(
        self, holder: ModuleType, name: str, note: Callable[[BaseException | None], None]
    ) -> None:
        self._holder = holder
        self._name = name
        self._note = note
        self._joined = False
        self._before: Callable[..., object] = getattr(holder, name)
        self._mine = self._called  # kept: each look at a method gives another object

    def join(self) -> None:
        """Be called from now on; not a second time if somebody else still calls us."""
        if not self._joined:
            self._before = getattr(self._holder, self._name)
            self._joined = True
            setattr(self._holder, self._name, self._mine)

    def leave(self) -> None:
        """Put back who was called before, unless somebody came on top and calls us."""
        if self._joined and getattr(self._holder, self._name) is self._mine:
            setattr(self._holder, self._name, self._before)
            self._joined = False

    def _called(self, *told: Any) -> None:  # noqa: ANN401 three hooks, three forms
        try:
            # The program's hook is told type, error and traceback; the others what holds them.
            self._note(told[1] if len(told) > 1 else told[0].exc_value)
        finally:
            self._before(*told)
