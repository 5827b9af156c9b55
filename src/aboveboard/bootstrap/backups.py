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
from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.duckdb_facts import FILE, DuckdbFacts
from aboveboard.adapters.layout import LAYOUT
from aboveboard.bootstrap.store import duckdb_folder, shown
from aboveboard.errors import AboveboardError, SetupError
from aboveboard.settings import own_environment
from aboveboard.settings.stores import is_postgres

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from aboveboard.ports.collector import LogPosition
    from aboveboard.ports.surroundings import Clock

DUCKDB = "duckdb"
POSTGRES = "postgresql"
DUMP = "postgresql.dump"
CHECKPOINT = "checkpoint"
DUMPED = "the tables of this backup are in PostgreSQL; name an empty database with --store"
NOT_DUMPED = (
    "the tables of this backup are DuckDB's, and cannot be put into a PostgreSQL: leave --store out"
)


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
        store: where the tables go; empty for the data folder.
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
    if is_dump != is_postgres(store):
        raise SetupError(DUMPED if is_dump else NOT_DUMPED)
    folder, remembered = DataFolder(data), shown(store)
    tables = folder.facts if is_dump else duckdb_folder(store, folder)
    elsewhere = tables.resolve() != folder.facts.resolve()
    if elsewhere and tables.exists():
        message = f"{tables} is there already; nothing is restored over it"
        raise SetupError(message)
    backup_files.copy_back(backup, manifest, data, told)
    try:
        if is_dump:
            postgres_backup.restore(store, data / DUMP, own_environment())
            (data / DUMP).unlink()
        elif elsewhere:
            _move(folder.facts, tables)
    except AboveboardError:
        shutil.rmtree(data)
        raise
    folder.remember_store(remembered if is_dump or elsewhere else "")
    return manifest


def _move(source: Path, target: Path) -> None:
    try:
        shutil.move(source, target)
    except OSError as error:
        message = f"the tables cannot be moved to {target}: {error.strerror}"
        raise SetupError(message) from error
