from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.collector.conftest import HEAD, METRIC
from tests.unit.wires.test_protobuf import write

from aboveboard.registry.read import read
from aboveboard.registry.translate import Translator
from aboveboard.wires.foreign import JSON, Asked, Understood
from aboveboard.wires.otlp import MOST, OtlpWire
from aboveboard.wires.otlp_answers import PROTOBUF
from aboveboard.wires.otlp_fields import LOGS, METRICS
from aboveboard.wires.otlp_values import DEEPEST, value_of
from aboveboard.wires.protobuf import written

NOW = 1_795_660_220.0  # a Thursday
NANO = 1_000_000_000
SECRET = "hunter2"  # noqa: S105 it stands for all that must go nowhere
KINDS = {
    "file.opened": ("counter", "largest = 1000"),
    "program.use": ("seconds", ""),
    "clicks.kinds": ("labelled", 'labels = ["menu", "true"]'),
    "file.count": ("quantity", "buckets = [0, 10, 100]"),
    "dark.mode": ("flag", ""),
    "system.os": ("choice", 'choices = ["linux"]'),
    "app.version": ("version", "precision = 2"),
    "fonts.used": ("names", 'names = ["Serif", "Sans"]'),
    "start.duration": ("timing", "buckets = [0, 100, 1000]"),
    "file.size": ("distribution", "buckets = [0, 1024]"),
    "metric.plain": ("counter", ""),
}
REGISTRY = read(
    (
        HEAD
        + "".join(
            METRIC.format(name=name, kind=kind, expires="2027-12-31", bounds=more)
            for name, (kind, more) in KINDS.items()
        )
    ).encode()
)
WIRE = OtlpWire({"KEY": "editor", "editor": "editor", "OFF": ""}, {"editor": Translator(REGISTRY)})
HEADERS = {"authorization": "Bearer KEY", "content-type": JSON}


def attributes(**told: object) -> list[dict[str, Any]]:
    forms = {str: "stringValue", bool: "boolValue", int: "intValue", float: "doubleValue"}
    return [
        {"key": key.replace("__", "."), "value": {forms[type(value)]: value}}
        for key, value in told.items()
    ]


def point(amount: object, at: float = NOW, since: float = NOW - 60, **told: object) -> Any:  # noqa: ANN401 as JSON has it
    number = {"asDouble": amount} if isinstance(amount, float) else {"asInt": amount}
    times = {"timeUnixNano": int(at * NANO), "startTimeUnixNano": int(since * NANO)}
    return {**number, **times, "attributes": attributes(**told)}


def counted(name: str, *points: Any, temporality: int = 1) -> dict[str, Any]:  # noqa: ANN401 as JSON has it
    data = {"dataPoints": points, "aggregationTemporality": temporality, "isMonotonic": True}
    return {"name": name, "sum": data}


def gauge(name: str, *points: Any) -> dict[str, Any]:  # noqa: ANN401 as JSON has it
    return {"name": name, "gauge": {"dataPoints": points}}


def measured(name: str, edges: object, counts: object, unit: str = "", **more: Any) -> Any:  # noqa: ANN401 as JSON has it
    one = {**point(0), "explicitBounds": edges, "bucketCounts": counts}
    data = {"dataPoints": [one], "aggregationTemporality": 1, **more}
    return {"name": name, "unit": unit, "histogram": data}


def request(*metrics: dict[str, Any], **resource: object) -> dict[str, Any]:
    around = {"attributes": attributes(**resource)}
    scopes = [{"metrics": metrics}]
    return {"resourceMetrics": [{"resource": around, "scopeMetrics": scopes}]}


def logs(*records: dict[str, Any], **resource: object) -> dict[str, Any]:
    around = {"attributes": attributes(**resource)}
    return {"resourceLogs": [{"resource": around, "scopeLogs": [{"logRecords": records}]}]}


def post(content: object, path: str = "/v1/metrics", **headers: str) -> Understood:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    told = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    return WIRE.read(Asked("POST", path, "", told, body, NOW))


def values(*metrics: dict[str, Any], **resource: object) -> list[dict[str, Any]]:
    found = post(request(*metrics, **resource))
    assert found.discarded == {}
    return [dict(said.values) for said in found.said]


