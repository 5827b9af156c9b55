"""Enters: a folder for backups. Leaves: a backup in it each day, and none that is too old."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.backup_files import backups_in, rotate
from aboveboard.errors import AboveboardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.bootstrap.backups import Backups
    from aboveboard.ports.surroundings import Clock
    from aboveboard.web.vitals import Vitals

logger = logging.getLogger("aboveboard")
PAUSE_SECONDS = 600.0
EACH = timedelta(days=1)
JOB = "backup"


class DailyBackup:
    """Makes a backup each day, and whenever the folder's owner asks for one.

    Args:
        backups: makes them.
        into: the folder for those of each day; None for none.
        days: how long they are kept.
        clock: tells the moment.
        vitals: is told when the last one ended well.
    """

    def __init__(
        self, backups: Backups, into: Path | None, days: int, clock: Clock, vitals: Vitals
    ) -> None:
        self._backups = backups
        self._into = into
        self._days = days
        self._clock = clock
        self._vitals = vitals

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(PAUSE_SECONDS)

    def look(self) -> bool:
        """Make a backup if the newest is a day old; tell whether one was made."""
        if self._into is None:
            return False
        now = self._clock.now()
        newest = max((made for made, _ in backups_in(self._into)), default=None)
        if newest is not None:
            self._vitals.jobs[JOB] = newest.timestamp()
            if timedelta(0) <= now - newest < EACH:
                return False
        try:
            self._backups.make(self._into)
            rotate(self._into, now, self._days)
        except AboveboardError as error:
            logger.warning("the backup of the day was not made: %s", error)
            return False
        self._vitals.jobs[JOB] = now.timestamp()
        return True

    def asked(self, question: Mapping[str, object]) -> dict[str, Any]:
        """Make the one that the folder's owner asked for.

        Raises:
            AboveboardError: it cannot be made.
        """
        into, with_keys = Path(str(question["into"])), question.get("with_keys") is True
        return self._backups.make(into, with_keys=with_keys).told()
