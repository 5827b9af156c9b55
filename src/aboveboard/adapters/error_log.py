"""Enters: records of the logging module. Leaves: the exceptions that they carry, and no text."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = "aboveboard"
"""Our own logger: what goes wrong in here must not come round again."""


class LoggingHandler(logging.Handler):
    """Calls ``record`` with the exception of each record of level ERROR or above that has one.

    It never looks at a record's text or arguments. Add it after the program has set up its logging:
    ``logging.basicConfig`` does nothing where a handler is there already.

    Args:
        record: is given the exception; what it raises is held back.
    """

    def __init__(self, record: Callable[[BaseException], object]) -> None:
        super().__init__(logging.ERROR)
        self._record = record
        self._busy = threading.local()

    def createLock(self) -> None:  # noqa: N802 as logging calls it
        """Have none: nothing is written here, and what holds no lock waits for none."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        """Hand over the exception, unless the record comes from handing one over."""
        if getattr(self._busy, "now", False) or str(record.name).partition(".")[0] == OURS:
            return
        self._busy.now = True
        try:
            told = record.exc_info
            error = told[1] if isinstance(told, tuple) else None
            if isinstance(error, BaseException):
                self._record(error)
        except Exception:  # noqa: BLE001, S110 the program's logging goes on
            pass
        finally:
            self._busy.now = False
