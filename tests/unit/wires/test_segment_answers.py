from __future__ import annotations

import json
import struct

import pytest

from aboveboard.wires import segment_answers as answers
from aboveboard.wires.foreign import Answer
from aboveboard.wires.segment_answers import RUDDERSTACK, SEGMENT, Refusal, refused

REFUSALS = [each for each in vars(answers).values() if isinstance(each, Refusal)]
ANSWERS = [answers.CLUSTER, answers.LATER, answers.PIXEL, SEGMENT.done, RUDDERSTACK.done]


def has_code_and_message(body: bytes) -> bool:
    """Tell whether a body is safe with clients that read a refusal's code and message unguarded."""
    try:
        content = json.loads(body)
    except ValueError:
        return True
    return isinstance(content, dict) and {"code", "message"} <= content.keys()


@pytest.mark.parametrize("family", [SEGMENT, RUDDERSTACK], ids=["segment", "rudderstack"])
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: each.text)
def test_no_refusal_makes_a_client_repeat_what_is_refused_for_good(
    refusal: Refusal, family: answers.Family
) -> None:
    answer = refused(family, refusal)
    if answer == SEGMENT.done:
        return  # that is no refusal to a client
    assert 400 <= answer.status < 500
    assert answer.status not in {408, 410, 429, 460}
    assert has_code_and_message(answer.body)


def test_what_is_kept_is_answered_200_and_nothing_else() -> None:
    assert (SEGMENT.done.status, SEGMENT.done.media_type) == (200, "application/json")
    assert SEGMENT.done.body == b'{"success": true}'
    assert (RUDDERSTACK.done.status, RUDDERSTACK.done.media_type) == (200, "text/plain")
    assert RUDDERSTACK.done.body == b"ok"


@pytest.mark.parametrize(
    ("refusal", "segment", "rudderstack", "text"),
    [
        (answers.EMPTY, 400, 400, "request body is nil"),
        (answers.NOT_JSON, 400, 400, "invalid json"),
        (answers.NO_KEY, 200, 401, "failed to read writekey from header"),
        (answers.WRONG_KEY, 200, 401, "invalid write key"),
        (answers.DISABLED, 200, 404, "source is disabled"),
        (answers.TOO_LARGE, 400, 413, "request size exceeds max limit"),
    ],
)
def test_each_family_hears_its_own_refusal(
    refusal: Refusal, segment: int, rudderstack: int, text: str
) -> None:
    of_segment, of_rudderstack = refused(SEGMENT, refusal), refused(RUDDERSTACK, refusal)
    assert of_segment.status == segment
    told = {"success": False, "code": refusal.code, "message": text}
    assert json.loads(of_segment.body) == ({"success": True} if segment == 200 else told)
    assert (of_rudderstack.status, of_rudderstack.media_type) == (rudderstack, "text/plain")
    assert of_rudderstack.body == text.encode() + b"\n"


def test_the_answer_for_later_makes_every_client_come_again() -> None:
    assert answers.LATER.status == 503
    assert has_code_and_message(answers.LATER.body)
    assert dict(answers.LATER.headers)["retry-after"].isdigit()


def test_the_image_is_one_transparent_pixel() -> None:
    body = answers.PIXEL.body
    assert body[:6] == b"GIF89a"
    assert struct.unpack("<HH", body[6:10]) == (1, 1)
    assert body[-1:] == b";"
    assert (len(body), answers.PIXEL.media_type) == (43, "image/gif")


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_page_of_any_origin_may_read_an_answer(answer: Answer) -> None:
    headers = dict(answers.to_page(answer, {"origin": "https://editor.example"}).headers)
    assert headers["access-control-allow-origin"] == "https://editor.example"
    assert headers["access-control-allow-credentials"] == "true"
    assert headers["vary"] == "Origin"


def test_who_is_no_page_gets_no_header_for_pages() -> None:
    assert answers.to_page(SEGMENT.done, {}) == SEGMENT.done


def test_a_browser_that_asks_first_is_told_for_a_quarter_of_an_hour() -> None:
    asked = {
        "origin": "https://editor.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,anonymousid,content-type",
    }
    answer = answers.preflight(asked)
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (200, b"")
    assert "POST" in headers["access-control-allow-methods"]
    assert headers["access-control-allow-headers"] == "authorization,anonymousid,content-type"
    assert headers["access-control-max-age"] == "900"
    assert headers["access-control-allow-origin"] == "https://editor.example"


@pytest.mark.parametrize("wanted", ["", "a\r\nset-cookie: b", "a" * 1001])
def test_names_that_cannot_be_headers_are_not_repeated(wanted: str) -> None:
    headers = dict(answers.preflight({"access-control-request-headers": wanted}).headers)
    assert headers["access-control-allow-headers"] == "Authorization, AnonymousId, Content-Type"