def test_a_sum_that_is_told_anew_each_time_is_added() -> None:
    found = post(request(counted("file.opened", point("3"), point(4)), service__instance__id="i1"))
    (said,) = found.said
    assert (said.app, said.event, said.values) == ("editor", "file", {"opened": 7})
    assert (said.who, said.part, said.total, said.at) == ("i1", "file.opened", False, NOW)
    assert (found.answer.status, found.answer.body, found.answer.media_type) == (200, b"{}", JSON)


def test_a_sum_that_is_told_as_it_stands_replaces_what_its_sender_told_before() -> None:
    sent = [
        post(
            request(
                counted("file.opened", point(number), temporality=2), service__instance__id="i1"
            )
        ).said[0]
        for number in (3, 5)
    ]
    assert [said.total for said in sent] == [True, True]
    assert sent[0].part == sent[1].part
    assert sent[0].id != sent[1].id


@pytest.mark.parametrize(
    ("since", "instance", "code"),
    [
        (NOW - 7 * 86400, "i1", "cumulative_since_another_week"),
        (0, "i1", "cumulative_since_another_week"),
        (NOW * 1000, "i1", "cumulative_since_another_week"),
        (NOW - 60, "", "cumulative_without_instance"),
    ],
)
def test_a_sum_that_cannot_be_told_apart_is_rejected(
    since: float, instance: str, code: str
) -> None:
    metric = counted("file.opened", point(3, since=since), temporality=2)
    found = post(request(metric, service__instance__id=instance))
    assert (found.said, found.discarded) == ([], {code: 1})
    assert json.loads(found.answer.body)["partialSuccess"]["rejectedDataPoints"] == "1"


def test_each_kind_of_metric_takes_its_kind_of_data() -> None:
    found = values(
        counted("program.use", point(1.6)),
        counted("clicks.kinds", point(2, kind="menu"), point(1, kind=SECRET), point(3, on=True)),
        gauge("file.count", point(40), point(2)),
        {"name": "file.count", "sum": {"dataPoints": [point(7)], "aggregationTemporality": 2}},
        gauge("dark.mode", point(1)),
        gauge("system.os", point(0, os="macos"), point(1, os="linux")),
        gauge("app.version", point(1, version="3.11.7")),
        gauge("fonts.used", point(1, font="Serif"), point(1, font="Sans"), point(0, font="x")),
        measured("start.duration", [0.05, 0.2], ["1", 2, 3], "s"),
        measured("file.size", [10, 2000], [1, 0, 3], "s"),
        counted("plain", point(1)),
    )
    assert found == [
        {"use": 2},
        {"kinds": {"menu": 2, "other": 1, "true": 3}},
        {"count": 42},
        {"count": 7},
        {"mode": True},
        {"os": "linux"},
        {"version": "3.11.7"},
        {"used": ["Serif", "Sans"]},
        {"duration": {0: 1, 50.0: 2, 200.0: 3}},
        {"size": {0: 1, 2000: 3}},
        {"plain": 1},
    ]


@pytest.mark.parametrize(
    "metric",
    [
        gauge("file.opened", point(1)),
        counted("dark.mode", point(1)),
        measured("file.opened", [1], [1, 1]),
        {"name": "file.opened"},
        {"name": "file.opened", "summary": {"dataPoints": [{}]}},
        {"name": "file.size", "exponentialHistogram": {"dataPoints": [{}]}},
    ],
)
def test_data_of_another_kind_is_rejected(metric: dict[str, Any]) -> None:
    found = post(request(metric))
    assert (list(found.said), list(found.discarded)) == ([], ["kind_of_data_not_kept"])


def test_a_metric_that_nobody_named_waits_by_its_name_and_is_rejected() -> None:
    found = post(request(counted("my.own", point(3, a=SECRET), point(4)), counted("file.opened")))
    assert [(said.event, dict(said.values)) for said in found.said] == [
        ("my", {"own": None}),
        ("file", {"opened": 0}),
    ]
    told = json.loads(found.answer.body)["partialSuccess"]
    assert told == {"rejectedDataPoints": "2", "errorMessage": "2: The registry does not name it."}
    assert SECRET not in repr(found)
    assert post(request({"name": 7, "sum": {"dataPoints": [{}]}})).discarded == {"not_named": 1}


