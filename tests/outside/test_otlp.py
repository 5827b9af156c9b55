"""The unmodified client of OpenTelemetry, a real collector, and what is published then."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.outside.conftest import ABOUT
from tests.outside.unmodified import Client, Front, Told, installed
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, Serve

ROOT = Path(__file__).parents[2]
SECRET = "correcthorsebatterystaple"  # noqa: S105 it stands for all that must go nowhere
HEAD = """
format = 1

[product]
id = "editor"
title = "An editor for tests"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."
"""
METRICS = {
    "file.opened": 'kind = "counter"',
    "clicks.kinds": 'kind = "labelled"\nlabels = ["menu"]',
    "file.opening": 'kind = "timing"\nbuckets = [0, 100, 1000]',
    "file.count": 'kind = "quantity"\nbuckets = [0, 10, 100]',
    "page.name": 'kind = "choice"\nchoices = ["home"]',
}
ALL = {
    "file.opened": {"": 5},
    "clicks.kinds": {"menu": 2, "other": 1},
    "file.opening": {"100": 1},
    "file.count": {"10": 1},
}
CLIENT = """
import sys
key, address = sys.argv[1:]

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

headers = {"authorization": f"Bearer {key}"}
exporter = OTLPMetricExporter(f"{address}/v1/metrics", headers=headers)
provider = MeterProvider([PeriodicExportingMetricReader(exporter)])
"""
BY_ENVIRONMENT = """
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

provider = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
"""
MEASURE = f"""
meter = provider.get_meter("{SECRET}")
opened = meter.create_counter("file.opened", description="{SECRET}")
opened.add(3)
provider.force_flush()
opened.add(2)
kinds = meter.create_counter("clicks.kinds")
kinds.add(2, {{"kind": "menu"}})
kinds.add(1, {{"kind": "{SECRET}"}})
meter.create_histogram("file.opening", unit="ms").record(120)
meter.create_gauge("file.count").set(42)
meter.create_counter("my.own").add(1, {{"name": "{SECRET}"}})
provider.shutdown()
"""
EVENTS = f"""
import sys
key, address = sys.argv[1:]

from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor

headers = {{"authorization": f"Bearer {{key}}"}}
provider = LoggerProvider()
exporter = OTLPLogExporter(f"{{address}}/v1/logs", headers=headers)
provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
logger = provider.get_logger("{SECRET}")
logger.emit(LogRecord(event_name="page", attributes={{"name": "home", "path": "{SECRET}"}}))
logger.emit(LogRecord(body="{SECRET}"))
provider.shutdown()
"""
METRICS_CLIENT, LOGS_CLIENT = Client("otlp", CLIENT + MEASURE), Client("otlp", EVENTS)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    metrics = [
        f'\n[metric."{name}"]\n{kind}\ntitle = "{name}"\n{ABOUT}\n'
        for name, kind in METRICS.items()
    ]
    (folder / "editor.toml").write_text(HEAD + "".join(metrics), encoding="utf-8")
    return folder


def groups(collector: Collector) -> dict[str, dict[str, int]]:
    metrics: list[dict[str, Any]] = collector.numbers()["metrics"]
    weeks = {each["metric"]: each["weeks"][0] for each in metrics if each["weeks"]}
    assert {week["n"] for week in weeks.values()} == {1}
    return {
        name: {str(group["value"] or ""): group["count"] for group in week["groups"]}
        for name, week in weeks.items()
    }


def messages(collector: Collector, code: str) -> int:
    text = collector.ask("GET", "/metrics").body.decode()
    line = (
        rf'^aboveboard_messages_total{{code="{code}",wire="otlp",app="editor",client=".*"}} (\d+)'
    )
    return sum(map(int, re.findall(line, text, re.MULTILINE)))


def kept(collector: Collector) -> bytes:
    return b"".join(file.read_bytes() for file in collector.data.rglob("*") if file.is_file())


def page() -> str:
    return (ROOT / "docs" / "wires" / "otlp.md").read_text(encoding="utf-8")


def test_the_page_shows_what_is_tried_here() -> None:
    [block] = re.findall(r"^```python\n(from.*?)^```$", page(), re.MULTILINE | re.DOTALL)
    assert block in CLIENT


def test_metrics_that_are_told_as_they_stand_are_counted_once(serve: Serve) -> None:
    collector = serve()
    front = Front(collector.host)
    with front.serving() as address:
        assert METRICS_CLIENT.run("editor", address) == ""
    assert {seen.status for seen in front.seen} == {200}
    assert len(front.seen) == 2
    assert groups(collector) == ALL
    assert messages(collector, "not_named") == 1
    assert SECRET.encode() not in kept(collector)


def test_the_variables_on_the_page_are_enough(serve: Serve) -> None:
    collector = serve()
    folder = installed("otlp")
    [block] = re.findall(r"^```sh\n(OTEL.*?)^```$", page(), re.MULTILINE | re.DOTALL)
    told = dict(line.split("=", 1) for line in block.splitlines())
    told["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.address
    told["OTEL_EXPORTER_OTLP_HEADERS"] = told["OTEL_EXPORTER_OTLP_HEADERS"].replace("KEY", "editor")
    done = subprocess.run(
        [sys.executable, "-c", BY_ENVIRONMENT + MEASURE],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **told},  # noqa: TID251 of the child
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert groups(collector) == ALL


def test_a_client_tries_again_and_is_counted_once(serve: Serve) -> None:
    collector = serve()
    later = Told(503, (("retry-after", "1"), ("content-length", "0")), b"")
    front = Front(collector.host, [later])
    with front.serving() as address:
        assert METRICS_CLIENT.run("editor", address) == ""
    assert [seen.status for seen in front.seen] == [503, 200, 200]
    assert groups(collector) == ALL


def test_a_client_repeats_what_was_not_answered_and_it_is_counted_once(serve: Serve) -> None:
    collector = serve()
    front = Front(collector.host, [None])
    with front.serving() as address:
        assert LOGS_CLIENT.run("editor", address) == ""
    assert [seen.status for seen in front.seen] == [0, 200, 200]
    assert front.seen[0].body == front.seen[1].body
    assert groups(collector) == {"page.name": {"home": 1}}


def test_events_of_a_log_are_counted_and_texts_are_not_kept(serve: Serve) -> None:
    collector = serve()
    front = Front(collector.host)
    with front.serving() as address:
        assert LOGS_CLIENT.run("editor", address) == ""
    assert {seen.status for seen in front.seen} == {200}
    assert groups(collector) == {"page.name": {"home": 1}}
    assert messages(collector, "no_event_name") == 1
    assert SECRET.encode() not in kept(collector)


@pytest.mark.parametrize("media", ["application/json", "application/x-protobuf"])
def test_what_is_too_large_is_answered_in_its_own_encoding(serve: Serve, media: str) -> None:
    told = serve().ask("POST", "/v1/metrics", b" " * 5_000_000, {"Content-Type": media})
    assert (told.status, told.headers["content-type"]) == (413, media)
    assert told.body.startswith(b"{") is (media == "application/json")
