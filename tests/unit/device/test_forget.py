from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_sending import MemoryWithdrawals
from aboveboard.device.forget import TakingParts, ask, take_back
from aboveboard.errors import SendError
from aboveboard.model.period import Week
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.model.report import COLLECTOR, Delivery, Fate
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.ports.device import Answer
from aboveboard.transparency.note import Key, sign
from aboveboard.wires import receipts as receipt

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OFFICIAL = "https://collector.example"
SECOND = "https://second.example"
MINE = "https://mine.example"
SIGNER = Ed25519Signer(bytes(range(32)))
NAME = "editor.example/log"
LOG = str(Key(NAME, SIGNER.public_key))
REGISTRY = Registry(
    "editor", "", "", "", "", "f" * 64, collector=CollectorAddress((OFFICIAL, SECOND), log=LOG)
)


class Clock:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def monotonic_ms(self) -> int:
        return 0

    def boot(self) -> tuple[str, int]:
        return "boot", 0


class Draws:
    """Draws the same each time."""

    def draw(self) -> float:
        return 0.5

    def report_id(self) -> str:
        return "0" * 32

    def token(self) -> str:
        return "0" * 64


@dataclass
class Box:
    """An outbox in memory."""

    rows: list[Delivery] = field(default_factory=list)

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        return [row for row in self.rows if fate in {None, row.fate}]

    def settle(self, delivery: Delivery, token: str = "") -> None:  # noqa: ARG002 it has rows alone
        place = delivery.report, delivery.destination
        self.rows = [
            delivery if (row.report, row.destination) == place else row for row in self.rows
        ]

    def copy_to(self, destination: str) -> None:
        self.rows += [replace(row, destination=destination) for row in self.rows]

    def leave_out(self, destination: str) -> None:
        self.rows = [row for row in self.rows if row.destination != destination]

    def strike(self, report: str, body: bytes | None = None) -> bool:
        self.rows = [row for row in self.rows if row.report != report or body]
        return True

    def token(self, report: str) -> str:
        return report[:1] * 64


@dataclass
class Net:
    """The network: what each base address answers; None for nobody."""

    answers: dict[str, Answer | None] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        raise AssertionError((url, body, headers))

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        self.asked.append((url, headers))
        answer = self.answers.get(url.partition("/reports/")[0])
        if answer is None:
            message = "no network"
            raise SendError(message)
        return answer


@dataclass
class World:
    """A queue of withdrawals and all that is around it."""

    box: Box = field(default_factory=Box)
    net: Net = field(default_factory=Net)
    clock: Clock = field(default_factory=Clock)
    queue: MemoryWithdrawals = field(default_factory=MemoryWithdrawals)

    def ask(self, registry: Registry = REGISTRY) -> list[Withdrawal]:
        return ask(self.box.rows, self.box.token, registry, TODAY, self.queue)

    def go(self, *, hasty: bool = False, most: int = 99) -> list[Withdrawal]:
        parts = TakingParts(
            queue=self.queue,
            outbox=self.box,
            transport=self.net,
            checker=Ed25519Checker(),
            clock=self.clock,
            chance=Draws(),
        )
        return take_back(parts, lambda: len(self.net.asked) >= most, hasty=hasty)

    def bases(self) -> list[str]:
        return [url.partition("/reports/")[0] for url, _ in self.net.asked]


@pytest.fixture
def world() -> World:
    return World()


def row(number: int, base: str = OFFICIAL, **other: object) -> Delivery:
    report = f"{number:x}" * 32
    url = f"{base}/reports/editor/{report}" if base else ""
    made = Delivery(
        report, Week(2026, 46), Fate.DELIVERED, "201 kept", b"{}", 9, TODAY, url=url, tries=1
    )
    return replace(made, **other)  # type: ignore[arg-type]


def answered(receipt_text: str = "", status: int = 200) -> Answer:
    content = {"code": "deleted"}
    if receipt_text:
        content["receipt"] = sign(receipt_text, NAME, SIGNER).decode()
    return Answer(status, json.dumps(content).encode())


