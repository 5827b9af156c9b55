"""Enters: a use of a control store, on standard input. Leaves: what came of it, on standard output.

Run as ``python -m aboveboard.adapters.control_worker`` by ``adapters/control_process.py`` alone.
"""

from __future__ import annotations

import pickle
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.control_store import in_folder, in_postgres
from aboveboard.errors import ControlError, SetupError

if TYPE_CHECKING:
    from aboveboard.adapters.control_process import Use


def answer(use: Use) -> tuple[Any, str]:
    """Use a control store; give what came of it, or else why nothing did."""
    try:
        store = in_postgres(use.url) if use.url else in_folder(Path(use.folder))
        try:
            return getattr(store, use.method)(*use.told), ""
        finally:
            store.close()
    except (ControlError, SetupError) as error:
        return None, str(error)


if __name__ == "__main__":  # pragma: no branch (it is run, never imported)
    # Who ends the collector, and all that belongs to it, means the collector: it waits for this.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    asked = pickle.load(sys.stdin.buffer)  # noqa: S301 the collector's own words
    pickle.dump(answer(asked), sys.stdout.buffer)
