from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.memory import CountingChance, MemoryLog, SetClock
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.rate import NetworkRate
from aboveboard.collector.receive import Limits
from aboveboard.collector.seen import SeenIds
from aboveboard.collector.unread import Unread
from aboveboard.errors import LogError
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.intake import Intake
from aboveboard.web.networks import Networks

ID = "0123456789abcdef0123456789abcdef"
PATH = f"/reports/editor/{ID}"
LARGEST = 2000
REPORT = {
    "format": 1,
    "id": ID,
    "app": "editor",
    "period": "2026-W47",
    "registry": "f" * 64,
    "entries": [{"metric": "file.opened", "day": "2026-11-16", "value": 3}],
}
BODY = json.dumps(REPORT).encode()
Message = dict[str, Any]


class NamelessScope(dict[str, Any]):
    """A scope whose sender nobody may look at."""

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 as in ASGI
        assert key != "client"
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 as in ASGI
        assert key != "client"
        return super().get(key, default)


class Answer:
    """What was sent back."""

    def __init__(self, messages: list[Message]) -> None:
        start, body = messages
        assert [start["type"], body["type"]] == ["http.response.start", "http.response.body"]
        self.status: int = start["status"]
        self.headers: dict[bytes, bytes] = dict(start["headers"])
        assert self.headers[b"content-length"] == str(len(body["body"])).encode()
        self.lines = [json.loads(line) for line in body["body"].splitlines()]
        if self.headers[b"content-type"] != b"application/x-ndjson":
            assert self.headers[b"content-type"] == b"application/json"
            self.content: dict[str, object] = json.loads(body["body"])


def acceptor(log: MemoryLog | None = None) -> Acceptor:
    kept = log or MemoryLog()

    async def append(records: list[bytes]) -> None:
        kept.append(records)

    return make(GroupCommit(append))


def make(commit: GroupCommit, unread: Unread | None = None) -> Acceptor:
    opener = HpkeOpener([new_private_key()])
    limits = Limits(largest_body=LARGEST)
    registries = {"editor": read(EXAMPLE_REGISTRY)}
    return Acceptor(registries, commit, SeenIds(), opener, SetClock(), limits, unread=unread)


def request(
    taker: Acceptor | Intake,
    messages: list[Message],
    method: str = "PUT",
    path: str = PATH,
    headers: list[tuple[bytes, bytes]] | None = None,
) -> Answer:
    """Send one request; each message may be received once."""
    sent: list[Message] = []
    waiting = list(messages)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
        sent.append(dict(message))

    scope = NamelessScope(type="http", method=method, path=path, headers=headers or [])
    scope["client"] = ("198.51.100.7", 4711)
    intake = taker if isinstance(taker, Intake) else Intake(taker)
    asyncio.run(intake(scope, receive, send))
    return Answer(sent)


def whole(body: bytes) -> list[Message]:
    return [{"type": "http.request", "body": body}]


def parts(*bodies: bytes) -> list[Message]:
    last = len(bodies) - 1
    return [
        {"type": "http.request", "body": body, "more_body": place < last}
        for place, body in enumerate(bodies)
    ]


def test_a_report_is_created_then_known() -> None:
    taker = acceptor()
    first = request(taker, whole(BODY))
    assert (first.status, first.content) == (201, {"code": "kept", "aside": 0})
    again = request(taker, whole(BODY))
    assert (again.status, again.content) == (200, {"code": "repeated", "aside": 0})


def test_the_answer_tells_how_many_entries_were_set_aside() -> None:
    body = json.dumps(REPORT | {"entries": [{"metric": "made.up", "value": 1}]}).encode()
    assert request(acceptor(), whole(body)).content == {"code": "kept", "aside": 1}


def test_the_answer_names_the_questions_that_are_answered() -> None:
    with_answers = acceptor()
    with_answers.answered["editor"] = frozenset({"theme.dark", "file.saved"})
    answer = request(with_answers, whole(BODY))
    assert answer.content["answered"] == ["file.saved", "theme.dark"]


BATCH = "/reports/editor"
LINES = [(b"content-type", b"application/x-ndjson")]


def test_many_reports_in_one_request_are_answered_line_by_line() -> None:
    taker = acceptor()
    aside = json.dumps(REPORT | {"id": "f" * 32, "entries": [{"metric": "made.up", "value": 1}]})
    body = BODY + b"\nmellon\n\n" + aside.encode() + b"\n" + BODY
    answer = request(taker, parts(body[:99], body[99:]), "POST", BATCH, LINES)
    assert answer.status == 200
    first, wrong, second, again = answer.lines
    assert first == {"id": ID, "status": 201, "code": "kept", "aside": 0}
    assert wrong == {
        "id": None,
        "status": 400,
        "code": "not_a_report",
        "detail": "It is not JSON.",
    }
    assert second == {"id": "f" * 32, "status": 201, "code": "kept", "aside": 1}
    assert again == {"id": ID, "status": 200, "code": "repeated", "aside": 0}


