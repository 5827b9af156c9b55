from __future__ import annotations

import base64
import gzip
import json
import re
import tracemalloc
import zlib
from collections import Counter
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.broke import Broke
from aboveboard.registry.error_shapes import is_error_type, is_frame
from aboveboard.wires.foreign import Asked, Streaming, Understood
from aboveboard.wires.sentry import MEMORY, WIDE_MEMORY, SentryWire
from aboveboard.wires.sentry_code import KnownCode
from aboveboard.wires.sentry_envelope import LARGEST_ITEM, LARGEST_KEPT, MOST_ITEMS
from aboveboard.wires.sentry_events import MOST_KNOWN, Event, KnownErrors, broke_of, read_event
from aboveboard.wires.sentry_keys import auth_of
from aboveboard.wires.sentry_stored import LARGEST_STORED

RECEIVED = 1_795_660_220.0
MEBIBYTE = 1024 * 1024
HERE = Asked("POST", "/api/1/envelope/")
WIRE = SentryWire(
    {"KEY": "editor", "OFF": ""}, {"editor": KnownCode(frozenset({"editor", "org.example"}))}
)
KNOWN = KnownCode(frozenset({"editor"}))
ID = "1c8c84259d594e0e98f428f3d4fc5dd9"
AUTH = {
    "x-sentry-auth": "Sentry sentry_key=KEY, sentry_version=7, sentry_client=sentry.python/2.75.0"
}
SECRET = "hunter2"  # noqa: S105 it stands for all that must go nowhere
FRAMES: list[dict[str, Any]] = [
    {
        "filename": "__main__.py",
        "abs_path": "/home/ana/bin/editor/__main__.py",
        "function": "<module>",
        "module": "__main__",
        "lineno": 3,
    },
    {
        "filename": "editor/files.py",
        "abs_path": "/home/ana/bin/editor/files.py",
        "function": "save",
        "module": "editor.files",
        "lineno": 42,
        "context_line": f"key = '{SECRET}'",
        "vars": {"password": SECRET},
    },
    {
        "abs_path": "/home/ana/letters_to_ben.py",
        "function": SECRET,
        "module": "letters_to_ben",
        "lineno": 1,
    },
    {
        "abs_path": "/usr/lib/python3.11/json/__init__.py",
        "function": "loads",
        "module": "json",
        "lineno": 346,
    },
    {
        "abs_path": "/opt/v/lib/python3.11/site-packages/yaml/reader.py",
        "function": "read",
        "module": "yaml.reader",
        "lineno": 7,
    },
]
EVENT: dict[str, Any] = {
    "event_id": ID,
    "timestamp": "2026-11-26T02:30:10.000000Z",
    "platform": "python",
    "level": "error",
    "server_name": SECRET,
    "user": {"email": SECRET},
    "request": {"url": SECRET},
    "tags": {"t": SECRET},
    "contexts": {"c": SECRET},
    "breadcrumbs": {"values": [{"message": SECRET}]},
    "fingerprint": [SECRET],
    "release": "editor@1.2.3",
    "exception": {
        "values": [
            {"type": "OSError", "module": None, "value": SECRET},
            {"type": "ReaderError", "module": "yaml.reader", "value": SECRET},
            {"type": SECRET, "module": "letters_to_ben", "value": SECRET},
            {
                "type": "Broken",
                "module": "editor.errors",
                "value": SECRET,
                "stacktrace": {"frames": FRAMES},
            },
        ]
    },
}
HEAD = {"event_id": ID, "sent_at": "2026-11-26T02:30:20.000000Z"}


def envelope(*items: tuple[str, object], head: object = None) -> bytes:
    lines = [json.dumps(HEAD if head is None else head).encode()]
    for kind, content in items:
        payload = content if isinstance(content, bytes) else json.dumps(content).encode()
        lines += [json.dumps({"type": kind, "length": len(payload)}).encode(), payload]
    return b"\n".join(lines) + b"\n"


