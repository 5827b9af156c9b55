"""Fixtures that tests of several folders share."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NoReturn

import pytest
from tests.postgres import NoPostgresError, Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Give a PostgreSQL of the tests' own; where there is none, skip, or fail if it must be."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(serving())
        except NoPostgresError as error:
            _without(str(error))
        yield server


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[Callable[[Path], str]]:
    """Give what makes databases: an address for each folder that is named, empty at first."""
    yield postgres_server.database
    postgres_server.forget()


def _without(reason: str) -> NoReturn:
    if os.environ.get("CI", "") not in {"", "0", "false"}:  # noqa: TID251 a switch of the tests
        pytest.fail(reason)
    pytest.skip(reason)
