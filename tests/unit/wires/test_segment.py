from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.foreign import Asked, Understood
from aboveboard.wires.segment import SegmentWire

RECEIVED = 1_795_293_158.0
WIRE = SegmentWire({"KEY": "editor", "WRITEKEY123": "editor", "RUDDERKEY": "chat", "OFF": ""})
POSTED = [
    *("identify", "track", "page", "screen", "group", "alias", "batch", "import", "merge"),
    *("audiencelist", "i", "t", "p", "s", "g", "a"),
]
TRACK = {"userId": "u1", "event": "Saved"}


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


KEY = basic("KEY")


def post(
    path: str, content: object, headers: dict[str, str] | None = None, query: str = ""
) -> Understood:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return WIRE.read(
        Asked("POST", path, query, KEY if headers is None else headers, body, RECEIVED)
    )


def batch(*messages: object, **around: object) -> dict[str, object]:
    return {"batch": messages, **around}


# --- vectors: what unmodified clients sent --------------------------------------------------------


def test_segments_client_for_python_is_understood() -> None:
    body = (
        b'{"batch": [{"integrations": {}, "anonymousId": null, "properties": {"a": 1, "b": null}, '
        b'"timestamp": "2026-11-21T20:32:36.694+00:00", "context": {"library": {"name": '
        b'"analytics-python", "version": "2.4.0"}}, "userId": "u1", "type": "track", "event": '
        b'"Evt", "messageId": "cd8c6903-207e-45a9-a0b7-bf112a640381"}], "sentAt": '
        b'"2026-11-21T20:32:36.694392+00:00", "writeKey": "WRITEKEY123"}'
    )
    headers = {"authorization": "Basic V1JJVEVLRVkxMjM6", "content-type": "application/json"}
    found = post("/v1/batch", body, headers)
    (said,) = found.said
    assert (said.app, said.event, said.who) == ("editor", "Evt", "u1")
    assert said.values == {"a": 1, "b": None}
    assert said.id == "cd8c6903-207e-45a9-a0b7-bf112a640381"
    assert said.version == "analytics-python/2.4.0"
    assert said.at == pytest.approx(RECEIVED - 0.000392, abs=1e-6)
    assert (found.answer.status, found.answer.body) == (200, b'{"success": true}')
    assert not found.discarded


def test_every_kind_of_message_of_segments_client_is_understood() -> None:
    library = {"library": {"name": "analytics-python", "version": "2.4.0"}}
    common: dict[str, Any] = {"integrations": {}, "context": library, "anonymousId": None}
    found = post(
        "/v1/batch",
        batch(
            {**common, "type": "identify", "userId": "u1", "traits": {"plan": "x"}},
            {**common, "type": "page", "userId": None, "anonymousId": "anon", "category": None}
            | {"name": "P", "properties": {}},
            {**common, "type": "group", "userId": "u1", "groupId": "g1", "traits": {"t": 1}},
            {**common, "type": "alias", "userId": "new", "previousId": "old"},
        ),
    )
    told = [(said.event, said.who, said.values) for said in found.said]
    assert told == [
        ("identify", "u1", {"plan": "x"}),
        ("page", "anon", {"name": "P"}),
        ("group", "u1", {"t": 1}),
    ]
    assert found.discarded == {"alias_not_kept": 1}


def test_rudderstacks_client_for_python_is_understood() -> None:
    body = gzip.compress(
        b'{"batch": [{"integrations": {"All": true}, "anonymousId": null, "timestamp": '
        b'"2026-11-21T20:32:38.001355+00:00", "context": {"traits": {"plan": "x"}, "library": '
        b'{"name": "analytics-python", "version": "2.1.9"}}, "type": "identify", "userId": "u1", '
        b'"messageId": "56cf07ab-5b06-4db9-9876-4e895e1ff597", "channel": "server"}, '
        b'{"integrations": {"All": true}, "anonymousId": "an", "properties": {}, "timestamp": '
        b'"2026-11-21T20:32:38.001519+00:00", "context": {"library": {"name": "analytics-python", '
        b'"version": "2.1.9"}}, "userId": null, "type": "track", "event": "REvt2", "messageId": '
        b'"25e2ab4c-563d-47b4-b70b-c61df8720426", "channel": "server"}], "sentAt": '
        b'"2026-11-21T20:32:38.497369+00:00"}'
    )
    found = post("/v1/batch", body, {**KEY, "content-encoding": "gzip"})
    told = [(said.event, said.who, said.values) for said in found.said]
    assert told == [("identify", "u1", {"plan": "x"}), ("REvt2", "an", {})]
    assert found.said[0].at == pytest.approx(RECEIVED - 0.496014, abs=1e-6)
    assert (found.answer.status, found.answer.body) == (200, b"ok")


