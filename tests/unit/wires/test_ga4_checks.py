from __future__ import annotations

import pytest

from aboveboard.wires.ga4_checks import judge
from aboveboard.wires.ga4_judged import MOST_PROBLEMS, Judged

NOW = 1_795_293_516.0


def of(**more: object) -> Judged:
    return judge({"client_id": "7", "events": [{"name": "a"}], **more}, of_app=False, received=NOW)


def params(**said: object) -> Judged:
    return of(events=[{"name": "a", "params": said}])


def codes(found: Judged) -> list[tuple[str, str]]:
    return [(problem.path, problem.code.value) for problem in found.problems]


def test_a_plain_request_has_no_fault() -> None:
    found = of()
    assert not found.problems
    assert len(found.events) == 1


@pytest.mark.parametrize(
    ("event", "path", "code"),
    [
        pytest.param("a", "events", "VALUE_INVALID", id="no-table"),
        pytest.param({}, "events", "VALUE_REQUIRED", id="no-name"),
        pytest.param({"name": ""}, "events", "VALUE_REQUIRED", id="empty-name"),
        pytest.param({"name": 7}, "events", "VALUE_INVALID", id="number-as-name"),
        pytest.param({"name": "7a"}, "events", "NAME_INVALID", id="digit"),
        pytest.param({"name": "a-b"}, "events", "NAME_INVALID", id="dash"),
        pytest.param({"name": "a" * 41}, "events", "NAME_INVALID", id="long"),
        pytest.param({"name": "session_start"}, "events", "NAME_RESERVED", id="reserved"),
        pytest.param({"name": "gtag.config"}, "events", "NAME_RESERVED", id="prefix"),
        pytest.param({"name": "dynamic_link_x"}, "events", "NAME_RESERVED", id="dynamic"),
        pytest.param({"name": "a", "params": []}, "events[0].params", "VALUE_INVALID", id="params"),
    ],
)
def test_an_event_with_a_fault_is_left_out(event: object, path: str, code: str) -> None:
    found = of(events=[event])
    assert codes(found) == [(path, code)]
    assert not found.events
    assert found.dropped == {code.lower(): 1}


@pytest.mark.parametrize(
    ("events", "code", "times"),
    [
        pytest.param(None, "VALUE_REQUIRED", 1, id="none"),
        pytest.param([], "VALUE_REQUIRED", 1, id="empty"),
        pytest.param({"name": "a"}, "VALUE_INVALID", 1, id="no-list"),
        pytest.param([{"name": "a"}] * 26, "EXCEEDED_MAX_ENTITIES", 26, id="26"),
    ],
)
def test_there_must_be_one_to_25_events(events: object, code: str, times: int) -> None:
    found = of(events=events)
    assert codes(found) == [("events", code)]
    assert found.dropped == {code.lower(): times}


def test_25_events_with_25_params_and_user_properties_are_well() -> None:
    many = {f"p{number}": number for number in range(25)}
    properties = {name: {"value": value} for name, value in many.items()}
    found = of(events=[{"name": "a", "params": many}] * 25, user_properties=properties)
    assert not found.problems
    assert (len(found.events), len(found.properties)) == (25, 25)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("_a", 1, "NAME_INVALID"),
        ("ga_a", 1, "NAME_RESERVED"),
        ("firebase_conversion", 1, "NAME_RESERVED"),
        ("a" * 41, 1, "NAME_INVALID"),
        ("a", {}, "VALUE_INVALID"),
        ("a", [1], "VALUE_INVALID"),
    ],
)
def test_a_param_with_a_fault_is_left_out(name: str, value: object, code: str) -> None:
    found = params(**{name: value, "good": True})
    assert codes(found) == [("events[0].params", code)]
    assert found.events[0].values == {"good": True}
    assert found.dropped == {f"param_{code.lower()}": 1}


def test_a_param_without_a_value_is_none() -> None:
    found = params(a=None)
    assert not found.problems
    assert found.events[0].values == {}


def test_more_than_25_params_are_left_out() -> None:
    found = params(**{f"p{number}": number for number in range(27)})
    assert len(found.events[0].values) == 25
    assert found.dropped == {"param_exceeded_max_entities": 2}


