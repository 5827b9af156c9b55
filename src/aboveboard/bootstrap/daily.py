"""Enters: a folder for backups. Leaves: a backup in it each day, and none that is too old."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.backup_files import rotate
from aboveboard.errors import ControlError
from aboveboard.ports.control import Backup

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.bootstrap.backups import Backups, Made
    from aboveboard.ports.control import ControlStore
    from aboveboard.ports.surroundings import Clock

logger = logging.getLogger("aboveboard")


class DailyBackup:
    """Makes the backup of a day, and whenever the folder's owner asks for one.

    Args:
        backups: makes them.
        days: for how many days they are kept.
        clock: tells the moment.
        notes: where they are noted down.
    """

    def __init__(self, backups: Backups, days: int, clock: Clock, notes: ControlStore) -> None:
        self._backups = backups
        self._days = days
        self._clock = clock
        self._notes = notes

    def run(self, into: Path, today: date) -> dict[str, int]:
        """Make the backup of a day, and delete those that are too old.

        They go as well if it cannot be made: receipts promise it, and a full disk has room again.

        Returns:
            How many files and bytes were copied, and how many backups were deleted.

        Raises:
            SetupError: it cannot be written, or an old one cannot be deleted.
            FactsError: the tables cannot be copied.
        """
        try:
            made = self._backups.make(into)
        finally:
            # By days, not by hours: two runs may lie a little more than a day apart.
            tomorrow = datetime.combine(today + timedelta(days=1), time(), UTC)
            gone = rotate(into, tomorrow, self._days)
        self._note(made)
        return {"files": made.files, "bytes": made.size, "deleted": len(gone)}

    def asked(self, question: Mapping[str, object]) -> dict[str, Any]:
        """Make the one that the folder's owner asked for.

        Raises:
            AboveboardError: it cannot be made.
        """
        into, with_keys = Path(str(question["into"])), question.get("with_keys") is True
        made = self._backups.make(into, with_keys=with_keys)
        self._note(made)
        return made.told()

    def _note(self, made: Made) -> None:
        """Note a backup down, and none that is not there any more, whoever deleted it."""
        now = self._clock.now()
        until = now.date() + timedelta(days=self._days)
        try:
            self._notes.keep_backup(Backup(now, str(made.folder), made.size, until))
            for each in self._notes.backups():
                if not Path(each.place).exists():
                    self._notes.forget_backup(each.place)
        except ControlError as error:
            logger.warning("it is not noted down that a backup was made: %s", error)
