from __future__ import annotations

import httptools
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aboveboard.web.plain import (
    LARGEST_HEAD,
    LONGEST_REMEMBERED,
    MOST_FIELDS,
    MOST_REMEMBERED,
    Head,
    Plain,
    plain_request,
)

REPORT = (
    b"PUT /reports/editor/00000000000000000000000000000001 HTTP/1.1\r\n"
    b"Host: telemetry.editor.example\r\nContent-Type: application/json\r\n"
    b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
)


def read(data: bytes, known: dict[bytes, Head] | None = None) -> Plain | None:
    return plain_request(data, {} if known is None else known)


class Parsed:
    """What a parser that is ready for anything makes of bytes."""

    def __init__(self, data: bytes) -> None:
        self.url = self.body = b""
        self.fields: list[tuple[bytes, bytes]] = []
        self.stays: list[bool] = []
        self.begun = 0
        self._parser = httptools.HttpRequestParser(self)
        self._parser.feed_data(data)
        self.method = self._parser.get_method()

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        parser = self._parser
        assert not parser.should_upgrade()
        self.stays.append(parser.should_keep_alive() and parser.get_http_version() == "1.1")


def same(found: Plain, data: bytes) -> bool:
    other = Parsed(data)
    assert (other.begun, other.stays) == (1, [found.stays])
    assert (found.method, found.url, found.body) == (other.method, other.url, other.body)
    return [*found.head.fields] == other.fields


def test_a_report_is_plain() -> None:
    found = read(REPORT)
    assert found is not None
    assert (found.body, found.head.length, found.stays) == (b"abc", 3, True)
    assert same(found, REPORT)


@pytest.mark.parametrize(
    "data",
    [
        b"GET /ga?x=1&y=%20 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /post HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /post HTTP/1.1\r\nContent-Length:2\r\nConnection: close\r\n\r\n{}",
        b"POST /post HTTP/1.1\r\nContent-Length: \t2\r\nConnection: Keep-Alive\r\n\r\n{}",
        b"OPTIONS /v1/track HTTP/1.1\r\nOrigin: https://a.example\r\nEmpty:\r\n\r\n",
    ],
)
def test_what_clients_write_is_plain(data: bytes) -> None:
    found = read(data)
    assert found is not None
    assert same(found, data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        REPORT[:-1],
        REPORT + b"d",
        REPORT + REPORT,
        b"\r\n" + REPORT,
        REPORT[:40],
        REPORT.replace(b"PUT", b"DELETE"),
        REPORT.replace(b"HTTP/1.1", b"HTTP/2.0"),
        REPORT.replace(b"PUT ", b"PUT  "),
        REPORT.replace(b"editor/", "édition/".encode()),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 3\r\nContent-Length: 3"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: +3"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 0000000003"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length : 3"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 3 "),
        REPORT.replace(b"Content-Length: 3", b"Transfer-Encoding: chunked"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 3\r\n folded"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 3\nX: y"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 3\rX: y"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 3\r\nnothing"),
        REPORT.replace(b"Content-Length: 3", b"Content-Length: 3\r\n: nothing"),
        REPORT.replace(b"Host: ", b"Expect: 100-continue\r\nHost: "),
        REPORT.replace(b"Host: ", b"Connection: upgrade\r\nHost: "),
        REPORT.replace(b"Host: ", b"Upgrade: h2c\r\nHost: "),
        REPORT.replace(b"Host: ", b"X: \xe9\r\nHost: "),
        REPORT.replace(b"Host: ", b"X: \x00\r\nHost: "),
        REPORT.replace(b"Host: ", b"X: y\r\n" * (MOST_FIELDS + 1) + b"Host: "),
        REPORT.replace(b"Host: ", b"X: " + b"y" * LARGEST_HEAD + b"\r\nHost: "),
    ],
)
def test_what_is_unusual_not_whole_or_not_alone_is_for_the_parser(data: bytes) -> None:
    known: dict[bytes, Head] = {}
    read(REPORT, known)
    assert read(data) is read(data, known) is None


