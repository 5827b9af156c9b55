"""Enters: a request of a client of OpenTelemetry. Leaves: what it said, and its answer.

Metrics that the registry names, and records of logs that are events. Texts of logs, traces and
what else a resource says are dropped before anything is written.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from aboveboard.model.digest import hex_digest
from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires import otlp_answers as answers
from aboveboard.wires.codecs import inflate
from aboveboard.wires.foreign import JSON, Understood
from aboveboard.wires.objects import objects, read_object
from aboveboard.wires.otlp_answers import PROTOBUF
from aboveboard.wires.otlp_fields import FIELDS, LOGS, METRICS
from aboveboard.wires.otlp_metrics import data_of, told_of
from aboveboard.wires.otlp_values import Source, attributes, moment, source, value_of
from aboveboard.wires.protobuf import read_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aboveboard.registry.translate import Translator
    from aboveboard.wires.foreign import Answer, Asked

LARGEST_INFLATED = 16 * 1024 * 1024
MOST = 1000
"""Metrics or records of a request that are looked at."""
PLAIN = "metric"
"""What stands before the dot where the name of a metric has none."""
EVENT_NAME = "event.name"
_PLACES = {"/v1/metrics": METRICS, "/v1/logs": LOGS}


class OtlpWire:
    """The wire of OpenTelemetry.

    Args:
        apps: key to app; ``""`` for a key that is known and switched off.
        translators: app to what knows its metrics.

    Example:
        >>> from aboveboard.wires.foreign import Asked
        >>> headers = {"content-type": "application/json", "authorization": "Bearer key"}
        >>> body = b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "file",'
        >>> body += b' "attributes": [{"key": "opened", "value": {"intValue": "3"}}]}]}]}]}'
        >>> wire = OtlpWire({"key": "editor"}, {})
        >>> understood = wire.read(Asked("POST", "/v1/logs", headers=headers, body=body))
        >>> understood.said[0].event, understood.said[0].values, understood.answer.body
        ('file', {'opened': 3}, b'{}')
    """

    name = "otlp"
    largest = 4 * 1024 * 1024

    def __init__(self, apps: Mapping[str, str], translators: Mapping[str, Translator]) -> None:
        self._apps = dict(apps)
        self._translators = dict(translators)

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is of this wire."""
        return method == "POST" and path in _PLACES

    def read(self, asked: Asked) -> Understood:
        """Read a request; never raises."""
        media = _media(asked)
        if media not in {JSON, PROTOBUF}:
            return _refused(PROTOBUF, 415, answers.INVALID, "unknown_media_type")
        key = _key(asked)
        if key and not self._apps.get(key):
            return _refused(media, 401, answers.UNAUTHENTICATED, "unknown_key")
        encoding = asked.headers.get("content-encoding", "")
        content = inflate(asked.body, encoding, LARGEST_INFLATED)
        if isinstance(content, Refused):
            if content.reason is Reason.TOO_LARGE_INFLATED:
                return _refused(media, 413, answers.EXHAUSTED, "too_large")
            return _refused(media, 400, answers.INVALID, "bad_encoding")
        message = _PLACES[asked.path]
        request = read_object(content) if media == JSON else _protobuf(content, message)
        if request is None:
            return _refused(media, 400, answers.INVALID, "bad_request")
        reading = _Reading(self._apps, self._translators, asked, key, hex_digest(content))
        if message == METRICS:
            reading.metrics(request)
        else:
            reading.logs(request)
        field = "rejectedDataPoints" if message == METRICS else "rejectedLogRecords"
        answer = answers.kept(media, reading.rejected, field)
        return Understood(answer, reading.said, reading.rejected, reading.app)

    def too_large(self, asked: Asked) -> Answer:
        """Give the answer to a body with too many bytes."""
        return _refused(_media(asked), 413, answers.EXHAUSTED, "too_large").answer

    def later(self, asked: Asked) -> Answer:
        """Give the answer when nothing can be kept right now, so that the client tries again."""
        return answers.refused(_media(asked), 503, answers.UNAVAILABLE, "Not now.")