def test_the_client_for_go_is_understood() -> None:
    body = (
        b'{"messageId":"62d95efe-1857-49d3-bbfc-9b87b80f0688","sentAt":"2026-11-21T20:34:03.251277599Z",'
        b'"batch":[{"type":"track","messageId":"6f09c9a9-74a5-44a8-964d-e0c8fe052686",'
        b'"anonymousId":"install","userId":"install","event":"config_privacy",'
        b'"timestamp":"2026-11-21T20:34:03.250712024Z","context":{"library":{"name":"analytics-go",'
        b'"version":"1.0.0"}},"properties":{"show_email_address":true,"show_full_name":false}}],'
        b'"context":{"library":{"name":"analytics-go","version":"3.3.0"}}}'
    )
    headers = basic("RUDDERKEY") | {"rs-nodecount": "1", "rs-useragent": "serverSDK"}
    found = post("//v1/batch", body, headers)
    (said,) = found.said
    assert (said.app, said.event, said.who) == ("chat", "config_privacy", "install")
    assert said.values == {"show_email_address": True, "show_full_name": False}
    assert (said.version, found.answer.body) == ("analytics-go/3.3.0", b"ok")


def test_the_client_for_go_of_segments_time_is_understood() -> None:
    message = {"type": "track", "userId": "i", "event": "activity", "messageId": "m"}
    message["timestamp"] = "2018-09-26T12:00:00+0000"
    content = batch(message, sentAt="2018-09-26T12:00:05+0000", messageId="b")
    (said,) = post("/v1/batch", content).said
    assert said.at == RECEIVED - 5


def test_rudderstacks_client_for_node_is_understood() -> None:
    message = {
        **TRACK,
        "type": "track",
        "channel": "server",
        "_metadata": {"nodeVersion": "20.0.0"},
        "context": {"library": {"name": "analytics-node", "version": "3.0.13"}},
        "originalTimestamp": "2026-11-21T20:32:30.000Z",
        "sentAt": "2026-11-21T20:32:36.000Z",
        "messageId": "m1",
    }
    content = batch(
        message, timestamp="2026-11-21T20:32:36.001Z", sentAt="2026-11-21T20:32:36.001Z"
    )
    headers = {**KEY, "content-type": "application/x-www-form-urlencoded"}
    found = WIRE.read(
        Asked(
            "POST",
            "/v1/batch",
            headers={**headers, "content-encoding": "gzip"},
            body=gzip.compress(json.dumps(content).encode()),
            received=RECEIVED,
        )
    )
    assert (found.said[0].at, found.answer.body) == (RECEIVED - 6, b"ok")


def test_rudderstacks_script_for_pages_is_understood() -> None:
    message = {"anonymousId": "a1", "channel": "web", "name": "ApplicationLoaded", "type": "page"}
    headers = {**KEY, "anonymousid": "YTE=", "origin": "https://chat.example"}
    found = post("/v1/page", {**message, "properties": {"path": ""}}, headers)
    assert found.said[0].values == {"name": "ApplicationLoaded", "path": ""}
    assert dict(found.answer.headers)["access-control-allow-origin"] == "https://chat.example"
    assert found.answer.body == b"ok"


def test_a_beacon_shows_its_key_in_the_address() -> None:
    message = {"type": "page", "anonymousId": "a1"}
    headers = {"content-type": "text/plain;charset=UTF-8"}
    found = post("/beacon/v1/batch", batch(message), headers, "writeKey=KEY")
    assert (len(found.said), found.answer.body) == (1, b"ok")


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POSTED)
def test_every_path_of_the_api_is_taken(name: str) -> None:
    for path in (f"/v1/{name}", f"//v1/{name}", f"/v1/{name}/"):
        assert WIRE.takes("POST", path)
        assert WIRE.takes("OPTIONS", path)
        assert not WIRE.takes("GET", path)


