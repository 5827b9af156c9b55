"""Enters: what became of reports. Leaves: an answer on the native wire, the usual ones prepared."""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from aboveboard.model.verdict import Kept, Reason, Refused
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence

    from aboveboard.collector.batch import Answers

    Message = MutableMapping[str, Any]
    Send = Callable[[Message], Awaitable[None]]
    Header = tuple[bytes, bytes]

RETRY_AFTER_SECONDS = 60
OK = 200
CREATED = 201
_CLOSES = {Reason.TOO_SLOW, Reason.TOO_BUSY, Reason.HEADERS_TOO_LARGE}
"""After these nothing more is read from the connection."""


def messages(
    status: int, body: bytes, extra: Iterable[Header] = (), media_type: str = native.JSON_TYPE
) -> tuple[Message, Message]:
    """Give the two messages of ASGI that an answer consists of."""
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        *extra,
    ]
    return (
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


def compact(content: object) -> bytes:
    """Write a small answer."""
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def of_answer(answer: Kept | Refused) -> tuple[Message, Message]:
    """Give the messages that answer one report."""
    if isinstance(answer, Refused):
        return messages(answer.reason.status, compact(content_of(answer)), _headers(answer))
    if answer.aside or answer.answered:
        return messages(status_of(answer), compact(content_of(answer)))
    return _REPEATED if answer.repeated else KEPT


def of_batch(found: Answers) -> tuple[Message, Message]:
    """Give the messages that answer many reports: a line for each, in their order."""
    parts = [
        _lines([number for number, _ in same], answer)
        for answer, same in groupby(zip(*found, strict=True), itemgetter(1))
    ]
    return messages(OK, b"".join(parts), media_type=native.NDJSON_TYPE)


def _lines(ids: Sequence[int | None], answer: Kept | Refused) -> bytes:
    r"""Give the lines for reports that all have the same answer.

    Example:
        >>> _lines([0x7F], Kept(repeated=False))[30:]
        b'00000007f","status":201,"code":"kept","aside":0}\n'
    """
    tail = compact({"status": status_of(answer), **content_of(answer)})[1:]
    if None not in ids:
        # One pattern for all of them: a large batch has thousands.
        return (b'{"id":"%032x",' + tail.replace(b"%", b"%%")) * len(ids) % (*ids,)
    return b"".join(
        [
            b'{"id":"%032x",%b' % (number, tail) if number is not None else b'{"id":null,' + tail
            for number in ids
        ]
    )


def status_of(answer: Kept | Refused) -> int:
    """Give the HTTP status of an answer."""
    if isinstance(answer, Refused):
        return answer.reason.status
    return OK if answer.repeated else CREATED


def content_of(answer: Kept | Refused) -> dict[str, object]:
    """Give what an answer says, as JSON will hold it."""
    if isinstance(answer, Refused):
        return {"code": answer.reason.value, "detail": answer.detail}
    code = "repeated" if answer.repeated else "kept"
    more = {"answered": sorted(answer.answered)} if answer.answered else {}
    return {"code": code, "aside": answer.aside, **more}


def _headers(answer: Refused) -> list[Header]:
    found: list[Header] = []
    if answer.reason.status in {408, 429, 503}:
        seconds = answer.retry_after or RETRY_AFTER_SECONDS
        found.append((b"retry-after", b"%d" % seconds))
    if answer.reason is Reason.METHOD_NOT_ALLOWED:
        found.append((b"allow", b"PUT, DELETE"))
    if answer.reason is Reason.NO_TOKEN:
        found.append((b"www-authenticate", b"Bearer"))
    if answer.reason in _CLOSES:
        found.append((b"connection", b"close"))
    return found


def written(answer: tuple[Message, Message], common: Iterable[Header] = ()) -> bytes:
    """Write an answer out, where no application server does it.

    Args:
        answer: what it consists of.
        common: the headers that each answer has.
    """
    start, body = answer
    status = HTTPStatus(start["status"])
    lines = [b"%b: %b\r\n" % header for header in (*common, *start["headers"])]
    first = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return b"%b%b\r\n%b" % (first, b"".join(lines), body["body"])


def _usual(answer: Kept) -> tuple[Message, Message]:
    return messages(status_of(answer), compact(content_of(answer)))


KEPT = _usual(Kept(repeated=False))
_REPEATED = _usual(Kept(repeated=True))
_BROKE = {"code": "failed", "detail": "The mistake is ours and has been noted down."}
FAILED = written(messages(500, compact(_BROKE), [(b"connection", b"close")]))
"""The whole answer where we made a mistake."""
