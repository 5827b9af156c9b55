from __future__ import annotations

import json

import pytest

from aboveboard.wires import segment_answers as answers
from aboveboard.wires.segment_answers import RUDDERSTACK, SEGMENT
from aboveboard.wires.segment_bodies import MOST_MESSAGES, Body, open_body


def batch(*messages: object, **around: object) -> Body:
    return open_body(json.dumps({"batch": messages, **around}).encode(), "batch", SEGMENT)


def test_a_bad_message_is_dropped_alone() -> None:
    found = batch({"type": "track"}, None, 7, [], {"type": "page"}, writeKey="KEY")
    assert [kind for kind, _ in found.messages] == ["track", "page"]
    assert found.discarded == {"message_rejected": 3}
    assert (found.key, found.refusal) == ("KEY", None)


@pytest.mark.parametrize("content", [b"{}", b'{"batch": []}', b'{"batch": null}'])
def test_an_empty_batch_is_counted(content: bytes) -> None:
    found = open_body(content, "batch", SEGMENT)
    assert (found.discarded, found.refusal) == ({"empty_batch": 1}, None)


@pytest.mark.parametrize("kind", ["batch", "track"])
@pytest.mark.parametrize(
    ("content", "refusal"), [(b"", answers.EMPTY), (b"{", answers.NOT_JSON)], ids=["none", "broken"]
)
def test_what_is_no_json_is_refused(kind: str, content: bytes, refusal: answers.Refusal) -> None:
    assert open_body(content, kind, SEGMENT).refusal is refusal


def test_a_key_that_is_no_text_is_none() -> None:
    assert batch(writeKey=7).key == ""


def test_rudderstacks_clients_are_known_by_the_channel_that_they_name() -> None:
    assert batch({"channel": "server"}).family is RUDDERSTACK
    assert batch({"channel": None}).family is SEGMENT
    assert batch(7).family is SEGMENT
    assert open_body(b'{"channel": "web"}', "track", SEGMENT).family is RUDDERSTACK


def test_a_message_larger_than_32_kib_is_dropped_alone() -> None:
    large = {"type": "track", "event": "x" * SEGMENT.largest_message}
    found = batch({"type": "page"}, large)
    assert [kind for kind, _ in found.messages] == ["page"]
    assert found.discarded == {"message_too_large": 1}
    assert open_body(json.dumps(large).encode(), "track", SEGMENT).refusal is answers.TOO_LARGE


def test_rudderstacks_clients_may_send_larger_ones() -> None:
    large = {"channel": "server", "event": "x" * SEGMENT.largest_body}
    assert len(batch(large).messages) == 1
    assert len(open_body(json.dumps(large).encode(), "track", SEGMENT).messages) == 1


def test_a_batch_larger_than_500_kib_is_refused() -> None:
    half = {"type": "track", "event": "x" * 30_000}
    assert batch(*[half] * 17).refusal is None
    assert batch(*[half] * 18).refusal is answers.TOO_LARGE


def test_a_batch_of_too_many_messages_is_refused() -> None:
    assert batch(*[{}] * MOST_MESSAGES).refusal is None
    assert batch(*[{}] * (MOST_MESSAGES + 1)).refusal is answers.TOO_MANY


def test_what_is_said_of_a_whole_batch_is_read() -> None:
    found = batch({}, sentAt="1970-01-01T00:00:09Z", context={"library": {"name": "x"}})
    assert (found.sent, found.context.library) == (9.0, {"name": "x"})
