"""Enters: nothing. Leaves: of OTLP's messages, the fields that are looked at, by their numbers.

They are those of ``opentelemetry-proto``. Descriptions, exemplars, traces and texts of severity are
not among them: they are never read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.wires.protobuf import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

METRICS, LOGS = "ExportMetrics", "ExportLogs"
_ATTRIBUTES = Field("attributes", "KeyValue", many=True)
_TIMES = {2: Field("startTimeUnixNano", "fixed"), 3: Field("timeUnixNano", "fixed")}
_TEMPORALITY = {2: Field("aggregationTemporality", "int")}

FIELDS: Mapping[str, Mapping[int, Field]] = {
    METRICS: {1: Field("resourceMetrics", "ResourceMetrics", many=True)},
    "ResourceMetrics": {
        1: Field("resource", "Resource"),
        2: Field("scopeMetrics", "ScopeMetrics", many=True),
    },
    "ScopeMetrics": {2: Field("metrics", "Metric", many=True)},
    "Metric": {
        1: Field("name", "text"),
        3: Field("unit", "text"),
        5: Field("gauge", "Gauge"),
        7: Field("sum", "Sum"),
        9: Field("histogram", "Histogram"),
        10: Field("exponentialHistogram", "Other"),
        11: Field("summary", "Other"),
    },
    "Gauge": {1: Field("dataPoints", "Number", many=True)},
    "Sum": {
        1: Field("dataPoints", "Number", many=True),
        **_TEMPORALITY,
        3: Field("isMonotonic", "bool"),
    },
    "Histogram": {1: Field("dataPoints", "HistogramPoint", many=True), **_TEMPORALITY},
    "Other": {1: Field("dataPoints", "Point", many=True)},
    "Number": {
        **_TIMES,
        4: Field("asDouble", "double"),
        6: Field("asInt", "signed"),
        7: _ATTRIBUTES,
    },
    "HistogramPoint": {
        **_TIMES,
        6: Field("bucketCounts", "fixed", many=True),
        7: Field("explicitBounds", "double", many=True),
        9: _ATTRIBUTES,
    },
    "Point": {},
    LOGS: {1: Field("resourceLogs", "ResourceLogs", many=True)},
    "ResourceLogs": {
        1: Field("resource", "Resource"),
        2: Field("scopeLogs", "ScopeLogs", many=True),
    },
    "ScopeLogs": {2: Field("logRecords", "LogRecord", many=True)},
    "LogRecord": {
        1: Field("timeUnixNano", "fixed"),
        5: Field("body", "AnyValue"),
        6: _ATTRIBUTES,
        11: Field("observedTimeUnixNano", "fixed"),
        12: Field("eventName", "text"),
    },
    "Resource": {1: _ATTRIBUTES},
    "KeyValue": {1: Field("key", "text"), 2: Field("value", "AnyValue")},
    "AnyValue": {
        1: Field("stringValue", "text"),
        2: Field("boolValue", "bool"),
        3: Field("intValue", "int"),
        4: Field("doubleValue", "double"),
        5: Field("arrayValue", "ArrayValue"),
        6: Field("kvlistValue", "KeyValueList"),
    },
    "ArrayValue": {1: Field("values", "AnyValue", many=True)},
    "KeyValueList": {1: Field("values", "KeyValue", many=True)},
}
"""Message to its fields."""
