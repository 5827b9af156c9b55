from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer
from aboveboard.adapters.memory import CountingChance, SetClock
from aboveboard.adapters.memory_sending import MemoryWishes
from aboveboard.device import backoff, throttle
from aboveboard.device.courier import Courier, CourierParts, Round
from aboveboard.errors import SealError, SendError
from aboveboard.model.period import Week
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.model.renewal import Renewal, Renewed
from aboveboard.model.report import COLLECTOR, Delivery, Fate
from aboveboard.model.wishes import DAY_SECONDS, Place, Wishes
from aboveboard.ports.device import Answer
from aboveboard.transparency.note import Key, sign

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
NOW = int(NOON.timestamp())
OFFICIAL = "https://collector.example"
SECOND = "https://second.example"
MINE = "https://mine.example"
SIGNER = Ed25519Signer(bytes(range(32)))
LOG = "editor.example/log"
OPENER = HpkeOpener([bytes(range(32))])


@dataclass
class Box:
    """An outbox, and what is kept by name, in memory."""

    rows: list[Delivery] = field(default_factory=list)
    names: dict[str, bytes] = field(default_factory=dict)
    settled: list[Delivery] = field(default_factory=list)

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        return [row for row in self.rows if fate in {None, row.fate}]

    def settle(self, delivery: Delivery, token: str = "") -> None:  # noqa: ARG002 it has rows alone
        self.settled.append(delivery)
        self.rows = [
            delivery
            if (row.report, row.destination) == (delivery.report, delivery.destination)
            else row
            for row in self.rows
        ]

    def copy_to(self, destination: str) -> None:
        self.rows += [replace(row, destination=destination) for row in self.rows]

    def leave_out(self, destination: str) -> None:
        self.rows = [row for row in self.rows if row.destination != destination]

    def strike(self, report: str, body: bytes | None = None) -> bool:
        self.rows = [row for row in self.rows if row.report != report or body]
        return True

    def token(self, report: str) -> str:
        return report

    def keep(self, name: str, content: bytes) -> None:
        self.names[name] = content

    def kept(self, name: str) -> bytes | None:
        return self.names.get(name)


