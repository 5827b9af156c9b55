"""Enters: a query of the folder's owner. Leaves: its answer, from the process that has the tables.

DuckDB's file belongs to one process, so ``aboveboard sql`` asks the running collector through a
loopback port. One line of JSON each way; the token stands in a file that only the owner can read.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import socket
from typing import TYPE_CHECKING, Any

from aboveboard.errors import AboveboardError, FactsError, QueryError
from aboveboard.ports.collector import QueryResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.adapters.data_folder import ServedBy
    from aboveboard.ports.collector import FactStore

    Act = Callable[[Mapping[str, object]], dict[str, Any]]

LONGEST_LINE = 1024 * 1024
ASK_SECONDS = 40.0
DO_SECONDS = 3600.0
"""How long something may take that is done to all that is kept."""


class Desk:
    """Answers queries on a loopback port while a collector serves.

    Attributes:
        token: what a caller must show.
        port: where it listens, once it does.
        acts: what it does besides, each under its word; each runs in a thread.
    """

    def __init__(self, facts: FactStore, acts: Mapping[str, Act] | None = None) -> None:
        self.acts: dict[str, Act] = dict(acts or {})
        self.token = secrets.token_urlsafe(32)
        self.port = 0
        self._facts = facts
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, limit=LONGEST_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._reply(await asyncio.wait_for(reader.readline(), 10))
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError, RecursionError, TimeoutError):
            pass  # Whoever asked went away or spoke another language; there is nobody to tell.
        finally:
            writer.close()

    async def _reply(self, line: bytes) -> dict[str, object]:
        question = json.loads(line)
        if not isinstance(question, dict):
            return {"error": "not a question"}
        if not hmac.compare_digest(str(question.get("token")).encode(), self.token.encode()):
            return {"error": "not allowed"}
        try:
            if "do" in question:
                return {"done": await asyncio.to_thread(self.acts[str(question["do"])], question)}
            sql, rows = str(question["sql"]), int(question["rows"])
            result = await asyncio.to_thread(self._facts.query, sql, rows)
        except AboveboardError as error:
            return {"error": str(error)}
        except (KeyError, TypeError, ValueError, OverflowError):
            return {"error": "not a question"}
        return {"columns": result.columns, "rows": result.rows, "cut": result.cut}


def have_done(
    served_by: ServedBy, act: str, seconds: float = ASK_SECONDS, **about: object
) -> dict[str, Any]:
    """Have a running collector do something.

    Args:
        served_by: who serves.
        act: the act's word.
        seconds: how long to wait for it.
        about: what else it must know.

    Raises:
        FactsError: nobody answers there (any more).
        QueryError: it could not do it.
    """
    answer = _exchange(served_by, {"do": act, **about}, seconds)
    match answer:
        case {"error": str(message)}:
            raise QueryError(message)
        case {"done": dict(done)}:
            return done
        case _:
            message = "no collector answers there, but something else"
            raise FactsError(message)


def ask(served_by: ServedBy, sql: str, most_rows: int) -> QueryResult:
    """Ask a running collector.

    Raises:
        FactsError: nobody answers there (any more).
        QueryError: the query was refused.
    """
    return _result(_exchange(served_by, {"sql": sql, "rows": most_rows}, ASK_SECONDS))


def _exchange(served_by: ServedBy, question: dict[str, object], seconds: float) -> object:
    line = json.dumps({"token": served_by.token, **question}).encode() + b"\n"
    try:
        with socket.create_connection(("127.0.0.1", served_by.port), seconds) as connection:
            connection.sendall(line)
            with connection.makefile("rb") as stream:
                return json.loads(stream.readline())
    except (OSError, ValueError, RecursionError) as error:
        message = "no collector answers"
        raise FactsError(message) from error


def _result(answer: object) -> QueryResult:
    match answer:
        case {"error": str(message)}:
            raise QueryError(message)
        case {"columns": [*columns], "rows": [*rows], "cut": bool(cut)}:
            return QueryResult(tuple(columns), tuple(tuple(row) for row in rows), cut)
        case _:
            message = "no collector answers there, but something else"
            raise FactsError(message)
