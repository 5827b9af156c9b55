from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory import MemoryLog, SetClock
from aboveboard.collector import withdraw
from aboveboard.collector.records import Gone, encode
from aboveboard.collector.withdraw import Patience, ReceiptSigner, Withdrawals
from aboveboard.errors import FactsError, LogError
from aboveboard.model.verdict import Refused, TakenBack
from aboveboard.ports.collector import KnownReport, LogPosition
from aboveboard.transparency.note import Key, read, signed_by
from aboveboard.wires import receipts

ID = "0123456789abcdef0123456789abcdef"
TOKEN = "ab" * 32
HASH = hashlib.sha256(bytes.fromhex(TOKEN)).hexdigest()
SHOWN = f"Bearer {TOKEN}"
WEEK, TODAY = "2026-W47", date(2026, 11, 18)
SIGNER = Ed25519Signer(bytes([7]) * 32)
NAME = "collector.example/log"
THERE = KnownReport(WEEK, linked=True, token=HASH)
WAITS = KnownReport(WEEK, linked=False, token=HASH, gone=TODAY, waits=True)
GONE = KnownReport(WEEK, linked=False, token=HASH, gone=TODAY)
GONE_BEFORE = KnownReport(WEEK, linked=False, token=HASH, gone=date(2026, 11, 1))
SUMS = KnownReport(WEEK, linked=False)


class Tables:
    """Tables that say one thing after the other, and the last one for ever."""

    def __init__(self, *known: KnownReport | Exception | None, loaded: int = 0) -> None:
        self.known = list(known)
        self.loaded = loaded
        self.asked = 0

    def position(self, log: str) -> LogPosition:
        assert log == "0"
        return LogPosition(0, self.loaded)

    def report(self, app: str, report_id: str) -> KnownReport | None:
        assert (app, report_id) == ("editor", ID)
        self.asked += 1
        said = self.known.pop(0) if len(self.known) > 1 else self.known[0]
        if isinstance(said, Exception):
            raise said
        return said


class World:
    """A collector of which the tables are made up."""

    def __init__(self, tables: Tables, *, backup_days: int = 30, patience: float = 0.05) -> None:
        self.log = MemoryLog()
        self.outcomes: Counter[str] = Counter()
        self.full = False
        self.withdrawals = Withdrawals(
            tables,  # type: ignore[arg-type]  # what it asks of them
            [self.log],
            self._keep,
            ReceiptSigner(NAME, SIGNER, backup_days),
            SetClock(),
            self.outcomes,
            Patience(patience, 0.005),
        )

    async def _keep(self, gone: Gone) -> None:
        if self.full:
            message = "no space left"
            raise LogError(message)
        self.log.append([encode(gone)])

    def ask(self, shown: str = SHOWN, app: str = "editor", report_id: str = ID) -> object:
        return asyncio.run(self.withdrawals.take_back(app, report_id, shown))

    def code(self, shown: str = SHOWN, app: str = "editor", report_id: str = ID) -> str:
        answer = self.ask(shown, app, report_id)
        assert isinstance(answer, Refused | TakenBack)
        return answer.code if isinstance(answer, TakenBack) else answer.reason.value


def said(answer: object) -> receipts.Receipt:
    """Check a receipt's signature and give what it says."""
    assert isinstance(answer, TakenBack)
    note = read(answer.receipt.encode())
    assert note is not None
    assert signed_by(note, Key(NAME, SIGNER.public_key), Ed25519Checker())
    found = receipts.read(note.text)
    assert found is not None
    return found


def test_whoever_shows_the_token_gets_a_receipt_once_the_report_is_gone() -> None:
    tables = Tables(THERE, THERE, WAITS, GONE)
    world = World(tables)
    answer = world.ask()
    assert said(answer) == receipts.Receipt("editor", ID, TODAY, date(2026, 12, 19))
    assert list(world.log.records) == [
        b'{"kind":"gone","id":"%b","app":"editor","week":"2026-W47","day":"2026-11-18","w":"%b"}'
        % (ID.encode(), HASH.encode())
    ]
    assert tables.asked == 4
    assert world.outcomes == {"deleted": 1}


def test_who_keeps_no_backups_says_nothing_of_them() -> None:
    assert said(World(Tables(THERE, GONE), backup_days=0).ask()).backups is None


