"""Reports leave for every destination a person wished for, and come back when they say so."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from aboveboard.adapters.dice import Dice
from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.file_lease import LockLease
from aboveboard.adapters.late_seal import LateSealer
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_outbox import SqliteOutbox
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.adapters.wishes_file import FileWishes
from aboveboard.adapters.withdrawals_file import FileWithdrawals
from aboveboard.device import timetable
from aboveboard.device.courier import Courier, CourierParts
from aboveboard.device.forget import TakingParts, ask, take_back
from aboveboard.device.timetable import Moment
from aboveboard.errors import SendError
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.period import Week
from aboveboard.model.registry import CollectorAddress, Registry, Sends
from aboveboard.model.renewal import Renewal, Renewed
from aboveboard.model.report import COLLECTOR, Delivery, Fate, Outgoing
from aboveboard.model.wishes import Place, Wishes
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.ports.device import Answer
from aboveboard.transparency.note import Key, sign
from aboveboard.wires import receipts as receipt

OFFICIAL, MINE = "https://collector.example", "https://mine.example"
SIGNER = Ed25519Signer(bytes(range(32)))
LOG = "editor.example/log"
REGISTRY = Registry(
    "editor",
    "",
    "",
    "",
    "",
    "f" * 64,
    collector=CollectorAddress((OFFICIAL,), log=str(Key(LOG, SIGNER.public_key))),
)
START = datetime(2026, 11, 18, 12, tzinfo=UTC)


@dataclass
class Internet:
    """Two collectors that keep what they get, until somebody shows the right to have it back."""

    kept: dict[str, bytes] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        assert headers["Content-Encoding"] == "gzip"
        self._reach(url)
        self.kept[url] = body
        return Answer(201, b'{"code":"kept"}')

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        self._reach(url)
        report = url.rpartition("/")[2]
        assert headers == {"Authorization": f"Bearer {report * 2}"}
        if self.kept.pop(url, None) is None:
            return Answer(404, b'{"code":"unknown_report"}')
        note = sign(receipt.text("editor", report, date(2026, 11, 20)), LOG, SIGNER).decode()
        return Answer(200, json.dumps({"code": "deleted", "receipt": note}).encode())

    def _reach(self, url: str) -> None:
        if url.partition("/reports/")[0] in self.dead:
            message = "not reached (TimeoutError)"
            raise SendError(message)


class Seeded:
    """Draws that are the same in each run of the test."""

    def __init__(self) -> None:
        self._dice = Dice("delivery")

    def draw(self) -> float:
        return self._dice.whole(0, 999) / 1000

    def report_id(self) -> str:
        return f"{self._dice.whole(0, 2**128 - 1):032x}"

    def token(self) -> str:
        return f"{self._dice.whole(0, 2**256 - 1):064x}"


class Program:
    """A program that runs now and then: each time with new parts over the same folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.net = Internet()
        self.clock = SetClock(START)
        self.chance = Seeded()
        self.number = 0

    def __call__(self) -> list[Delivery]:
        """Run once: file what is due, send what may leave, ask back what is to be taken back."""
        store, outbox, wishes = self.parts()
        choice = store.choice()
        on = choice is not None and choice.mode is Mode.ON
        with LockLease(self.home).claim() as mine:
            assert mine
            if on:
                self._file(store, wishes)
            return [*self._courier(store, outbox, wishes, on=on).round().tried]

    def parts(self) -> tuple[SqliteEventStore, SqliteOutbox, FileWishes]:
        file = SqliteFile(self.home)
        return SqliteEventStore(file), SqliteOutbox(file), FileWishes(self.home)

    def _file(self, store: SqliteEventStore, wishes: FileWishes) -> None:
        now, chance = Moment.of(self.clock), self.chance
        table = timetable.read(store.kept(timetable.PLACE), Sends.WEEK)
        table = (table or timetable.begin(Sends.WEEK, self.clock, chance)).seen(now)
        due = table.due(now)
        if due:
            table = table.after_sending(Sends.WEEK, now, chance.draw())
        store.keep(timetable.PLACE, table.write())
        for moment in timetable.moments(2 if due else 0, Sends.WEEK, now, chance):
            self.number += 1
            name, today = f"{self.number:032x}", self.clock.now().date()
            out = Outgoing(name, Week.of(today), b'{"of":"it"}', name * 2, moment, today)
            assert store.take([], out, [], wishes.wishes().destinations)

    def _courier(
        self, store: SqliteEventStore, outbox: SqliteOutbox, wishes: FileWishes, *, on: bool
    ) -> Courier:
        parts = CourierParts(
            store=store,
            outbox=outbox,
            wishes=wishes,
            transport=self.net,
            sealer=LateSealer(),
            checker=Ed25519Checker(),
            clock=self.clock,
            chance=self.chance,
        )
        return Courier(REGISTRY, parts, lambda _: on, lambda: Renewed(Renewal.CURRENT))

    def take_back(self) -> list[Withdrawal]:
        parts = TakingParts(
            queue=FileWithdrawals(self.home),
            outbox=self.parts()[1],
            transport=self.net,
            checker=Ed25519Checker(),
            clock=self.clock,
            chance=self.chance,
        )
        return take_back(parts)

    def live(self, days: int) -> list[Delivery]:
        """Run twice a day."""
        done: list[Delivery] = []
        for _ in range(2 * days):
            self.clock.move(timedelta(hours=12))
            done += self()
        return done


