"""Fixtures that tests of several folders share."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest
from tests.postgres import NoPostgresError, Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def require_postgres() -> bool:
    """Tell whether a test without a PostgreSQL fails: where CI is set, and REQUIRE_POSTGRES."""
    return os.environ.get("REQUIRE_POSTGRES", "") not in {"", "0"}  # noqa: TID251 a switch of the tests


@pytest.fixture(scope="session")
def postgres_server(require_postgres: bool) -> Iterator[Server]:  # noqa: FBT001 as above
    """Give a PostgreSQL of the tests' own; where there is none, skip, or fail if it must be."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(serving())
        except NoPostgresError as error:
            if require_postgres:
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield server


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[Callable[[Path], str]]:
    """Give what makes databases: an address for each folder that is named, empty at first."""
    yield postgres_server.database
    postgres_server.forget()
