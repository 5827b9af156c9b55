from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.data_folder import ServedBy
from aboveboard.adapters.desk import Desk, ask, have_done
from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.errors import FactsError, QueryError, SetupError
from aboveboard.ports.collector import QueryResult

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Visit = Callable[[Desk], Awaitable[None]]


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[DuckdbFacts]:
    store = DuckdbFacts(tmp_path)
    yield store
    store.close()


def visit(facts: DuckdbFacts, guest: Visit) -> list[dict[str, Any]]:
    """Open a desk for one guest; give what the loop had to complain about."""
    complaints: list[dict[str, Any]] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: complaints.append(context))
        desk = Desk(facts)
        await desk.start()
        try:
            async with asyncio.timeout(PATIENCE):
                await guest(desk)
        finally:
            await desk.stop()

    asyncio.run(run())
    return complaints


def at(desk: Desk) -> ServedBy:
    return ServedBy(1, desk.port, desk.token, "http://127.0.0.1:8790")


async def say(desk: Desk, line: bytes) -> bytes:
    """Say a line and hear all that is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.port, limit=4 * 1024 * 1024)
    try:
        writer.write(line)
        writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def test_whoever_shows_the_token_is_answered(facts: DuckdbFacts) -> None:
    async def guest(desk: Desk) -> None:
        sql = "select 1 as a, 'x' as b union all select 2, null order by a"
        assert await asyncio.to_thread(ask, at(desk), sql, 5) == QueryResult(
            ("a", "b"), ((1, "x"), (2, None))
        )
        cut = await asyncio.to_thread(ask, at(desk), sql, 1)
        assert cut == QueryResult(("a", "b"), ((1, "x"),), cut=True)

    assert visit(facts, guest) == []


def test_a_query_that_is_refused_says_why(facts: DuckdbFacts) -> None:
    async def guest(desk: Desk) -> None:
        with pytest.raises(QueryError, match="one reading statement"):
            await asyncio.to_thread(ask, at(desk), "delete from reports", 5)
        with pytest.raises(QueryError, match="no_such_table"):
            await asyncio.to_thread(ask, at(desk), "select * from no_such_table", 5)

    assert visit(facts, guest) == []


@pytest.mark.parametrize("token", ["", "guessed", "é"])
def test_whoever_shows_another_token_learns_nothing(token: str, facts: DuckdbFacts) -> None:
    async def guest(desk: Desk) -> None:
        with pytest.raises(QueryError, match="not allowed"):
            await asyncio.to_thread(ask, replace(at(desk), token=token), "select 1", 5)

    assert visit(facts, guest) == []


def test_every_desk_has_its_own_token(facts: DuckdbFacts) -> None:
    assert Desk(facts).token != Desk(facts).token
    assert len(Desk(facts).token) > 40


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"\n", b"", id="an-empty-line"),
        pytest.param(b"\xff\xfe\n", b"", id="not-utf-8"),
        pytest.param(b"GET / HTTP/1.1\r\n", b"", id="http"),
        pytest.param(b'{"token": "\\ud800"}\n', b"", id="half-a-character"),
        pytest.param(b"[]\n", b'{"error": "not a question"}\n', id="a-list"),
        pytest.param(b"{}\n", b'{"error": "not allowed"}\n', id="no-token"),
        pytest.param(b'"' + b"x" * 2_000_000 + b'"\n', b"", id="more-than-a-line-may-have"),
        pytest.param(
            b"[" * 100_000 + b"\n",
            b"",
            id="deep",
        ),
    ],
)
def test_another_language_harms_nobody(line: bytes, answer: bytes, facts: DuckdbFacts) -> None:
    async def guest(desk: Desk) -> None:
        assert await say(desk, line) == answer
        assert (await asyncio.to_thread(ask, at(desk), "select 1", 1)).rows == ((1,),)

    assert visit(facts, guest) == []


@pytest.mark.parametrize(
    "question",
    [
        pytest.param({"rows": 1}, id="no-query"),
        pytest.param({"sql": "select 1"}, id="no-number"),
        pytest.param({"sql": "select 1", "rows": "many"}, id="a-word-for-a-number"),
        pytest.param(
            {"sql": "select 1", "rows": None},
            id="nothing-for-a-number",
        ),
        pytest.param(
            {"sql": "select 1", "rows": 10**30},
            id="a-number-beyond-all-rows",
        ),
    ],
)
def test_half_a_question_harms_nobody(question: dict[str, object], facts: DuckdbFacts) -> None:
    async def guest(desk: Desk) -> None:
        line = json.dumps(question | {"token": desk.token}).encode() + b"\n"
        assert b"columns" not in await say(desk, line)

    assert visit(facts, guest) == []


def test_a_desk_that_is_closed_does_not_answer(facts: DuckdbFacts) -> None:
    desks: list[Desk] = []

    async def guest(desk: Desk) -> None:
        desks.append(desk)

    visit(facts, guest)
    with pytest.raises(FactsError, match="no collector answers"):
        ask(at(desks[0]), "select 1", 1)


def test_a_desk_that_was_never_opened_can_be_closed(facts: DuckdbFacts) -> None:
    asyncio.run(Desk(facts).stop())


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n", id="http"),
        pytest.param(
            b"7\n",
            id="a-number",
        ),
        pytest.param(
            b"{}\n",
            id="an-empty-object",
        ),
    ],
)
def test_another_program_on_the_desk_s_old_port_is_no_collector(said: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        served_by = ServedBy(1, server.sockets[0].getsockname()[1], "token", "")
        async with server:
            with pytest.raises(FactsError, match="no collector answers"):
                await asyncio.to_thread(ask, served_by, "select 1", 1)

    asyncio.run(run())


def test_an_act_is_done_with_what_it_must_know(facts: DuckdbFacts) -> None:
    async def guest(desk: Desk) -> None:
        desk.acts["repeat"] = lambda question: {"said": question["word"]}
        done = await asyncio.to_thread(have_done, at(desk), "repeat", word="so")
        assert done == {"said": "so"}

    assert visit(facts, guest) == []


def test_an_act_that_cannot_be_done_says_why(facts: DuckdbFacts) -> None:
    def fail(_: object) -> dict[str, Any]:
        message = "the disk is full"
        raise SetupError(message)

    async def guest(desk: Desk) -> None:
        desk.acts["fail"] = fail
        with pytest.raises(QueryError, match="the disk is full"):
            await asyncio.to_thread(have_done, at(desk), "fail")
        with pytest.raises(QueryError, match="not a question"):
            await asyncio.to_thread(have_done, at(desk), "unknown")
        with pytest.raises(QueryError, match="not allowed"):
            await asyncio.to_thread(have_done, replace(at(desk), token=str(at)), "fail")

    assert visit(facts, guest) == []


def test_an_act_whose_answer_is_another_s_is_not_done(facts: DuckdbFacts) -> None:
    async def guest(desk: Desk) -> None:
        desk.acts["odd"] = lambda _: [1]  # type: ignore[assignment, return-value]
        with pytest.raises(FactsError, match="something else"):
            await asyncio.to_thread(have_done, at(desk), "odd")

    assert visit(facts, guest) == []