def post(
    body: bytes,
    path: str = "/api/1/envelope/",
    query: str = "",
    headers: dict[str, str] | None = None,
) -> Understood:
    return WIRE.read(
        Asked("POST", path, query, AUTH if headers is None else headers, body, RECEIVED)
    )


def told(event: object) -> Event:
    found = read_event(json.dumps(event).encode())
    assert found is not None
    return found


def limits(found: Understood) -> str:
    return dict(found.answer.headers).get("x-sentry-rate-limits", "")


# --- errors ---------------------------------------------------------------------------------------


def test_an_error_is_kept_as_its_types_and_the_places_of_known_code() -> None:
    found = post(envelope(("event", EVENT)))
    (said,) = found.said
    assert said.broke is not None
    assert said.broke.types == (
        "editor.errors.Broken",
        "(elsewhere)",
        "yaml.reader.ReaderError",
        "builtins.OSError",
    )
    assert said.broke.frames == (
        "editor.__main__:<module>:3",
        "editor.files:save:42",
        "(elsewhere)",
        "json:loads:346",
        "yaml.reader:read:7",
    )
    assert (said.app, said.event, said.id, said.who) == ("editor", "error", ID, "")
    assert said.values == {"fingerprint": said.broke.fingerprint}
    assert said.version == "sentry.python/2.75.0"
    assert found.discarded == {}


def test_nothing_else_of_an_error_is_kept() -> None:
    assert SECRET not in repr(post(envelope(("event", EVENT))))


def test_the_answer_is_what_a_client_expects() -> None:
    answer = post(envelope(("event", EVENT))).answer
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert json.loads(answer.body) == {"id": ID}
    assert "x-sentry-rate-limits" not in dict(answer.headers)


def test_an_error_counts_for_its_own_moment_by_our_clock() -> None:
    (said,) = post(envelope(("event", EVENT))).said
    assert said.at == RECEIVED - 10
    (said,) = post(envelope(("event", EVENT), head={})).said
    assert said.at is None
    assert said.id == ID


def test_a_moment_may_be_a_number() -> None:
    (said,) = post(envelope(("event", {**EVENT, "timestamp": 1_795_660_000.0}))).said
    assert said.at is not None
    (said,) = post(envelope(("event", {**EVENT, "timestamp": 1e300}))).said
    assert said.at is None


def test_the_same_place_is_the_same_error_whatever_the_lines_and_folders() -> None:
    def mark(change: dict[str, Any]) -> object:
        frames = [FRAMES[0], {**FRAMES[1], **change}]
        values = [{"type": "OSError", "stacktrace": {"frames": frames}}]
        event = {**EVENT, "exception": {"values": values}}
        return post(envelope(("event", event))).said[0].values["fingerprint"]

    assert mark({}) == mark({"lineno": 43, "abs_path": "C:\\editor\\files.py"})
    assert mark({}) != mark({"function": "load"})


def test_of_a_recursion_only_the_loop_counts() -> None:
    def mark(*names: str) -> object:
        frames = [{**FRAMES[1], "function": name} for name in names]
        values = [{"type": "RecursionError", "stacktrace": {"frames": frames}}]
        event = {**EVENT, "exception": values}
        return post(envelope(("event", event))).said[0].values["fingerprint"]

    assert mark("a", "b", "b") == mark("c", "b", "b", "b")
    assert mark("a", "b") != mark("c", "b")


def test_a_name_of_another_language_is_known_by_its_package() -> None:
    frame = {"module": "org.example.Page", "function": "save", "filename": "Page.java"}
    error = {"type": "Broken", "module": "org.example", "stacktrace": {"frames": [frame]}}
    event = {"platform": "java", "exception": {"values": [error]}}
    (said,) = post(envelope(("event", event))).said
    assert said.broke is not None
    assert said.broke.types == ("org.example.Broken",)
    assert said.broke.frames == ("org.example.Page:save:0",)


