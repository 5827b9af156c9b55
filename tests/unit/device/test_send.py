from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.memory import MemoryTransport
from aboveboard.device.seal import Parcel
from aboveboard.device.send import Sent, fate, send, words
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer

PARCEL = Parcel("https://collector.example/reports/editor/1", b"body", {"Content-Type": "x"})


def test_a_parcel_is_handed_over_as_it_is() -> None:
    transport = MemoryTransport(lambda *_: Answer(201, b'{"code":"kept"}'))

    assert send(PARCEL, transport) == Sent(Fate.DELIVERED, "201 kept")
    assert transport.sent == [(PARCEL.url, PARCEL.body, PARCEL.headers)]


def test_without_a_network_a_report_waits_and_says_why() -> None:
    found = send(PARCEL, MemoryTransport(None))
    assert found == Sent(Fate.WAITING, "no network", reached=False, troubled=True)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(200, Fate.DELIVERED, id="200"),
        pytest.param(201, Fate.DELIVERED, id="201"),
        pytest.param(299, Fate.DELIVERED, id="299"),
        pytest.param(199, Fate.WAITING, id="199"),
        pytest.param(302, Fate.WAITING, id="redirect"),
        pytest.param(400, Fate.REFUSED, id="400"),
        pytest.param(404, Fate.REFUSED, id="404"),
        pytest.param(408, Fate.WAITING, id="timeout"),
        pytest.param(413, Fate.REFUSED, id="too-large"),
        pytest.param(422, Fate.REFUSED, id="422"),
        pytest.param(425, Fate.WAITING, id="too-early"),
        pytest.param(429, Fate.WAITING, id="too-many"),
        pytest.param(499, Fate.REFUSED, id="499"),
        pytest.param(500, Fate.WAITING, id="500"),
        pytest.param(503, Fate.WAITING, id="cannot-keep"),
    ],
)
def test_a_status_decides_what_becomes_of_a_report(status: int, expected: Fate) -> None:
    assert fate(status) is expected


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b'{"code":"unknown_app"}', "404 unknown_app", id="code"),
        pytest.param(b"", "404", id="nothing"),
        pytest.param(b"<html>", "404", id="page"),
        pytest.param(b"\xff\xfe", "404", id="no-text"),
        pytest.param(b"[]", "404", id="list"),
        pytest.param(b'{"code":3}', "404", id="number-for-a-code"),
        pytest.param(b'{"code":"<b>no</b>"}', "404", id="code-that-is-none"),
        pytest.param(b'{"code":"a\\u001b[31m"}', "404", id="code-that-colours-a-terminal"),
        pytest.param(
            b"[" * 4096,
            "404",
            id="deep",
        ),
    ],
)
def test_an_answer_is_put_into_words_without_its_text(body: bytes, said: str) -> None:
    assert words(Answer(404, body)) == said


@settings(deadline=None)
@given(st.integers(100, 599), st.binary(max_size=100))
def test_no_answer_makes_it_raise(status: int, body: bytes) -> None:
    said = send(PARCEL, MemoryTransport(lambda *_: Answer(status, body))).words

    assert said.startswith(str(status))


@pytest.mark.parametrize("code", ["unknown_registry", "period_in_future"])
def test_what_the_collector_does_not_take_yet_is_tried_again(code: str) -> None:
    body = b'{"code":"%s"}' % code.encode()
    found = send(PARCEL, MemoryTransport(lambda *_: Answer(422, body)))
    assert found == Sent(Fate.WAITING, f"422 {code}")


@pytest.mark.parametrize(
    ("status", "body", "answered"),
    [
        pytest.param(201, b'{"answered":["theme.dark",3]}', {"theme.dark"}, id="delivered"),
        pytest.param(201, b'{"answered":"theme.dark"}', set(), id="no-list"),
        pytest.param(400, b'{"answered":["theme.dark"]}', set(), id="refused"),
        pytest.param(201, b"[]", set(), id="no-table"),
    ],
)
def test_a_collector_may_say_which_questions_are_answered(
    status: int, body: bytes, answered: set[str]
) -> None:
    found = send(PARCEL, MemoryTransport(lambda *_: Answer(status, body)))
    assert found.answered == answered


@pytest.mark.parametrize(
    ("status", "body", "troubled"),
    [
        pytest.param(201, b"{}", False, id="delivered"),
        pytest.param(400, b"{}", False, id="refused"),
        pytest.param(422, b'{"code":"unknown_registry"}', False, id="this-report-alone"),
        pytest.param(429, b"{}", True, id="too-many"),
        pytest.param(302, b"{}", True, id="redirect"),
        pytest.param(503, b"{}", True, id="cannot-keep"),
    ],
)
def test_it_is_told_whether_the_next_report_would_fare_better(
    status: int, body: bytes, *, troubled: bool
) -> None:
    found = send(PARCEL, MemoryTransport(lambda *_: Answer(status, body, retry_after=7)))
    assert found.reached
    assert found.troubled is troubled
    assert found.retry_after == (7 if found.fate is Fate.WAITING else None)


@pytest.mark.parametrize(
    ("status", "body", "throttle"),
    [
        pytest.param(201, b'{"throttle":"a note"}', "a note", id="delivered"),
        pytest.param(201, b'{"throttle":4}', "", id="no-text"),
        pytest.param(503, b'{"throttle":"a note"}', "", id="not-delivered"),
    ],
)
def test_a_collector_may_ask_for_fewer_reports(status: int, body: bytes, throttle: str) -> None:
    found = send(PARCEL, MemoryTransport(lambda *_: Answer(status, body)))
    assert found.throttle == throttle