@pytest.mark.parametrize(
    ("name", "longest"), [("a", 100), ("page_title", 300), ("page_location", 1000)]
)
def test_a_long_value_is_told_and_kept(name: str, longest: int) -> None:
    assert not params(**{name: "x" * longest}).problems
    found = params(**{name: "x" * (longest + 1)})
    assert codes(found) == [("events[0].params", "VALUE_OUT_OF_BOUNDS")]
    assert found.events[0].values
    assert not found.dropped


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([{"item_id": "7", "price": 1, "own": 1}], None),
        ("7", "VALUE_INVALID"),
        ([7], "VALUE_INVALID"),
        ([{}] * 201, "EXCEEDED_MAX_ENTITIES"),
        ([{f"own{number}": 1 for number in range(11)}], "EXCEEDED_MAX_ENTITIES"),
    ],
)
def test_items_are_checked_and_never_kept(items: object, code: str | None) -> None:
    found = params(items=items)
    assert codes(found) == ([("events[0].params.items", code)] if code else [])
    assert found.events[0].values == {}


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        pytest.param([], "VALUE_INVALID", id="no-table"),
        pytest.param({"user_id": {"value": "7"}}, "NAME_RESERVED", id="reserved"),
        pytest.param({"ga_x": {"value": "7"}}, "NAME_RESERVED", id="prefix"),
        pytest.param({"a" * 25: {"value": "7"}}, "NAME_INVALID", id="long"),
        pytest.param({"a": "7"}, "VALUE_INVALID", id="bare"),
        pytest.param({"a": {"value": []}}, "VALUE_INVALID", id="list"),
    ],
)
def test_a_user_property_with_a_fault_is_left_out(properties: object, code: str) -> None:
    found = of(user_properties=properties)
    assert codes(found) == [("user_properties", code)]
    assert not found.properties
    assert found.dropped == {f"property_{code.lower()}": 1}
    assert found.events


def test_a_user_property_with_a_small_fault_is_kept() -> None:
    found = of(user_properties={"a": {"value": "x" * 37, "set": 1, "timestamp_micros": "soon"}})
    assert codes(found) == [
        ("user_properties.set", "VALUE_INVALID"),
        ("user_properties", "VALUE_OUT_OF_BOUNDS"),
        ("user_properties.timestamp_micros", "VALUE_INVALID"),
    ]
    assert found.properties[0].values == {"a": "x" * 37}


def test_more_than_25_user_properties_are_left_out() -> None:
    found = of(user_properties={f"p{number}": {"value": 1} for number in range(28)})
    assert len(found.properties) == 25
    assert found.dropped == {"property_exceeded_max_entities": 3}


def test_unknown_fields_are_told_where_they_stand() -> None:
    found = of(events=[{"name": "a", "names": "b"}], clientid="7")
    assert codes(found) == [("clientid", "VALUE_INVALID"), ("events[0].names", "VALUE_INVALID")]
    assert found.problems[1].description == (
        "Unable to parse Measurement Protocol JSON payload. names: Cannot find field."
    )
    assert found.events


@pytest.mark.parametrize(
    ("who", "of_app", "code"),
    [
        (None, False, "VALUE_REQUIRED"),
        ("", False, "VALUE_REQUIRED"),
        (7, False, "VALUE_INVALID"),
        ("0123", True, "VALUE_INVALID"),
        ("g" * 32, True, "VALUE_INVALID"),
    ],
)
def test_a_sender_must_be_named(who: object, of_app: bool, code: str) -> None:  # noqa: FBT001 a case
    name = "app_instance_id" if of_app else "client_id"
    found = judge({name: who, "events": [{"name": "a"}]}, of_app=of_app, received=NOW)
    assert codes(found) == [(name, code)]
    assert not found.events
    assert found.dropped == {code.lower(): 1}


def test_an_answer_does_not_grow_without_end() -> None:
    found = of(**{f"more{number}": 1 for number in range(1000)})
    assert len(found.problems) == MOST_PROBLEMS
