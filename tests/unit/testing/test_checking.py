"""The collector of a test judges as the real one does."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer
from aboveboard.adapters.memory import MemoryLog, SetClock
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Limits, Request
from aboveboard.collector.records import Record
from aboveboard.collector.seen import SeenIds
from aboveboard.model.metric import Kind, Status
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.read import read
from aboveboard.testing import FakeCollector
from aboveboard.testing.checking import LARGEST_BODY, LARGEST_INFLATED, OLDEST_WEEKS
from aboveboard.wires import native

SCHEMAS = Path(__file__).parents[3] / "schemas"
VECTORS: dict[str, Any] = json.loads((SCHEMAS / "report.1.vectors.json").read_text())
REPORT: dict[str, Any] = json.loads(VECTORS["report"]["json"])
KEY = base64.b64decode(VECTORS["private_key"])
TODAY = date.fromisoformat(VECTORS["today"])
REGISTRY = read(VECTORS["registry_file"].encode())
PATH = native.path(REPORT["app"], REPORT["id"])


def clock() -> SetClock:
    return SetClock(datetime.combine(TODAY, datetime.min.time(), UTC))


def fake() -> FakeCollector:
    collector = FakeCollector(REGISTRY, clock=clock(), private_keys=[KEY])
    collector.know(replace(REGISTRY, fingerprint=REPORT["registry"]))
    return collector


def real(
    path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str, list[dict[str, Any]], list[dict[str, Any]]]:
    """Give a real collector's status and code, the counts that it keeps, and what it sets aside."""
    log = MemoryLog()

    async def append(records: list[bytes]) -> None:
        log.append(records)

    acceptor = Acceptor(
        {REGISTRY.app: REGISTRY}, GroupCommit(append), SeenIds(), HpkeOpener([KEY]), clock()
    )
    _, _, app, report_id = path.split("/")
    media_type, encoding = headers.get("content-type", ""), headers.get("content-encoding", "")
    request = Request(app, report_id, body, media_type, encoding)
    answer = asyncio.run(acceptor.accept(request))
    if isinstance(answer, Refused):
        return answer.reason.status, answer.reason.value, [], []
    record = msgspec.json.decode(log.records[0], type=Record)
    asides = [{"m": aside.m, "r": aside.r} for aside in record.aside]
    facts = [{"m": fact.m, "d": fact.d, "k": fact.k, "c": fact.c} for fact in record.facts]
    return 201, "kept", facts, asides


def faked(
    path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str, list[dict[str, Any]], list[dict[str, Any]]]:
    collector = fake()
    answer = collector.put(f"https://collector.example{path}", body, headers)
    facts = [
        {"m": metric, "d": day.isoformat() if day else None, "k": key, "c": count}
        for metric, key, day, count in collector.facts
    ]
    asides = [{"m": metric, "r": reason} for metric, reason in collector.set_aside]
    return answer.status, json.loads(answer.body)["code"], facts, asides


@pytest.mark.parametrize("vector", VECTORS["requests"], ids=lambda v: str(v["title"]))
def test_it_answers_each_vector_as_it_says(vector: dict[str, Any]) -> None:
    body = base64.b64decode(vector["body"])
    status, code, _, _ = faked(vector["path"], body, vector["headers"])

    if vector["headers"].get("content-encoding") == "zstd":
        assert (status, code) == (415, "unknown_encoding")  # the standard library has none
    else:
        assert (status, code) == (vector["status"], vector["code"])


@pytest.mark.parametrize("vector", VECTORS["set_aside"], ids=lambda v: json.dumps(v["entry"]))
def test_one_bad_entry_is_set_aside_and_the_rest_is_kept(vector: dict[str, Any]) -> None:
    entries = [vector["entry"], {"metric": "system.python", "value": "3.11"}]
    _, code, facts, asides = faked(PATH, json.dumps(REPORT | {"entries": entries}).encode(), {})

    assert code == "kept"
    assert [aside["r"] for aside in asides] == [vector["reason"]]
    assert [fact["k"] for fact in facts] == ["3.11"]


@pytest.mark.parametrize("vector", VECTORS["kept"], ids=lambda v: json.dumps(v["entry"]))
def test_an_entry_of_each_kind_becomes_counts_by_key(vector: dict[str, Any]) -> None:
    body = json.dumps(REPORT | {"entries": [vector["entry"]]}).encode()
    _, _, facts, _ = faked(PATH, body, {})

    assert {fact["k"]: fact["c"] for fact in facts} == vector["counts"]


def test_its_limits_are_those_of_a_real_one() -> None:
    limits = Limits()

    assert limits.largest_body == LARGEST_BODY
    assert limits.largest_inflated == LARGEST_INFLATED
    assert limits.oldest_weeks == OLDEST_WEEKS