@pytest.mark.parametrize(
    ("messages", "headers", "code"),
    [
        pytest.param(whole(BODY), [], "unknown_media_type", id="type"),
        pytest.param([], [*LINES, (b"content-length", b"9999999999")], "too_large", id="announced"),
        pytest.param([{"type": "http.disconnect"}], LINES, "incomplete_body", id="gone"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_as_a_whole(
    messages: list[Message], headers: list[tuple[bytes, bytes]], code: str
) -> None:
    taker = acceptor()
    answer = request(taker, messages, "POST", BATCH, headers)
    assert answer.content["code"] == code
    assert taker.outcomes == {code: 1}


def test_the_sender_is_looked_at_where_a_rate_is_set_and_nowhere_else() -> None:
    class LookedError(AssertionError):
        pass

    class Scope(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 as in ASGI
            if key == "client":
                raise LookedError
            return super().get(key, default)

    async def run(networks: Networks | None) -> None:
        async def receive() -> Message:
            return whole(BODY)[0]

        async def send(message: Any) -> None:  # noqa: ANN401 as in ASGI
            del message

        scope = Scope(type="http", method="PUT", path=PATH, headers=[])
        await Intake(acceptor(), networks=networks)(scope, receive, send)

    asyncio.run(run(None))
    rate = NetworkRate(1, MemoryCounts(CountingChance(), SetClock()))
    with pytest.raises(LookedError):
        asyncio.run(run(Networks(rate)))


def test_a_request_without_a_report_counts_for_its_network_like_one_with_one() -> None:
    scope = {"type": "http", "path": PATH, "client": ("198.51.100.7", 1), "headers": []}
    assert Intake(acceptor()).too_much(scope) is None
    rate = NetworkRate(1, MemoryCounts(CountingChance(), SetClock()))
    taker = Intake(acceptor(), Meters(["editor"]), Networks(rate))
    assert taker.too_much(scope) is None
    refused = taker.too_much(scope)
    assert refused is not None
    assert taker.meters.answers == {("too_many_requests", "native", "editor"): 1}


def test_each_line_of_a_batch_is_measured_and_a_batch_that_is_refused_once() -> None:
    log, meters = MemoryLog(), Meters(["editor"])

    async def append(records: list[bytes]) -> None:
        log.append(records)

    taker = Intake(make(GroupCommit(append), Unread({"editor"})), meters)
    types = [(b"content-type", b"application/x-ndjson")]
    lines = b"\n".join([BODY, BODY, b"mellon"])
    request(taker, whole(lines), "POST", "/reports/editor", types)
    packed = [*types, (b"content-encoding", b"gzip")]
    request(taker, whole(b"mellon"), "POST", "/reports/editor", packed)
    assert meters.answers == {
        (code, "native", "editor"): 1
        for code in ("kept", "repeated", "not_a_report", "broken_compression")
    }
    found = [json.loads(record).get("reason", "") for record in log.records]
    assert sorted(found) == ["", "broken_compression", "not_a_report"]


def test_a_body_may_come_in_parts_and_compressed() -> None:
    packed = gzip.compress(BODY)
    headers = [(b"content-encoding", b"gzip"), (b"content-type", b"application/json")]
    answer = request(acceptor(), parts(packed[:9], b"", packed[9:]), headers=headers)
    assert answer.status == 201


def test_nothing_of_the_sender_is_kept() -> None:
    log = MemoryLog()
    request(acceptor(log), whole(BODY), headers=[(b"user-agent", b"mellon 198.51.100.7")])
    (record,) = log.records
    assert b"198.51.100.7" not in record
    assert b"mellon" not in record


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/reports/", id="nothing"),
        pytest.param("/reports/editor", id="no-id"),
        pytest.param(f"{PATH}/more", id="more"),
    ],
)
def test_another_address_is_not_there(path: str) -> None:
    taker = acceptor()
    answer = request(taker, [], path=path)
    assert (answer.status, answer.content["code"]) == (404, "no_such_address")
    assert taker.outcomes == {"no_such_address": 1}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_another_method_is_told_which_one_is_right(method: str) -> None:
    taker = acceptor()
    answer = request(taker, [], method=method)
    assert (answer.status, answer.content["code"]) == (405, "method_not_allowed")
    assert answer.headers[b"allow"] == b"PUT, DELETE"
    assert taker.outcomes == {"method_not_allowed": 1}


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        pytest.param("/reports/viewer/" + ID, [], 404, "unknown_app", id="app"),
        pytest.param("/reports/editor/7", [], 400, "bad_report_id", id="id"),
        pytest.param(
            PATH, [(b"content-type", b"text/html")], 415, "unknown_media_type", id="media-type"
        ),
        pytest.param(
            PATH, [(b"content-encoding", b"compress")], 415, "unknown_encoding", id="encoding"
        ),
        pytest.param(
            PATH, [(b"content-encoding", b"gzip")], 400, "broken_compression", id="compression"
        ),
        pytest.param(
            PATH,
            [(b"content-type", b"application/vnd.aboveboard.sealed")],
            400,
            "cannot_open",
            id="seal",
        ),
        pytest.param(PATH, [(b"content-type", b"\xff\xfe")], 415, "unknown_media_type", id="bytes"),
    ],
)
def test_a_refusal_has_its_status_and_code(
    path: str, headers: list[tuple[bytes, bytes]], status: int, code: str
) -> None:
    taker = acceptor()
    answer = request(taker, whole(BODY), path=path, headers=headers)
    assert (answer.status, answer.content["code"]) == (status, code)
    assert taker.outcomes == {code: 1}


