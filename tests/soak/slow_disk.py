"""Enters: the arguments of ``aboveboard``. Leaves: it runs on a disk that is slow to sync."""

from __future__ import annotations

import os
import random  # noqa: TID251 how slow a disk is needs no port
import time
from typing import Any

from aboveboard.cli.main import main

_sync = os.fdatasync


def _slowly(descriptor: Any) -> None:  # noqa: ANN401 as os.fdatasync takes it
    time.sleep(random.random() * 0.3)  # noqa: S311 as above
    _sync(descriptor)


os.fdatasync = _slowly  # type: ignore[assignment]  # its own type names a private one
if __name__ == "__main__":
    main()