@pytest.mark.parametrize(
    "frame",
    [
        7,
        {},
        {"module": "editor.files"},
        {"module": "editor.files", "function": "save"},
        {"module": "__main__", "function": "f", "abs_path": "/home/ana/editor/letter.py"},
        {"module": "editor.files", "function": "a letter", "abs_path": "/e/editor/files.py"},
        {"module": "letter", "function": "f", "abs_path": "/usr/lib/python3.11/letter.py"},
        {"module": "json", "function": "f", "abs_path": "/home/ana/json.py"},
        {"module": "editor.files", "function": "save", "abs_path": "/e/editor/letter.py"},
    ],
)
def test_code_that_is_not_known_has_no_name(frame: object) -> None:
    event = {**EVENT, "exception": [{"type": 1, "stacktrace": {"frames": [frame]}}]}
    (said,) = post(envelope(("event", event))).said
    assert said.broke is not None
    assert said.broke.frames == ("(elsewhere)",)
    assert said.broke.types == ("(elsewhere)",)


@pytest.mark.parametrize(
    "error",
    [
        {"type": SECRET, "module": "builtins"},
        {"type": "A", "module": 7},
        {"type": "A", "module": "__main__"},
        {"type": "a letter", "module": "editor.errors"},
    ],
)
def test_a_type_that_is_not_known_has_no_name(error: object) -> None:
    (said,) = post(envelope(("event", {**EVENT, "exception": [error]}))).said
    assert said.broke is not None
    assert said.broke.types == ("(elsewhere)",)


@pytest.mark.parametrize("module", [{}, ["editor"], 7, "editor." * 10_000])
def test_a_module_that_is_none_is_elsewhere(module: object) -> None:
    frame = {"module": module, "function": "save", "abs_path": "/x/editor.py", "lineno": 1}
    error = {"type": "Lost", "module": module, "stacktrace": {"frames": [frame]}}
    (said,) = post(envelope(("event", {**EVENT, "exception": {"values": [error]}}))).said
    assert said.broke is not None
    assert (said.broke.types, said.broke.frames) == (("(elsewhere)",), ("(elsewhere)",))


def test_an_error_of_one_exception_without_a_list_is_one() -> None:
    event = {**EVENT, "exception": {"type": "OSError", "stacktrace": {"frames": 7}}}
    (said,) = post(envelope(("event", event))).said
    assert said.broke is not None
    assert said.broke.types == ("builtins.OSError",)
    (said,) = post(envelope(("event", {**event, "platform": 7}))).said
    assert said.broke is not None
    assert said.broke.types == ("(elsewhere)",)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"logentry": {"message": SECRET}}, "message_not_kept"),
        ({"exception": {"values": 7}}, "message_not_kept"),
        (b"{", "bad_event"),
        (b"[" * 100_000, "bad_event"),
        (b" " * (LARGEST_ITEM + 1), "item_too_large"),
    ],
)
def test_what_is_no_error_is_counted_and_dropped(payload: object, code: str) -> None:
    found = post(envelope(("event", payload)))
    assert (found.answer.status, found.said) == (200, [])
    assert found.discarded == Counter([code])
    assert found.app == "editor"


# --- sessions and reports of clients --------------------------------------------------------------


def test_a_session_is_counted_by_how_it_ended_and_of_which_release() -> None:
    session = {
        "sid": "a1",
        "did": SECRET,
        "init": True,
        "started": "2026-11-26T02:30:00Z",
        "timestamp": "2026-11-26T02:30:10Z",
        "status": "crashed",
        "attrs": {"release": "editor@1.2.3", "ip_address": SECRET},
    }
    found = post(envelope(("session", session)))
    (said,) = found.said
    assert (said.event, said.id, said.at) == ("session", "a1 started crashed", RECEIVED - 10)
    assert said.values == {
        "status": {"started": 1, "crashed": 1},
        "started": {"1.2.3": 1},
        "crashed": {"1.2.3": 1},
    }
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("status", "errors", "counts"),
    [
        ("exited", 0, {"exited": 1}),
        ("exited", 2, {"errored": 1}),
        ("abnormal", 1, {"abnormal": 1}),
        (SECRET, 0, None),
        ("ok", 0, None),
    ],
)
def test_an_end_of_a_session_is_one_of_a_few(
    status: str, errors: int, counts: dict[str, int] | None
) -> None:
    found = post(envelope(("session", {"sid": "a1", "status": status, "errors": errors})))
    assert [said.values["status"] for said in found.said] == ([counts] if counts else [])


