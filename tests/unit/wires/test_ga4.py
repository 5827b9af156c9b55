from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.foreign import Answer, Asked, Understood
from aboveboard.wires.ga4 import Ga4Wire, Stream

NOW = 1_795_293_516.0
STREAMS = {
    "G-1": Stream("editor", ("sekret-1", "sekret-2")),
    "1:22:web:ab": Stream("phone", ("third+one",)),
}
WIRE = Ga4Wire(STREAMS)
CAPTURED = Path(__file__).parents[2] / "data" / "mongooseim_sender.jsonl"
GOOD = {"client_id": "7.1", "events": [{"name": "opened", "params": {"how": "menu"}}]}
INSTANCE = "0123456789abcdef0123456789ABCDEF"


def ask(
    content: object = GOOD,
    query: str = "api_secret=sekret-1&measurement_id=G-1",
    path: str = "/mp/collect",
    **headers: str,
) -> Understood:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WIRE.read(Asked("POST", path, query, named, body, NOW))


def messages(content: object, query: str = "measurement_id=G-1") -> list[dict[str, str]]:
    understood = ask(content, query, "/debug/mp/collect")
    assert understood.answer.status == 200
    assert understood.answer.media_type == "application/json"
    assert not understood.said
    assert not understood.discarded
    found: list[dict[str, str]] = json.loads(understood.answer.body)["validationMessages"]
    return found


def test_it_takes_both_addresses_by_post_alone() -> None:
    assert WIRE.takes("POST", "/mp/collect")
    assert WIRE.takes("POST", "/debug/mp/collect")
    assert not WIRE.takes("GET", "/mp/collect")
    assert not WIRE.takes("POST", "/mp/collect/")


def test_an_event_is_said_and_the_answer_is_empty() -> None:
    understood = ask(user_agent="php-ga4/1.0")
    assert understood.answer == Answer(204, b"", "")
    (said,) = understood.said
    assert (said.app, said.event, said.values) == ("editor", "opened", {"how": "menu"})
    assert (said.who, said.id, said.at, said.part) == ("7.1", "", None, "")
    assert said.version == "php-ga4/1.0"
    assert not understood.discarded


def test_the_same_message_twice_is_two_messages() -> None:
    twice = {**GOOD, "events": GOOD["events"] * 2}  # type: ignore[operator]
    assert [said.id for said in ask(twice).said] == ["", ""]


@pytest.mark.parametrize("secret", ["sekret-1", "sekret-2"])
def test_each_of_its_secrets_opens_a_stream(secret: str) -> None:
    assert ask(query=f"api_secret={secret}&measurement_id=G-1").said


@pytest.mark.parametrize("secret", ["third+one", quote("third+one")])
def test_a_secret_may_be_escaped_or_not(secret: str) -> None:
    content = {"app_instance_id": INSTANCE, "events": [{"name": "opened"}]}
    (said,) = ask(content, f"firebase_app_id=1:22:web:ab&api_secret={secret}").said
    assert (said.app, said.who) == ("phone", INSTANCE)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("api_secret=sekret&measurement_id=G-1", "wrong_secret"),
        ("api_secret=&measurement_id=G-1", "wrong_secret"),
        ("measurement_id=G-1", "wrong_secret"),
        ("api_secret=%ff%ed%a0%80&measurement_id=G-1", "wrong_secret"),
        ("api_secret=sekret-1&measurement_id=G-2", "unknown_stream"),
        ("api_secret=sekret-1", "no_stream"),
        ("", "no_stream"),
    ],
)
def test_who_may_not_report_is_answered_alike_and_counted(query: str, reason: str) -> None:
    understood = ask(query=query)
    assert understood.answer == Answer(204, b"", "")
    assert not understood.said
    assert understood.discarded == {reason: 1}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"{", "not_json", id="half"),
        pytest.param(b"", "not_json", id="empty"),
        pytest.param(b"[" * 100_000, "not_json", id="deep"),
        pytest.param(b'"\xff"', "not_json", id="no-utf8"),
        pytest.param(b" " * 130_000, "too_large_inflated", id="large"),
        pytest.param(b"[]", "value_invalid", id="a-list"),
    ],
)
def test_nonsense_is_answered_alike_and_counted(body: bytes, reason: str) -> None:
    understood = ask(body)
    assert understood.answer == Answer(204, b"", "")
    assert understood.discarded == {reason: 1}


