"""A site's post becomes one message per project, and the answer is the original's to the byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.backdrop import LARGEST, MOST_KEYS, BackdropWire
from aboveboard.wires.backdrop_projects import Project
from aboveboard.wires.foreign import Answer, Asked, Understood

if TYPE_CHECKING:
    from collections.abc import Mapping

SITE = "7NVSeEAIl5-GgTLsZCVE_dqCNBUUh7KHmXozPIIq8jQ"
CORE = (
    b'{"backdrop":{"version":"1.34.2","php_version":"8.2.36","mysql_version":"8.0.36",'
    b'"install_version":"1.21.0","server_os":"Linux","web_server":"Apache",'
    b'"install_profile":"standard","multisite":"No","ckeditor_module_version":"CKEditor 5",'
    b'"drupal_compatibility":"Yes","jquery_version":"3.7.1","update_module":"Yes",'
    b'"ckeditor5_version":"40.2.0"}}'
)
BEE = (
    b'{"bee":{"version":"1.x-1.1.0","bee_version":"1.x-1.1.0","php_version":"8.2.36",'
    b'"multisite":"No"}}'
)
ESCAPED = (
    rb'{"backdrop":{"web_server":"\u003Cb\u003E\u0022A\u0022 \u0026 \u0027B\u0027\u003C\/b\u003E'
    rb' 8.0\/\u00e9"}}'
)
"""As PHP 8.2 writes it with JSON_HEX_TAG, APOS, AMP and QUOT."""

PROJECTS = {
    "backdrop": Project("backdrop", "Backdrop CMS", "backdrop", "backdrop"),
    "bee": Project("bee", "Bee", "backdrop", "bee"),
    "webform": Project("webform", "Webform", "backdrop", "webform"),
    "feeds_tamper": Project("feeds_tamper", "Feeds Tamper", "feeds-tamper", "feeds_tamper"),
}
WIRE = BackdropWire(PROJECTS)
EMPTY = Answer(200, b"", "text/html; charset=UTF-8")
NO_JSON = Answer(
    200,
    b'{\n    "error": "POST request did not contain valid JSON."\n}',
    "text/html; charset=UTF-8",
)
NO_KEY = Answer(
    200,
    b'{\n    "error": "No X-Site-Key header specified, no data saved."\n}',
    "text/html; charset=UTF-8",
)
ANSWERS = (EMPTY, NO_JSON, NO_KEY)


def posted(body: bytes, headers: Mapping[str, str] | None = None) -> Understood:
    given_headers = {"x-site-key": SITE} if headers is None else headers
    return WIRE.read(Asked("POST", "/post", "", given_headers, body))


def said(values: object, project: str = "backdrop") -> tuple[dict[str, object], dict[str, int]]:
    found = posted(json.dumps({project: values}).encode())
    assert found.answer == EMPTY
    [message] = found.said
    return dict(message.values), dict(found.discarded)


def test_what_core_sends_is_one_message_of_the_project_and_the_answer_is_empty() -> None:
    found = posted(CORE)
    [message] = found.said
    assert found.answer == EMPTY
    assert not found.discarded
    assert (message.app, message.event, message.part) == ("backdrop", "backdrop", "backdrop")
    assert (message.who, message.id, message.at) == (SITE, "", None)
    assert message.version == "backdrop/1.34.2"
    assert message.values["mysql_version"] == "8.0.36"
    assert message.values["multisite"] == "No"
    assert len(message.values) == len(json.loads(CORE)["backdrop"])


def test_bee_is_a_project_of_the_same_site_and_keeps_a_part_of_its_own() -> None:
    [message] = posted(BEE).said
    assert (message.app, message.event, message.part) == ("backdrop", "bee", "bee")
    assert message.who == SITE
    assert message.values["version"] == message.values["bee_version"] == "1.1.0"
    assert message.version == "bee/1.1.0"


def test_escapes_of_php_are_undone() -> None:
    [message] = posted(ESCAPED).said
    assert message.values["web_server"] == "<b>\"A\" & 'B'</b> 8.0/é"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"\xff\xfe", id="bytes"),
        pytest.param(b'{"backdrop":{"a":NaN}}', id="nan"),
        pytest.param(b"\xef\xbb\xbf" + CORE, id="byte order mark"),
        pytest.param(b'{"a":' * 20_000, id="deep"),
        pytest.param(rb'{"backdrop":{"a":"\ud800"}}', id="half a character"),
    ],
)
def test_what_is_no_json_is_told_with_status_200(body: bytes) -> None:
    found = posted(body, {})
    assert found.answer.status == 200
    assert found.answer.body == (b'{\n    "error": "POST request did not contain valid JSON."\n}')
    assert found.answer.media_type == "text/html; charset=UTF-8"
    assert (list(found.said), dict(found.discarded)) == ([], {"not_json": 1})


def test_a_missing_site_key_is_told_with_status_200() -> None:
    found = posted(CORE, {})
    assert found.answer == NO_KEY
    assert (list(found.said), dict(found.discarded)) == ([], {"no_site_key": 1})


@pytest.mark.parametrize("key", [pytest.param("", id="empty"), pytest.param("k" * 129, id="long")])
def test_a_site_key_that_cannot_be_one_is_answered_like_any_other(key: str) -> None:
    found = posted(CORE, {"x-site-key": key})
    assert found.answer == EMPTY
    assert (list(found.said), dict(found.discarded)) == ([], {"bad_site_key": 1})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"[]", "no_projects", id="a list"),
        pytest.param(b"5", "no_projects", id="a number"),
        pytest.param(b'{"pathauto":{"a":"b"}}', "unknown_project", id="unknown"),
        pytest.param(b'{"":{"a":"b"}}', "unknown_project", id="no name"),
        pytest.param(b'{"backdrop":"1.34"}', "not_a_project", id="a text"),
    ],
)
def test_what_nobody_asked_for_is_dropped_in_silence_and_counted(body: bytes, reason: str) -> None:
    found = posted(body)
    assert found.answer == EMPTY
    assert (list(found.said), dict(found.discarded)) == ([], {reason: 1})


def test_a_project_without_values_still_replaces_what_it_said_before() -> None:
    assert said([]) == ({}, {})
    assert said({}) == ({}, {})


def test_blank_values_are_no_values() -> None:
    assert said({"php_version": "", "mysql_version": "  ", "server_os": None}) == ({}, {})


def test_a_version_that_nobody_knows_is_no_value() -> None:
    assert said({"version": "unknown", "name": "unknown"}, "webform") == ({"name": "unknown"}, {})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("1.x-1.1.0", "1.1.0"),
        ("1.x-2.x-dev", "2.x-dev"),
        ("1.34.2", "1.34.2"),
        ("10.6.12-MariaDB-log", "10.6.12-MariaDB-log"),
        ("1.x-", "1.x-"),
        ("2021.x-1.x-3", "2021.x-1.x-3"),
    ],
)
def test_the_core_that_a_version_is_for_is_no_part_of_it(sent: str, kept: str) -> None:
    assert said({"version": sent, "x_version": sent, "other": sent})[0] == {
        "version": kept,
        "x_version": kept,
        "other": sent,
    }


def test_junk_is_dropped_by_kind_and_the_rest_is_kept() -> None:
    sent = {
        "php_version": "8.2.36",
        "list": ["a"],
        "table": {"a": "b"},
        "long": "x" * 1025,
        "large": 10**13,
        "../../etc/passwd": "x",
        "a.b": "x",
        "": "x",
        "k" * 61: "x",
        "longest": "x" * 1024,
        "number": 5,
        "truth": True,
    }
    kept, dropped = said(sent)
    assert sorted(kept) == ["longest", "number", "php_version", "truth"]
    assert dropped == {"nested_value": 2, "long_value": 1, "odd_number": 1, "bad_key": 4}


def test_no_more_keys_are_looked_at_than_a_project_can_have() -> None:
    kept, dropped = said({f"key_{number}": "x" for number in range(MOST_KEYS + 5)})
    assert len(kept) == MOST_KEYS
    assert dropped == {"too_many_keys": 1}


def test_no_site_says_itself_how_often_it_is_counted() -> None:
    assert said({"active": "day", "Active": 1000}) == ({}, {"bad_key": 2})


def test_a_version_that_tells_too_much_is_not_shown_to_operators() -> None:
    [message] = posted(b'{"bee":{"version":"1.1 built for example.org"}}').said
    assert message.version == "bee"


def test_a_site_of_several_projects_says_a_message_for_each() -> None:
    found = posted(b'{"feeds_tamper":{"a":"b"},"nobody":{},"webform":{"c":"d"}}')
    assert [(each.app, each.event) for each in found.said] == [
        ("feeds-tamper", "feeds_tamper"),
        ("backdrop", "webform"),
    ]
    assert found.discarded == {"unknown_project": 1}


@pytest.mark.parametrize(
    ("method", "path", "taken"),
    [
        ("POST", "/post", True),
        ("POST", "/telemetry/post", True),
        ("GET", "/post", True),
        ("PUT", "/post", False),
        ("POST", "/post/", False),
    ],
)
def test_it_takes_what_sites_ask_for(method: str, path: str, taken: bool) -> None:  # noqa: FBT001 a parameter
    assert WIRE.takes(method, path) is taken


def test_whoever_looks_at_the_address_is_answered_like_the_original_does() -> None:
    found = WIRE.read(Asked("GET", "/post"))
    assert found.answer.body.startswith(b'{\n    "error": "POST request did not')


def test_paths_are_the_operator_s() -> None:
    wire = BackdropWire(PROJECTS, ["/t"])
    assert (wire.takes("POST", "/t"), wire.takes("POST", "/post")) == (True, False)


@pytest.mark.parametrize("host", ["telemetry.example", "Telemetry.Example:8080"])
def test_only_the_operator_s_host_is_answered_where_one_is_named(host: str) -> None:
    wire = BackdropWire(PROJECTS, host="telemetry.example")
    headers = {"x-site-key": SITE, "host": host}
    assert wire.read(Asked("POST", "/post", "", headers, CORE)).said
    for other in ("other.example", ""):
        found = wire.read(Asked("POST", "/post", "", headers | {"host": other}, CORE))
        assert (found.answer.status, list(found.said)) == (404, [])
        assert found.discarded == {"wrong_host": 1}


def test_a_body_that_is_too_large_does_not_come_again_until_the_next_day() -> None:
    assert WIRE.largest == LARGEST
    large = WIRE.too_large(Asked("POST", "/post"))
    assert large.status == 200
    assert json.loads(large.body) == {"error": "POST request is too large, no data saved."}


def test_where_nothing_can_be_kept_a_site_comes_again_because_the_status_is_not_200() -> None:
    later = WIRE.later(Asked("POST", "/post"))
    assert (later.status, later.body, dict(later.headers)) == (503, b"", {"retry-after": "60"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*PROJECTS, "version"]) | st.text(), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(
    st.binary() | JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(["x-site-key", "host", "user-agent"]), st.text(), max_size=3),
)
def test_no_bytes_make_it_raise_and_every_answer_is_one_of_three(
    body: bytes, headers: dict[str, str]
) -> None:
    found = WIRE.read(Asked("POST", "/post", "", headers, body))
    assert found.answer in ANSWERS
    for message in found.said:
        assert message.event in PROJECTS
        assert len(message.values) <= MOST_KEYS
        for key, value in message.values.items():
            assert isinstance(value, str | bool | int | float), key