def test_many_sessions_are_counted_by_when_they_began() -> None:
    groups = [
        {"started": "2026-11-26T02:29:20Z", "exited": 5, "crashed": 2},
        {"started": "2026-11-26T02:29:20Z", "exited": 1, "errored": 1},
        {"started": "2026-11-26T02:28:20Z", "exited": True, "crashed": -1},
        7,
    ]
    found = post(envelope(("sessions", {"aggregates": groups, "attrs": {}})))
    (said,) = found.said
    assert said.values["status"] == {"started": 9, "exited": 6, "errored": 1, "crashed": 2}
    assert said.values["crashed"] == {"other": 2}
    assert (said.at, said.id) == (RECEIVED - 60, "")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("session", {"sid": 7}),
        ("session", {"sid": "a", "status": 7}),
        ("session", b"["),
        ("sessions", {}),
    ],
)
def test_what_is_no_session_is_counted_and_dropped(kind: str, content: object) -> None:
    found = post(envelope((kind, content)))
    assert (found.said, found.discarded) == ([], Counter(["bad_session"]))


def test_what_a_client_lost_is_counted_by_reason() -> None:
    lost = [
        {"reason": "queue_overflow", "category": "error", "quantity": 3},
        {"reason": SECRET, "category": "error", "quantity": 2},
        {"reason": "before_send", "quantity": "many"},
        7,
    ]
    found = post(envelope(("client_report", {"discarded_events": lost})))
    assert found.discarded == {"lost_queue_overflow": 3, "lost_other": 2}
    assert post(envelope(("client_report", b"{}"))).discarded == {"bad_client_report": 1}
    assert post(envelope(("client_report", b"{"))).discarded == {"bad_client_report": 1}


# --- all the rest ---------------------------------------------------------------------------------


def test_a_client_is_told_to_spare_itself_what_is_not_kept() -> None:
    found = post(envelope(("transaction", {}), ("log", {}), ("event", EVENT)))
    assert len(found.said) == 1
    assert found.discarded == {"transaction_not_kept": 1, "log_not_kept": 1}
    assert limits(found) == "3600:log_item;transaction:organization"
    assert re.fullmatch(r"\d+:[a-z_;]+:organization", limits(found))


def test_an_item_that_nobody_knows_is_read_over() -> None:
    found = post(envelope((SECRET, b"anything"), ("event", EVENT)))
    assert (len(found.said), found.discarded) == (1, {"item_not_kept": 1})
    assert limits(found) == ""


def test_items_beyond_the_bound_are_left() -> None:
    found = post(envelope(*[("span", b"")] * (MOST_ITEMS + 1)))
    assert found.discarded == {"span_not_kept": MOST_ITEMS, "too_many_items": 1}


def test_an_envelope_may_be_empty_or_without_lengths_and_line_feeds() -> None:
    assert post(b"{}").answer.body == b"{}"
    body = b'{}\n\n{"type":"session"}\n{"sid":"a","init":true}'
    assert len(post(body).said) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b"{}\n[]",
        b"{}\n{}",
        b'{}\n{"type":"event","length":5}\n{}',
        b'{}\n{"type":"event","length":-1}\n{}',
        b'{}\n{"type":"event","length":true}\n{}',
        b'{}\n{"type":"event","length":1}\n{}',
    ],
)
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    found = post(body)
    assert (found.answer.status, found.said) == (400, ())
    assert found.discarded == {"bad_envelope": 1}


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("identity", bytes),
        ("", bytes),
    ],
)
def test_a_body_may_be_packed(encoding: str, pack: Any) -> None:  # noqa: ANN401 of many libraries
    headers = {**AUTH, "content-encoding": encoding}
    assert len(post(pack(envelope(("event", EVENT))), headers=headers).said) == 1


