from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.otlp_fields import FIELDS, LOGS, METRICS
from aboveboard.wires.protobuf import DEEPEST, Field, read_message, written

FORMS = {"fixed": "<Q", "signed": "<q", "double": "<d"}


def write(message: dict[str, Any], name: str) -> bytes:
    """Write a message as its JSON says it, with lists of numbers packed."""
    found = b""
    for number, field in FIELDS[name].items():
        told = message.get(field.name)
        if told is None:
            continue
        if field.kind in FORMS and field.many:
            packed = b"".join(struct.pack(FORMS[field.kind], each) for each in told)
            found += written(number, packed)
            continue
        for each in told if field.many else [told]:
            found += _write_one(number, field, each)
    return found


def _write_one(number: int, field: Field, told: Any) -> bytes:  # noqa: ANN401 of any kind
    if field.kind in FIELDS:
        return written(number, write(told, field.kind))
    if field.kind == "text":
        return written(number, told.encode())
    if field.kind in FORMS:
        tag = written(number, 0)[:-1]
        return bytes([*tag[:-1], tag[-1] | 1]) + struct.pack(FORMS[field.kind], told)
    return written(number, int(told) % 2**64)


POINT = {"timeUnixNano": 2**63, "asInt": -3, "attributes": [{"key": "é", "value": {}}]}
METRIC = {"name": "a.b", "sum": {"dataPoints": [POINT], "aggregationTemporality": 2}}
MEASURED = {"bucketCounts": [1, 2], "explicitBounds": [0.5], "startTimeUnixNano": 7}
REQUEST = {
    "resourceMetrics": [
        {
            "scopeMetrics": [
                {"metrics": [METRIC, {"histogram": {"dataPoints": [MEASURED]}, "unit": "ms"}]}
            ]
        }
    ]
}


def test_a_message_says_what_it_would_say_in_json() -> None:
    assert read_message(write(REQUEST, METRICS), METRICS, FIELDS) == REQUEST


def test_values_stand_in_one_another() -> None:
    deep = {"kvlistValue": {"values": [{"key": "a", "value": {"intValue": -1, "boolValue": True}}]}}
    record = {"eventName": "saved", "body": {"arrayValue": {"values": [deep]}}}
    request = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    assert read_message(write(request, LOGS), LOGS, FIELDS) == request


def test_a_list_of_numbers_need_not_be_packed() -> None:
    one = bytes([6 << 3 | 1]) + struct.pack("<Q", 5)
    assert read_message(one + one, "HistogramPoint", FIELDS) == {"bucketCounts": [5, 5]}


def test_what_nobody_looks_at_is_skipped() -> None:
    known = written(1, b"saved")
    four = bytes([3 << 3 | 5]) + b"1234"
    unknown = written(99, b"secret") + written(98, 7) + four
    assert read_message(unknown + known, "KeyValue", FIELDS) == {"key": "saved"}


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a",
        b"\x0a\x05a",
        b"\x0b",
        b"\xff" * 11,
        b"\x08\x01",
        b"\x0a\x01\xff",
        b"\x09\x01\x02",
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"shape|cut|end|decode"):
        read_message(data, "KeyValue", FIELDS)


def test_what_is_too_deep_is_refused() -> None:
    data = b""
    for _ in range(DEEPEST):
        data = written(5, written(1, data))
    with pytest.raises(ValueError, match="too deep"):
        read_message(data, "AnyValue", FIELDS)


def test_a_packed_list_must_be_whole() -> None:
    with pytest.raises(ValueError, match="another shape"):
        read_message(written(6, b"1234"), "HistogramPoint", FIELDS)


@given(st.binary(max_size=200), st.sampled_from([METRICS, LOGS]))
def test_whatever_comes_is_read_or_refused(data: bytes, name: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(read_message(data, name, FIELDS), dict)


@given(st.integers(-(2**63), 2**63 - 1), st.text(max_size=20), st.floats(allow_nan=False))
def test_numbers_and_texts_come_back(number: int, text: str, double: float) -> None:
    value = {"intValue": number, "stringValue": text, "doubleValue": double}
    assert read_message(write(value, "AnyValue"), "AnyValue", FIELDS) == value
