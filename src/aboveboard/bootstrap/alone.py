"""Enters: a data folder that nobody serves from. Leaves: its logs and tables, all loaded."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.adapters.file_log import FileLog
from aboveboard.analysis.erase import erase_listed
from aboveboard.analysis.load import load_next
from aboveboard.bootstrap.logs import worker_logs
from aboveboard.bootstrap.store import MANY_WAITING, open_facts
from aboveboard.errors import SetupError
from aboveboard.ports.collector import ONLY_LOG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.adapters.data_folder import DataFolder
    from aboveboard.ports.collector import FactStore, KeptLog


@dataclass(frozen=True, slots=True)
class Alone:
    """A collector's logs and tables, while no collector runs.

    Attributes:
        facts: the tables.
        log: the log of the main process.
        logs: that and all others.
    """

    facts: FactStore
    log: FileLog
    logs: tuple[KeptLog, ...]

    def load(self) -> None:
        """Load all that the logs hold.

        Raises:
            LogError: a log cannot be read.
            FactsError: the tables cannot follow.
        """
        for log in self.logs:
            while load_next(log, self.facts):
                pass
        erase_listed({log.name: log for log in self.logs}, self.facts)


@contextlib.contextmanager
def alone(folder: DataFolder, store: str = "") -> Iterator[Alone]:
    """Hold a folder, with everything loaded, while a block runs.

    Args:
        folder: the collector's.
        store: where its tables are; empty for the folder.

    Raises:
        SetupError: there is nothing, or a collector serves from it.
        LogError: a log cannot be opened.
        FactsError: the tables cannot be opened.
    """
    if not (folder.logs.is_dir() or folder.facts.is_dir()):
        message = f"no collector has kept anything in {folder.path}; name its folder with --data"
        raise SetupError(message)
    with folder.locked(), contextlib.ExitStack() as ends:
        log = FileLog(folder.logs / ONLY_LOG)
        ends.callback(log.close)
        others, _ = worker_logs(folder, 1)
        for other in others:
            ends.callback(other.close)
        facts = open_facts(store, folder, MANY_WAITING)
        ends.callback(facts.close)
        found = Alone(facts, log, (log, *others))
        found.load()
        yield found
