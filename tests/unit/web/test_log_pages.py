"""The served log: every answer is one that a follower can check, and says how long it holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.errors import LogError
from aboveboard.transparency import proven
from aboveboard.transparency.checkpoint import read as read_checkpoint
from aboveboard.transparency.entries import RegistryEntry
from aboveboard.transparency.hashes import content_name, proof_from
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.merkle import leaf_hash, verify_consistency, verify_inclusion
from aboveboard.web.log_pages import log_routes

BLOBS = [b"registry %d" % number for number in range(5)]
DAY = date(2026, 11, 18)


class Altered(MemoryLedger):
    """Finds that its contents were altered."""

    def blob(self, name: str) -> bytes | None:
        if self.leaves():
            message = f"{name} was altered"
            raise LogError(message)
        return super().blob(name)


@dataclass(frozen=True)
class Got:
    """An answer as a test reads it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 as JSON is
        return json.loads(self.body)


def ask(log: TransparencyLog, path: str, method: str = "GET", **headers: str) -> Got:
    """Call the routes as a server would, without one."""
    path, _, query = path.partition("?")
    named = [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode()}
    scope |= {"query_string": query.encode(), "headers": named, "root_path": "", "scheme": "http"}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Starlette(routes=log_routes(log))(scope, receive, send))
    start, *bodies = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Got(start["status"], answered, b"".join(part.get("body", b"") for part in bodies))


@pytest.fixture
def log() -> TransparencyLog:
    log = TransparencyLog(MemoryLedger(), Ed25519Signer(bytes(32)), "editor.example/log")
    for blob in BLOBS:
        log.add(RegistryEntry("editor", content_name(blob), "", DAY), [blob])
    return log


def root(log: TransparencyLog) -> bytes:
    checkpoint = read_checkpoint(ask(log, "/log/checkpoint").body)
    assert checkpoint is not None
    return checkpoint.root


def test_the_checkpoint_is_text_that_is_asked_for_anew(log: TransparencyLog) -> None:
    answer = ask(log, "/log/checkpoint")
    assert answer.body == log.checkpoint()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert ask(log, "/log/checkpoint", If_None_Match=answer.headers["etag"]).status == 304


def test_entries_are_lines_and_hold_for_ever_once_they_are_all_there(log: TransparencyLog) -> None:
    whole = ask(log, "/log/entries?start=1&end=5")
    assert whole.body.splitlines() == log.entries(1, 5)
    assert whole.headers["cache-control"].endswith("immutable")
    part = ask(log, "/log/entries?start=1&end=1001")
    assert part.body == whole.body
    assert part.headers["cache-control"] == "no-cache"
    assert ask(log, "/log/entries?start=5&end=5").body == b""


def test_no_more_than_a_page_of_entries_is_given_at_once() -> None:
    log = TransparencyLog(MemoryLedger(), Ed25519Signer(bytes(32)), "editor.example/log")
    for number in range(1002):
        blob = b"%d" % number
        log.add(RegistryEntry("editor", content_name(blob), "", DAY), [blob])
    page = ask(log, "/log/entries?start=1&end=1002")
    assert len(page.body.splitlines()) == 1000
    assert page.headers["cache-control"].endswith("immutable")


def test_an_inclusion_proof_holds(log: TransparencyLog) -> None:
    content = ask(log, "/log/inclusion?index=3&size=5").json
    proof = proof_from(content["proof"])
    assert proof is not None
    assert (content["index"], content["size"]) == (3, 5)
    assert verify_inclusion(leaf_hash(log.entries(3, 4)[0]), 3, 5, proof, root(log))


def test_a_consistency_proof_holds(log: TransparencyLog) -> None:
    content = ask(log, "/log/consistency?old=1&new=5").json
    proof = proof_from(content["proof"])
    assert proof is not None
    assert verify_consistency(1, leaf_hash(log.entries(0, 1)[0]), 5, root(log), proof)


def test_a_content_is_given_by_its_hash(log: TransparencyLog) -> None:
    answer = ask(log, f"/log/blobs/{content_name(BLOBS[2])}")
    assert answer.body == BLOBS[2]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"].endswith("immutable")


@pytest.mark.parametrize(("version", "index"), [("", 4), (f"/{content_name(BLOBS[1])}", 1)])
def test_a_registry_comes_with_its_proof(version: str, index: int, log: TransparencyLog) -> None:
    answer = ask(log, f"/log/registries/editor{version}")
    found = proven.read(answer.body)
    assert found == log.proven(index)
    entry = proven.check(found, log.key, Ed25519Checker())
    assert entry == RegistryEntry("editor", content_name(BLOBS[index]), "", DAY)
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/log/entries", 400, "bad_range"),
        ("/log/entries?start=0", 400, "bad_range"),
        ("/log/entries?start=-1&end=2", 400, "bad_range"),
        ("/log/entries?start=2&end=1", 400, "bad_range"),
        ("/log/entries?start=6&end=7", 400, "bad_range"),
        ("/log/entries?start=%D9%A1&end=7", 400, "bad_range"),
        ("/log/entries?start=0&end=9999999999999", 400, "bad_range"),
        ("/log/inclusion?index=5&size=5", 400, "bad_range"),
        ("/log/inclusion?index=0&size=6", 400, "bad_range"),
        ("/log/consistency?old=3&new=2", 400, "bad_range"),
        ("/log/consistency?old=3&new=6", 400, "bad_range"),
        ("/log/blobs/nonsense", 404, "no_such_blob"),
        (f"/log/blobs/{'0' * 64}", 404, "no_such_blob"),
        ("/log/registries/viewer", 404, "no_such_registry"),
        (f"/log/registries/editor/{'0' * 64}", 404, "no_such_registry"),
    ],
)
def test_what_there_is_not_is_told_with_a_code(
    path: str, status: int, code: str, log: TransparencyLog
) -> None:
    answer = ask(log, path)
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json["detail"].endswith(".")


def test_a_log_that_cannot_be_read_asks_to_come_back() -> None:
    log = TransparencyLog(Altered(), Ed25519Signer(bytes(32)), "editor.example/log")
    log.add(RegistryEntry("editor", content_name(b"x"), "", DAY), [b"x"])
    answer = ask(log, f"/log/blobs/{content_name(b'x')}")
    assert (answer.status, answer.json["code"]) == (503, "log_unavailable")
    assert answer.headers["retry-after"] == "60"


def test_the_log_is_only_read(log: TransparencyLog) -> None:
    assert ask(log, "/log/checkpoint", "POST").status == 405
    assert ask(log, "/log/checkpoint", "HEAD").status == 200
