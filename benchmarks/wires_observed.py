"""Enters: a number. Leaves: what clients of Sentry and OpenTelemetry send, each time new.

As their libraries for Python write it (in JSON: the one for JavaScript), with all that they say and
nobody looks at: source lines, variables, modules, descriptions, the smallest and the largest.
"""

from __future__ import annotations

import gzip
import json
import struct
from datetime import UTC, datetime
from typing import Any

from aboveboard.wires.foreign import Asked
from aboveboard.wires.protobuf import written

NANO = 1_000_000_000
METRICS = 6
"""Metrics in a request of OpenTelemetry."""
BOUNDS = (0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000)
"""The buckets of a histogram, if nobody chooses others."""
_FUNCTIONS = ("load", "parse", "render", "save", "search")
_ERRORS = ("KeyError", "OSError", "TypeError", "ValueError")
_MODULES = {f"package-{number}": f"{number % 7}.{number % 5}.{number}" for number in range(40)}
_SDK = {
    "telemetry.sdk.language": "python",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.45.2",
}
_CUMULATIVE = 2
_EIGHT = 1
"""The shape of Protocol Buffers that has eight bytes."""


def _moment(now: float) -> str:
    return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _frame(name: str, function: str, line: int) -> dict[str, Any]:
    return {
        "filename": f"{name.replace('.', '/')}.py",
        "abs_path": f"/opt/writer/lib/python3.11/site-packages/{name.replace('.', '/')}.py",
        "function": function,
        "module": name,
        "lineno": line,
        "pre_context": [f"    # a line before line {line}" for _ in range(5)],
        "context_line": f"        return self.{function}(path, mode, *given, **named)",
        "post_context": [f"    # a line behind line {line}" for _ in range(5)],
        "vars": {"self": "<writer.files.File object>", "path": f"'/home/{line}'", "mode": "'r'"},
        "in_app": name.startswith("writer"),
    }


def _event(number: int, now: float) -> dict[str, Any]:
    frames = [_frame("writer.start", "main", 12), _frame("writer.window", "open", 70 + number % 9)]
    frames += [_frame("writer.files", name, 40 + number % 5) for name in _FUNCTIONS]
    frames += [_frame("json", "loads", 346), _frame("json.decoder", "decode", 337)]
    error = {
        "mechanism": {"type": "generic", "handled": True},
        "module": None,
        "type": _ERRORS[number % len(_ERRORS)],
        "value": f"no such thing: {number}",
        "stacktrace": {"frames": frames[: 5 + number % 5]},
    }
    said = {"message": "opened", "timestamp": _moment(now - 9), "type": "default"}
    return {
        "level": "error",
        "exception": {"values": [error]},
        "event_id": f"{number:032x}",
        "timestamp": _moment(now - 1),
        "contexts": {
            "trace": {"trace_id": f"{number:032x}", "span_id": "96288849d9fa5df8"},
            "runtime": {"name": "CPython", "version": "3.11.7", "build": "3.11.7 (main)"},
        },
        "transaction_info": {},
        "breadcrumbs": {"values": [said] * 3},
        "extra": {"sys.argv": ["writer", "--new"]},
        "modules": _MODULES,
        "release": "writer@1.2.3",
        "environment": "production",
        "server_name": "laptop",
        "sdk": {
            "name": "sentry.python",
            "version": "2.75.0",
            "packages": [{"name": "pypi:sentry-sdk", "version": "2.75.0"}],
            "integrations": ["argv", "atexit", "dedupe", "excepthook", "logging", "modules"],
        },
        "platform": "python",
    }


def sentry_error(key: str, number: int, now: float) -> Asked:
    """Give an envelope with an error."""
    head = {"event_id": f"{number:032x}", "sent_at": _moment(now)}
    return _envelope(key, head, "event", _event(number, now), now)


def sentry_session(key: str, number: int, now: float) -> Asked:
    """Give an envelope with a session that went by."""
    session = {
        "sid": f"25a5b5ab-9cc7-483a-9cde-{number:012x}",
        "init": True,
        "started": _moment(now - 60),
        "timestamp": _moment(now - 1),
        "status": "exited",
        "errors": int(number % 9 == 0),
        "attrs": {"release": f"writer@1.2.{number % 4}", "environment": "production"},
    }
    return _envelope(key, {"sent_at": _moment(now)}, "session", session, now)


def _envelope(
    key: str, head: dict[str, Any], kind: str, content: dict[str, Any], now: float
) -> Asked:
    payload = _json(content)
    about = {"type": kind, "content_type": "application/json", "length": len(payload)}
    body = b"\n".join((_json(head), _json(about), payload, b""))
    client = "sentry.python/2.75.0"
    headers = {
        "content-type": "application/x-sentry-envelope",
        "content-encoding": "gzip",
        "user-agent": client,
        "x-sentry-auth": f"Sentry sentry_key={key}, sentry_version=7, sentry_client={client}",
    }
    return Asked("POST", "/api/1/envelope/", "", headers, gzip.compress(body, 9, mtime=0), now)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _numbers(number: int) -> dict[str, int]:
    """Give how often which bucket was hit, by its place."""
    return {str(place): 1 + number % 9 for place in (2, 3, 5 + number % 7)}


