"""Enters: what became of a request. Leaves: the answer that its client needs, to the byte.

Two families speak one wire, and no request says of which it is. Clients of RudderStack send
something that no other does, and get RudderStack's text; all others get Segment's JSON, which some
of them read. Either form is safe with the clients of both: success is status 200 and nothing else,
and a refusal is plain text, or JSON that holds ``code`` and ``message``. Any other JSON would make
``rudder-sdk-python`` and ``analytics-python`` repeat what was refused for good.

Segment says success to whoever shows a wrong key, and discards what came: some of its clients raise
a refusal into their program.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.wires.foreign import GIF, JSON, TEXT, Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFLIGHT_SECONDS = 900
RETRY_SECONDS = 5
"""Clients that obey it try for half an hour; a short program is not held up for long."""
LONGEST_NAMES = 1000
ORIGIN = "origin"
"""The header in which a browser names the page that asks."""
_NAMES = re.compile(r"[A-Za-z0-9_, -]*\Z")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused as a whole.

    Attributes:
        status: for clients of RudderStack.
        code: stable; it is also the reason under which the request is counted.
        text: what RudderStack says.
        segment: the status for clients of Segment, where it is another; 200 for those who hear of
            no refusal.
    """

    status: int
    code: str
    text: str
    segment: int = 0


EMPTY = Refusal(400, "bad_request", "request body is nil")
NOT_JSON = Refusal(400, "bad_request", "invalid json")
NO_KEY = Refusal(401, "unknown_source", "failed to read writekey from header", segment=200)
WRONG_KEY = Refusal(401, "unknown_source", "invalid write key", segment=200)
DISABLED = Refusal(404, "source_disabled", "source is disabled", segment=200)
NOT_THERE = Refusal(404, "unknown_path", "404 page not found")
TOO_LARGE = Refusal(413, "too_large", "request size exceeds max limit", segment=400)
TOO_MANY = Refusal(400, "too_many_events", "batch holds more than 2500 events")

PIXEL = Answer(
    200,
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00"  # one pixel, two blacks
    b"!\xf9\x04\x01\x00\x00\x00\x00"  # the first of them is transparent
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    GIF,
    (("cache-control", "no-store"),),
)
LATER = Answer(503, b"service unavailable\n", TEXT, (("retry-after", str(RETRY_SECONDS)),))
CLUSTER = Answer(200, b'{"nodeCount":1}', JSON)
"""``analytics-go`` of RudderStack asks how many nodes it shall spread its senders over."""


@dataclass(frozen=True, slots=True)
class Family:
    """Clients that expect the same answers and keep to the same limits.

    Attributes:
        name: of the service that they were made for.
        done: the answer to what is kept.
        largest_body: bytes of a body, inflated.
        largest_message: bytes of one message in it.
    """

    name: str
    done: Answer
    largest_body: int
    largest_message: int


SEGMENT = Family("segment", Answer(200, b'{"success": true}', JSON), 500 * 1024, 32 * 1024)
RUDDERSTACK = Family("rudderstack", Answer(200, b"ok", TEXT), 4 * 1024**2, 4 * 1024**2)
"""Their service takes 4,000 KiB; the client for Python fills batches up to 4 MiB."""


def refused(family: Family, refusal: Refusal) -> Answer:
    r"""Give the answer to what is refused as a whole.

    Example:
        >>> refused(RUDDERSTACK, WRONG_KEY).body
        b'invalid write key\n'
        >>> refused(SEGMENT, WRONG_KEY).body
        b'{"success": true}'
        >>> refused(SEGMENT, NOT_JSON).body
        b'{"success": false, "code": "bad_request", "message": "invalid json"}'
    """
    if family is RUDDERSTACK:
        return Answer(refusal.status, f"{refusal.text}\n".encode(), TEXT)
    if refusal.segment == SEGMENT.done.status:
        return SEGMENT.done
    content = {"success": False, "code": refusal.code, "message": refusal.text}
    return Answer(refusal.segment or refusal.status, json.dumps(content).encode(), JSON)


def to_page(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Let the page that asked read the answer, whatever its origin is.

    A write key is no secret, and nothing here depends on cookies; some clients send them, and
    a browser hides the answer from these unless it says that it knows.
    """
    origin = headers.get(ORIGIN, "")
    if not origin:
        return answer
    allowed = (
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    )
    return replace(answer, headers=(*answer.headers, *allowed))


def preflight(headers: Mapping[str, str]) -> Answer:
    """Answer a browser that asks whether a page may send."""
    wanted = headers.get("access-control-request-headers", "")
    if len(wanted) > LONGEST_NAMES or not _NAMES.match(wanted):
        wanted = ""
    allowed = (
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-allow-headers", wanted or "Authorization, AnonymousId, Content-Type"),
        ("access-control-max-age", str(PREFLIGHT_SECONDS)),
    )
    return to_page(Answer(200, b"", "", allowed), headers)