ERRORS = [name for name, metric in REGISTRY.metrics.items() if metric.kind is Kind.ERROR]
BROKE = {"day": "2026-11-18", "value": {"0f" * 16: 1, "00112233445566778899aabbccddeeff": 2}}
NAMES = [*REGISTRY.metrics, "user.name"]
WORDS = ["linux", "3.11", "", "other", "x" * 61, "how=key,ok=yes", "search", "\ud800", "0f" * 16]
NUMBERS = st.sampled_from([0, 1, 3, 10, 100, 1000, 10**12, 10**12 + 1, -1, 1.5, 1.0, 10**30])
VALUES = st.one_of(
    st.booleans(),
    NUMBERS,
    st.sampled_from(WORDS),
    st.none(),
    st.dictionaries(st.sampled_from([*WORDS, "0", "100", "x" * 201]), NUMBERS, max_size=3),
    st.just([1]),
)
TOLD = {"type": ["builtins.OSError"], "frames": ["editor:main:12", "(elsewhere)"]}
DETAILS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, [], {"x": TOLD}, {"0f" * 16: None}, {"0f" * 16: {}}]),
    st.dictionaries(
        st.sampled_from(["0f" * 16, "00112233445566778899aabbccddeeff"]),
        st.fixed_dictionaries(
            {
                "type": st.sampled_from([["a.B"], [], ["no type"], ["a.B"] * 11, None, [7]]),
                "frames": st.sampled_from([["a:b:1"], ["/home"], ["(elsewhere)"] * 51, "a:b:1"]),
            },
            optional={
                "message": st.sampled_from(
                    [
                        "cannot open <path>",
                        "my secret",
                        "cannot open",
                        "Loud",
                        "",
                        None,
                        7,
                        "a" * 201,
                    ]
                ),
                "more": st.none(),
            },
        ),
        min_size=1,
    ),
)
DAYS = st.sampled_from(
    ["2026-11-18", "2026-11-16", "2026-11-15", "20261118", "2026-02-30", "", None, 7]
)
ENTRIES = st.one_of(
    st.fixed_dictionaries(
        {"metric": st.sampled_from([*NAMES, "x" * 61]), "value": VALUES},
        optional={"day": DAYS, "detail": DETAILS},
    ),
    st.sampled_from([{}, [], None, {"metric": "system.os", "value": "linux", "more": 1}]),
    st.sampled_from([vector["entry"] for vector in VECTORS["kept"]]),
    st.builds(
        lambda name, detail: {**BROKE, "metric": name, "detail": detail},
        st.sampled_from(ERRORS),
        DETAILS,
    ),
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from([1, 2, True, 1.0, "1", None]),
        "id": st.sampled_from(["0" * 32, "0" * 31, "G" * 32, 7]),
        "app": st.sampled_from(["others", "x" * 41, "", None]),
        "period": st.sampled_from(
            ["2026-W47", "2026-W48", "2026-W54", "2025-W40", "2025-W47", "1999-W01", "2026-47", 7]
        ),
        "registry": st.sampled_from(["a" * 63, "A" * 64, 7]),
        "withdrawal": st.sampled_from(["a" * 64, "a" * 63, None, 7]),
        "entries": st.one_of(
            st.lists(ENTRIES, max_size=4),
            st.sampled_from([{}, None, [REPORT["entries"][0]] * 1001]),
        ),
        "more": st.just(1),
    },
)


def test_a_report_whose_registry_it_does_not_know_is_put_off() -> None:
    body = json.dumps(REPORT | {"registry": "0" * 64}).encode()

    assert faked(PATH, body, {})[:2] == (422, "unknown_registry")


@given(change=CHANGES)
@example(change={"entries": [{"metric": "system.os", "value": "linux"}] * 2})
@example(change={"entries": [None]})
@example(change={"entries": [{"metric": "system.os", "value": {"x": 1}}]})
@example(change={"entries": [{"metric": "system.os", "value": 10**13}]})
def test_it_judges_every_report_as_a_real_one_does(change: dict[str, Any]) -> None:
    body = json.dumps(REPORT | change).encode()

    assert faked(PATH, body, {}) == real(PATH, body, {})


SHAPES: dict[str, object] = {
    "none": None,
    "a list": [],
    "empty": {},
    "told": {"0f" * 16: TOLD},
    "no fingerprint": {"0f" * 15: TOLD},
    "another fingerprint": {"ab" * 16: TOLD},
    "too many": {f"{number:032x}": TOLD for number in range(51)},
    "nothing told": {"0f" * 16: None},
    "half of it": {"0f" * 16: {"type": []}},
    "a key more": {"0f" * 16: {**TOLD, "more": 1}},
    "no types": {"0f" * 16: {**TOLD, "type": None}},
    "too many types": {"0f" * 16: {**TOLD, "type": ["a.B"] * 11}},
    "no frame": {"0f" * 16: {**TOLD, "frames": [7]}},
    "no message": {"0f" * 16: {**TOLD, "message": None}},
    "a message": {"0f" * 16: {**TOLD, "message": "cannot open <path>"}},
    "not scrubbed": {"0f" * 16: {**TOLD, "message": "my secret"}},
    "not even lower case": {"0f" * 16: {**TOLD, "message": "Loud"}},
}


