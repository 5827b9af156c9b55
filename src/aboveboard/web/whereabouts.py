"""Enters: where a collector's desk is. Leaves: its folder says so, as soon as there is room."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.adapters.data_folder import DataFolder, ServedBy

logger = logging.getLogger("aboveboard")

PAUSE_SECONDS = 10.0


def note(folder: DataFolder, served_by: ServedBy) -> str:
    """Note down where the desk is, for other commands to find it.

    Returns:
        Why that cannot be done now; a collector can do its work without. Else ``""``.
    """
    try:
        folder.serving(served_by)
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


async def note_later(
    folder: DataFolder, served_by: ServedBy, why: str, pause_seconds: float = PAUSE_SECONDS
) -> None:
    """Say why it is not noted, and try again until it is."""
    logger.warning(
        "other commands do not find this collector yet: its folder cannot be written: %s", why
    )
    while why:
        await asyncio.sleep(pause_seconds)
        why = await asyncio.to_thread(note, folder, served_by)