class _Reading:
    """One request, as far as it is read; one that comes again is known by what it holds."""

    def __init__(
        self,
        apps: Mapping[str, str],
        translators: Mapping[str, Translator],
        asked: Asked,
        key: str,
        digest: str,
    ) -> None:
        self._apps = apps
        self._translators = translators
        self._now = asked.received
        self._version = asked.headers.get("user-agent", "")
        self._key = key
        self._digest = digest
        self._left = MOST
        self.said: list[Said] = []
        self.rejected: Counter[str] = Counter()
        self.app = apps.get(key, "")

    @property
    def _next(self) -> str:
        """The name of the message that is said next."""
        return f"{self._digest} {len(self.said)}"

    def metrics(self, request: dict[str, Any]) -> None:
        """Read metrics."""
        for app, sender, metric in self._each(request, "Metrics", "metrics"):
            times = len(data_of(metric)[2])
            code = self._metric(app, sender, metric) if app else "unknown_service"
            if code:
                self.rejected[code] += times

    def logs(self, request: dict[str, Any]) -> None:
        """Read records of a log."""
        for app, sender, record in self._each(request, "Logs", "logRecords"):
            code = self._record(app, sender, record) if app else "unknown_service"
            if code:
                self.rejected[code] += 1

    def _each(
        self, request: dict[str, Any], what: str, inner: str
    ) -> Iterator[tuple[str, Source, dict[str, Any]]]:
        for group in objects(request.get(f"resource{what}")):
            sender = source(group.get("resource"))
            app = self._apps.get(self._key or sender.service, "")
            self.app = self.app or app
            for scope in objects(group.get(f"scope{what}")):
                for each in objects(scope.get(inner)):
                    if self._left <= 0:
                        self.rejected["too_many_metrics"] += 1
                        continue
                    self._left -= 1
                    yield app, sender, each

    def _metric(self, app: str, sender: Source, metric: dict[str, Any]) -> str:
        name = metric.get("name")
        if not isinstance(name, str):
            return "not_named"
        event, _, last = name.rpartition(".")
        event = event or PLAIN
        translator = self._translators.get(app)
        known = translator.metric(f"{event}.{last}") if translator is not None else None
        if known is None:
            # It waits in quarantine by its name alone.
            unread: dict[str, object] = {last: None}
            self.said.append(
                Said(app, event, unread, sender.instance, self._next, None, name, self._version)
            )
            return "not_named"
        told = told_of(metric, known, self._now, has_sender=bool(sender.instance))
        if isinstance(told, str):
            return told
        part = f"{name} {told.since}" if told.since else name
        values, who, total = {last: told.value}, sender.instance, bool(told.since)
        self.said.append(
            Said(app, event, values, who, self._next, told.at, part, self._version, total)
        )
        return ""

    def _record(self, app: str, sender: Source, record: dict[str, Any]) -> str:
        values = attributes(record)
        event = record.get("eventName") or values.pop(EVENT_NAME, "")
        if not isinstance(event, str) or not event:
            return "no_event_name"
        body = value_of(record.get("body"))
        values |= body if isinstance(body, dict) else {}
        at = moment(record.get("timeUnixNano")) or moment(record.get("observedTimeUnixNano"))
        at = min(at, self._now) if at is not None else None
        self.said.append(
            Said(app, event, values, sender.instance, self._next, at, version=self._version)
        )
        return ""


def _media(asked: Asked) -> str:
    return asked.headers.get("content-type", "").partition(";")[0].strip().lower()


def _key(asked: Asked) -> str:
    scheme, _, key = asked.headers.get("authorization", "").strip().partition(" ")
    return key.strip() if scheme.lower() == "bearer" else asked.headers.get("x-aboveboard-key", "")


def _protobuf(content: bytes, message: str) -> dict[str, Any] | None:
    try:
        return read_message(content, message, FIELDS)
    except ValueError:
        return None


def _refused(media: str, status: int, code: int, reason: str) -> Understood:
    said = f"{reason.replace('_', ' ').capitalize()}."
    return Understood(answers.refused(media, status, code, said), (), Counter([reason]))
