"""Copies on other wires: the same counts, the same journal, and a secret that is kept nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.adapters.memory import MemoryTransport
from aboveboard.device.copies import CopyParts
from aboveboard.errors import SendError
from aboveboard.model.report import COLLECTOR, Fate
from aboveboard.ports.device import Answer

if TYPE_CHECKING:
    from tests.flow.conftest import Machine

    from aboveboard.device.telemetry import Telemetry

GA4, SEGMENT = "ga4:G-ABC123", "segment:https://segment.example"
SECRETS = {"ga4": "sekret", "segment": "key"}


class Others:
    """Google's and Segment's servers."""

    def __init__(self) -> None:
        self.status = 204
        self.dead = False
        self.got: list[tuple[str, Any]] = []

    def answer(self, url: str, body: bytes, _headers: dict[str, str]) -> Answer:
        if self.dead:
            message = "not reached (TimeoutError)"
            raise SendError(message)
        self.got.append((url, json.loads(body)))
        return Answer(self.status, b"", 60)


@pytest.fixture
def others() -> Others:
    return Others()


def begin(machine: Machine, others: Others, secrets: dict[str, str]) -> Telemetry:
    parts = CopyParts(MemoryTransport(others.answer), secrets)
    telemetry = machine.start(copies=parts)
    telemetry.choose("on")
    return telemetry


@pytest.fixture
def telemetry(machine: Machine, others: Others) -> Telemetry:
    return begin(machine, others, SECRETS)


def fates(telemetry: Telemetry) -> dict[str, Fate]:
    return {row.destination: row.fate for row in telemetry.journal()}


def test_a_copy_goes_to_each_of_them_and_the_journal_has_it(
    telemetry: Telemetry, others: Others
) -> None:
    telemetry.person.also(GA4)
    telemetry.person.also(SEGMENT)
    telemetry.count("file.opened", 3)
    shown = [json.loads(body)["entries"] for body in telemetry.preview()]
    telemetry.flush(now=True)

    rows = {row.destination: row for row in telemetry.journal()}
    assert set(rows) == {COLLECTOR, GA4, SEGMENT}
    assert {row.fate for row in rows.values()} == {Fate.DELIVERED}
    assert len({row.body for row in rows.values()}) == 1
    assert shown == [json.loads(rows[GA4].body)["entries"]]
    assert rows[GA4].url == "https://www.google-analytics.com/mp/collect?measurement_id=G-ABC123"
    assert rows[SEGMENT].url == "https://segment.example/v1/batch"
    (google, said), (segment, batch) = others.got
    assert google == f"{rows[GA4].url}&api_secret=sekret"
    assert said["events"][0]["params"]["value"] == 3
    assert segment == rows[SEGMENT].url
    assert batch["batch"][0]["event"] == "file.opened"
    assert (
        telemetry.person.as_sent(rows[GA4])[0] == json.dumps(said, separators=(",", ":")).encode()
    )
    assert telemetry.person.as_sent(rows[COLLECTOR]) == [rows[COLLECTOR].body]


def test_the_secret_is_kept_nowhere(machine: Machine, telemetry: Telemetry) -> None:
    telemetry.person.also(GA4)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    rows = repr(telemetry.journal()) + repr(machine.paper()) + repr(telemetry.person.wishes)
    assert "sekret" not in rows


def test_without_a_secret_a_copy_waits_and_says_for_what(machine: Machine, others: Others) -> None:
    telemetry = begin(machine, others, {})
    telemetry.person.also(GA4)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert fates(telemetry) == {COLLECTOR: Fate.DELIVERED, GA4: Fate.WAITING}
    [row] = [row for row in telemetry.journal() if row.destination == GA4]
    assert row.answer == "no secret is set: ABOVEBOARD_GA4_SECRET"
    assert others.got == []

    again = begin(machine, others, SECRETS)
    again.flush(now=True)
    assert fates(again)[GA4] is Fate.DELIVERED


def test_who_cannot_carry_copies_lets_them_wait(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.person.also(SEGMENT)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert fates(telemetry) == {COLLECTOR: Fate.DELIVERED, SEGMENT: Fate.WAITING}


@pytest.mark.parametrize("status", [503, 429])
def test_who_does_not_take_it_now_is_tried_again(
    telemetry: Telemetry, others: Others, status: int
) -> None:
    telemetry.person.also(SEGMENT)
    others.status = status
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert fates(telemetry) == {COLLECTOR: Fate.DELIVERED, SEGMENT: Fate.WAITING}
    others.status = 200
    telemetry.flush(now=True)
    assert fates(telemetry)[SEGMENT] is Fate.DELIVERED
    first, second = (batch["batch"][0]["messageId"] for _, batch in others.got)
    assert first == second


def test_who_refuses_it_is_not_asked_again(telemetry: Telemetry, others: Others) -> None:
    telemetry.person.also(SEGMENT)
    others.status = 400
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    telemetry.flush(now=True)
    assert fates(telemetry)[SEGMENT] is Fate.REFUSED
    assert len(others.got) == 1


def test_who_is_dead_delays_nobody(telemetry: Telemetry, others: Others) -> None:
    telemetry.person.also(GA4)
    others.dead = True
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert fates(telemetry) == {COLLECTOR: Fate.DELIVERED, GA4: Fate.WAITING}


def test_what_google_has_cannot_be_taken_back_and_is_not_asked_for(
    machine: Machine, telemetry: Telemetry, others: Others
) -> None:
    telemetry.person.also(GA4)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    taken = telemetry.person.forget()
    assert {each.destination for each in taken} == {COLLECTOR}
    assert len(others.got) == 1
    assert machine.official.reports == []


def test_a_copy_may_be_given_up(telemetry: Telemetry, others: Others) -> None:
    telemetry.person.also(GA4)
    telemetry.person.not_also(GA4)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert fates(telemetry) == {COLLECTOR: Fate.DELIVERED}
    assert others.got == []


@pytest.mark.parametrize(
    "url",
    [
        "ga4:ABC",
        "ga4:G-1@ftp://x",
        "segment:mine.example",
        "segment:http://elsewhere.example",
        "segment:https://mine.example?key=7",
        "ga4:",
    ],
)
def test_an_address_that_is_none_is_not_taken(telemetry: Telemetry, url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        telemetry.person.also(url)


def test_all_reports_cannot_be_redirected_there(telemetry: Telemetry) -> None:
    with pytest.raises(ValueError, match="address"):
        telemetry.person.redirect(GA4)
    with pytest.raises(ValueError, match="address"):
        telemetry.person.also(GA4, "x25519:no")