@pytest.mark.parametrize(
    "announced",
    [
        pytest.param(b"2001", id="just-too-large"),
        pytest.param(b"9" * 5000, id="beyond-all-numbers"),
    ],
)
def test_a_body_that_is_announced_as_too_large_is_not_read(announced: bytes) -> None:
    taker = acceptor()
    answer = request(taker, [], headers=[(b"content-length", announced)])
    assert (answer.status, answer.content["code"]) == (413, "too_large")
    assert taker.outcomes == {"too_large": 1}


def test_a_body_in_parts_is_read_up_to_the_largest_size_only() -> None:
    answer = request(acceptor(), parts(b"x" * LARGEST, b"x", b"never read")[:2])
    assert (answer.status, answer.content["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "announced",
    [
        pytest.param(b"2000", id="just-right"),
        pytest.param(b"-5", id="below-nothing"),
        pytest.param(b"many", id="a-word"),
        pytest.param(
            b"\xb2",
            id="a-digit-that-is-no-number",
        ),
    ],
)
def test_a_body_counts_by_what_it_is_not_by_what_was_announced(announced: bytes) -> None:
    answer = request(acceptor(), whole(BODY), headers=[(b"content-length", announced)])
    assert answer.status == 201


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([], id="at-once"),
        pytest.param(parts(BODY[:9], b"")[:1], id="in-the-middle"),
    ],
)
def test_a_sender_who_goes_away_leaves_nothing_behind(before: list[Message]) -> None:
    log = MemoryLog()
    taker = acceptor(log)
    answer = request(taker, [*before, {"type": "http.disconnect"}])
    assert (answer.status, answer.content["code"]) == (400, "incomplete_body")
    assert taker.outcomes == {"incomplete_body": 1}
    assert not log.records


def test_a_collector_that_cannot_keep_says_when_to_come_back() -> None:
    async def full(records: list[bytes]) -> None:
        message = f"no space for {len(records)}"
        raise LogError(message)

    answer = request(make(GroupCommit(full)), whole(BODY))
    assert (answer.status, answer.content["code"]) == (503, "cannot_keep")
    assert int(answer.headers[b"retry-after"]) > 0


@pytest.mark.parametrize(
    ("body", "path", "headers"),
    [
        pytest.param(b"mellon", PATH, [], id="no-json"),
        pytest.param(BODY, f"/reports/mellon/{ID}", [], id="app"),
        pytest.param(BODY, "/reports/editor/mellon", [], id="id"),
        pytest.param(BODY, PATH, [(b"content-type", b"mellon")], id="media-type"),
        pytest.param(BODY, PATH, [(b"content-encoding", b"mellon")], id="encoding"),
        pytest.param(BODY.replace(b"2026-W47", b"mellon"), PATH, [], id="period"),
        pytest.param(
            b'{"mellon": 1}',
            PATH,
            [],
            id="a-field-s-name",
        ),
    ],
)
def test_no_detail_repeats_what_was_sent(
    body: bytes, path: str, headers: list[tuple[bytes, bytes]]
) -> None:
    answer = request(acceptor(), whole(body), path=path, headers=headers)
    assert answer.status in {400, 404, 415}
    assert "mellon" not in str(answer.content)
