"""What left can be taken back, also after off; what is carried by hand is settled by answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aboveboard.adapters.ed25519 import Ed25519Signer
from aboveboard.device.forget import is_due
from aboveboard.device.parcel_answers import Answers, Heard, write_answers
from aboveboard.device.parcels import Carried, read_parcels
from aboveboard.device.send import code
from aboveboard.errors import StoreError
from aboveboard.model.consent import Mode
from aboveboard.model.period import Week
from aboveboard.model.registry import CollectorAddress
from aboveboard.model.report import Delivery, Fate
from aboveboard.model.surroundings import Surroundings
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.ports.device import Answer
from aboveboard.transparency.note import Key, sign
from aboveboard.wires import receipts as receipt

if TYPE_CHECKING:
    from tests.flow.conftest import Machine

    from aboveboard.device.telemetry import Telemetry
    from aboveboard.testing import FakeCollector

OFFICIAL, MINE = "https://collector.example", "https://mine.example"
SIGNER = Ed25519Signer(bytes([9]) * 32)
ORIGIN = "collector.example/log"


@pytest.fixture
def telemetry(machine: Machine) -> Telemetry:
    begun = machine.start(owed=lambda: is_due(machine.home["withdrawals"], machine.clock))
    begun.choose("on")
    begun.count("file.opened")
    begun.set("system.os", "linux")
    begun.flush(now=True)
    return begun


def test_one_report_is_taken_back_and_the_others_stay(
    machine: Machine, telemetry: Telemetry
) -> None:
    first, second = (report["id"] for report in machine.official.reports)

    (done,) = telemetry.person.forget(first)

    assert (done.report, done.taking, done.token) == (first, Taking.DELETED, "")
    assert [report["id"] for report in machine.official.reports] == [second]
    fates = {row.report: row.fate for row in telemetry.journal()}
    assert fates == {first: Fate.TAKEN_BACK, second: Fate.DELIVERED}
    assert telemetry.person.withdrawals() == [done]
    assert telemetry.person.forget(first) == []


def test_everything_is_taken_back_and_what_waits_is_struck(
    machine: Machine, telemetry: Telemetry
) -> None:
    machine.net.dead.add(OFFICIAL)
    telemetry.set("theme.dark", value=True)
    telemetry.person.wait(3)
    telemetry.flush(now=True)
    machine.net.dead.clear()

    telemetry.person.forget()
    machine.clock.move(days=30)
    telemetry.flush()

    assert machine.official.reports == []
    assert {row.fate for row in telemetry.journal()} <= {Fate.TAKEN_BACK, Fate.STRUCK}
    assert machine.official.entries("theme.dark") == []


def test_what_waits_for_a_copy_does_not_leave_after_it_was_taken_back(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    mine = machine.collector(MINE)
    telemetry.person.also(MINE)
    machine.net.dead.add(MINE)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert len(machine.official.reports) == 1

    telemetry.person.forget()
    machine.net.dead.clear()
    machine.clock.move(days=9)
    telemetry.flush(now=True)

    assert machine.official.reports == []
    assert [asked.method for asked in mine.requests if asked.method == "PUT"] == []


def test_off_takes_back_what_was_asked_for_as_soon_as_somebody_answers(
    machine: Machine, telemetry: Telemetry
) -> None:
    machine.net.dead.add(OFFICIAL)
    telemetry.person.forget()
    telemetry.choose("off")
    assert machine.start().flush() == []

    machine.net.dead.clear()
    machine.clock.move(days=2)
    again = machine.start(owed=lambda: is_due(machine.home["withdrawals"], machine.clock))
    assert again.mode is Mode.OFF
    again.flush()

    assert machine.official.reports == []
    assert {each.taking for each in again.person.withdrawals()} == {Taking.DELETED}
    assert machine.paper() is None
    assert machine.store.events() == []


def test_what_may_have_arrived_can_be_taken_back_after_off(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    machine.official.will_close(keeping=True)
    telemetry.flush(now=True)
    assert len(machine.official.reports) == 1
    telemetry.choose("off")
    (left,) = telemetry.journal()
    assert (left.fate, left.body, left.tries) == (Fate.STRUCK, b"", 1)

    again = machine.start()
    (done,) = again.person.forget()

    assert done.taking is Taking.DELETED
    assert machine.official.reports == []


def test_a_program_that_ends_hands_over_what_is_owed_although_it_counts_nothing(
    machine: Machine, telemetry: Telemetry
) -> None:
    machine.net.dead.add(OFFICIAL)
    telemetry.person.forget()
    telemetry.choose("off")
    machine.clock.move(days=2)
    started: list[int] = []

    def detach() -> bool:
        started.append(1)
        return True

    ending = machine.start(
        owed=lambda: is_due(machine.home["withdrawals"], machine.clock), detach=detach
    )
    ending.count("file.opened")
    ending.close()
    ending.close()

    assert started == [1]


def test_the_tokens_never_leave_before_they_are_used(
    machine: Machine, telemetry: Telemetry
) -> None:
    tokens = [machine.store.outbox.token(row.report) for row in telemetry.journal()]
    assert all(len(token) == 64 for token in tokens)
    for _, body in machine.net.travelled:
        assert not any(token in body.decode() for token in tokens)


def test_off_and_on_again_shares_nothing_and_what_was_taken_back_is_gone(
    machine: Machine, telemetry: Telemetry
) -> None:
    before = {row.report for row in telemetry.journal()}
    telemetry.person.forget()
    telemetry.choose("off")
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    (report,) = machine.official.reports
    assert report["id"] not in before
    assert [row.report for row in telemetry.journal()] == [report["id"]]
    assert {each.report for each in telemetry.person.withdrawals()} == before


@pytest.mark.parametrize("first", ["forget", "off"])
@pytest.mark.parametrize(
    ("status", "over"),
    [
        pytest.param(200, True, id="deleted"),
        pytest.param(404, True, id="not-there"),
        pytest.param(410, True, id="only-sums"),
        pytest.param(403, False, id="refused"),
        pytest.param(503, False, id="later"),
    ],
)
def test_off_keeps_of_what_left_only_what_can_still_be_taken_back(  # noqa: PLR0913, PLR0917 a table
    machine: Machine,
    telemetry: Telemetry,
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    status: int,
    over: bool,  # noqa: FBT001 a column of the table
) -> None:
    monkeypatch.setattr(machine.official, "delete", lambda *_: Answer(status, b"{}"))

    if first == "off":
        telemetry.choose("off")
    telemetry.person.forget()
    if first == "forget":
        telemetry.choose("off")

    assert (telemetry.journal() == []) is over
    assert {each.answer for each in telemetry.person.withdrawals()} == {str(status)}


def test_what_was_never_kept_by_anybody_goes_with_off(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    machine.official.will_answer(400, "malformed")
    telemetry.flush(now=True)
    assert [row.fate for row in telemetry.journal()] == [Fate.REFUSED]

    telemetry.choose("off")

    assert telemetry.journal() == []


def test_a_copy_that_is_still_somewhere_stays_in_the_journal_after_off(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    machine.collector(MINE)
    telemetry.person.also(MINE)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    machine.net.dead.add(MINE)

    telemetry.person.forget()
    telemetry.choose("off")
    assert [row.fate for row in telemetry.journal()] == [Fate.TAKEN_BACK, Fate.DELIVERED]

    machine.net.dead.clear()
    machine.clock.move(days=2)
    machine.start().flush()
    assert telemetry.journal() == []


def test_where_withdrawals_cannot_be_read_off_erases_the_rest(
    machine: Machine, telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        message = "what is to be taken back cannot be read"
        raise StoreError(message)

    telemetry.count("file.opened")
    monkeypatch.setattr(machine.home["withdrawals"], "withdrawals", fail)

    telemetry.choose("off")

    assert machine.store.events() == []
    assert {row.fate for row in telemetry.journal()} == {Fate.DELIVERED}


def test_what_a_stronger_rule_lets_count_after_off_is_not_erased(
    machine: Machine, telemetry: Telemetry
) -> None:
    telemetry.choose("off")
    stronger = machine.start(around=Surroundings(switch=Mode.LOCAL))
    stronger.count("file.opened")
    stronger.flush()

    stronger.person.forget()

    assert [event.metric for event in machine.store.events()] == ["file.opened"]


@pytest.mark.parametrize("again", ["flush", "forget"])
def test_what_was_taken_back_when_the_program_was_killed_does_not_stay_after_off(
    machine: Machine, telemetry: Telemetry, again: str
) -> None:
    telemetry.choose("off")
    rows = telemetry.journal()
    day = machine.clock.now().date()
    # An answer is noted down first; whoever noted these down did no more.
    machine.home["withdrawals"].put(
        Withdrawal(row.report, "editor", (OFFICIAL,), "", "", day, taking=Taking.UNKNOWN, tries=1)
        for row in rows
    )

    following = machine.start()
    _ = following.flush() if again == "flush" else following.person.forget()

    assert len(rows) == 2
    assert following.journal() == []


def test_what_could_not_be_erased_after_off_is_erased_by_the_next_run(
    machine: Machine, telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        message = "the store cannot be locked"
        raise StoreError(message)

    telemetry.choose("off")
    with monkeypatch.context() as patched:
        patched.setattr(machine.store, "let_go", fail)
        with pytest.raises(StoreError):
            telemetry.person.forget()
    assert len(telemetry.journal()) == 2

    machine.start().flush()

    assert telemetry.journal() == []


def test_off_lets_what_another_rule_has_counted_and_sent_since_stand(
    machine: Machine, telemetry: Telemetry
) -> None:
    telemetry.choose("off")
    machine.collector(MINE)
    stronger = machine.start(around=Surroundings(override="on"))
    stronger.person.redirect(MINE)
    machine.net.dead.add(MINE)
    stronger.count("file.opened")
    stronger.flush(now=True)
    stronger.count("file.opened")
    stronger.flush()
    (waits,) = stronger.person.outbox()
    machine.clock.move(minutes=1)
    first = next(row.report for row in telemetry.journal() if row.report != waits.report)

    machine.start().person.forget(first)

    assert first not in {row.report for row in telemetry.journal()}
    assert stronger.person.outbox() == [waits]
    assert [event.metric for event in machine.store.events()] == ["file.opened"]


def test_a_copy_for_another_wire_goes_with_off(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    day = machine.clock.now().date()
    for number, place in enumerate(("ga4:G-ABC123", "segment:https://mine.example")):
        row = Delivery(f"{number:032x}", Week.of(day), Fate.DELIVERED, "204", b"{}", 9, day, place)
        machine.store.outbox.settle(row, "token")

    telemetry.choose("off")

    assert telemetry.journal() == []


def test_local_lets_the_journal_of_what_was_taken_back_stand(
    machine: Machine, telemetry: Telemetry
) -> None:
    telemetry.person.forget()
    telemetry.choose("local")
    machine.clock.move(days=2)
    telemetry.flush()
    assert {row.fate for row in telemetry.journal()} == {Fate.TAKEN_BACK}


def test_while_another_process_sends_it_is_left_to_that_one(
    machine: Machine, telemetry: Telemetry
) -> None:
    with machine.home["lease"].claim():
        asked = telemetry.person.forget()
    assert {each.taking for each in asked} == {Taking.ASKED}
    assert len(machine.official.reports) == 2

    machine.start().flush()
    assert machine.official.reports == []


@pytest.mark.parametrize("honest", [True, False])
def test_a_receipt_is_checked_with_the_key_of_the_log(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    honest: bool,  # noqa: FBT001 a column of the table
) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    delete = machine.official.delete

    def signing(url: str, headers: dict[str, str]) -> Answer:
        answer = delete(url, headers)
        day = machine.clock.now().date()
        text = receipt.text("editor" if honest else "viewer", url.rpartition("/")[2], day)
        note = sign(text, ORIGIN, SIGNER).decode()
        return Answer(answer.status, json.dumps({"code": "deleted", "receipt": note}).encode())

    monkeypatch.setattr(machine.official, "delete", signing)
    # The log has a say in sending, which is over; here it is about its key alone.
    core = telemetry._core  # noqa: SLF001 see above
    address = CollectorAddress((OFFICIAL,), log=str(Key(ORIGIN, SIGNER.public_key)))
    monkeypatch.setattr(
        core,
        "registry",
        type(core.registry)(
            **{n: getattr(core.registry, n) for n in core.registry.__slots__}
            | {"collector": address}
        ),
    )

    (done,) = telemetry.person.forget()

    assert done.proof is (Proof.SIGNED if honest else Proof.NONE)
    assert (done.receipt != "") == honest
    assert ("signed a receipt" in done.explain()) == honest


# By hand.


def carry(carried: tuple[Carried, ...], collector: FakeCollector) -> bytes:
    """Carry parcels to a collector, and bring its answers back."""
    heard = []
    for each in carried:
        parcel = each.to(OFFICIAL)
        answer = collector.put(parcel.url, parcel.body, parcel.headers)
        heard.append(Heard(each.report, answer.status, code(answer)))
    return write_answers(Answers("editor", OFFICIAL, tuple(heard)))


def test_what_was_carried_by_hand_is_settled_and_never_sent_again(machine: Machine) -> None:
    machine.net.dead.add(OFFICIAL)
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.flush(now=True)

    parcels = read_parcels(telemetry.person.export())
    assert not isinstance(parcels, str)
    assert sorted(each.report for each in parcels.carried) == sorted(
        each.report for each in telemetry.person.outbox()
    )
    machine.official.will_answer(503)
    answers = carry(parcels.carried, machine.official)
    (settled,) = telemetry.person.settle(answers)

    assert settled.answer == "201 kept, by file"
    (left,) = telemetry.person.outbox()
    assert left.report != settled.report
    assert telemetry.person.settle(answers) == []
    machine.net.dead.clear()
    machine.clock.move(days=2)
    machine.start().flush()
    assert [asked.status for asked in machine.official.requests].count(200) == 0
    assert len(machine.official.reports) == 2
    assert machine.start().person.outbox() == []
    telemetry.person.forget()
    assert machine.official.reports == []


def test_answers_that_are_none_change_nothing(machine: Machine) -> None:
    telemetry = machine.start()
    foreign = write_answers(Answers("viewer", OFFICIAL, ()))

    for body in (b"nonsense", foreign):
        with pytest.raises(ValueError, match="answers"):
            telemetry.person.settle(body)
