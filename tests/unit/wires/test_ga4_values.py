from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.ga4_judged import Judged
from aboveboard.wires.ga4_values import check_fields, moment

NOW = 1_795_293_516.0
HOUR = 3600


@pytest.mark.parametrize(
    ("micros", "at", "code"),
    [
        (None, None, None),
        (int((NOW - HOUR) * 1e6), NOW - HOUR, None),
        pytest.param(str(int((NOW - HOUR) * 1e6)), NOW - HOUR, None, id="as-text"),
        ((NOW - HOUR) * 1e6, NOW - HOUR, None),
        (int((NOW - 71 * HOUR) * 1e6), NOW - 71 * HOUR, None),
        (int((NOW - 73 * HOUR) * 1e6), NOW - 72 * HOUR, "VALUE_OUT_OF_BOUNDS"),
        (int(NOW * 1000), NOW - 72 * HOUR, "VALUE_OUT_OF_BOUNDS"),
        (int((NOW + HOUR) * 1e6), None, "VALUE_OUT_OF_BOUNDS"),
        ("yesterday", None, "VALUE_INVALID"),
        ("9" * 21, None, "VALUE_INVALID"),
        (True, None, "VALUE_INVALID"),
        (math.inf, None, "VALUE_INVALID"),
        pytest.param(10**400, None, "VALUE_INVALID", id="hundreds-of-digits"),
        ([], None, "VALUE_INVALID"),
    ],
)
def test_a_moment_is_within_72_hours(micros: object, at: float | None, code: str | None) -> None:
    assert moment(micros, NOW) == (at, code)


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text())
def test_no_moment_lies_outside(micros: object) -> None:
    at, _ = moment(micros, NOW)
    assert at is None or NOW - 72 * HOUR <= at <= NOW + HOUR


@pytest.mark.parametrize(
    "said",
    [
        {"user_id": "x" * 256},
        {"consent": {"ad_user_data": "GRANTED", "ad_personalization": "DENIED"}},
        {"non_personalized_ads": True},
        {"user_data": {"address": []}},
        {"user_location": {"city": "Mountain View", "country_id": "US"}},
        {"ip_override": "192.0.2.7", "user_agent": "Mozilla"},
        {"device": {"category": "mobile", "browser_version": "136.0"}},
        {"validation_behavior": "RELAXED"},
    ],
)
def test_what_the_page_allows_has_no_fault(said: dict[str, object]) -> None:
    found = Judged()
    check_fields(said, found)
    assert not found.problems


@pytest.mark.parametrize(
    ("said", "path", "code"),
    [
        ({"user_id": 7}, "user_id", "VALUE_INVALID"),
        ({"user_id": "x" * 257}, "user_id", "VALUE_OUT_OF_BOUNDS"),
        ({"consent": "GRANTED"}, "consent", "VALUE_INVALID"),
        ({"consent": {"ad_user_data": "YES"}}, "consent.ad_user_data", "VALUE_INVALID"),
        ({"consent": {"ads": "GRANTED"}}, "consent.ads", "VALUE_INVALID"),
        ({"device": {"model": 7}}, "device.model", "VALUE_INVALID"),
        ({"non_personalized_ads": "no"}, "non_personalized_ads", "VALUE_INVALID"),
        ({"ip_override": 7}, "ip_override", "VALUE_INVALID"),
        ({"validation_behavior": "STRICT"}, "validation_behavior", "VALUE_INVALID"),
        ({"validation_behavior": []}, "validation_behavior", "VALUE_INVALID"),
        ({"appname": 1}, "appname", "VALUE_INVALID"),
    ],
)
def test_what_it_does_not_allow_is_told(said: dict[str, object], path: str, code: str) -> None:
    found = Judged()
    check_fields(said, found)
    assert [(problem.path, problem.code.value) for problem in found.problems] == [(path, code)]
    assert not found.dropped
