"""Fixtures that several contracts share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.ports.keeping import Tables


@pytest.fixture(params=["duckdb", "postgres"])
def opens(request: pytest.FixtureRequest) -> Callable[..., Tables]:
    """Give what opens the store of a folder: the same folder, the same store."""
    if request.param == "duckdb":
        return DuckdbFacts
    database: Callable[[Path], str] = request.getfixturevalue("postgres")

    def open_postgres(folder: Path, **more: int) -> PostgresFacts:
        return PostgresFacts(database(folder), str(folder), **more)

    return open_postgres