LINES = st.sampled_from(
    [
        b"PUT /reports/editor/0 HTTP/1.1",
        b"POST /a?b=c&d HTTP/1.1",
        b"GET /a;b HTTP/1.0",
        b"POST /a HTTP/1.2",
        b"post /a HTTP/1.1",
        b"POST a HTTP/1.1",
        b"POST /a#b HTTP/1.1",
        b"POST http://x/a HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"POST /a\tb HTTP/1.1",
        b"POST /a",
    ]
)
FIELDS = st.sampled_from(
    [
        b"Host: x",
        b"content-length: 2",
        b"Content-Length: 0",
        b"Content-Length:2\t",
        b"content-length: -2",
        b"content-length: 2, 2",
        b"content-length: 0x2",
        b"content-length: 02",
        b"content-length:",
        b"Transfer-Encoding: chunked",
        b"transfer-encoding: identity",
        b"Connection: close",
        b"connection: keep-alive",
        b"Connection: keep-alive, close",
        b"connection: ",
        b"Connection: upgrade",
        b"Upgrade: websocket",
        b"Expect: 100-continue",
        b"User-Agent: a (b; c) 'd'",
        b"X-Empty:",
        b"X_Under: 1",
        b"X: \x01",
        b" folded",
        b"\tfolded",
        b"no colon",
        b": no name",
        b"X : y",
        b"X: a\rb",
        b"X: a\nContent-Length: 2",
        b"\x00: y",
    ]
)
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\r\n"])
BODIES = st.sampled_from(
    [b"", b"{}", b"{}\r\n", b"{}POST /a HTTP/1.1\r\n\r\n", b"\r\n\r\n", b"2\r\n"]
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    lines = [draw(LINES), *draw(st.lists(FIELDS, max_size=5))]
    head = b"".join(line + draw(ENDS) for line in lines)
    return head + draw(ENDS) + draw(BODIES)


@settings(max_examples=500)
@given(st.lists(requests() | st.binary(max_size=80), min_size=1, max_size=4))
@example([b"POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}"] * 2)
def test_what_is_plain_is_what_any_parser_reads(many: list[bytes]) -> None:
    known: dict[bytes, Head] = {}
    for data in many:
        found = read(data, known)
        assert found is None or same(found, data)
        assert (found is None) == (read(data) is None), "whatever was read before"


@given(st.binary(min_size=1, max_size=3), st.integers(0, len(REPORT)), st.integers(0, 4))
def test_a_report_in_which_something_is_changed_is_read_as_any_parser_does(
    piece: bytes, place: int, length: int
) -> None:
    data = REPORT[:place] + piece + REPORT[place + length :]
    found = read(data)
    assert found is None or same(found, data)


def test_a_head_that_many_send_is_known_again() -> None:
    known: dict[bytes, Head] = {}
    first, second = read(REPORT, known), read(REPORT, known)
    assert first is not None
    assert second is not None
    assert first.head is second.head
    assert type(first.head.fields) is tuple


@pytest.mark.parametrize(
    "field",
    [
        b"X-Forwarded-For: 203.0.113.9",
        b"X-Site-Key: 7NVS",
        b"Authorization: Basic ZWRpdG9yOg==",
        b"Cookie: a=b",
        b"User-Agent: " + b"x" * LONGEST_REMEMBERED,
    ],
)
def test_nothing_is_remembered_that_may_tell_who_or_where_somebody_is(field: bytes) -> None:
    known: dict[bytes, Head] = {}
    found = read(REPORT.replace(b"Host: ", field + b"\r\nHost: "), known)
    assert found is not None
    assert type(found.head.fields) is list
    assert known == {}


def test_heads_that_are_remembered_have_a_bound() -> None:
    known: dict[bytes, Head] = {}
    for number in range(MOST_REMEMBERED + 10):
        read(b"GET /a HTTP/1.1\r\nUser-Agent: client/%d\r\n\r\n" % number, known)
    assert len(known) == MOST_REMEMBERED
    assert b"\r\nUser-Agent: client/0" not in known
