from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from starlette.applications import Starlette


@dataclass(frozen=True)
class Got:
    """An answer as a test reads it."""

    status: int
    headers: dict[str, str]
    text: str


Ask: TypeAlias = Callable[[Starlette, str], Got]


@pytest.fixture
def ask() -> Ask:
    """Give a function that calls an application as a server would, without one."""
    return _ask


def _ask(app: Starlette, path: str) -> Got:
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "headers": [], "root_path": "", "scheme": "http"}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start, *bodies = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Got(
        start["status"], answered, b"".join(part.get("body", b"") for part in bodies).decode()
    )