def test_a_histogram_that_is_none_says_nothing() -> None:
    assert values(
        measured("start.duration", 7, [1]), measured("start.duration", [1], ["x", 0])
    ) == [
        {"duration": {}},
        {"duration": {}},
    ]


def test_a_moment_that_is_none_is_that_of_the_arrival() -> None:
    (said,) = post(request(counted("file.opened", {"asInt": 1, "timeUnixNano": "soon"}))).said
    assert said.at == NOW
    (said,) = post(request(counted("file.opened", point(1, at=NOW + 999)))).said
    assert said.at == NOW


def test_a_record_with_a_name_is_an_event_and_one_without_a_text() -> None:
    record = {
        "eventName": "file",
        "timeUnixNano": str(int((NOW - 5) * NANO)),
        "attributes": attributes(opened=3),
        "body": {"kvlistValue": {"values": attributes(how="menu")}},
        "severityText": SECRET,
    }
    other = {"attributes": attributes(event__name="page", n=1), "observedTimeUnixNano": NANO}
    text = {"body": {"stringValue": SECRET}, "attributes": attributes(n=SECRET)}
    found = post(logs(record, other, text, service__instance__id="i1"), "/v1/logs")
    assert [(said.event, said.values, said.at, said.who) for said in found.said] == [
        ("file", {"opened": 3, "how": "menu"}, NOW - 5, "i1"),
        ("page", {"n": 1}, 1, "i1"),
    ]
    assert found.discarded == {"no_event_name": 1}
    assert json.loads(found.answer.body)["partialSuccess"]["rejectedLogRecords"] == "1"
    assert SECRET not in repr(found)
    assert post(logs({"eventName": "file"}), "/v1/logs").said[0].at is None


def test_protobuf_says_the_same_and_is_answered_in_kind() -> None:
    metrics = request(counted("file.opened", point(3)), counted("my.own", point(1)))
    found = post(write(metrics, METRICS), content_type=PROTOBUF)
    assert found.said[0].values == {"opened": 3}
    inner = written(1, 1) + written(2, b"1: The registry does not name it.")
    assert (found.answer.body, found.answer.media_type) == (written(1, inner), PROTOBUF)
    found = post(write(logs({"eventName": "a"}), LOGS), "/v1/logs", content_type=PROTOBUF)
    assert (found.said[0].event, found.answer.body) == ("a", b"")


def test_a_request_that_comes_again_is_known() -> None:
    one, two = (post(request(counted("file.opened", point(3)))) for _ in range(2))
    assert one.said == two.said
    assert one.said[0].id


def test_an_app_may_be_named_by_the_service() -> None:
    metrics = request(counted("file.opened", point(3)), service__name="editor")
    assert post(metrics, authorization="").said[0].app == "editor"
    assert post(metrics, authorization="", x_aboveboard_key="KEY").said[0].app == "editor"
    found = post(request(counted("file.opened", point(3))), authorization="")
    assert (found.said, found.discarded, found.app) == ([], {"unknown_service": 1}, "")
    found = post(logs({"eventName": "a"}), "/v1/logs", authorization="")
    assert found.discarded == {"unknown_service": 1}


@pytest.mark.parametrize("key", ["nobody", "OFF"])
def test_a_key_that_is_wrong_is_refused(key: str) -> None:
    found = post(request(), authorization=f"Bearer {key}")
    assert (found.answer.status, found.discarded) == (401, {"unknown_key": 1})
    assert json.loads(found.answer.body) == {"code": 16, "message": "Unknown key."}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"\x0b", {"content_type": PROTOBUF}, 400),
        (b"{}", {"content_type": "text/plain"}, 415),
        (b"{}", {"content_encoding": "gzip"}, 400),
        (gzip.compress(b" " * 17 * 1024**2), {"content_encoding": "gzip"}, 413),
    ],
)
def test_what_is_no_request_is_refused(body: bytes, headers: dict[str, str], status: int) -> None:
    assert post(body, **headers).answer.status == status


def test_an_empty_request_is_success_and_a_packed_one_is_read() -> None:
    assert post(b"{}").answer.body == b"{}"
    assert post(b"", content_type=PROTOBUF).answer.body == b""
    packed = gzip.compress(json.dumps(request(counted("file.opened", point(3)))).encode())
    assert post(packed, content_encoding="gzip", content_type=f"{JSON}; charset=utf-8").said