@pytest.mark.parametrize("path", ["/pixel/v1/track", "/pixel/v1/page", "/cluster-info"])
def test_what_is_asked_for_is_taken(path: str) -> None:
    assert WIRE.takes("GET", path)
    assert not WIRE.takes("POST", path)


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/metrics", "/v1/logs", "/v1/ping", "/v1/activate", "/v2/batch"]
)
def test_what_belongs_to_others_is_left_to_them(path: str) -> None:
    assert not any(WIRE.takes(method, path) for method in ("GET", "POST", "PUT", "OPTIONS"))


@pytest.mark.parametrize(
    ("path", "event"),
    [
        ("/v1/t", "Saved"),
        ("/v1/track", "Saved"),
        ("/v1/i", "identify"),
        ("/v1/p", "page"),
        ("/v1/s", "screen"),
        ("/v1/g", "group"),
    ],
)
def test_the_path_tells_the_kind_of_a_single_message(path: str, event: str) -> None:
    found = post(path, {**TRACK, "groupId": "g1", "type": "alias"})
    assert [said.event for said in found.said] == [event]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/v1/alias", "alias_not_kept"),
        ("/v1/a", "alias_not_kept"),
        ("/v1/merge", "merge_not_kept"),
        ("/v1/audiencelist", "audience_not_kept"),
    ],
)
def test_of_who_is_whom_nothing_is_kept(path: str, reason: str) -> None:
    found = post(path, {**TRACK, "previousId": "old"})
    assert (found.answer.status, found.said, found.discarded) == (200, [], {reason: 1})
    assert found.app == "editor"


@pytest.mark.parametrize("kind", ["track", "page"])
def test_a_pixel_is_answered_with_an_image_whatever_it_says(kind: str) -> None:
    for query in (
        "",
        "writeKey=KEY",
        "writeKey=nobody&userId=u1",
        "writeKey=KEY&userId=u1&event=E",
    ):
        found = WIRE.read(Asked("GET", f"/pixel/v1/{kind}", query))
        assert (found.answer.status, found.answer.media_type) == (200, "image/gif")
        assert len(found.said) + sum(found.discarded.values()) == 1


def test_a_pixel_says_what_its_address_says() -> None:
    query = "writeKey=KEY&userId=u1&event=Opened&properties.theme=dark"
    (said,) = WIRE.read(Asked("GET", "/pixel/v1/track", query)).said
    assert (said.event, said.values, said.at) == ("Opened", {"theme": "dark"}, None)


def test_a_client_that_asks_for_the_cluster_is_told_of_one_node() -> None:
    found = WIRE.read(Asked("GET", "/cluster-info"))
    assert json.loads(found.answer.body) == {"nodeCount": 1}


def test_a_browser_may_ask_first() -> None:
    found = WIRE.read(Asked("OPTIONS", "/v1/batch", headers={"origin": "https://editor.example"}))
    assert (found.answer.status, found.said) == (200, ())
    assert dict(found.answer.headers)["access-control-max-age"] == "900"


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "query", "extra"),
    [
        pytest.param(KEY, "", {}, id="basic"),
        pytest.param({"authorization": "Basic S0VZ"}, "", {}, id="basic-without-a-colon"),
        pytest.param({}, "", {"writeKey": "KEY"}, id="body"),
        pytest.param({"authorization": "Bearer token"}, "", {"writeKey": "KEY"}, id="bearer"),
        pytest.param({}, "writeKey=KEY", {}, id="query"),
    ],
)
def test_a_key_may_be_shown_in_many_places(
    headers: dict[str, str], query: str, extra: dict[str, str]
) -> None:
    for path, content in (("/v1/track", TRACK), ("/v1/batch", batch({**TRACK, "type": "track"}))):
        found = post(path, {**content, **extra}, headers, query)
        assert [said.app for said in found.said] == ["editor"]


