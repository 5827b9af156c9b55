"""Enters: where a collector is to keep its tables. Leaves: the stores, opened there."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from aboveboard.adapters.control_process import ControlProcess
from aboveboard.adapters.duckdb_facts import FILE, DuckdbFacts
from aboveboard.errors import SetupError
from aboveboard.ports.keeping import MOST_WAITING
from aboveboard.settings.stores import NO_STORE, is_postgres, is_store, store_path

if TYPE_CHECKING:
    from aboveboard.adapters.data_folder import DataFolder
    from aboveboard.ports.control import ControlStore
    from aboveboard.ports.keeping import Tables

NO_PSYCOPG = (
    "a store in PostgreSQL needs a library that is not installed: "
    "pip install 'aboveboard[postgres]'"
)


MANY_WAITING = 10_000_000
"""For a command that lets nothing go for being too much: the collector's setting decides that."""


def open_facts(
    store: str,
    folder: DataFolder,
    most_waiting: int = MOST_WAITING,
    *,
    may_be_away: bool = False,
) -> Tables:
    """Open the tables, and bring them to this version.

    Args:
        store: ``postgresql://…``, ``duckdb:///folder``, or empty for DuckDB in the data folder.
        folder: the data folder whose log is loaded there. It remembers a store that is elsewhere,
            so that nobody who forgets to name it begins another.
        most_waiting: how many rows may wait in quarantine of one app.
        may_be_away: whether a server that had the folder's tables before, and is away now, is
            waited for: until it comes, every use of the tables is a FactsError.

    Raises:
        SetupError: the store cannot be reached or used, its library is missing, or the tables of
            the folder are in another one.
        FactsError: its tables cannot be used.
    """
    if is_postgres(store):
        return _in_postgres(store, folder, most_waiting, may_be_away=may_be_away)
    path = duckdb_folder(store, folder)
    facts = DuckdbFacts(path, most_waiting=most_waiting)
    folder.remember_store("" if path.resolve() == folder.facts.resolve() else store)
    return facts


def look_into(store: str, folder: DataFolder) -> Tables | None:
    """Open the tables to read them; None where there are none yet.

    Raises:
        SetupError: as for ``open_facts``.
        FactsError: its tables cannot be used.
    """
    if is_postgres(store):
        return _in_postgres(store, folder, MANY_WAITING)
    path = duckdb_folder(store, folder)
    return DuckdbFacts(path, read_only=True) if (path / FILE).exists() else None


def duckdb_folder(store: str, folder: DataFolder) -> Path:
    """Give the folder of a DuckDB store.

    Raises:
        SetupError: the tables are known to be in another store.
    """
    if not is_store(store):
        raise SetupError(NO_STORE)
    path = Path(unquote(store_path(store))) if store else folder.facts
    known = folder.store()
    if known and not store:
        message = (
            f"the tables of {folder.path} are in {known}: name it with --store. To make them anew "
            f"from the log, as far as it goes back, write --store duckdb://{quote(str(path.resolve()))}"
        )
        raise SetupError(message)
    return path


def _in_postgres(
    store: str, folder: DataFolder, most_waiting: int, *, may_be_away: bool = False
) -> Tables:
    told = shown(store)
    try:
        from aboveboard.adapters.postgres_facts import PostgresFacts  # noqa: PLC0415 an extra
    except ImportError as error:
        raise SetupError(NO_PSYCOPG) from error
    # The log's key stays with its data folder for ever, and is no secret.
    whose = hashlib.sha256(folder.log_key().public).hexdigest()
    # One that was never reached is more likely misspelt than away.
    may_be_away = may_be_away and folder.store() == told
    facts = PostgresFacts(store, whose, most_waiting=most_waiting, may_be_away=may_be_away)
    folder.remember_store(told)
    return facts


def shown(store: str) -> str:
    """Write a store's address as a folder remembers it: without a password.

    Raises:
        SetupError: it is none, or its library is missing.
    """
    if not is_postgres(store):
        return store
    try:
        from aboveboard.adapters.postgres_connections import (  # noqa: PLC0415 an extra
            shown as without_password,
        )
    except ImportError as error:
        raise SetupError(NO_PSYCOPG) from error
    return without_password(store)


def control_apart(store: str, folder: DataFolder) -> ControlStore:
    """Give the same as ``open_control``, kept by a process that lives as long as each use takes."""
    return ControlProcess(store if is_postgres(store) else "", str(folder.path))


def open_control(store: str, folder: DataFolder) -> ControlStore:
    """Open what the collector notes down about its own work: beside the tables, or in a file.

    Raises:
        SetupError: the store's library is missing.
        ControlError: it cannot be opened.
    """
    from aboveboard.adapters.control_store import (  # noqa: PLC0415 SQLAlchemy takes long to import
        in_folder,
        in_postgres,
    )

    if not is_postgres(store):
        return in_folder(folder.path)
    try:
        return in_postgres(store)
    except ImportError as error:
        raise SetupError(NO_PSYCOPG) from error
