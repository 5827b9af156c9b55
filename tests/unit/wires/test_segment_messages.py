from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.said import Said
from aboveboard.wires.segment_messages import Around, understand
from aboveboard.wires.segment_parts import Context, Message, read_message

RECEIVED = 1_795_293_160.0
AROUND = Around("editor", RECEIVED)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = (
    *("type", "userId", "anonymousId", "groupId", "messageId", "event", "name", "category"),
    *("properties", "traits", "context", "timestamp", "originalTimestamp", "sentAt", "channel"),
)


def message(**fields: object) -> Message:
    found = read_message(json.dumps({"userId": "u1", **fields}).encode())
    assert found is not None
    return found


def said(kind: str, around: Around = AROUND, **fields: object) -> Said:
    found = understand(message(**fields), kind, around)
    assert isinstance(found, Said)
    return found


def test_a_track_is_its_event_and_its_properties() -> None:
    found = said("track", event="Saved", properties={"size": 3, "to": None}, messageId="m1")
    assert (found.app, found.event, found.values) == ("editor", "Saved", {"size": 3, "to": None})
    assert (found.who, found.id) == ("u1", "m1")


def test_a_track_may_have_no_properties() -> None:
    assert said("track", event="Saved").values == {}


@pytest.mark.parametrize("kind", ["identify", "group"])
def test_traits_are_what_an_identify_and_a_group_say(kind: str) -> None:
    found = said(kind, groupId=7, traits={"plan": "free"})
    assert (found.event, found.values) == (kind, {"plan": "free"})


def test_the_traits_of_a_message_go_before_those_of_its_context_and_its_batch() -> None:
    around = Around("editor", RECEIVED, context=Context(traits={"a": 1, "b": 1, "c": 1}))
    found = said("identify", around, traits={"a": 3}, context={"traits": {"a": 2, "b": 2}})
    assert found.values == {"a": 3, "b": 2, "c": 1}


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_a_page_and_a_screen_are_their_name_their_category_and_properties(kind: str) -> None:
    found = said(kind, name="Home", category=None, properties={"theme": "dark"})
    assert (found.event, found.values) == (kind, {"name": "Home", "theme": "dark"})
    assert said(kind).values == {}


@pytest.mark.parametrize(
    ("ids", "who"),
    [
        ({"userId": "u1", "anonymousId": "a1"}, "u1"),
        ({"userId": None, "anonymousId": "a1"}, "a1"),
        ({"userId": "", "anonymousId": "a1"}, "a1"),
    ],
)
def test_a_sender_is_known_by_its_user_first(ids: dict[str, Any], who: str) -> None:
    assert said("track", event="Saved", **ids).who == who


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("track", {"event": "E", "userId": None}, "no_user_anon_id"),
        ("track", {"event": "E", "userId": "", "anonymousId": ""}, "no_user_anon_id"),
        ("track", {"event": "E", "userId": 42}, "id_not_string"),
        ("track", {"event": "E", "userId": 0, "anonymousId": "a1"}, "id_not_string"),
        ("track", {"event": "E", "anonymousId": ["a1"]}, "id_not_string"),
        ("track", {}, "event_not_defined"),
        ("track", {"event": ""}, "event_not_defined"),
        ("track", {"event": 7}, "event_not_string"),
        ("track", {"event": "E", "properties": [1]}, "properties_not_object"),
        ("page", {"properties": "x"}, "properties_not_object"),
        ("page", {"name": 7}, "name_not_string"),
        ("screen", {"category": {}}, "category_not_string"),
        ("identify", {"traits": []}, "traits_not_object"),
        ("group", {"groupId": "g1", "traits": 7}, "traits_not_object"),
        ("group", {}, "id_required"),
        ("group", {"groupId": ""}, "id_required"),
        ("alias", {"previousId": "old"}, "alias_not_kept"),
        ("merge", {"mergeProperties": []}, "merge_not_kept"),
        ("audiencelist", {}, "audience_not_kept"),
        ("dance", {}, "message_rejected"),
    ],
)
def test_what_is_not_as_it_must_be_is_dropped_under_a_reason(
    kind: str, fields: dict[str, Any], reason: str
) -> None:
    assert understand(message(**fields), kind, AROUND) == reason


@pytest.mark.parametrize("kind", [None, 7, ["track"]])
def test_a_kind_that_is_no_text_is_none(kind: object) -> None:
    assert understand(message(event="E"), kind, AROUND) == "message_rejected"


@pytest.mark.parametrize("name", [None, 7, {}])
def test_a_message_without_a_name_is_one_of_its_own(name: object) -> None:
    assert said("track", event="E", messageId=name).id == ""


def test_a_wrong_clock_is_corrected_by_what_the_batch_says() -> None:
    around = Around("editor", RECEIVED, sent=1000.0)
    assert said("track", around, event="E", timestamp="1970-01-01T00:16:30Z").at == RECEIVED - 10


def test_what_a_message_says_of_its_sending_goes_before_the_batch() -> None:
    around = Around("editor", RECEIVED, sent=9999.0)
    found = said(
        "track",
        around,
        event="E",
        originalTimestamp="1970-01-01T00:16:30Z",
        timestamp="2026-11-21T20:32:36Z",
        sentAt="1970-01-01T00:16:50.5Z",
    )
    assert found.at == RECEIVED - 20.5


def test_without_the_moments_a_message_counts_for_its_arrival() -> None:
    assert said("track", event="E", timestamp="2026-11-21T20:32:36Z").at is None


@pytest.mark.parametrize(
    ("library", "told"),
    [
        ({"name": "@segment/analytics-node", "version": "3.0.0"}, "@segment/analytics-node/3.0.0"),
        ({"name": "mine"}, "mine"),
        ({"name": "mine", "version": 3}, "mine"),
        ({"name": 7}, "agent"),
        ({"name": ""}, "agent"),
        ({"name": "JavaScript SDK", "version": "3.34.1"}, "JavaScript-SDK/3.34.1"),
        ({"name": "a name, and more"}, "agent"),
        ({"name": "x" * 61}, "agent"),
        ("mine", "agent"),
        (None, "agent"),
    ],
)
def test_a_client_is_named_by_its_library_or_else_by_its_agent(library: object, told: str) -> None:
    around = Around("editor", RECEIVED, client="agent")
    assert said("track", around, event="E", context={"library": library}).version == told


def test_a_batch_knows_its_client_better_than_its_messages_do() -> None:
    common = Context(library={"name": "analytics-go", "version": "3.3.0"})
    around = Around("editor", RECEIVED, context=common)
    own = {"library": {"name": "analytics-go", "version": "1.0.0"}}
    assert said("track", around, event="E", context=own).version == "analytics-go/3.3.0"


def test_an_agent_that_is_a_sentence_names_nobody() -> None:
    assert said("track", Around("editor", RECEIVED, client="a;b"), event="E").version == ""


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), JSON)
def test_no_fields_make_it_raise(fields: dict[str, Any], kind: object) -> None:
    found = read_message(json.dumps(fields).encode())
    if found is not None:
        assert isinstance(understand(found, kind, AROUND), Said | str)
        assert isinstance(understand(found, "page", AROUND), Said | str)
        assert isinstance(understand(found, "group", AROUND), Said | str)
