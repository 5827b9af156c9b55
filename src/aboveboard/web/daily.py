"""Enters: a folder for backups. Leaves: a backup in it each day, and none that is too old."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.backup_files import backups_in, rotate
from aboveboard.errors import AboveboardError, ControlError
from aboveboard.ports.control import Backup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.bootstrap.backups import Backups, Made
    from aboveboard.ports.control import ControlStore
    from aboveboard.ports.surroundings import Clock
    from aboveboard.web.vitals import Vitals

logger = logging.getLogger("aboveboard")
PAUSE_SECONDS = 600.0
EACH = timedelta(days=1)
JOB = "backup"


@dataclass(frozen=True, slots=True)
class Days:
    """How backups are made by themselves.

    Attributes:
        into: the folder for those of each day; None for none.
        kept: for how many days they are kept.
    """

    into: Path | None
    kept: int


class DailyBackup:
    """Makes a backup each day, and whenever the folder's owner asks for one.

    Args:
        backups: makes them.
        days: where to, and how long they are kept.
        clock: tells the moment.
        vitals: is told when the last one ended well.
        notes: where they are noted down.
    """

    def __init__(
        self, backups: Backups, days: Days, clock: Clock, vitals: Vitals, notes: ControlStore
    ) -> None:
        self._backups = backups
        self._days = days
        self._clock = clock
        self._vitals = vitals
        self._notes = notes

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(PAUSE_SECONDS)

    def look(self) -> bool:
        """Make a backup if the newest is a day old; tell whether one was made."""
        into = self._days.into
        if into is None:
            return False
        now = self._clock.now()
        newest = max((made for made, _ in backups_in(into)), default=None)
        if newest is not None:
            self._vitals.jobs[JOB] = newest.timestamp()
            if timedelta(0) <= now - newest < EACH:
                return False
        try:
            made = self._backups.make(into)
            gone = rotate(into, now, self._days.kept)
        except AboveboardError as error:
            logger.warning("the backup of the day was not made: %s", error)
            return False
        self._vitals.jobs[JOB] = now.timestamp()
        self._note(made, gone)
        return True

    def asked(self, question: Mapping[str, object]) -> dict[str, Any]:
        """Make the one that the folder's owner asked for.

        Raises:
            AboveboardError: it cannot be made.
        """
        into, with_keys = Path(str(question["into"])), question.get("with_keys") is True
        made = self._backups.make(into, with_keys=with_keys)
        self._note(made, [])
        return made.told()

    def _note(self, made: Made, gone: Sequence[Path]) -> None:
        now = self._clock.now()
        until = now.date() + timedelta(days=self._days.kept)
        try:
            self._notes.keep_backup(Backup(now, str(made.folder), made.size, until))
            for place in gone:
                self._notes.forget_backup(str(place))
        except ControlError as error:
            logger.warning("it is not noted down that a backup was made: %s", error)
