"""Enters: bytes. Leaves: nothing, unless a foreign wire, a queue's decoder or a translator raised.

The wires are those that a collector makes, and what they say is translated by the registries and
mappings that are shipped. `tools/fuzz` makes the bytes; `tests/unit/bootstrap/test_fuzzed.py` holds
the list complete.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import NamedTuple

from tests.endless_vectors import FULL_2, FULL_3

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.bootstrap.endless import endless, phone_home
from aboveboard.bootstrap.translators import translator
from aboveboard.bootstrap.wires import wires
from aboveboard.collector.decoders import DECODERS, Messages
from aboveboard.collector.endless_items import endless_decoders
from aboveboard.registry.read import read
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.wires import native_item
from aboveboard.wires.foreign import Asked, Understood
from aboveboard.wires.protobuf import written

APP = "editor"
DAY = date(2026, 11, 26)
RECEIVED = 1_795_651_200.0
"""A moment of that day."""
ENCODINGS = ("", "gzip", "deflate", "br", "zstd")
JSON, PROTOBUF = "application/json", "application/x-protobuf"


class Start(NamedTuple):
    """A request that a wire understands, from which bytes begin.

    Attributes:
        wire: its name.
        asked: method, address; ``{hash}`` in it is the SHA-512 of the body.
        body: what the bytes take the place of; where there is none, they are the query.
        media_type: of the body.
    """

    wire: str
    asked: str
    body: bytes
    media_type: str = JSON


_PRODUCT = written(1, b"service.name") + written(2, written(1, APP.encode()))
_POINT = written(1, b"\x31" + (3).to_bytes(8, "little"))
_SUM = written(7, _POINT + b"\x10\x01\x18\x01")
_METRIC = written(2, written(2, written(1, b"file.opened") + _SUM))
METRICS = written(1, written(1, written(1, _PRODUCT)) + _METRIC)
LOGS = written(
    1, written(1, written(1, _PRODUCT)) + written(2, written(2, written(12, b"file.opened")))
)
SEGMENT = b"""{"writeKey":"editor","batch":[{"type":"track","event":"File Opened","userId":"7",
"messageId":"1","timestamp":"2026-11-26T10:00:00Z","properties":{"how":"menu"}}]}"""
ENVELOPE = b"""{"event_id":"1c8c84259d594e0e98f428f3d4fc5dd9","sent_at":"2026-11-26T10:00:00Z"}
{"type":"event"}
{"platform":"python","exception":{"values":[{"type":"OSError","stacktrace":{"frames":[
{"module":"json","function":"load","lineno":3}]}}]}}
{"type":"session"}
{"sid":"7","init":true,"status":"crashed","attrs":{"release":"editor@1.2.3"}}
{"type":"sessions"}
{"aggregates":[{"started":"2026-11-26T10:00:00Z","exited":3}],"attrs":{"release":"1.2.3"}}
{"type":"client_report"}
{"discarded_events":[{"reason":"queue_overflow","quantity":2}]}
{"type":"attachment","length":2}
{}
""".replace(b'frames":[\n', b'frames":[')
CENSUS = b"""{"image":"eos-eos3.1-amd64-amd64.160101-000000.base","vendor":"v","product":"p",
"release":"5","dualboot":true,"metrics_enabled":true,"count":3}"""
STARTS = (
    Start("backdrop", "POST /post", b'{"backdrop":{"version":"1.34.2"}}'),
    Start("endless", "PUT /2/{hash}", FULL_2),
    Start("endless", "PUT /3/{hash}", FULL_3),
    Start(
        "ga4",
        "POST /mp/collect?measurement_id=G-1&api_secret=s",
        b'{"client_id":"7","events":[{"name":"opened","params":{"how":"menu"}}]}',
    ),
    Start("ga4", "POST /debug/mp/collect", b'{"client_id":"7","events":[{"name":"opened"}]}'),
    Start("mattermost-security", "GET /security?id=abc&b=10.5.1.77&be=team&db=postgres", b""),
    Start(
        "otlp",
        "POST /v1/metrics",
        b'{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":'
        b'{"stringValue":"editor"}}]},"scopeMetrics":[{"metrics":[{"name":"file.opened","sum":'
        b'{"dataPoints":[{"asInt":"3"}],"aggregationTemporality":1,"isMonotonic":true}}]}]}]}',
    ),
    Start(
        "otlp",
        "POST /v1/logs",
        b'{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":'
        b'{"stringValue":"editor"}}]},"scopeLogs":[{"logRecords":[{"eventName":"file.opened"}]}]}]}',
    ),
    Start("otlp", "POST /v1/metrics", METRICS, PROTOBUF),
    Start("otlp", "POST /v1/logs", LOGS, PROTOBUF),
    Start("phone-home", "PUT /v1/activate", CENSUS),
    Start("phone-home", "PUT /v1/ping", CENSUS),
    Start("segment", "POST /v1/batch", SEGMENT),
    Start("segment", "GET /pixel/v1/track?writeKey=editor&userId=7&event=opened", b""),
    Start("sentry", "POST /api/1/envelope/?sentry_key=editor", ENVELOPE),
    Start("sentry", "POST /api/1/store/?sentry_key=editor", b'{"exception":[{"type":"KeyError"}]}'),
    Start("universal", "POST /batch", b"v=1&tid=UA-1&t=event&cid=7&ec=x&ea=y&el=2", "text/plain"),
)
RECORDS = {
    "native": native_item.write(native_item.ItemHead(1, APP, "0f" * 16, JSON), b"{}"),
    "endless-2": bytes(8) + FULL_2,
    "endless-3": bytes(8) + FULL_3,
    "endless-activation": CENSUS,
    "endless-ping": CENSUS,
}
"""Items of a queue, by what reads them."""


class Fuzzed:
    """What takes bytes of strangers, as a collector makes it."""

    def __init__(self) -> None:
        shipped = shipped_folder()
        files = [read_file(file) for file in sorted(shipped.glob("*.toml"))]
        self.registries = {each.app: each for each in (*files, read(EXAMPLE_REGISTRY))}
        streams = (f"G-1:s={APP}", f"UA-1={APP}")
        settings = CollectorSettings(shipped / "nothing", shipped, ga4_streams=streams)
        self.wires = {each.name: each for each in wires(settings, self.registries)}
        self.translators = {app: translator(each, shipped) for app, each in self.registries.items()}
        census = phone_home(settings, self.registries)
        self.decoders = {
            **DECODERS,
            **endless_decoders(endless(settings, self.registries), census),
        }

    def ask(self, start: Start, data: bytes, encoding: str = "") -> Understood:
        """Let a wire read a request with other bytes, and translate what it says."""
        method, _, address = start.asked.partition(" ")
        path, _, query = address.partition("?")
        if not start.body:
            query, data = data.decode("latin-1"), b""
        path = path.format(hash=hashlib.sha512(data).hexdigest())
        headers = {"content-type": start.media_type, "content-encoding": encoding}
        headers |= {"x-site-key": "7NVS"}
        asked = Asked(method, path, query, headers, data, RECEIVED)
        understood = self.wires[start.wire].read(asked)
        self._look(understood)
        return understood

    def decode(self, name: str, item: bytes) -> object:
        """Let a queue's decoder read an item, and translate what it says."""
        found = self.decoders[name](item)
        if isinstance(found, Messages):
            self._look(found.understood)
        return found

    def one(self, how: int, data: bytes) -> None:
        """Give bytes to everything."""
        for start in STARTS:
            self.ask(start, data, ENCODINGS[how % len(ENCODINGS)])
        for name in RECORDS:
            self.decode(name, data)

    def _look(self, understood: Understood) -> None:
        if any(times < 0 for times in understood.discarded.values()):
            raise AssertionError(understood)
        for said in understood.said:
            self.translators[said.app].translate(said, DAY)
