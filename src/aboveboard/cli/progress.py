"""Enters: long work, in pieces. Leaves: a bar on a terminal, and nothing in a pipe."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(title: str, total: int, *, files: bool = False) -> Iterator[Callable[[int], None]]:
    """Show how much is done.

    Args:
        title: what is done.
        total: all bytes, or all files.
        files: whether it goes by files.

    Returns:
        A function to be called with the bytes or files of each piece.
    """
    console = Console(stderr=True)
    done = MofNCompleteColumn() if files else DownloadColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), done, TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar:
        task = bar.add_task(title, total=total)
        yield lambda piece: bar.advance(task, piece)


def size(number: int) -> str:
    """Write a number of bytes for people.

    Example:
        >>> size(999), size(2_500_000)
        ('999 bytes', '2.5 MB')
    """
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number} bytes"
