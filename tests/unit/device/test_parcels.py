from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer
from aboveboard.device.carried_lines import MOST_LINES, read_lines, write_head
from aboveboard.device.parcel_answers import (
    Answers,
    Heard,
    read_answers,
    settled,
    write_answers,
)
from aboveboard.device.parcels import MOST_BODY, Carried, Parcels, export, read_parcels
from aboveboard.model.period import Week
from aboveboard.model.registry import CollectorAddress
from aboveboard.model.report import COLLECTOR, Delivery, Fate
from aboveboard.wires import native

OFFICIAL = "https://collector.example"
OPENER = HpkeOpener([bytes(range(32))])
PLAIN = CollectorAddress((OFFICIAL,))
SEALED = CollectorAddress((OFFICIAL,), (OPENER.public_keys[0],))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def row(number: int, fate: Fate = Fate.WAITING, destination: str = COLLECTOR) -> Delivery:
    body = b'{"number":%d}' % number
    week = Week(2026, 46)
    return Delivery(
        f"{number:032x}", week, fate, "", body, 0, date(2026, 11, 16), destination=destination
    )


def exported(*rows: Delivery, address: CollectorAddress = PLAIN) -> bytes:
    return export("editor", rows, address, HpkeSealer())


def test_what_waits_for_the_collector_comes_along_sealed_and_nothing_else() -> None:
    body = exported(
        row(2),
        row(1),
        row(3, Fate.DELIVERED),
        row(4, destination="https://mine.example"),
        address=SEALED,
    )

    found = read_parcels(body)

    assert isinstance(found, Parcels)
    assert [each.report for each in found.carried] == [row(1).report, row(2).report]
    parcel = found.carried[0].to(OFFICIAL)
    assert parcel.url == f"{OFFICIAL}/reports/editor/{row(1).report}"
    assert parcel.headers == {"Content-Type": native.SEALED_TYPE}
    sealed = parcel.body[native.KEY_ID_BYTES :]
    info = native.seal_info("editor", row(1).report)
    plain = OPENER.open(sealed, native.key_id(OPENER.public_keys[0]), info)
    assert plain == native.sealed_plain(row(1).body)
    assert b"number" not in body


def test_without_a_key_it_is_what_would_travel_too() -> None:
    found = read_parcels(exported(row(1)))
    assert isinstance(found, Parcels)
    assert found.carried[0].body == native.compress(row(1).body)


def test_an_empty_outbox_makes_an_empty_file() -> None:
    assert read_parcels(exported()) == Parcels("editor", ())


def line(**other: Any) -> bytes:  # noqa: ANN401 what a stranger may write
    (_, second) = exported(row(1)).splitlines()
    return json.dumps(json.loads(second) | other).encode() + b"\n"


HEAD = write_head("parcels", "editor")