def test_a_body_that_is_not_packed_as_it_says_or_too_large_is_refused() -> None:
    headers = {**AUTH, "content-encoding": "gzip"}
    assert post(b"{}", headers=headers).answer.status == 400
    bomb = gzip.compress(b"0" * (100 * MEBIBYTE + 1))
    found = post(bomb, headers=headers)
    assert (found.answer.status, found.discarded, found.app) == (413, {"too_large": 1}, "editor")
    assert WIRE.too_large(HERE).status == 413


@pytest.mark.parametrize("kind", ["attachment", SECRET])
def test_an_event_beside_a_large_attachment_is_kept(kind: str) -> None:
    items = [(kind, b"\n" * (40 * MEBIBYTE)), ("event", EVENT), (kind, b"}" * (40 * MEBIBYTE))]
    headers = {**AUTH, "content-encoding": "gzip"}
    found = post(gzip.compress(envelope(*items), 1), headers=headers)
    assert (found.answer.status, len(found.said)) == (200, 1)
    assert sum(found.discarded.values()) == 2
    assert WIRE.largest == 20 * MEBIBYTE


def test_items_that_are_kept_have_a_bound_together() -> None:
    large = json.dumps({"sid": "a", "init": True, "more": "x" * (LARGEST_ITEM - 100)}).encode()
    assert len(large) < LARGEST_ITEM
    found = post(envelope(*[("session", large)] * (LARGEST_KEPT // len(large) + 2)))
    assert len(found.said) == LARGEST_KEPT // len(large)
    assert found.discarded == {"item_too_large": 2}


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_what_comes_in_pieces_says_the_same(encoding: str, size: int) -> None:
    assert isinstance(WIRE, Streaming)
    items = envelope(("attachment", b"x\n" * 999), ("event", EVENT), ("session", {"sid": "a"}))
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "": bytes}
    body = pack[encoding](items)
    headers = {**AUTH, "content-encoding": encoding}
    reading = WIRE.reading(Asked("POST", "/api/1/envelope/", "", headers, b"", RECEIVED))
    assert reading.memory == (WIDE_MEMORY if encoding == "br" else MEMORY)
    for start in range(0, len(body), size):
        reading.feed(body[start : start + size])
    assert reading.end() == post(body, headers=headers)


@pytest.mark.parametrize("kind", ["event", "session"])
@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_a_single_item_says_the_same_in_pieces_and_whole(kind: str, encoding: str) -> None:
    content = EVENT if kind == "event" else {"sid": "a", "init": True, "status": "crashed"}
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "": bytes}
    body = pack[encoding](envelope((kind, content)))
    headers = {**AUTH, "content-encoding": encoding}
    reading = WIRE.reading(Asked("POST", "/api/1/envelope/", "", headers, b"", RECEIVED))
    for start in range(0, len(body), 100):
        reading.feed(body[start : start + 100])
    whole = post(body, headers=headers)
    assert reading.end() == whole
    assert len(whole.said) == 1


def test_an_error_that_is_known_says_what_one_does_that_is_not() -> None:
    fresh = SentryWire({"KEY": "editor"}, {"editor": KnownCode(frozenset({"editor"}))})
    asked = Asked("POST", "/api/1/envelope/", "", AUTH, envelope(("event", EVENT)), RECEIVED)
    first, again = fresh.read(asked).said[0], fresh.read(asked).said[0]
    assert first == again
    assert first.broke is again.broke
    assert first.broke == broke_of(told(EVENT), KNOWN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"lineno": 42.0}, {"lineno": 42}),
        ({"lineno": True}, {"lineno": 1}),
        ({"lineno": 42 + 2**61 - 1}, {"lineno": 42}),
        ({"lineno": 0}, {"lineno": None}),
        ({"lineno": -1}, {"lineno": 1}),
        ({"abs_path": 7}, {"abs_path": None}),
        ({"module": ["editor"]}, {"module": None}),
    ],
)
def test_what_is_alike_to_a_hash_is_told_apart(
    one: dict[str, object], other: dict[str, object]
) -> None:
    errors = KnownErrors(KNOWN)
    for change in (one, other, one):
        frame = FRAMES[1] | change
        values = [{"type": "OSError", "stacktrace": {"frames": [frame]}}]
        event = told({"platform": "python", "exception": {"values": values}})
        assert errors.of(event) == broke_of(event, KNOWN)