def test_a_report_is_taken_back_with_its_token_and_the_receipt_is_kept(world: World) -> None:
    world.box.rows = [row(1)]
    world.ask()
    world.net.answers[OFFICIAL] = answered(receipt.text("editor", "1" * 32, TODAY))

    (done,) = world.go()

    url = f"{OFFICIAL}/reports/editor/{'1' * 32}"
    assert world.net.asked == [(url, {"Authorization": f"Bearer {'1' * 64}"})]
    assert (done.taking, done.proof, done.deleted) == (Taking.DELETED, Proof.SIGNED, TODAY)
    assert done.receipt.startswith("aboveboard receipt 1\n")
    assert done.token == "", "it is of no use any longer"
    assert world.queue.withdrawals() == [done]
    assert world.box.rows == [row(1, fate=Fate.TAKEN_BACK)], "the answer to the report stays"
    assert (done.answer, done.url, done.at) == ("200 deleted", url, NOON.isoformat())


def test_a_collector_that_says_when_it_will_delete_has_answered(world: World) -> None:
    world.box.rows = [row(1)]
    world.ask()
    later = TODAY + timedelta(days=3)
    world.net.answers[OFFICIAL] = answered(receipt.text("editor", "1" * 32, later), status=202)
    (done,) = world.go()
    assert (done.taking, done.deleted) == (Taking.DELETED, later)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(answered(), id="none"),
        pytest.param(answered(receipt.text("editor", "2" * 32, TODAY)), id="another"),
        pytest.param(Answer(200, b'{"receipt":7}'), id="no-text"),
        pytest.param(Answer(204, b""), id="no-body"),
    ],
)
def test_a_deletion_without_a_receipt_is_told_as_one(world: World, answer: Answer) -> None:
    world.box.rows = [row(1)]
    world.ask()
    world.net.answers[OFFICIAL] = answer
    (done,) = world.go()
    assert (done.taking, done.proof, done.receipt) == (Taking.DELETED, Proof.NONE, "")


@pytest.mark.parametrize(
    ("status", "taking"),
    [
        pytest.param(404, Taking.UNKNOWN, id="unknown"),
        pytest.param(410, Taking.UNLINKED, id="only-sums"),
        pytest.param(403, Taking.REFUSED, id="wrong-token"),
        pytest.param(400, Taking.REFUSED, id="refused"),
        pytest.param(405, Taking.ASKED, id="cannot-yet"),
        pytest.param(429, Taking.ASKED, id="too-many"),
        pytest.param(302, Taking.ASKED, id="redirect"),
        pytest.param(503, Taking.ASKED, id="later"),
    ],
)
def test_an_answer_decides_what_becomes_of_it(world: World, status: int, taking: Taking) -> None:
    world.box.rows = [row(1)]
    world.ask()
    world.net.answers[OFFICIAL] = Answer(status, b'{"code":"said_so"}')

    (done,) = world.go()

    assert (done.taking, done.answer) == (taking, f"{status} said_so")
    assert bool(done.token) == (taking is Taking.ASKED)
    assert [delivery.fate for delivery in world.box.rows] == [Fate.DELIVERED]
    world.clock.at += timedelta(days=2)
    assert bool(world.go()) == (taking is Taking.ASKED)


def test_it_is_asked_again_gently_and_for_ever(world: World) -> None:
    world.box.rows = [row(1)]
    world.ask()
    (first,) = world.go()
    assert (first.tries, first.answer) == (1, "no network")
    assert first.url == f"{SECOND}/reports/editor/{'1' * 32}", "the last one that was asked"
    assert world.go() == []
    assert len(world.go(hasty=True)) == 1
    for _ in range(30):
        world.clock.at += timedelta(days=1)
        assert len(world.go()) == 1


def test_a_clock_that_was_set_back_keeps_nothing_waiting(world: World) -> None:
    world.box.rows = [row(1)]
    world.ask()
    world.go()
    world.clock.at -= timedelta(days=1000)
    assert len(world.go()) == 1


def test_every_address_of_the_collector_is_tried_the_one_that_took_it_first(
    world: World,
) -> None:
    world.box.rows = [row(1, SECOND)]
    world.ask()
    world.net.answers[OFFICIAL] = answered()
    world.go()
    assert world.bases() == [SECOND, OFFICIAL]