WITHOUT_A_KEY = pytest.mark.parametrize(
    ("headers", "extra", "status", "reason"),
    [
        ({}, {}, 401, "unknown_source"),
        (basic("nobody"), {"writeKey": "KEY"}, 401, "unknown_source"),
        ({}, {"writeKey": "nobody"}, 401, "unknown_source"),
        (basic("OFF"), {}, 404, "source_disabled"),
    ],
)


@WITHOUT_A_KEY
def test_without_a_key_that_is_known_segments_clients_hear_success_and_nothing_is_taken(
    headers: dict[str, str], extra: dict[str, str], status: int, reason: str
) -> None:
    del status
    for path in ("/v1/track", "/v1/batch"):
        content = {**TRACK, **extra} if path == "/v1/track" else batch(TRACK, **extra)
        found = post(path, content, headers)
        assert (found.answer.status, found.answer.body) == (200, b'{"success": true}')
        assert (found.said, found.discarded) == ((), {reason: 1})


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(({"channel": "server"}, {}), id="names-its-channel"),
        pytest.param(({}, {"rs-useragent": "serverSDK"}), id="for-go"),
        pytest.param(({}, {"anonymousid": "YQ=="}), id="for-pages"),
    ],
)
@WITHOUT_A_KEY
def test_without_a_key_that_is_known_rudderstacks_clients_are_refused(
    headers: dict[str, str],
    extra: dict[str, str],
    status: int,
    reason: str,
    sent: tuple[dict[str, str], dict[str, str]],
) -> None:
    message, head = sent
    for path in ("/v1/track", "/v1/batch"):
        own = {**TRACK, **message}
        content = {**own, **extra} if path == "/v1/track" else batch(own, **extra)
        found = post(path, content, {**headers, **head})
        assert (found.answer.status, found.answer.media_type) == (status, "text/plain")
        assert (found.said, found.discarded) == ((), {reason: 1})


def test_rudderstacks_own_addresses_are_for_its_clients_alone() -> None:
    for path in ("/v1/import", "/beacon/v1/batch"):
        assert post(path, batch(TRACK), basic("nobody")).answer.status == 401


def test_what_cannot_be_read_is_400_for_segments_clients_whatever_their_key_is() -> None:
    for headers in ({}, basic("nobody"), basic("OFF"), KEY):
        large = json.dumps({**TRACK, "batch": [TRACK], "properties": "x" * 600_000}).encode()
        for body in (b"{", b"", large):
            for path in ("/v1/track", "/v1/batch"):
                assert post(path, body, headers).answer.status == 400
        packed = {**headers, "content-encoding": "gzip"}
        assert post("/v1/track", b"no gzip", packed).answer.status == 400


def test_who_shows_rudderstack_no_key_does_not_hear_what_else_is_wrong() -> None:
    head = {"anonymousid": "YQ=="}
    assert post("/v1/batch", b"{", head).answer.status == 401
    assert post("/v1/batch", b"", head).answer.status == 401


def test_whose_messages_are_all_dropped_is_named_as_their_library_says() -> None:
    library = {"library": {"name": "mine", "version": "1"}}
    found = post("/v1/batch", batch({"type": "track", "context": library}))
    assert (found.discarded, found.client) == ({"no_user_anon_id": 1}, "mine/1")
    assert post("/v1/batch", batch()).client == ""


# --- bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("", bytes),
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
    ],
)
def test_every_compression_is_undone(encoding: str, pack: Any) -> None:  # noqa: ANN401 of libraries
    body = pack(json.dumps(TRACK).encode())
    found = post("/v1/track", body, {**KEY, "content-encoding": encoding})
    assert len(found.said) == 1


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        pytest.param(b"", "", 400, id="empty"),
        pytest.param(b"{", "", 400, id="broken"),
        pytest.param(b"[]", "", 400, id="a-list"),
        pytest.param(b"{}", "gzip", 400, id="not-packed"),
        pytest.param(b"{}", "rar", 400, id="packed-in-another-way"),
        pytest.param(gzip.compress(b" " * 5_000_000), "gzip", 400, id="a-bomb"),
    ],
)
def test_what_cannot_be_read_is_refused(body: bytes, encoding: str, status: int) -> None:
    for path in ("/v1/batch", "/v1/track"):
        found = post(path, body, {**KEY, "content-encoding": encoding})
        assert (found.answer.status, found.said) == (status, ())
        assert (sum(found.discarded.values()), found.app) == (1, "editor")


