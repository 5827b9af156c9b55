"""Enters: a collector's folder. Leaves: the logs of its workers, of now and of earlier times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.log_reader import FileLogReader
from aboveboard.ports.collector import ONLY_LOG

if TYPE_CHECKING:
    from aboveboard.adapters.data_folder import DataFolder


def worker_names(workers: int) -> list[str]:
    """Name the workers' logs; a single process has no worker beside it.

    Example:
        >>> worker_names(1), worker_names(3)
        ([], ['1', '2', '3'])
    """
    return [str(number) for number in range(1, workers + 1)] if workers > 1 else []


def worker_logs(folder: DataFolder, workers: int) -> tuple[list[FileLogReader], int]:
    """Give what reads the logs beside the main one, also those that nobody writes any more.

    Each is opened once as its writer would, so that what a crash left torn is put aside, and so
    that a worker of an earlier run, which may take a moment to end, has ended.

    Returns:
        The logs, and how many bytes were put aside.

    Raises:
        LogError: one of them cannot be opened.
    """
    written = [path.name for path in folder.all_logs() if path.name != ONLY_LOG]
    cut = 0
    for name in written:
        log = FileLog(folder.logs / name)
        cut += log.cut_bytes
        log.close()
    names = sorted({*written, *worker_names(workers)})
    return [FileLogReader(folder.logs / name) for name in names], cut