def test_a_copy_is_taken_back_where_it_went(world: World) -> None:
    world.box.rows = [row(1), row(1, MINE, destination=MINE)]
    world.ask()
    world.net.answers = {MINE: answered(receipt.text("editor", "1" * 32, TODAY))}

    done = {each.urls[0]: each for each in world.go()}

    assert done[OFFICIAL].taking is Taking.ASKED
    assert (done[MINE].taking, done[MINE].proof) == (Taking.DELETED, Proof.UNCHECKED)
    assert [delivery.fate for delivery in world.box.rows] == [Fate.DELIVERED, Fate.TAKEN_BACK]


def test_what_was_redirected_is_asked_back_from_where_it_went(world: World) -> None:
    world.box.rows = [row(1, MINE)]
    (asked,) = world.ask()
    assert (asked.urls, asked.log, asked.destination) == ((MINE,), "", COLLECTOR)


def test_a_row_that_does_not_say_where_it_went_went_to_its_destination(world: World) -> None:
    world.box.rows = [row(1, ""), row(2, "", destination=MINE)]
    found = {each.report: each.urls for each in world.ask()}
    assert found == {"1" * 32: (OFFICIAL, SECOND), "2" * 32: (MINE,)}


def test_without_a_collector_there_is_nobody_to_ask(world: World) -> None:
    world.box.rows = [row(1, "")]
    assert world.ask(replace(REGISTRY, collector=None)) == []
    world.box.rows = [row(1, MINE)]
    assert len(world.ask(replace(REGISTRY, collector=None))) == 1


@pytest.mark.parametrize(
    ("fate", "tries", "may"),
    [
        pytest.param(Fate.DELIVERED, 1, True, id="delivered"),
        pytest.param(Fate.WAITING, 2, True, id="unheard"),
        pytest.param(Fate.STRUCK, 2, True, id="struck-after-a-try"),
        pytest.param(Fate.WAITING, 0, False, id="never-left"),
        pytest.param(Fate.STRUCK, 0, False, id="struck"),
        pytest.param(Fate.REFUSED, 1, False, id="refused"),
        pytest.param(Fate.TAKEN_BACK, 1, False, id="gone"),
    ],
)
def test_only_what_may_have_arrived_is_asked_back(
    world: World, fate: Fate, tries: int, *, may: bool
) -> None:
    world.box.rows = [row(1, fate=fate, tries=tries)]
    assert world.box.rows[0].may_have_arrived is may
    assert bool(world.ask()) is may


def test_without_a_token_nothing_can_be_asked_back(world: World) -> None:
    assert ask([row(1)], lambda _: "", REGISTRY, TODAY, world.queue) == []
    assert world.queue.withdrawals() == []


def test_nothing_is_asked_for_twice_unless_it_was_refused(world: World) -> None:
    world.box.rows = [row(1)]
    assert len(world.ask()) == 1
    assert world.ask() == []
    world.net.answers[OFFICIAL] = Answer(403, b"")
    world.go()
    assert len(world.ask()) == 1


def test_a_dead_collector_is_asked_three_times_a_round_and_holds_up_nobody(
    world: World,
) -> None:
    world.box.rows = [row(n) for n in range(1, 6)] + [row(9, MINE)]
    world.ask(replace(REGISTRY, collector=CollectorAddress((OFFICIAL,))))
    world.net.answers[MINE] = answered()
    world.go()
    assert world.bases() == [OFFICIAL] * 3 + [MINE]


def test_a_collector_that_answers_now_and_then_is_asked_on(world: World) -> None:
    world.box.rows = [row(n) for n in range(1, 6)]
    world.ask()
    world.net.answers[OFFICIAL] = answered()
    assert len(world.go()) == 5


def test_it_stops_between_two_requests(world: World) -> None:
    world.box.rows = [row(n) for n in range(1, 6)]
    world.ask()
    world.net.answers[OFFICIAL] = answered()
    assert len(world.go(most=2)) == 2


def test_after_everything_was_erased_it_is_still_asked(world: World) -> None:
    world.box.rows = [row(1)]
    world.ask()
    world.box.rows = []
    world.net.answers[OFFICIAL] = answered()
    assert [each.taking for each in world.go()] == [Taking.DELETED]