def otlp_json(key: str, number: int, now: float) -> Asked:
    """Give six metrics in JSON."""
    times = {"startTimeUnixNano": f"{int(now - 60) * NANO}", "timeUnixNano": f"{int(now) * NANO}"}

    def point(amount: int, **told: str) -> dict[str, Any]:
        return {"attributes": _attributes(told), **times, "asDouble": amount}

    def metric(name: str, unit: str = "", **data: object) -> dict[str, Any]:
        return {"name": name, "description": f"What {name} is.", "unit": unit, **data}

    def total(*points: dict[str, Any]) -> dict[str, Any]:
        common = {"aggregationTemporality": _CUMULATIVE, "isMonotonic": True}
        return {**common, "dataPoints": points}

    hits = _numbers(number)
    counts = [hits.get(str(place), 0) for place in range(len(BOUNDS) + 1)]
    sizes = {"count": sum(counts), "sum": 40, "min": 9, "max": 400}
    spread = {"attributes": [], "bucketCounts": counts, "explicitBounds": BOUNDS, **sizes, **times}
    metrics = [
        metric("file.opened", sum=total(point(1 + number % 50))),
        metric("writer.used", "s", sum=total(point(60 + number % 900))),
        metric("click.kind", sum=total(point(2, kind="menu"), point(number % 9, kind="key"))),
        metric(
            "file.opening",
            "ms",
            histogram={"aggregationTemporality": _CUMULATIVE, "dataPoints": [spread]},
        ),
        metric("file.count", gauge={"dataPoints": [point(number % 200)]}),
        metric("mode.dark", gauge={"dataPoints": [point(number % 2)]}),
    ]
    scopes = [{"scope": {"name": "writer", "version": ""}, "metrics": metrics}]
    resource = {"attributes": _attributes(_resource(number)), "droppedAttributesCount": 0}
    body = _json({"resourceMetrics": [{"resource": resource, "scopeMetrics": scopes}]})
    return _posted(key, "application/json", body, now)


def _attributes(told: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": name, "value": {"stringValue": text}} for name, text in told.items()]


def _resource(number: int) -> dict[str, str]:
    instance = {"service.instance.id": f"f76b3cb7-9083-43b8-a736-{number:012x}"}
    return {**_SDK, **instance, "service.name": "writer"}


def _posted(key: str, media: str, body: bytes, now: float) -> Asked:
    headers = {
        "content-type": media,
        "authorization": f"Bearer {key}",
        "user-agent": "OTel-OTLP-Exporter-Python/1.45.2",
    }
    return Asked("POST", "/v1/metrics", "", headers, body, now)


def otlp_protobuf(key: str, number: int, now: float) -> Asked:
    """Give the same metrics in Protocol Buffers."""
    times = _eight(2, "Q", int(now - 60) * NANO) + _eight(3, "Q", int(now) * NANO)

    def point(amount: int, **told: str) -> bytes:
        return written(1, times + _eight(6, "q", amount) + _pairs(7, told))

    def metric(name: str, form: int, data: bytes, unit: bytes = b"") -> bytes:
        about = written(1, name.encode()) + written(2, f"What {name} is.".encode())
        return written(2, about + (written(3, unit) if unit else b"") + written(form, data))

    total = written(2, _CUMULATIVE) + written(3, 1)
    hits = _numbers(number)
    counts = [hits.get(str(place), 0) for place in range(len(BOUNDS) + 1)]
    spread = times + _eight(4, "Q", sum(counts)) + _eight(5, "d", 40.0)
    spread += written(6, struct.pack(f"<{len(counts)}Q", *counts))
    spread += written(7, struct.pack(f"<{len(BOUNDS)}d", *BOUNDS))
    spread += _eight(11, "d", 9.0) + _eight(12, "d", 400.0)
    clicks = point(2, kind="menu") + point(number % 9, kind="key")
    metrics = (
        metric("file.opened", 7, point(1 + number % 50) + total),
        metric("writer.used", 7, point(60 + number % 900) + total, b"s"),
        metric("click.kind", 7, clicks + total),
        metric("file.opening", 9, written(1, spread) + written(2, _CUMULATIVE), b"ms"),
        metric("file.count", 5, point(number % 200)),
        metric("mode.dark", 5, point(number % 2)),
    )
    scope = written(1, written(1, b"writer")) + b"".join(metrics)
    group = written(1, _pairs(1, _resource(number))) + written(2, scope)
    return _posted(key, "application/x-protobuf", written(1, group), now)


def _pairs(field: int, told: dict[str, str]) -> bytes:
    return b"".join(
        written(field, written(1, name.encode()) + written(2, written(1, text.encode())))
        for name, text in told.items()
    )


def _eight(field: int, form: str, value: float) -> bytes:
    """Write a field of eight bytes: a moment, a number."""
    return bytes([field << 3 | _EIGHT]) + struct.pack(f"<{form}", value)