@dataclass
class Net:
    """The network: what each base address answers; None for nobody."""

    answers: dict[str, Answer | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    on_the_way: Callable[[], None] = lambda: None

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        base = url.partition("/reports/")[0]
        self.asked.append(base)
        self.on_the_way()
        answer = self.answers.get(base, Answer(201, b'{"code":"kept"}'))
        if answer is None:
            message = "no network"
            raise SendError(message)
        self.sent.append((url, body, headers))
        return answer

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        return self.put(url, b"", headers)


class NoSealer:
    """Where sealing is not installed."""

    def seal(self, plain: bytes, key: bytes, info: bytes) -> bytes:  # noqa: ARG002 a port's signature
        message = "sealing is not available"
        raise SealError(message)


class NoChecker:
    """Where checking is not installed."""

    def check(self, key: bytes, message: bytes, signature: bytes) -> bool:  # noqa: ARG002 a port's signature
        words = "checking is not available"
        raise SealError(words)


def row(number: int, destination: str = COLLECTOR, **other: int) -> Delivery:
    return Delivery(
        report=f"{number:032x}",
        week=Week(2026, 46),
        fate=Fate.WAITING,
        answer="",
        body=b'{"number":%d}' % number,
        sealed=0,
        day=date(2026, 11, 16),
        destination=destination,
        tries=other.get("tries", 0),
        due=other.get("due", NOW - 100 + number),
    )


def registry(*urls: str, key: bytes | None = None) -> Registry:
    log = str(Key(LOG, SIGNER.public_key))
    address = CollectorAddress(urls or (OFFICIAL,), (key,) if key else (), log)
    return Registry("editor", "", "", "", "", "f" * 64, collector=address)


@dataclass
class World:
    """A courier and all that is around it."""

    box: Box = field(default_factory=Box)
    net: Net = field(default_factory=Net)
    clock: SetClock = field(default_factory=lambda: SetClock(NOON))
    wishes: MemoryWishes = field(default_factory=MemoryWishes)
    registry: Registry = field(default_factory=registry)
    sealer: HpkeSealer | NoSealer = field(default_factory=HpkeSealer)
    checker: Ed25519Checker | NoChecker = field(default_factory=Ed25519Checker)
    may: Callable[[Delivery], bool] = lambda _: True
    listed: Renewal = Renewal.CURRENT
    looked: int = 0

    def round(self, stop: Callable[[], bool] = lambda: False, *, hasty: bool = False) -> Round:
        parts = CourierParts(
            store=self.box,
            outbox=self.box,
            wishes=self.wishes,
            transport=self.net,
            sealer=self.sealer,
            checker=self.checker,
            clock=self.clock,
            chance=CountingChance(draw=0.5),
        )
        return Courier(self.registry, parts, self.may, self._look).round(stop, hasty=hasty)

    def _look(self) -> Renewed:
        self.looked += 1
        return Renewed(self.listed, "as it is")

    def fates(self) -> list[str]:
        return [row.fate.value for row in self.box.rows]


@pytest.fixture
def world() -> World:
    return World()


def test_what_is_due_is_carried_and_noted_down(world: World) -> None:
    world.box.rows = [row(1)]

    (done,) = world.round().tried

    url = f"{OFFICIAL}/reports/editor/{done.report}"
    assert [sent[0] for sent in world.net.sent] == [url]
    assert (done.fate, done.answer, done.url, done.tries) == (Fate.DELIVERED, "201 kept", url, 1)
    assert (done.at, done.day) == ("2026-11-18T12:00:00+00:00", date(2026, 11, 18))
    assert done.sealed == len(world.net.sent[0][1])
    assert world.box.rows == [done]


def test_reports_leave_in_the_order_of_their_moments_and_not_before(world: World) -> None:
    world.box.rows = [row(1, due=NOW), row(2, due=NOW - 5), row(3, due=NOW + 1)]

    found = [done.report for done in world.round().tried]

    assert found == [row(2).report, row(1).report]


def test_a_person_may_have_it_now(world: World) -> None:
    world.wishes.wish(Wishes(wait_days=30))
    world.box.rows = [row(1, due=NOW + 1000)]
    assert world.round().tried == ()
    assert len(world.round(hasty=True).tried) == 1


def test_nothing_leaves_before_it_has_waited_as_long_as_the_person_wished(world: World) -> None:
    world.wishes.wish(Wishes(wait_days=2))
    world.box.rows = [row(1, due=NOW)]
    world.clock.move(timedelta(seconds=2 * DAY_SECONDS - 1))
    assert world.round().tried == ()
    world.clock.move(timedelta(seconds=1))
    assert len(world.round().tried) == 1


def test_the_waiting_time_holds_for_what_waits_already_and_once_only(world: World) -> None:
    world.wishes.wish(Wishes(wait_days=90))
    world.box.rows = [row(1, due=NOW), row(2, due=NOW, tries=1)]
    assert [done.report for done in world.round().tried] == [row(2).report]


def test_a_moment_that_a_wrong_clock_drew_is_mended_and_waits_as_wished(world: World) -> None:
    world.wishes.wish(Wishes(wait_days=1))
    world.box.rows = [row(1, due=NOW + 10**9)]
    assert world.round().tried == ()
    world.clock.move(timedelta(days=1))
    assert len(world.round().tried) == 1


def test_each_destination_has_its_own_row_and_key(world: World) -> None:
    world.registry = registry(key=OPENER.public_keys[0])
    world.wishes.wish(Wishes(also=(Place(MINE),)))
    world.box.rows = [row(1, MINE), row(1)]

    tried = world.round().tried

    assert [done.destination for done in tried] == [COLLECTOR, MINE]
    official, mine = world.net.sent
    assert official[2]["Content-Type"] == "application/vnd.aboveboard.sealed"
    assert mine[2] == {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert mine[0].startswith(MINE)


def test_a_redirect_gets_what_the_collector_would_have_got(world: World) -> None:
    world.registry = registry(key=OPENER.public_keys[0])
    world.wishes.wish(Wishes(redirect=Place(MINE)))
    world.box.rows = [row(1)]

    world.round()

    assert world.net.asked == [MINE]
    assert world.looked == 0, "the log is the one of a collector that nothing is sent to"


def test_a_copy_that_is_not_wished_any_longer_gets_nothing(world: World) -> None:
    world.box.rows = [row(1, MINE)]
    assert world.round() == Round()


def test_a_dead_copy_never_delays_the_collector(world: World) -> None:
    world.wishes.wish(Wishes(also=(Place(MINE),)))
    world.net.answers[MINE] = None
    world.box.rows = [each for n in range(1, 9) for each in (row(n, MINE), row(n))]

    world.round()

    assert world.net.asked[:8] == [OFFICIAL] * 8
    assert world.net.asked[8:] == [MINE] * 3
    world.clock.move(timedelta(seconds=30))
    assert world.round() == Round()


def test_after_three_in_vain_the_rest_waits_and_the_destination_rests(world: World) -> None:
    world.net.answers[OFFICIAL] = None
    world.box.rows = [row(number) for number in range(1, 6)]

    assert len(world.round().tried) == 3
    assert world.round().tried == ()
    assert world.net.asked == [OFFICIAL] * 3

    world.clock.move(timedelta(seconds=200))
    assert len(world.round().tried) == 1, "one try shows that it is still away"
    world.net.answers.clear()
    world.clock.move(timedelta(seconds=1000))
    assert len(world.round().tried) == 5
    assert backoff.read(world.box.kept(backoff.PLACE)) == backoff.Backoff()


def test_a_person_who_wants_it_now_ends_a_rest_but_does_not_wait_for_the_dead(
    world: World,
) -> None:
    world.net.answers[OFFICIAL] = None
    world.box.rows = [row(number) for number in range(1, 6)]
    world.round()
    assert len(world.round(hasty=True).tried) == 1


def test_a_report_that_was_not_delivered_waits_longer_each_time(world: World) -> None:
    world.net.answers[OFFICIAL] = Answer(500, b"")
    world.box.rows = [row(1)]
    (first,) = world.round().tried
    assert (first.fate, first.tries, first.due) == (Fate.WAITING, 1, NOW + 90)

    world.clock.move(timedelta(seconds=90))
    (second,) = world.round().tried
    assert (second.tries, second.due) == (2, NOW + 90 + 150)


def test_who_asks_to_wait_is_left_alone_for_so_long(world: World) -> None:
    world.net.answers[OFFICIAL] = Answer(429, b"", retry_after=3600)
    world.box.rows = [row(1), row(2)]

    (done,) = world.round().tried

    assert done.due >= NOW + 3600
    world.clock.move(timedelta(seconds=3599))
    assert world.round().tried == ()


def test_a_registry_that_is_not_served_yet_keeps_one_report_alone(world: World) -> None:
    world.net.answers[OFFICIAL] = Answer(422, b'{"code":"unknown_registry"}')
    world.box.rows = [row(number) for number in range(1, 6)]
    assert len(world.round().tried) == 5
    assert world.fates() == ["waiting"] * 5


def test_what_is_refused_is_not_tried_again(world: World) -> None:
    world.net.answers[OFFICIAL] = Answer(400, b'{"code":"not_a_report"}')
    world.box.rows = [row(1)]
    world.round()
    assert world.fates() == ["refused"]
    assert world.round().tried == ()


def test_the_next_address_of_a_collector_is_tried_if_nobody_answers(world: World) -> None:
    world.registry = registry(OFFICIAL, SECOND)
    world.net.answers[OFFICIAL] = None
    world.box.rows = [row(1)]

    (done,) = world.round().tried

    assert done.url.startswith(SECOND)
    assert world.net.asked == [OFFICIAL, SECOND]


def test_the_next_address_is_not_tried_after_an_answer(world: World) -> None:
    world.registry = registry(OFFICIAL, SECOND)
    world.net.answers[OFFICIAL] = Answer(503, b"")
    world.box.rows = [row(1)]
    world.round()
    assert world.net.asked == [OFFICIAL]


def test_it_is_asked_before_each_report_whether_it_may_leave(world: World) -> None:
    world.box.rows = [row(1), row(2), row(3)]
    world.may = lambda _: not world.net.sent

    assert len(world.round().tried) == 1
    assert world.fates() == ["delivered", "waiting", "waiting"]


def test_while_nothing_may_leave_not_even_the_log_is_asked(world: World) -> None:
    world.box.rows = [row(1)]
    world.may = lambda _: False
    assert world.round() == Round()
    assert world.looked == 0


def test_what_was_struck_meanwhile_does_not_leave(world: World) -> None:
    world.box.rows = [row(1), row(2)]
    world.net.on_the_way = lambda: world.box.leave_out(COLLECTOR)
    assert len(world.round().tried) == 1
    assert len(world.net.sent) == 1


def test_what_was_made_smaller_meanwhile_leaves_smaller(world: World) -> None:
    world.box.rows = [row(1), row(2)]
    smaller = replace(row(2), body=b"{}")
    world.net.on_the_way = lambda: world.box.settle(smaller)
    world.round()
    assert world.box.rows[1].body == b"{}"


def test_a_wish_that_changes_meanwhile_ends_the_round(world: World) -> None:
    world.box.rows = [row(1), row(2)]
    world.net.on_the_way = lambda: world.wishes.wish(Wishes(redirect=Place(MINE)))
    world.round()
    assert world.net.asked == [OFFICIAL]
    world.round()
    assert world.net.asked == [OFFICIAL, MINE]


def test_it_stops_between_two_reports(world: World) -> None:
    world.box.rows = [row(1), row(2), row(3)]
    assert len(world.round(stop=lambda: len(world.net.sent) == 2).tried) == 2


def test_who_switched_off_meanwhile_finds_nothing_kept(world: World) -> None:
    world.box.rows = [row(number) for number in range(1, 4)]
    world.net.answers[OFFICIAL] = None

    def switch_off() -> None:
        world.may = lambda _: False

    world.net.on_the_way = switch_off
    courier_may = world.may
    world.may = lambda delivery: courier_may(delivery) and not world.net.asked
    world.round()
    assert world.box.names == {}


@pytest.mark.parametrize("listed", [Renewal.NOT_LISTED, Renewal.DOUBTED, Renewal.NOT_REACHED])
def test_a_collector_whose_log_does_not_have_the_registry_gets_nothing(
    world: World, listed: Renewal
) -> None:
    world.listed = listed
    world.box.rows = [row(1), row(2)]

    tried = world.round().tried

    assert [(d.fate, d.answer, d.tries) for d in tried] == [
        (Fate.WAITING, f"{listed.value}: as it is", 0)
    ] * 2
    assert (world.net.asked, world.looked) == ([], 1)


def test_a_log_that_never_answers_is_not_asked_at_every_start(world: World) -> None:
    world.listed = Renewal.NOT_REACHED
    world.box.rows = [row(1)]
    for _ in range(6):
        world.round()
    assert world.looked == 3


def test_without_a_log_there_is_nothing_to_ask_of_it(world: World) -> None:
    world.listed = Renewal.NO_LOG
    world.box.rows = [row(1)]
    world.round()
    assert world.fates() == ["delivered"]


def test_without_a_collector_a_report_waits_and_says_why(world: World) -> None:
    world.registry = replace(registry(), collector=None)
    world.box.rows = [row(1)]
    (done,) = world.round().tried
    assert (done.fate, done.answer) == (Fate.WAITING, "the registry names no collector")
    world.round()
    assert len(world.box.settled) == 1, "what is known already is not written again"


def test_a_report_never_leaves_unsealed_where_a_seal_was_promised(world: World) -> None:
    world.registry = registry(key=OPENER.public_keys[0])
    world.sealer = NoSealer()
    world.box.rows = [row(1)]
    (done,) = world.round().tried
    assert (done.fate, done.answer) == (Fate.WAITING, "sealing is not available")
    assert world.net.asked == []


def test_only_the_registrys_own_collector_says_what_is_answered(world: World) -> None:
    world.wishes.wish(Wishes(also=(Place(MINE),)))
    world.net.answers[OFFICIAL] = Answer(201, b'{"answered":["theme.dark"]}')
    world.net.answers[MINE] = Answer(201, b'{"answered":["file.opened"]}')
    world.box.rows = [row(1), row(1, MINE)]
    assert world.round().answered == {"theme.dark"}


def _throttled(signer: Ed25519Signer = SIGNER) -> Answer:
    import json  # noqa: PLC0415 as little as the module that is tested

    note = sign(throttle.text("editor", 4, date(2027, 3, 1)), LOG, signer).decode()
    return Answer(201, json.dumps({"code": "kept", "throttle": note}).encode())


def test_a_collector_that_wants_fewer_reports_is_heard_once(world: World) -> None:
    world.net.answers[OFFICIAL] = _throttled()
    world.box.rows = [row(1), row(2)]

    world.round()

    first = world.box.kept(throttle.PLACE)
    found = throttle.read(first)
    assert found is not None
    assert (found.every, found.until) == (4, date(2027, 3, 1))
    world.clock.move(timedelta(days=30))
    world.box.rows = [row(3)]
    world.round()
    assert world.box.kept(throttle.PLACE) == first, "saying it again makes it no longer"


@pytest.mark.parametrize(
    "case", ["forged", "by-a-copy", "by-a-redirect", "nobody-can-check", "switched-off"]
)
def test_nobody_else_is_heard(world: World, case: str) -> None:
    world.net.answers = {OFFICIAL: _throttled(), MINE: _throttled()}
    world.box.rows = [row(1)]
    match case:
        case "forged":
            world.net.answers[OFFICIAL] = _throttled(Ed25519Signer(bytes(32)))
        case "by-a-copy":
            world.wishes.wish(Wishes(also=(Place(MINE),)))
            world.box.rows = [row(1, MINE)]
        case "by-a-redirect":
            world.wishes.wish(Wishes(redirect=Place(MINE)))
        case "nobody-can-check":
            world.checker = NoChecker()
        case _:
            world.may = lambda _: not world.net.asked
    assert len(world.round().tried) == 1
    assert world.box.kept(throttle.PLACE) is None


def test_a_report_of_a_period_to_come_waits_until_that_has_begun(world: World) -> None:
    """A clock that was ahead when it was filed, and was set right since."""
    world.box.rows = [replace(row(1), week=Week(2026, 50)), row(2)]

    (done,) = world.round().tried

    assert (done.report, done.fate) == (row(2).report, Fate.DELIVERED)
    begins = datetime(2026, 12, 7, 12, tzinfo=UTC)
    (waits,) = world.box.deliveries(Fate.WAITING)
    assert waits.due == begins.timestamp() + DAY_SECONDS // 2
    for _ in range(20):
        world.clock.move(timedelta(days=1))
        world.round()
        if world.clock.now() < begins:
            assert world.box.deliveries(Fate.WAITING) == [waits]
    assert world.fates() == ["delivered", "delivered"]