@pytest.mark.parametrize("detail", SHAPES.values(), ids=list(SHAPES))
@pytest.mark.parametrize("metric", [*ERRORS, "system.os"])
def test_what_errors_stand_for_is_judged_as_by_a_real_one(metric: str, detail: object) -> None:
    value = "linux" if metric == "system.os" else BROKE["value"]
    entry = {**BROKE, "metric": metric, "value": value, "detail": detail}
    if metric == "system.os":
        del entry["day"]
    body = json.dumps(REPORT | {"entries": [entry]}).encode()

    assert faked(PATH, body, {}) == real(PATH, body, {})


@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.sampled_from([b"null", b"[" * 2000, b"NaN", b"\xef\xbb\xbf{}", b'"\xff"', b"1" * 5000]),
    ),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "content-type": st.sampled_from(
                ["application/json; charset=utf-8", native.SEALED_TYPE, "text/html", " "]
            ),
            "content-encoding": st.sampled_from(["gzip", "GZIP ", "identity", "compress"]),
        },
    ),
)
def test_no_bytes_make_it_raise_and_a_real_one_says_the_same(
    body: bytes, headers: dict[str, str]
) -> None:
    assert faked(PATH, body, headers) == real(PATH, body, headers)


PACKED = native.compress(json.dumps(REPORT).encode())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PACKED, id="whole"),
        pytest.param(PACKED + b"more", id="more"),
        pytest.param(PACKED[:-1], id="cut"),
        pytest.param(native.compress(b" " * (LARGEST_INFLATED + 1)), id="too-large-inflated"),
        pytest.param(native.compress(b" " * LARGEST_INFLATED), id="as-large-as-may-be"),
        pytest.param(b"x" * (LARGEST_BODY + 1), id="too-large"),
        pytest.param(b"x" * LARGEST_BODY, id="as-large-as-may-be-travelling"),
    ],
)
@pytest.mark.parametrize("encoding", [pytest.param("gzip", id="gzip"), pytest.param("", id="none")])
def test_sizes_and_compression_are_judged_as_by_a_real_one(body: bytes, encoding: str) -> None:
    headers = {"content-encoding": encoding}

    assert faked(PATH, body, headers) == real(PATH, body, headers)


@pytest.mark.parametrize("encoding", [pytest.param("gzip", id="gzip"), pytest.param("", id="none")])
@pytest.mark.parametrize("mark", [native.PLAIN_JSON, native.PLAIN_GZIP, b"\x02", b""])
def test_what_was_sealed_is_judged_as_by_a_real_one(mark: bytes, encoding: str) -> None:
    public = HpkeOpener([KEY]).public_keys[0]
    info = native.seal_info(REPORT["app"], REPORT["id"])
    sealed = HpkeSealer().seal(mark + json.dumps(REPORT).encode(), public, info)
    headers = {"content-type": native.SEALED_TYPE, "content-encoding": encoding}
    body = native.sealed_body(public, sealed)

    assert faked(PATH, body, headers) == real(PATH, body, headers)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/reports/Editor/" + "0" * 32, id="no-app"),
        pytest.param("/reports/editor/" + "0" * 31, id="no-id"),
    ],
)
def test_addresses_are_judged_as_by_a_real_one(path: str) -> None:
    assert faked(path, b"{}", {}) == real(path, b"{}", {})


def test_an_answered_metric_is_set_aside_as_by_a_real_one() -> None:
    collector = fake()
    collector.answered = {"system.os"}
    answer = collector.put(f"https://x.example{PATH}", VECTORS["report"]["json"].encode(), {})

    assert collector.set_aside == [("system.os", Reason.ANSWERED_METRIC.value)]
    assert json.loads(answer.body) == {"code": "kept", "aside": 1, "answered": ["system.os"]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"expires": date(2026, 11, 1)}, "expired_metric", id="expired"),
        pytest.param({"status": Status.RETIRED}, "expired_metric", id="retired"),
        pytest.param({"status": Status.PROPOSED}, "unknown_metric", id="proposed"),
    ],
)
def test_a_metric_that_is_not_measured_is_set_aside(change: dict[str, Any], reason: str) -> None:
    metrics = {**REGISTRY.metrics, "system.os": replace(REGISTRY.metrics["system.os"], **change)}
    collector = FakeCollector(
        replace(REGISTRY, metrics=metrics, fingerprint=REPORT["registry"]), clock=clock()
    )
    collector.put(f"https://x.example{PATH}", VECTORS["report"]["json"].encode(), {})

    assert collector.set_aside == [("system.os", reason)]
