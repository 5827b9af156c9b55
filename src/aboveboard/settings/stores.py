"""Enters: the address of a store. Leaves: what kind of store it is."""

from __future__ import annotations

NO_STORE = (
    "the store must be duckdb:///folder or postgresql://user:password@host:port/database; "
    "leave it out to keep the tables in the data folder"
)
_DUCKDB = "duckdb://"


def is_store(store: str) -> bool:
    """Whether something may name a store.

    Example:
        >>> [is_store(each) for each in ("", "duckdb:///srv/facts", "mysql://db/x", "facts.duckdb")]
        [True, True, False, False]
    """
    return not store or is_postgres(store) or store_path(store).startswith("/")


def is_postgres(store: str) -> bool:
    """Whether a store is a PostgreSQL."""
    return store.startswith(("postgresql://", "postgres://"))


def store_path(store: str) -> str:
    """Give the folder of a DuckDB store as its address spells it; ``""`` of any other store.

    Example:
        >>> store_path("duckdb:///srv/facts")
        '/srv/facts'
    """
    return store.removeprefix(_DUCKDB) if store.startswith(_DUCKDB) else ""