def test_a_compressed_body_is_inflated() -> None:
    body = gzip.compress(json.dumps(GOOD).encode())
    assert ask(body, content_encoding="gzip").said
    assert ask(body, content_encoding="zip").discarded == {"unknown_encoding": 1}


def test_what_tells_sessions_people_and_devices_apart_is_left_out() -> None:
    params = {"session_id": "1", "session_number": 2, "debug_mode": 1, "how": "menu", "items": []}
    private = {
        "user_id": "ana",
        "user_data": {"sha256_email_address": "x"},
        "ip_override": "192.0.2.7",
        "user_agent": "Mozilla",
        "device": {"model": "x"},
        "user_location": {"country_id": "DE"},
        "consent": {"ad_user_data": "GRANTED"},
    }
    event = {"name": "opened", "params": params}
    (said,) = ask({"client_id": "7", "events": [event], **private}).said
    assert said.values == {"how": "menu"}
    assert said.version == ""


def test_each_user_property_replaces_itself_alone() -> None:
    content = {**GOOD, "user_properties": {"plan": {"value": "pro"}, "old": {"value": None}}}
    _, plan, old = ask(content).said
    assert (plan.event, plan.values, plan.part) == (
        "user_properties",
        {"plan": "pro"},
        "user_properties/plan",
    )
    assert old.values == {"old": None}


def test_moments_of_events_go_before_those_of_their_request() -> None:
    hour_ago, day_ago = (int((NOW - ago) * 1e6) for ago in (3600, 86400))
    events = [{"name": "a", "timestamp_micros": hour_ago}, {"name": "b"}]
    content = {"client_id": "7", "timestamp_micros": str(day_ago), "events": events}
    assert [said.at for said in ask(content).said] == [NOW - 3600, NOW - 86400]


def test_what_is_too_old_is_dated_back_as_far_as_may_be() -> None:
    content = {**GOOD, "timestamp_micros": 1}
    assert ask(content).said[0].at == NOW - 72 * 3600


def test_a_strict_sender_gets_all_or_nothing() -> None:
    strict = {**GOOD, "validation_behavior": "ENFORCE_RECOMMENDATIONS"}
    assert ask(strict).said
    faulty = ask({**strict, "timestamp_micros": 1, "events": [{"name": "a"}, {"name": "_b"}]})
    assert not faulty.said
    assert faulty.discarded == {"value_out_of_bounds": 2}


def test_faulty_events_and_params_are_left_out_alone() -> None:
    events = [{"name": "_bad"}, {"name": "good", "params": {"ga_x": 1, "how": "menu"}}]
    understood = ask({"client_id": "7", "events": events})
    assert [said.values for said in understood.said] == [{"how": "menu"}]
    assert understood.discarded == {"name_invalid": 1, "param_name_reserved": 1}


def test_without_a_client_nothing_is_said_and_each_event_is_counted() -> None:
    understood = ask({"events": [{"name": "a"}, {"name": "_b"}]})
    assert not understood.said
    assert understood.discarded == {"value_required": 2}


def test_debug_says_what_google_says_of_a_bad_name() -> None:
    understood = ask(
        {"client_id": "7", "events": [{"name": "_badEventName"}]}, "", "/debug/mp/collect"
    )
    head, _, tail = understood.answer.body.partition(b"},{")
    assert head == (
        b'{"validationMessages":[{"fieldPath":"events","description":"Event at index: [0] has '
        b'invalid name [_badEventName]. Names must start with an alphabetic character.",'
        b'"validationCode":"NAME_INVALID"'
    )
    assert b'"fieldPath":"measurement_id"' in tail