@pytest.mark.parametrize("module", [4238894112, 7, [], {}, True])
def test_an_odd_module_is_not_none(module: object) -> None:
    event = {"platform": "python", "exception": {"values": [{"type": "OSError", "module": module}]}}
    broke = broke_of(told(event), KNOWN)
    assert isinstance(broke, Broke)
    assert broke.types == ("(elsewhere)",)


def test_no_long_header_is_remembered() -> None:
    tracemalloc.start()
    for number in range(300):
        shown = f"Sentry sentry_key=KEY, a{number}=1" + ", a=1" * 5000
        assert auth_of(Asked("POST", "/", "", {"x-sentry-auth": shown}))["sentry_key"] == "KEY"
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < MEBIBYTE


def test_errors_that_are_remembered_have_a_bound() -> None:
    errors = KnownErrors(KNOWN)
    for number in range(MOST_KNOWN + 10):
        event = {"exception": {"values": [{"type": f"Error{number}"}]}}
        errors.of(told(event))
    assert 0 < len(errors) <= MOST_KNOWN


def test_nothing_is_undone_for_whoever_shows_a_wrong_key() -> None:
    headers = {"x-sentry-auth": "Sentry sentry_key=nobody", "content-encoding": "gzip"}
    assert post(b"no gzip", headers=headers).discarded == {"unknown_key": 1}
    assert WIRE.reading(Asked("POST", "/api/1/envelope/", "", headers)).memory == 0


def test_a_client_waits_when_nothing_can_be_kept() -> None:
    later = WIRE.later(HERE)
    assert later.status == 429
    assert int(dict(later.headers)["retry-after"]) > 0


@pytest.mark.parametrize(
    ("headers", "query", "dsn"),
    [
        ({"authorization": "Sentry sentry_key=KEY"}, "", None),
        ({}, "sentry_key=KEY&sentry_version=7", None),
        ({}, "", "https://KEY@sentry.example/1"),
        ({}, "", "http://KEY:secret@sentry.example:8000/a/1"),
    ],
)
def test_a_key_may_stand_in_three_places(
    headers: dict[str, str], query: str, dsn: str | None
) -> None:
    head = {"dsn": dsn} if dsn else {}
    assert post(envelope(("event", EVENT), head=head), query=query, headers=headers).said


@pytest.mark.parametrize(
    ("key", "code"), [("", "no_key"), ("nobody", "unknown_key"), ("OFF", "key_is_off")]
)
def test_who_shows_no_key_is_refused(key: str, code: str) -> None:
    headers = {"x-sentry-auth": f"Sentry sentry_key={key}"}
    found = post(envelope(("event", EVENT)), headers=headers)
    assert (found.answer.status, found.said, found.discarded) == (403, (), {code: 1})
    assert dict(found.answer.headers)["x-sentry-error"] == code
    assert post(b"{", headers={}).answer.status == 403


def test_a_dsn_that_is_none_is_no_key() -> None:
    assert post(envelope(head={"dsn": "://"}), headers={}).answer.status == 403
    assert post(envelope(head={"dsn": 7}), headers={}).answer.status == 403


