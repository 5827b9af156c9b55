"""Fixtures that several contracts share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.ports.keeping import MOST_WAITING, Tables


@pytest.fixture(params=["duckdb", "postgres"])
def opens(request: pytest.FixtureRequest) -> Callable[..., Tables]:
    """Give what opens the store of a folder: the same folder, the same store."""
    if request.param == "duckdb":
        return DuckdbFacts
    database: Callable[[Path], str] = request.getfixturevalue("postgres")

    def open_postgres(folder: Path, *, most_waiting: int = MOST_WAITING) -> PostgresFacts:
        return PostgresFacts(database(folder), str(folder), most_waiting=most_waiting)

    return open_postgres