def test_debug_says_nothing_of_a_good_request_whatever_its_secret() -> None:
    understood = ask(GOOD, "measurement_id=G-none&api_secret=none", "/debug/mp/collect")
    assert understood.answer == Answer(200, b'{"validationMessages":[]}', "application/json")
    assert not understood.said


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "VALUE_INVALID"),
        (b'{"client_id":NaN}', "VALUE_INVALID"),
        (b"[" * 100_000, "VALUE_INVALID"),
        (b" " * 130_000, "VALUE_OUT_OF_BOUNDS"),
    ],
)
def test_debug_cannot_say_where_an_unreadable_body_is_wrong(body: bytes, code: str) -> None:
    sentence = "Unable to parse Measurement Protocol JSON payload."
    assert messages(body) == [{"description": sentence, "validationCode": code}]


def test_debug_finds_names_that_are_there_twice() -> None:
    body = b'{"client_id":"7","events":[{"name":"a","params":{"b":1,"b":2,"c":3}}]}'
    (found,) = messages(body)
    assert found["validationCode"] == "NAME_DUPLICATED"
    assert found["fieldPath"] == "events[0].params.b"


def test_debug_answers_also_what_is_half_a_character() -> None:
    (found,) = messages(b'{"client_id":"7","events":[{"name":"\\ud800"}]}')
    assert found["validationCode"] == "NAME_INVALID"


def test_an_app_is_asked_for_its_instance() -> None:
    (found,) = messages(GOOD, "firebase_app_id=1:22:web:ab")
    assert found == {
        "fieldPath": "app_instance_id",
        "description": "Measurement requires an app_instance_id.",
        "validationCode": "VALUE_REQUIRED",
    }


def test_it_is_silent_about_too_much_and_honest_about_a_full_disk() -> None:
    asked = Asked("POST", "/mp/collect")
    assert WIRE.too_large(asked) == Answer(204, b"", "")
    later = WIRE.later(asked)
    assert later.status == 503
    assert ("retry-after", "60") in later.headers


def test_a_stream_does_not_show_its_secrets() -> None:
    assert "sekret" not in repr(STREAMS)


def captured() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CAPTURED.read_text().splitlines()]


def test_what_mongooseim_sends_is_understood_to_the_last_event() -> None:
    wire = Ga4Wire(
        {
            "G-PRIMARY0000": Stream("mongooseim", ("sekret-1",)),
            "G-EXTRA00000": Stream("mongooseim", ("s2",)),
            "G-1": Stream("mongooseim", ("s",)),
        }
    )
    counts = []
    for request in captured():
        method, target, _ = request["line"].split(" ")
        path, _, query = target.partition("?")
        headers = dict(request["headers"])
        understood = wire.read(Asked(method, path, query, headers, request["body"].encode(), NOW))
        assert understood.answer == Answer(204, b"", "")
        assert not understood.discarded
        counts.append(len(understood.said))
    assert counts == [5, 5, 25, 25, 3]


FIELDS = (
    "client_id app_instance_id events name params user_properties value timestamp_micros items "
    "consent device validation_behavior"
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(FIELDS.split()) | st.text(max_size=30),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(
    st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.text(max_size=60) | st.just("api_secret=sekret-1&measurement_id=G-1"),
    st.sampled_from(["/mp/collect", "/debug/mp/collect"]),
    st.dictionaries(st.sampled_from(["content-encoding", "user-agent"]), st.text(max_size=9)),
)
def test_nothing_makes_it_raise(
    body: bytes, query: str, path: str, headers: dict[str, str]
) -> None:
    understood = WIRE.read(Asked("POST", path, query, headers, body, NOW))
    assert understood.answer.status in {200, 204}
    if path == "/debug/mp/collect":
        json.loads(understood.answer.body)


@given(JSON_VALUES, JSON_VALUES)
def test_nothing_in_the_usual_places_makes_it_raise(params: object, more: object) -> None:
    content = {
        "client_id": "7",
        "events": [{"name": "a", "params": params, "timestamp_micros": more}, more],
        "user_properties": {"plan": more, "role": {"value": params}},
        "timestamp_micros": params,
        "consent": more,
    }
    for said in ask(content).said:
        assert said.app == "editor"
        assert len(said.values) <= 25
    messages(content)
