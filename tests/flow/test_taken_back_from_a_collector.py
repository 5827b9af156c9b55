"""A device takes its report back from a real collector, all in memory but the tables."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.memory import MemoryLog, SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.system import SystemChance
from aboveboard.analysis.follow import Follower
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.collector.withdraw import Patience, ReceiptSigner, Withdrawals
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.report import Fate
from aboveboard.model.verdict import Refused
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.transparency import note
from aboveboard.transparency.note import Key
from aboveboard.wires import receipts

URL = "https://collector.example"
SIGNER = Ed25519Signer(bytes([3]) * 32)
NAME = "collector.example/log"


class Wire:
    """A transport that does what the web side does, without HTTP."""

    def __init__(self, acceptor: Acceptor, withdrawals: Withdrawals, follower: Follower) -> None:
        self._acceptor = acceptor
        self._withdrawals = withdrawals
        self._follower = follower

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        encoding = headers.get("Content-Encoding", "")
        request = Request(*_place(url), body, headers["Content-Type"], encoding)
        answer = asyncio.run(self._acceptor.accept(request))
        if isinstance(answer, Refused):
            return _refusal(answer)
        return Answer(200 if answer.repeated else 201, b"{}")

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        return asyncio.run(self._delete(url, headers))

    async def _delete(self, url: str, headers: dict[str, str]) -> Answer:
        asked = asyncio.ensure_future(
            self._withdrawals.take_back(*_place(url), headers["Authorization"])
        )
        while not asked.done():
            await asyncio.to_thread(self._follower.step)
        answer = asked.result()
        if isinstance(answer, Refused):
            return _refusal(answer)
        return Answer(200, json.dumps({"code": answer.code, "receipt": answer.receipt}).encode())


def _place(url: str) -> tuple[str, str]:
    app, report_id = url.removeprefix(f"{URL}/reports/").split("/")
    return app, report_id


def _refusal(refused: Refused) -> Answer:
    return Answer(refused.reason.status, json.dumps({"code": refused.reason}).encode())


class World:
    """One collector and one device."""

    def __init__(self, folder: Path) -> None:
        self.log = MemoryLog()
        self.facts = DuckdbFacts(folder)
        self.follower = Follower([self.log], self.facts)
        registry = read(EXAMPLE_REGISTRY + f'[collector]\nurl = "{URL}"\n'.encode())
        acceptor = Acceptor(
            {registry.app: registry},
            GroupCommit(self._append),
            SeenIds(),
            HpkeOpener([new_private_key()]),
            SetClock(),
        )
        withdrawals = Withdrawals(
            self.facts,
            [self.log],
            acceptor.keep_gone,
            ReceiptSigner(NAME, SIGNER, 30),
            SetClock(),
            acceptor.outcomes,
            Patience(5, 0.005),
        )
        self.app = registry.app
        transport = Wire(acceptor, withdrawals, self.follower)
        parts = memory_parts(chance=SystemChance(), transport=transport, strict=True)
        self.telemetry = Telemetry(registry, parts)
        self.telemetry.choose("on")

    def send(self) -> str:
        """Count something, send it, and give the report's id."""
        before = {row.report for row in self.telemetry.journal()}
        self.telemetry.count("file.opened", by=3)
        self.telemetry.flush(now=True)
        (sent,) = {row.report for row in self.telemetry.journal()} - before
        return sent

    async def _append(self, records: list[bytes]) -> None:
        self.log.append(records)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.facts.close()


def genuine(kept: Withdrawal) -> bool:
    """Check a receipt as anybody would who knows the log's key."""
    found = note.read(kept.receipt.encode())
    assert found is not None
    says = receipts.read(found.text)
    assert says is not None
    signed = note.signed_by(found, Key(NAME, SIGNER.public_key), Ed25519Checker())
    return signed and (says.app, says.report) == (kept.app, kept.report)


def test_a_report_is_sent_counted_taken_back_and_gone(world: World) -> None:
    first, second = world.send(), world.send()
    while world.follower.step():
        pass
    assert [total.n for total in world.facts.totals(world.app) if total.span == "week"] == [2]

    (done,) = world.telemetry.person.forget(first)

    assert (done.taking, done.proof) == (Taking.DELETED, Proof.UNCHECKED)
    (kept,) = world.telemetry.person.withdrawals()
    assert genuine(kept)
    assert [total.n for total in world.facts.totals(world.app) if total.span == "week"] == [1]
    assert world.facts.apps() == {world.app: 1}
    fates = {row.report: row.fate for row in world.telemetry.journal()}
    assert fates == {first: Fate.TAKEN_BACK, second: Fate.DELIVERED}
    naming = [record for record in world.log.records if first.encode() in record]
    assert [json.loads(record)["kind"] for record in naming] == ["gone"]


def test_a_report_that_is_taken_back_before_it_is_loaded_is_never_seen(world: World) -> None:
    (done,) = world.telemetry.person.forget(world.send())
    assert done.taking is Taking.DELETED
    assert world.facts.totals(world.app) == []
    assert world.follower.well


def test_what_is_left_only_in_sums_is_told_once_and_for_all(world: World) -> None:
    sent = world.send()
    while world.follower.step():
        pass
    world.facts._database.execute(  # noqa: SLF001 what retention does
        "update reports set log = null, segment = null, token = null"
    )

    (done,) = world.telemetry.person.forget(sent)

    assert (done.taking, done.answer, done.token) == (
        Taking.UNLINKED,
        "410 no_longer_linked",
        "",
    )
    assert "sums" in done.explain()
    assert world.telemetry.person.forget(sent) == []
    assert [total.n for total in world.facts.totals(world.app) if total.span == "week"] == [1]