def test_the_same_request_again_gets_a_receipt_again_and_writes_nothing() -> None:
    world = World(Tables(GONE_BEFORE))
    assert said(world.ask()).day == date(2026, 11, 1)
    assert not world.log.records


def test_who_would_wait_too_long_gets_a_promise() -> None:
    world = World(Tables(THERE))
    answer = world.ask()
    assert isinstance(answer, TakenBack)
    assert (answer.done, answer.code) == (False, "will_be_deleted")
    assert said(answer).day == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("shown", "app", "report_id", "code"),
    [
        pytest.param("", "editor", ID, "no_token", id="nothing-shown"),
        pytest.param(f"Basic {TOKEN}", "editor", ID, "no_token", id="not-a-bearer"),
        pytest.param("Bearer ab", "editor", ID, "no_token", id="short"),
        pytest.param(f"{SHOWN}00", "editor", ID, "no_token", id="long"),
        pytest.param(
            f"Bearer {TOKEN[:-1]}\N{FULLWIDTH DIGIT ONE}", "editor", ID, "no_token", id="not-ascii"
        ),
        pytest.param(f"Bearer {'cd' * 32}", "editor", ID, "wrong_token", id="of-another"),
        pytest.param(SHOWN, "An editor", ID, "unknown_app", id="no-app"),
        pytest.param(SHOWN, "editor", "1", "bad_report_id", id="no-id"),
    ],
)
def test_who_does_not_show_the_token_gets_nothing(
    shown: str, app: str, report_id: str, code: str
) -> None:
    world = World(Tables(THERE))
    assert world.code(shown, app, report_id) == code
    assert not world.log.records
    assert world.outcomes == {code: 1}


def test_the_word_bearer_may_be_written_in_any_case() -> None:
    assert World(Tables(GONE)).code(f"bearer {TOKEN.upper()}") == "deleted"


def test_a_report_without_a_token_belongs_to_nobody() -> None:
    assert World(Tables(KnownReport(WEEK, linked=True))).code() == "wrong_token"


def test_what_is_left_only_in_sums_cannot_be_taken_back() -> None:
    world = World(Tables(SUMS))
    assert world.code() == "no_longer_linked"
    assert not world.log.records


def test_a_segment_that_is_let_go_of_meanwhile_is_told() -> None:
    assert World(Tables(THERE, SUMS)).code() == "no_longer_linked"


def test_a_report_that_is_not_loaded_yet_is_waited_for() -> None:
    world = World(Tables(None, None, THERE, GONE))
    world.log.append([b"one"])
    assert world.code() == "deleted"


def test_a_report_that_nobody_sent_is_unknown_at_once_when_all_is_loaded() -> None:
    tables = Tables(None)
    assert World(tables).code() == "unknown_report"
    assert tables.asked == 1


def test_what_came_after_the_request_need_not_be_loaded() -> None:
    tables = Tables(None, loaded=0)
    world = World(tables, patience=5)
    world.log.append([b"one"])

    async def run() -> object:
        asked = asyncio.ensure_future(world.withdrawals.take_back("editor", ID, SHOWN))
        await asyncio.sleep(0.05)
        world.log.append([b"later"] * 50)
        tables.loaded = 1
        return await asked

    answer = asyncio.run(run())
    assert isinstance(answer, Refused)
    assert answer.reason == "unknown_report"


def test_while_loading_stands_still_nobody_knows_and_it_is_asked_again_later() -> None:
    world = World(Tables(None))
    world.log.append([b"one"])
    assert world.code() == "cannot_look_up"


def test_tables_that_fail_and_a_full_disk_are_told_and_pass() -> None:
    world = World(Tables(FactsError("broken")))
    assert world.code() == "cannot_look_up"
    world = World(Tables(THERE))
    world.full = True
    assert world.code() == "cannot_keep"


def test_only_so_many_are_waited_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdraw, "MOST_AT_ONCE", 2)
    world = World(Tables(THERE), patience=0.2)

    async def run() -> Sequence[object]:
        asked = [world.withdrawals.take_back("editor", ID, SHOWN) for _ in range(3)]
        return await asyncio.gather(*asked)

    codes = [a.code if isinstance(a, TakenBack) else "later" for a in asyncio.run(run())]
    assert sorted(codes) == ["later", "will_be_deleted", "will_be_deleted"]
    assert world.outcomes == {"will_be_deleted": 2, "cannot_look_up": 1}
