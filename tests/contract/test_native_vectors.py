"""The byte vectors in schemas/ hold for the device that writes and the collector that reads."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import MemoryLog, SetClock
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.model.broke import Broke
from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.report import Entry, Report
from aboveboard.model.verdict import Kept
from aboveboard.registry.read import read
from aboveboard.wires import native

SCHEMAS = Path(__file__).parents[2] / "schemas"
VECTORS: dict[str, Any] = json.loads((SCHEMAS / "report.1.vectors.json").read_text())
SCHEMA: dict[str, Any] = json.loads((SCHEMAS / "report.1.json").read_text())
REPORT: dict[str, Any] = VECTORS["report"]


def _title(vector: dict[str, Any]) -> str:
    return str(vector["entry"]["metric"]) + (" in detail" if "details" in vector else "")


def acceptor(log: MemoryLog) -> Acceptor:
    async def append(records: list[bytes]) -> None:
        log.append(records)

    today = datetime.combine(date.fromisoformat(VECTORS["today"]), datetime.min.time(), UTC)
    registry = read(VECTORS["registry_file"].encode())
    opener = HpkeOpener([base64.b64decode(VECTORS["private_key"])])
    return Acceptor(
        {registry.app: registry}, GroupCommit(append), SeenIds(), opener, SetClock(today)
    )


def request(path: str, headers: dict[str, str], body: bytes) -> Request:
    _, _, app, report_id = path.split("/")
    media_type, encoding = headers.get("content-type", ""), headers.get("content-encoding", "")
    return Request(app, report_id, body, media_type, encoding)


def test_the_device_writes_the_report_of_the_vectors_to_the_byte() -> None:
    content = json.loads(REPORT["json"])
    entries = tuple(
        Entry(e["metric"], e["value"], date.fromisoformat(e["day"]) if "day" in e else None)
        for e in content["entries"]
    )
    week = Week.parse(content["period"])
    report = Report(content["id"], content["app"], week, content["registry"], entries)
    assert native.write(report) == REPORT["json"].encode()


def test_the_seal_s_plain_bytes_its_binding_and_its_key_s_name_are_those_of_the_vectors() -> None:
    content = json.loads(REPORT["json"])
    public_key = base64.b64decode(VECTORS["public_key"])
    assert native.key_id(public_key).hex() == REPORT["key_id"]
    assert native.seal_info(content["app"], content["id"]).hex() == REPORT["seal_info"]
    # How well gzip packs may differ between versions of zlib; what comes out may not.
    plain = base64.b64decode(REPORT["sealed_plain"])
    assert plain[:1] == native.PLAIN_GZIP == native.sealed_plain(REPORT["json"].encode())[:1]


@pytest.mark.parametrize("vector", VECTORS["requests"], ids=lambda v: str(v["title"]))
def test_a_collector_answers_each_vector_as_it_says(vector: dict[str, Any]) -> None:
    body = base64.b64decode(vector["body"])
    answer = asyncio.run(
        acceptor(MemoryLog()).accept(request(vector["path"], vector["headers"], body))
    )
    code = "kept" if isinstance(answer, Kept) else answer.reason.value
    status = 201 if isinstance(answer, Kept) else answer.reason.status
    assert (status, code) == (vector["status"], vector["code"])


@pytest.mark.parametrize("vector", VECTORS["set_aside"], ids=lambda v: json.dumps(v["entry"]))
def test_one_bad_entry_is_set_aside_and_the_rest_is_kept(vector: dict[str, Any]) -> None:
    content = json.loads(REPORT["json"])
    content["entries"] = [vector["entry"], {"metric": "system.python", "value": "3.11"}]
    log = MemoryLog()
    path = native.path(content["app"], content["id"])
    answer = asyncio.run(acceptor(log).accept(request(path, {}, json.dumps(content).encode())))
    assert answer == Kept(repeated=False, aside=1)
    record = json.loads(log.records[0])
    assert [aside["r"] for aside in record["aside"]] == [vector["reason"]]
    assert [fact["k"] for fact in record["facts"]] == ["3.11"]


def test_the_schema_agrees_with_the_reader_about_the_form_of_a_report() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.validate(json.loads(REPORT["json"]))
    for vector in VECTORS["requests"]:
        if vector["code"] == "not_a_report" and vector["title"] != "not JSON":
            broken = json.loads(base64.b64decode(vector["body"]))
            assert list(validator.iter_errors(broken)), vector["title"]


@pytest.mark.parametrize("vector", VECTORS["kept"], ids=_title)
def test_an_entry_of_each_kind_becomes_counts_by_key(vector: dict[str, Any]) -> None:
    log = MemoryLog()
    content = json.loads(REPORT["json"]) | {"entries": [vector["entry"]]}
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    path, body = f"/reports/{content['app']}/{content['id']}", json.dumps(content).encode()
    answer = asyncio.run(
        acceptor(log).accept(request(path, {"content-type": "application/json"}, body))
    )
    assert answer == Kept(repeated=False)
    record = json.loads(log.records[0])
    assert record.get("details") == vector.get("details")
    facts = [{"d": None, "k": "", "c": 1, **fact} for fact in record["facts"]]
    assert {fact["k"]: fact["c"] for fact in facts} == vector["counts"]
    assert {fact["d"] for fact in facts} == {vector["entry"].get("day")}


@pytest.mark.parametrize("vector", [v for v in VECTORS["kept"] if "details" in v], ids=_title)
def test_the_device_writes_what_a_fingerprint_stands_for_as_the_vectors_have_it(
    vector: dict[str, Any],
) -> None:
    said = vector["entry"]
    detail = tuple(
        Broke(mark, tuple(told["type"]), tuple(told["frames"]), told.get("message", ""))
        for mark, told in said["detail"].items()
    )
    day = date.fromisoformat(said["day"])
    entry = Entry(said["metric"], said["value"], day, detail)
    body = native.write(Report("0" * 32, "vectors", Week.of(day), "f" * 64, (entry,)))
    assert json.loads(body)["entries"] == [said]


def test_every_kind_has_a_vector() -> None:
    metrics = read(VECTORS["registry_file"].encode()).metrics
    assert {metrics[vector["entry"]["metric"]].kind for vector in VECTORS["kept"]} == set(Kind)