def test_older_clients_store_one_event_at_a_time() -> None:
    body = json.dumps(EVENT).encode()
    found = post(body, "/api/1/store/")
    assert json.loads(found.answer.body) == {"id": ID}
    for left_out in ("exception", "platform"):
        rest = {key: value for key, value in EVENT.items() if key != left_out}
        text = post(json.dumps(rest).encode(), "/api/1/store/")
        assert json.loads(text.answer.body) == {"id": ID}
    packed = base64.b64encode(zlib.compress(body))
    assert post(packed, "/api/1/store").said[0].values == found.said[0].values


def test_an_event_without_an_id_is_answered_with_one_of_its_own() -> None:
    nameless = {key: value for key, value in EVENT.items() if key != "event_id"}
    answers = [
        json.loads(post(json.dumps(each).encode(), "/api/1/store/").answer.body)["id"]
        for each in (nameless, nameless, {**nameless, "level": "fatal"}, {"a": 1})
    ]
    assert answers[0] == answers[1]
    assert len(set(answers)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in answers)
    found = post(envelope(("event", nameless), head={}))
    assert json.loads(found.answer.body)["id"]
    assert found.said[0].id == ""
    assert json.loads(post(envelope(("event", EVENT), head={})).answer.body) == {"id": ID}
    assert post(envelope(("session", {"sid": "a", "init": True}), head={})).answer.body == b"{}"


def test_what_is_too_large_to_be_stored_is_told() -> None:
    large = json.dumps({**EVENT, "extra": "x" * LARGEST_ITEM}).encode()
    found = post(large, "/api/1/store/")
    assert (found.answer.body, found.discarded) == (b"{}", {"item_too_large": 1})
    found = post(b"{" + b" " * LARGEST_STORED, "/api/1/store/")
    assert (found.answer.status, found.discarded) == (413, {"too_large": 1})


@pytest.mark.parametrize("body", [b"!", base64.b64encode(b"\x78\x9c nothing"), b""])
def test_what_is_no_event_cannot_be_stored(body: bytes) -> None:
    assert post(body, "/api/1/store/").answer.status == 400


def test_only_its_own_addresses_are_taken() -> None:
    assert WIRE.takes("POST", "/api/1/envelope/")
    assert WIRE.takes("POST", "/api/1/store")
    assert not WIRE.takes("GET", "/api/1/envelope/")
    assert not WIRE.takes("POST", "/api/1/2/envelope/")
    assert not WIRE.takes("POST", "/apps/editor")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("values", "frames", "type", "module", "function", "exception", "platform"),
                    *("stacktrace", "lineno", "abs_path", "aggregates", "attrs", "release", "sid"),
                    *("status", "init", "errors", "discarded_events", "reason", "quantity"),
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(
    st.sampled_from(["event", "session", "sessions", "client_report"]),
    JSON | st.binary(max_size=40),
    st.sampled_from(["/api/1/envelope/", "/api/1/store/"]),
)
def test_whatever_an_item_holds_it_is_answered(kind: str, content: object, path: str) -> None:
    found = post(envelope((kind, content)), path)
    reading = WIRE.reading(Asked("POST", path, "", AUTH, b"", RECEIVED))
    reading.feed(envelope((kind, content)))
    assert reading.end() == found, "whatever is known of the last time"
    assert found.answer.status in {200, 400}
    for said in found.said:
        if said.broke is not None:
            assert all(map(is_error_type, said.broke.types))
            assert all(map(is_frame, said.broke.frames))


@given(
    st.binary(max_size=200),
    st.text(max_size=30),
    st.text(max_size=30),
    st.sampled_from(["gzip", "deflate", "br", "zstd", "", "other"]),
)
def test_whatever_comes_is_answered(body: bytes, auth: str, query: str, encoding: str) -> None:
    headers = {"x-sentry-auth": auth, "content-encoding": encoding}
    asked = Asked("POST", "/api/1/envelope/", query, headers, body, RECEIVED)
    assert WIRE.read(asked).answer.status in {200, 400, 403, 413}