def test_what_is_too_large_for_rudderstacks_clients_is_413() -> None:
    headers = {**KEY, "content-encoding": "gzip", "anonymousid": "YQ=="}
    assert post("/v1/batch", gzip.compress(b" " * 5_000_000), headers).answer.status == 413
    assert WIRE.largest == 4 * 1024 * 1024


def test_what_is_too_large_to_be_read_is_answered_as_its_head_tells() -> None:
    page = {"origin": "https://editor.example"}
    of_segment = WIRE.too_large(Asked("POST", "/v1/batch", headers=page))
    assert (of_segment.status, json.loads(of_segment.body)["code"]) == (400, "too_large")
    assert dict(of_segment.headers)["access-control-allow-origin"] == page["origin"]
    rudderstack = WIRE.too_large(Asked("POST", "/v1/batch", headers={"rs-nodecount": "1"}))
    assert (rudderstack.status, rudderstack.media_type) == (413, "text/plain")
    assert WIRE.too_large(Asked("POST", "/v1/import")).status == 413


def test_when_nothing_can_be_kept_clients_come_again() -> None:
    assert WIRE.later(Asked("POST", "/v1/batch")).status == 503


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_no_media_type_is_asked_for(content_type: str) -> None:
    assert post("/v1/track", TRACK, {**KEY, "content-type": content_type}).answer.status == 200


def test_one_bad_message_does_not_take_the_others_with_it() -> None:
    good = {**TRACK, "type": "track", "channel": "server"}
    found = post("/v1/batch", batch(good, {"type": "track"}, 7, {**good, "event": None}))
    assert (found.answer.status, len(found.said)) == (200, 1)
    reasons = {"no_user_anon_id": 1, "message_rejected": 1, "event_not_defined": 1}
    assert found.discarded == reasons


def test_what_surrounds_a_batch_belongs_to_each_of_its_messages() -> None:
    context = {"library": {"name": "mine", "version": "1"}, "traits": {"plan": "x"}}
    item = {"type": "identify", "userId": "u1"}
    found = post("/v1/batch", batch(item, {**item, "traits": {"plan": "y"}}, context=context))
    assert [said.values for said in found.said] == [{"plan": "x"}, {"plan": "y"}]
    assert {said.version for said in found.said} == {"mine/1"}


def test_nothing_is_kept_that_tells_who_or_where() -> None:
    context = {
        "ip": "192.0.2.7",
        "locale": "de-DE",
        "device": {"id": "secret-device"},
        "page": {"url": "https://secret.example/"},
        "userAgent": "secret-agent",
        "traits": {"email": "secret@example.org"},
    }
    message = {**TRACK, "context": context, "integrations": {"secret": True}}
    text = repr(post("/v1/track", message).said)
    assert "secret" not in text
    assert "192.0.2.7" not in text
    assert "de-DE" not in text


# --- fuzz -----------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["", "gzip", "br", "Basic S0VZOg==", "Basic ü", "https://a.example", "\x00"]
)
HEADERS = st.dictionaries(
    st.sampled_from(["authorization", "content-encoding", "origin", "user-agent", "anonymousid"]),
    WORDS | st.text(max_size=20),
)
PATHS = st.sampled_from([f"/v1/{name}" for name in POSTED] + ["/pixel/v1/track", "/", "//v1//t/"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["batch", "type", "userId", "event", "context"]), inner)
    ),
    max_leaves=10,
)


def never_raises(asked: Asked) -> None:
    found = WIRE.read(asked)
    assert found.answer.status in {200, 400, 401, 404, 413}
    assert all(count > 0 for count in found.discarded.values())


@given(
    st.sampled_from(["GET", "POST", "OPTIONS"]), PATHS, st.text(max_size=20), HEADERS, st.binary()
)
def test_no_request_makes_it_raise(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    never_raises(Asked(method, path, query, headers, body, RECEIVED))


@given(PATHS, JSON)
def test_no_json_makes_it_raise(path: str, content: object) -> None:
    never_raises(Asked("POST", path, "", KEY, json.dumps(content).encode(), RECEIVED))
