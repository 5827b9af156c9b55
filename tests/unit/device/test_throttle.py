from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.device.throttle import LONGEST, Throttle, hear, read, text
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.transparency.note import Key, sign

TODAY = date(2026, 11, 18)
UNTIL = date(2027, 3, 1)
NAME = "editor.example/log"
SIGNER = Ed25519Signer(bytes(range(32)))
OTHER = Ed25519Signer(bytes(reversed(range(32))))
LOG = str(Key(NAME, SIGNER.public_key))


def registry(log: str = LOG) -> Registry:
    address = CollectorAddress(("https://collector.example",), log=log)
    return Registry("editor", "", "", "", "", "f" * 64, collector=address)


def note(words: str, signer: Ed25519Signer = SIGNER, name: str = NAME) -> str:
    return sign(words, name, signer).decode()


def heard(words: str, **other: object) -> Throttle | None:
    made = other.get("note") or note(words)
    known = other.get("registry") or registry()
    assert isinstance(made, str)
    assert isinstance(known, Registry)
    return hear(made, known, TODAY, Ed25519Checker())


def test_what_the_collector_signed_is_heard() -> None:
    signed = note(text("editor", 4, UNTIL))
    assert heard("", note=signed) == Throttle(4, UNTIL, TODAY, signed)


def test_nobody_is_kept_from_sending_for_more_than_a_year() -> None:
    found = heard(text("editor", 4, date(2099, 1, 1)))
    assert found is not None
    assert found.until == TODAY + LONGEST


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(text("mailer", 4, UNTIL), id="another-app"),
        pytest.param(text("editor", 0, UNTIL), id="never"),
        pytest.param(text("editor", 1001, UNTIL), id="hardly-ever"),
        pytest.param(text("editor", 4, date(2026, 11, 17)), id="over"),
        pytest.param(text("editor", 4, UNTIL).replace("03-01", "02-31"), id="no-such-day"),
        pytest.param(text("editor", 4, UNTIL).replace("every 4", "every 04"), id="other-spelling"),
        pytest.param(text("editor", 4, UNTIL).replace(" 1\n", " 2\n", 1), id="newer"),
        pytest.param(text("editor", 4, UNTIL) + "more\n", id="more"),
        pytest.param("aboveboard receipt 1\neditor\n", id="another-note"),
    ],
)
def test_a_signature_under_anything_else_is_not_enough(words: str) -> None:
    assert heard(words) is None


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(note(text("editor", 4, UNTIL), OTHER), id="by-another-key"),
        pytest.param(note(text("editor", 4, UNTIL), SIGNER, "mailer.example/log"), id="named"),
        pytest.param(note(text("editor", 4, UNTIL)).replace("every 4", "every 9"), id="changed"),
        pytest.param(text("editor", 4, UNTIL), id="unsigned"),
        pytest.param("nonsense", id="nonsense"),
        pytest.param("\ud800", id="no-text"),
    ],
)
def test_what_is_forged_is_not_heard(forged: str) -> None:
    assert heard("", note=forged) is None


def test_without_a_log_nobody_can_throttle() -> None:
    words = text("editor", 4, UNTIL)
    assert heard(words, registry=registry(log="")) is None
    nobody = Registry("editor", "", "", "", "", "f" * 64)
    assert heard(words, registry=nobody) is None


def test_one_period_in_so_many_is_sent() -> None:
    throttle = Throttle(4, UNTIL, TODAY)
    sent = [throttle.sends(TODAY, step / 100) for step in range(100)]
    assert sent.count(True) == 25


def test_it_ends_by_itself_and_with_a_clock_that_was_set_back() -> None:
    throttle = Throttle(4, UNTIL, TODAY)
    assert throttle.holds(UNTIL)
    assert not throttle.sends(UNTIL, 0.9)
    for day in (UNTIL + timedelta(days=1), TODAY - timedelta(days=2)):
        assert not throttle.holds(day)
        assert throttle.sends(day, 0.9)


def test_it_says_what_it_means() -> None:
    throttle = Throttle(4, UNTIL, TODAY)
    assert "one report in 4 is sent, until 2027-03-01" in throttle.explain(TODAY)
    assert "one report in 4 was sent" in throttle.explain(date(2028, 1, 1))


@given(st.integers(1, 1000), st.dates(), st.dates(), st.text(max_size=20))
def test_it_comes_back_as_it_was_kept(every: int, until: date, day: date, words: str) -> None:
    throttle = Throttle(every, until, day, words)
    assert read(throttle.write()) == throttle


@given(st.none() | st.binary(max_size=100))
def test_no_bytes_make_the_reader_raise(body: bytes | None) -> None:
    assert read(body) is None


@pytest.mark.parametrize("every", [0, -3])
def test_what_was_kept_wrongly_keeps_nobody_from_sending(every: int) -> None:
    found = read(Throttle(every, UNTIL, TODAY).write())
    assert found is not None
    assert found.sends(TODAY, 0.9)