@pytest.fixture
def program(tmp_path: Path) -> Program:
    made = Program(tmp_path / "home")
    made.parts()[0].choose(Choice(Mode.ON, START.date(), "f" * 64))
    return made


def test_a_program_that_runs_for_seconds_sends_once_a_week(program: Program) -> None:
    done = program.live(days=6 * 7)

    assert {delivery.fate for delivery in done} == {Fate.DELIVERED}
    assert program.number // 2 in {6, 7}
    assert len({delivery.at for delivery in done}) > program.number // 2, "each when it is due"


def test_a_dead_copy_takes_nothing_from_the_collector(program: Program) -> None:
    program.parts()[2].wish(Wishes(also=(Place(MINE),)))
    program.net.dead.add(MINE)
    program.live(days=21)

    rows = program.parts()[1].deliveries()
    official = [row for row in rows if row.destination == COLLECTOR]
    copies = [row for row in rows if row.destination == MINE]
    assert [row.report for row in official] == [row.report for row in copies]
    settled = [row.fate for row in official if row.tries]
    assert settled
    assert set(settled) == {Fate.DELIVERED}
    assert {row.fate for row in copies} == {Fate.WAITING}

    program.net.dead.clear()
    program.live(days=4)
    delivered = program.parts()[1].deliveries(Fate.DELIVERED)
    assert {row.destination for row in delivered} == {COLLECTOR, MINE}


def test_what_left_is_taken_back_also_after_everything_was_switched_off(
    program: Program,
) -> None:
    program.parts()[2].wish(Wishes(also=(Place(MINE),)))
    program.live(days=14)
    assert {url.partition("/reports/")[0] for url in program.net.kept} == {OFFICIAL, MINE}
    store, outbox, _ = program.parts()

    asked = ask(
        outbox.deliveries(Fate.DELIVERED),
        outbox.token,
        REGISTRY,
        program.clock.now().date(),
        FileWithdrawals(program.home),
    )
    store.choose(Choice(Mode.OFF, program.clock.now().date(), "f" * 64, number=2))
    store.erase()
    program.net.dead = {OFFICIAL, MINE}
    program.take_back()
    program.net.dead.clear()
    program.clock.move(timedelta(days=1))

    done = program.take_back()

    assert len(done) == len(asked) > 0
    assert program.net.kept == {}
    assert {each.taking for each in done} == {Taking.DELETED}
    assert {each.proof for each in done if each.urls[0] == OFFICIAL} == {Proof.SIGNED}
    assert {row.fate for row in program.parts()[1].deliveries()} == {Fate.TAKEN_BACK}
    assert program() == []
