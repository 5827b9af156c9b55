from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.foreign import Answer, Asked, Understood
from aboveboard.wires.phone_home import ACTIVATION, PING, PhoneHomeWire, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

WIRE = PhoneHomeWire()
JSON = "application/json; charset=utf-8"
GOOD = Answer(200, b'{"success":true}', JSON)
WRONG = Answer(400, b'{"error":"Request failed schema validation","success":false}', JSON)
MACHINE = {
    "image": "eos-eos5.1-amd64-amd64.231019-225606.base",
    "vendor": "ASUSTeK COMPUTER INC.",
    "product": "X407UA of Ana",
    "release": "5.1.0",
}
PINGED = MACHINE | {
    "dualboot": False,
    "count": 30,
    "metrics_enabled": True,
    "metrics_environment": "production",
}
ACTIVATED = MACHINE | {"dualboot": True, "live": False, "serial": "SN1", "mac_hash": 1 << 31}


def put(path: str, value: object, headers: Mapping[str, str] | None = None) -> Understood:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return WIRE.read(Asked("PUT", path, "", headers or {}, body))


def test_a_ping_says_how_many_days_a_machine_was_in_use() -> None:
    found = put("/v1/ping", PINGED)
    assert found.answer == GOOD
    [said] = found.said
    assert (said.app, said.event, said.who, said.id) == ("endless", "ping", "", "")
    assert said.values == {
        "days": 30,
        "release": "5.1.0",
        "product": "eos",
        "vendor": "asustek",
        "dual_boot": False,
        "metrics_enabled": True,
        "environment": "production",
    }


def test_a_ping_without_a_count_is_the_first() -> None:
    [said] = put("/v1/ping", MACHINE).said
    assert said.values == {"days": 0, "release": "5.1.0", "product": "eos", "vendor": "asustek"}


def test_an_activation_counts_a_machine_without_its_identity() -> None:
    found = put("/v1/activate", ACTIVATED)
    assert found.answer == GOOD
    [said] = found.said
    assert said.event == "activation"
    assert said.values == {
        "machines": 1,
        "release": "5.1.0",
        "product": "eos",
        "vendor": "asustek",
        "dual_boot": True,
        "live": False,
    }
    for secret in ("SN1", str(1 << 31), "X407UA"):
        assert secret not in repr(said)


def test_two_machines_that_say_the_same_are_two() -> None:
    assert [put("/v1/ping", PINGED).said[0].id for _ in range(2)] == ["", ""]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 90_000,
        {},
        *({key: text for key, text in MACHINE.items() if key != left} for left in MACHINE),
        MACHINE | {"image": 7},
        MACHINE | {"count": -1},
        MACHINE | {"count": 1.5},
        MACHINE | {"count": True},
        MACHINE | {"count": "7"},
        MACHINE | {"dualboot": "yes"},
        MACHINE | {"metrics_enabled": 1},
        MACHINE | {"metrics_environment": None},
    ],
)
def test_another_form_is_refused_in_the_original_s_words(value: object) -> None:
    wrong = Understood(WRONG, discarded=Counter({"wrong_form": 1}), client="ping-1")
    assert put("/v1/ping", value) == wrong


@pytest.mark.parametrize("value", [{"mac_hash": 1 << 32}, {"serial": 1}, {"live": 0}])
def test_an_activation_has_its_own_form(value: dict[str, object]) -> None:
    assert put("/v1/activate", MACHINE | value).answer == WRONG
    assert put("/v1/ping", MACHINE | value).answer == GOOD


def test_further_keys_and_whole_numbers_with_a_point_do_no_harm() -> None:
    found = put("/v1/ping", MACHINE | {"count": 2.0, "more": [1], "created_at": "1999-01-01"})
    assert found.answer == GOOD
    assert found.said[0].values["days"] == 2
    assert found.said[0].at is None


@pytest.mark.parametrize(
    ("accept", "good"),
    [
        ("*/*", True),
        ("application/json", True),
        ("text/html, application/*;q=0.5", True),
        ("text/html", False),
        ("application/json; q=0", False),
        ("", False),
    ],
)
def test_whoever_takes_no_json_is_told(accept: str, good: bool) -> None:  # noqa: FBT001 a row of a table
    found = put("/v1/ping", PINGED, {"accept": accept})
    wanted = GOOD if good else Answer(406, b"Not Acceptable", "text/html; charset=utf-8")
    assert found.answer == wanted
    assert bool(found.said) is good
    assert found.discarded == ({} if good else {"not_acceptable": 1})


def test_compression_is_undone_within_a_bound() -> None:
    packed = {"content-encoding": "gzip"}
    assert put("/v1/ping", gzip.compress(json.dumps(PINGED).encode()), packed).answer == GOOD
    bomb = put("/v1/ping", gzip.compress(b" " * (1 << 20)), packed)
    assert (bomb.answer, bomb.discarded) == (WRONG, {"too_large_inflated": 1})


def test_it_takes_its_two_requests_alone() -> None:
    assert WIRE.takes("PUT", "/v1/ping")
    assert WIRE.takes("PUT", "/v1/activate")
    assert not WIRE.takes("POST", "/v1/ping")
    assert not WIRE.takes("PUT", "/v1/track")
    assert not PhoneHomeWire("").takes("PUT", "/v1/ping")
    asked = Asked("PUT", "/v1/ping")
    assert (WIRE.too_large(asked).status, WIRE.later(asked).status) == (413, 503)


def test_a_record_of_the_server_has_a_time_a_country_and_a_name_of_its_own() -> None:
    record = PINGED | {"country": "MX", "created_at": "2026-11-25T08:00:00.123Z"}
    body = json.dumps(record).encode()
    said = read_record(WIRE, PING, body)
    assert said is not None
    assert said == read_record(WIRE, PING, body)
    assert said.values["country"] == "mx"
    assert said.at == 1_795_593_600.123
    later = read_record(WIRE, PING, body.replace(b".123Z", b".124Z"))
    assert later is not None
    assert later.id != said.id


def test_a_record_may_say_nothing_of_what_nobody_knows() -> None:
    record = ACTIVATED | {"dualboot": None, "country": None, "created_at": None}
    said = read_record(WIRE, ACTIVATION, json.dumps(record).encode())
    assert said is not None
    assert "dual_boot" not in said.values
    assert said.at is None
    assert read_record(WIRE, PING, b"{}") is None
    assert read_record(WIRE, PING, b" " * 200_000 + json.dumps(record).encode()) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(
    st.sampled_from(["/v1/ping", "/v1/activate"]),
    st.binary(max_size=60)
    | st.dictionaries(st.sampled_from([*PINGED, *ACTIVATED, "country", "created_at"]), VALUES),
)
def test_no_request_makes_it_raise(path: str, value: object) -> None:
    found = put(path, value)
    assert found.answer in {GOOD, WRONG}
    assert bool(found.said) is (found.answer == GOOD)
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    read_record(WIRE, PING, body)
