"""Enters: a collector's data folder. Leaves: what tells it from other consumers of a queue."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

from aboveboard.adapters.private_files import read_private, write_private
from aboveboard.adapters.system import SystemChance
from aboveboard.errors import SetupError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "consumer"
ODD = re.compile(r"[^A-Za-z0-9.-]")


def consumer_name(folder: Path) -> str:
    """Give the name under which a collector takes from queues, the same after each start.

    It is the machine's name, because a folder may be copied, and something drawn once, because
    machines may have one name. Whoever has the folder's lock is the only one of that name.

    Raises:
        SetupError: the folder cannot be read or written.
    """
    file = folder / FILE
    try:
        drawn = read_private(file)
        if not drawn:
            drawn = SystemChance().report_id().encode()
            write_private(file, drawn)
    except StoreError as error:
        message = f"the data folder {folder} cannot be used: {error}"
        raise SetupError(message) from error
    return ODD.sub("-", f"{socket.gethostname()}-{drawn.decode('latin-1')}")