def test_the_line_that_the_next_test_spoils_is_well() -> None:
    assert isinstance(read_parcels(HEAD + line(whatever=1)), Parcels)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"", "line 1: this is no file of parcels", id="empty"),
        pytest.param(HEAD[:-1], "line 1: this is no file", id="cut"),
        pytest.param(HEAD + b"{\n", "line 2: this is no file", id="no-json"),
        pytest.param(HEAD + b"[]\n", "line 2: this is no file", id="no-table"),
        pytest.param(HEAD + b"[" * 99_999 + b"\n", "line 2", id="deep"),
        pytest.param(HEAD + b" " * 600_000 + b"{}\n", "line 2", id="long-line"),
        pytest.param(HEAD + b"{}\n" * MOST_LINES, f"line {MOST_LINES + 1}", id="too-many"),
        pytest.param(write_head("answers", "editor"), "no file of parcels", id="answers"),
        pytest.param(write_head("parcels", "../etc"), "no file of parcels", id="no-app"),
        pytest.param(HEAD.replace(b'"editor"', b"7"), "no file of parcels", id="app-number"),
        pytest.param(HEAD.replace(b":1,", b":2,"), "another version", id="newer"),
        pytest.param(HEAD + line(report="../x"), "line 2: this is no parcel", id="no-id"),
        pytest.param(HEAD + line(report=7), "no parcel for editor", id="id-number"),
        pytest.param(HEAD + line(path="/admin"), "no parcel", id="another-path"),
        pytest.param(HEAD + line(headers={"Cookie": "a"}), "no parcel", id="another-header"),
        pytest.param(HEAD + line(headers=None), "no parcel", id="no-headers"),
        pytest.param(HEAD + line(body="!"), "no parcel", id="no-base64"),
        pytest.param(HEAD + line(body=7), "no parcel", id="body-number"),
        pytest.param(HEAD + line(body=""), "no parcel", id="no-body"),
        pytest.param(HEAD + line(body="A" * (MOST_BODY * 4 // 3 + 8)), "no parcel", id="large"),
    ],
)
def test_one_strange_line_spoils_it_all(body: bytes, words: str) -> None:
    found = read_parcels(body)
    assert isinstance(found, str)
    assert words in found


@given(st.binary(max_size=100))
def test_no_bytes_make_the_readers_raise(body: bytes) -> None:
    for kind in ("parcels", "answers"):
        assert isinstance(read_parcels(body), str)
        assert isinstance(read_answers(write_head(kind, "editor") + body + b"\n"), str)
        read_lines(body, kind)


def answers(*heard: Heard) -> Answers:
    return Answers("editor", OFFICIAL, heard)


def test_answers_come_back_as_they_were_written() -> None:
    found = answers(Heard(row(1).report, 201, "kept"), Heard(row(2).report, 502))
    assert read_answers(write_answers(found)) == found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param(b"201", b"99", "line 2: this is no answer", id="no-status"),
        pytest.param(b"201", b'"201"', "no answer", id="status-in-words"),
        pytest.param(b"201", b"true", "no answer", id="status-yes"),
        pytest.param(b"kept", b"<b>", "no answer", id="no-code"),
        pytest.param(b'"kept"', b"7", "no answer", id="code-number"),
        pytest.param(b"0001", b"000/", "no answer", id="no-id"),
        pytest.param(b'"https://collector.example"', b"7", "who answered", id="nobody"),
        pytest.param(b"https://", b"\\u001b[31m", "who answered", id="no-address"),
        pytest.param(b"answers", b"parcels", "no file of answers", id="parcels"),
    ],
)
def test_strange_answers_settle_nothing(old: bytes, new: bytes, words: str) -> None:
    body = write_answers(answers(Heard(row(1).report, 201, "kept")))
    assert old in body
    found = read_answers(body.replace(old, new))
    assert isinstance(found, str)
    assert words in found


def test_a_report_that_was_delivered_by_hand_is_delivered() -> None:
    (done,) = settled(answers(Heard(row(1).report, 201, "kept")), [row(1), row(2)], NOW)
    assert done == replace(
        row(1),
        fate=Fate.DELIVERED,
        answer="201 kept, by file",
        day=NOW.date(),
        url=f"{OFFICIAL}/reports/editor/{row(1).report}",
        at="2026-11-20T12:00:00+00:00",
        tries=1,
    )


@pytest.mark.parametrize("status", [302, 400, 404, 422, 429, 503])
def test_nothing_else_that_an_answer_says_is_believed(status: int) -> None:
    assert settled(answers(Heard(row(1).report, status)), [row(1)], NOW) == []


@pytest.mark.parametrize(
    "journal",
    [
        pytest.param(row(1, Fate.REFUSED), id="refused"),
        pytest.param(row(1, Fate.STRUCK), id="struck"),
        pytest.param(row(1, destination="https://mine.example"), id="a-copy"),
        pytest.param(row(2), id="another"),
    ],
)
def test_only_what_waits_for_the_collector_can_be_settled(journal: Delivery) -> None:
    assert settled(answers(Heard(row(1).report, 201)), [journal], NOW) == []


def test_a_parcel_keeps_its_address_at_every_collector() -> None:
    carried = Carried("0" * 32, "/reports/editor/1", b"x", {})
    assert carried.to("http://127.0.0.1:1").url == "http://127.0.0.1:1/reports/editor/1"
