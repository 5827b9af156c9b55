"""Enters: a collector's data, perhaps while it serves. Leaves: a backup of one moment.

The loader rests while it is made: then nothing is erased from the log, and what the tables hold and
what the log holds after their place is together exactly what was acknowledged.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

from aboveboard.adapters import backup_files, postgres_backup
from aboveboard.adapters.backup_files import Manifest
from aboveboard.adapters.duckdb_facts import FILE, DuckdbFacts
from aboveboard.adapters.layout import LAYOUT
from aboveboard.errors import AboveboardError, SetupError
from aboveboard.settings import own_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from aboveboard.adapters.data_folder import DataFolder
    from aboveboard.ports.collector import LogPosition
    from aboveboard.ports.surroundings import Clock

DUCKDB = "duckdb"
POSTGRES = "postgresql"
DUMP = "postgresql.dump"
CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made.

    Attributes:
        folder: where it is.
        files: how many it has.
        size: their bytes.
    """

    folder: Path
    files: int
    size: int

    def told(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"folder": str(self.folder), "files": self.files, "size": self.size}


class Places(Protocol):
    """What it needs of tables that it does not copy itself."""

    def position(self, log: str) -> LogPosition:
        """Give the place in a log up to which everything is loaded."""
        ...


class Backups:
    """Makes backups of a collector.

    Args:
        folder: its data.
        facts: its tables.
        store: the address of the tables' database, if they are in PostgreSQL.
        resting: gives what holds the loader while a block runs.
        clock: tells the moment.
    """

    def __init__(
        self,
        folder: DataFolder,
        facts: Places,
        store: str,
        resting: Callable[[], AbstractContextManager[object]],
        clock: Clock,
    ) -> None:
        self._folder = folder
        self._facts = facts
        self._store = store
        self._resting = resting
        self._clock = clock

    def make(self, into: Path, *, with_keys: bool = False) -> Made:
        """Make a backup in a folder of backups.

        Raises:
            SetupError: it cannot be written.
            FactsError: the tables cannot be copied.
        """
        with backup_files.new_backup(into, self._clock.now()) as (part, final):
            with self._resting():
                manifest = self._manifest(with_keys=with_keys)
                self._save_tables(part)
                backup_files.copy_folder(self._folder.logs, part / self._folder.logs.name)
            self._save_ledger(part)
            for file in self._folder.path.glob("*.sqlite"):
                backup_files.copy_sqlite(file, part / file.name)
            if with_keys:
                backup_files.copy_folder(self._folder.keys, part / self._folder.keys.name)
            backup_files.finish(part, manifest)
        size = sum(length for length, _ in manifest.files.values())
        return Made(final, len(manifest.files), size)

    def _manifest(self, *, with_keys: bool) -> Manifest:
        places = {each.name: self._facts.position(each.name) for each in self._folder.all_logs()}
        return Manifest(
            made=self._clock.now().isoformat(timespec="seconds"),
            version=version("aboveboard"),
            layout=LAYOUT,
            tables=DUCKDB if isinstance(self._facts, DuckdbFacts) else POSTGRES,
            keys=with_keys,
            loaded={name: [place.segment, place.offset] for name, place in places.items()},
        )

    def _save_tables(self, part: Path) -> None:
        if not isinstance(self._facts, DuckdbFacts):
            postgres_backup.dump(self._store, part / DUMP, own_environment())
            return
        target = part / self._folder.facts.name
        target.mkdir(mode=backup_files.SECRET_FOLDER)
        self._facts.save(target / FILE)

    def _save_ledger(self, part: Path) -> None:
        """Copy the checkpoint first: entries behind it are no fault, entries that lack are one."""
        source, target = self._folder.ledger, part / self._folder.ledger.name
        target.mkdir(mode=backup_files.SECRET_FOLDER)
        kept = (source / CHECKPOINT).read_bytes() if (source / CHECKPOINT).exists() else None
        backup_files.copy_folder(source, target)
        if kept is not None:
            (target / CHECKPOINT).write_bytes(kept)


def restore(backup: Path, data: Path, store: str, told: Callable[[int], None]) -> Manifest:
    """Make a data folder of a backup.

    Args:
        backup: its folder.
        data: what becomes the data folder; nothing may be in it.
        store: the address of the tables' database, if it is PostgreSQL.
        told: called with the bytes that were looked at or copied: each counts twice.

    Raises:
        SetupError: the backup is not whole, the folder is not empty, or the database is missing.
    """
    manifest = backup_files.read_manifest(backup)
    wrong = backup_files.faults(backup, manifest, told)
    if wrong:
        message = f"{backup} is not whole: {' '.join(wrong)} Take another backup."
        raise SetupError(message)
    if manifest.layout > LAYOUT:
        message = (
            f"{backup} was made by version {manifest.version}; restore it with that or a newer"
        )
        raise SetupError(message)
    is_dump = manifest.tables == POSTGRES
    if is_dump and not store.startswith("postgres"):
        message = "the tables of this backup are in PostgreSQL; name an empty database with --store"
        raise SetupError(message)
    backup_files.copy_back(backup, manifest, data, told)
    if is_dump:
        dumped = data / DUMP
        try:
            postgres_backup.restore(store, dumped, own_environment())
        except AboveboardError:
            shutil.rmtree(data)
            raise
        dumped.unlink()
    return manifest