def test_metrics_beyond_the_bound_are_rejected() -> None:
    found = post(request(*[counted("file.opened", point(1))] * (MOST + 2)))
    assert len(found.said) == MOST
    assert found.discarded == {"too_many_metrics": 2}


@pytest.mark.parametrize("large", [10**400, -(10**400), 1e308, "9" * 20])
@pytest.mark.parametrize("name", KINDS)
def test_a_number_that_is_far_too_large_does_no_harm(large: object, name: str) -> None:
    form = "asDouble" if isinstance(large, float) else "asInt"
    points = [
        {form: large, "timeUnixNano": large, "startTimeUnixNano": large},
        {form: large},
        {"asDouble": 0.5},
    ]
    for metric in (counted(name, *points), gauge(name, *points), measured(name, [large], [large])):
        assert post(request(metric)).answer.status == 200


def test_a_client_tries_again_what_cannot_be_kept_now() -> None:
    later = WIRE.later(Asked("POST", "/v1/logs"))
    assert later.status == 503
    assert dict(later.headers)["retry-after"] == "10"


@pytest.mark.parametrize(
    ("sent", "heard"),
    [(JSON, JSON), (f"{JSON}; charset=utf-8", JSON), (PROTOBUF, PROTOBUF), ("text/csv", PROTOBUF)],
)
def test_what_is_not_looked_at_is_answered_in_its_own_encoding(sent: str, heard: str) -> None:
    asked = Asked("POST", "/v1/metrics", headers={"content-type": sent})
    large, later = WIRE.too_large(asked), WIRE.later(asked)
    assert (large.status, large.media_type) == (413, heard)
    assert (later.status, later.media_type) == (503, heard)
    assert large.body.startswith(b"{") is (heard == JSON)


def test_only_its_own_addresses_are_taken() -> None:
    assert WIRE.takes("POST", "/v1/metrics")
    assert WIRE.takes("POST", "/v1/logs")
    for path in ("/v1/track", "/v1/batch", "/v1/ping", "/v1/activate", "/v1/traces"):
        assert not WIRE.takes("POST", path)
    assert not WIRE.takes("PUT", "/v1/metrics")


def test_a_value_of_no_known_form_says_nothing() -> None:
    deep: object = {"intValue": 1}
    for _ in range(DEEPEST + 1):
        deep = {"arrayValue": {"values": [deep]}}
    assert "1" not in repr(value_of(deep))
    for told in (7, {}, {"stringValue": 7}, {"boolValue": 7}, {"bytesValue": "aa"}):
        assert value_of(told) is None
    assert value_of({"doubleValue": float("inf")}) is None
    assert value_of({"doubleValue": 1}) == 1
    assert value_of({"arrayValue": 7}) == []


NAMES = [
    *("resourceMetrics", "resource", "scopeMetrics", "metrics", "name", "unit", "sum", "gauge"),
    *("histogram", "dataPoints", "aggregationTemporality", "isMonotonic", "asInt", "asDouble"),
    *("attributes", "bucketCounts", "explicitBounds", "timeUnixNano", "startTimeUnixNano"),
    *("resourceLogs", "scopeLogs", "logRecords", "eventName", "body", "key", "value"),
]
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(list(KINDS))
)
CONTENT = st.recursive(
    LEAVES | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=30,
)


@given(CONTENT, CONTENT, st.sampled_from(list(KINDS)))
def test_whatever_a_metric_holds_it_is_answered(data: object, one: object, name: str) -> None:
    for form in ("sum", "gauge", "histogram"):
        for content in (data, {"dataPoints": [one, data], "isMonotonic": True}):
            metric = {"name": name, form: content, "unit": one}
            assert post(request(metric)).answer.status == 200
    record = {"eventName": data, "attributes": one, "body": data}
    assert post(logs(record), "/v1/logs").answer.status == 200


@given(
    CONTENT | st.binary(max_size=99), st.sampled_from(["/v1/metrics", "/v1/logs"]), st.booleans()
)
def test_whatever_comes_is_answered(content: object, path: str, packed: bool) -> None:  # noqa: FBT001 drawn
    media = PROTOBUF if packed else JSON
    assert post(content, path, content_type=media).answer.status in {200, 400}
