from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.copy_place import CopyPlace, copy_place
from aboveboard.wires.copies import requests
from aboveboard.wires.foreign import Asked
from aboveboard.wires.ga4 import Ga4Wire, Stream
from aboveboard.wires.segment import SegmentWire

ENTRIES: list[dict[str, Any]] = [
    {"metric": "file.opened", "day": "2026-11-21", "value": 3},
    {"metric": "dark.mode", "value": True},
    {"metric": "system.os", "value": "linux"},
    {"metric": "command.used", "day": "2026-11-21", "value": {"open": 2, "save": 1}},
    {"metric": "app.broke", "day": "2026-11-21", "value": {"0f": 1}, "detail": {"0f": {"x": 1}}},
]


def place(destination: str) -> CopyPlace:
    found = copy_place(destination)
    assert found is not None
    return found


GA4, SEGMENT = place("ga4:G-1"), place("segment:https://mine.example")


def report(entries: list[dict[str, Any]], name: str = "0f" * 16) -> bytes:
    content = {"format": 1, "id": name, "app": "editor", "period": "2026-W47", "registry": "f" * 64}
    return json.dumps({**content, "withdrawal": "e" * 64, "entries": entries}).encode()


def test_google_is_told_each_count_as_an_event() -> None:
    [request] = requests(report(ENTRIES), GA4, "my secret")
    assert request.shown == "https://www.google-analytics.com/mp/collect?measurement_id=G-1"
    assert request.url == f"{request.shown}&api_secret=my%20secret"
    content = json.loads(request.body)
    assert [(each["name"], each["params"]) for each in content["events"]] == [
        (
            "file_opened",
            {"metric": "file.opened", "week": "2026-W47", "day": "2026-11-21", "value": 3},
        ),
        ("dark_mode", {"metric": "dark.mode", "week": "2026-W47", "value": "true"}),
        ("system_os", {"metric": "system.os", "week": "2026-W47", "value": "linux"}),
        *(
            (
                "command_used",
                {
                    "metric": "command.used",
                    "week": "2026-W47",
                    "day": "2026-11-21",
                    "key": key,
                    "value": count,
                },
            )
            for key, count in (("open", 2), ("save", 1))
        ),
        (
            "app_broke",
            {
                "metric": "app.broke",
                "week": "2026-W47",
                "day": "2026-11-21",
                "key": "0f",
                "value": 1,
            },
        ),
    ]
    assert content["consent"] == {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}


def test_segment_is_told_each_count_as_a_message_that_has_a_name() -> None:
    [request] = requests(report(ENTRIES), SEGMENT, "key")
    assert request.url == request.shown == "https://mine.example/v1/batch"
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"key:").decode()
    batch = json.loads(request.body)["batch"]
    assert (batch[0]["event"], batch[0]["type"]) == ("file.opened", "track")
    assert batch[0]["properties"] == {"week": "2026-W47", "day": "2026-11-21", "value": 3}
    assert len({each["messageId"] for each in batch}) == len(batch) == 6


def test_a_copy_is_the_same_when_it_is_sent_again_and_tells_no_install() -> None:
    one, again = (requests(report(ENTRIES), SEGMENT, "key") for _ in range(2))
    assert one == again
    bodies = [
        request.body
        for where in (GA4, SEGMENT)
        for request in requests(report(ENTRIES), where, "key")
    ]
    names = {json.loads(body).get("client_id") for body in bodies}
    [other] = requests(report(ENTRIES, "1f" * 16), GA4, "key")
    assert json.loads(other.body)["client_id"] not in names
    for body in bodies:
        assert b"0f0f" not in body
        assert b"eeee" not in body
        assert b"detail" not in body


def test_many_counts_are_many_requests() -> None:
    entries = [{"metric": f"file.opened{number}", "value": 1} for number in range(53)]
    sizes = [len(json.loads(each.body)["events"]) for each in requests(report(entries), GA4, "s")]
    assert sizes == [25, 25, 3]
    assert len(requests(report(entries * 2), SEGMENT, "s")) == 2
    assert requests(report([]), GA4, "s") == []


METRICS = st.from_regex(r"\A[a-z][a-z0-9_]{0,25}\.[a-z][a-z0-9_]{0,25}\Z")
VALUES = (
    st.booleans()
    | st.integers(0, 10**12)
    | st.text(max_size=60)
    | st.dictionaries(st.text(max_size=200), st.integers(0, 10**9), max_size=5)
)
REPORTS = st.lists(
    st.builds(lambda metric, value: {"metric": metric, "value": value}, METRICS, VALUES),
    max_size=60,
).map(report)


@given(REPORTS)
def test_whatever_a_report_says_google_finds_no_fault(body: bytes) -> None:
    wire = Ga4Wire({"G-1": Stream("editor", ("s",))})
    for request in requests(body, GA4, "s"):
        query = request.url.partition("?")[2]
        debug = Asked("POST", "/debug/mp/collect", query, body=request.body)
        assert wire.read(debug).answer.body == b'{"validationMessages":[]}'
        understood = wire.read(Asked("POST", "/mp/collect", query, body=request.body))
        assert understood.said
        assert not understood.discarded


@given(REPORTS)
def test_whatever_a_report_says_segment_finds_no_fault(body: bytes) -> None:
    wire = SegmentWire({"s": "editor"})
    for request in requests(body, SEGMENT, "s"):
        headers = {name.lower(): value for name, value in request.headers.items()}
        understood = wire.read(Asked("POST", "/v1/batch", headers=headers, body=request.body))
        assert understood.answer.status == 200
        assert understood.said
        assert not understood.discarded


@pytest.mark.parametrize("name", ["session.start", "ga.opened", "firebase.x", "a" * 39 + ".b"])
def test_a_name_that_google_keeps_for_itself_is_another_one(name: str) -> None:
    [request] = requests(report([{"metric": name, "value": 1}]), GA4, "s")
    [event] = json.loads(request.body)["events"]
    assert event["name"] != name
    assert event["params"]["metric"] == name
