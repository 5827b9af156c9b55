from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.errors import Problem, RegistryError
from aboveboard.registry.approvals import (
    Approvals,
    Fault,
    Statement,
    Verdict,
    signed_bytes,
    write_approvals,
)
from aboveboard.registry.approvals_reader import MOST_BYTES, MOST_STATEMENTS, read_approvals

PAGE = Path(__file__).parents[3] / "docs" / "approval.md"
PRODUCT = {"product": "ab" * 32}
SAID = Statement(
    "ana",
    1,
    date(2026, 11, 22),
    Verdict.APPROVE,
    "https://x.example/1",
    {**PRODUCT, "metric file.opened": "cd" * 32},
    bytes(range(64)),
)
WRITTEN = {
    "approver": "ana",
    "number": 1,
    "on": "2026-11-22",
    "verdict": "approve",
    "where": "https://x.example/1",
    "parts": {"metric file.opened": "cd" * 32, "product": "ab" * 32},
    "signature": base64.b64encode(bytes(range(64))).decode(),
}


def problems(body: bytes) -> tuple[Problem, ...]:
    with pytest.raises(RegistryError) as caught:
        read_approvals(body, "editor.approvals.json")
    return caught.value.problems


def file(*statements: object, **more: object) -> bytes:
    return json.dumps({"format": 1, "app": "editor", "statements": statements} | more).encode()


def test_a_file_is_read() -> None:
    assert read_approvals(file(WRITTEN)) == Approvals("editor", (SAID,))


def test_what_is_signed_is_all_but_the_signature() -> None:
    said = {name: value for name, value in WRITTEN.items() if name != "signature"}
    content = json.dumps({**said, "app": "editor"}, sort_keys=True, separators=(",", ":"))
    assert signed_bytes("editor", SAID) == f"aboveboard registry approval v1\n{content}".encode()


def test_what_is_written_can_be_read_and_compared_line_by_line() -> None:
    later = replace(SAID, number=2, verdict=Verdict.RETIRE)
    bens = replace(SAID, approver="ben")
    body = write_approvals(Approvals("editor", (bens, later, SAID)))

    assert read_approvals(body) == Approvals("editor", (SAID, later, bens))
    assert body.decode().splitlines()[:8] == [
        "{",
        '  "format": 1,',
        '  "app": "editor",',
        '  "statements": [',
        "    {",
        '      "approver": "ana",',
        '      "number": 1,',
        '      "on": "2026-11-22",',
    ]
    assert body.endswith(b"}\n")


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        pytest.param(b"\xff", "not_utf8", "file", id="not-utf-8"),
        pytest.param(b"{", "not_json", "file", id="cut"),
        pytest.param(b"[" * 100_000, "not_json", "file", id="deep"),
        pytest.param(b"9" * 5000, "not_json", "file", id="long-number"),
        pytest.param(b'{"app": "a", "app": "b"}', "not_json", "file", id="key-twice"),
        pytest.param(b"[]", "wrong_type", "file", id="list"),
        pytest.param(b" " * (MOST_BYTES + 1), "too_large", "file", id="too-large"),
        pytest.param(file(format=2), "unknown_format", "format", id="format"),
        pytest.param(file(app="My Editor"), "bad_name", "app", id="app"),
        pytest.param(file(more=1), "unknown_key", "more", id="unknown-key"),
        pytest.param(file(3), "wrong_type", "statements.0", id="statement"),
        pytest.param(file(WRITTEN, WRITTEN), "said_twice", "statements.1", id="said-twice"),
        pytest.param(file(*[3] * (MOST_STATEMENTS + 1)), "bad_list", "statements", id="too-many"),
    ],
)
def test_what_cannot_be_used_is_told_with_a_code_and_a_place(
    body: bytes, code: str, place: str
) -> None:
    assert (code, place) in {(problem.code, problem.place) for problem in problems(body)}


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        pytest.param({"approver": "Ana"}, "bad_name", "approver", id="approver"),
        pytest.param({"number": 0}, "out_of_bounds", "number", id="number-0"),
        pytest.param({"number": True}, "wrong_type", "number", id="number-bool"),
        pytest.param({"on": "2026-11-31"}, "bad_day", "on", id="no-such-day"),
        pytest.param({"on": "20261122"}, "bad_day", "on", id="no-hyphens"),
        pytest.param({"verdict": "maybe"}, "unknown_verdict", "verdict", id="verdict"),
        pytest.param({"where": "http://x.example"}, "not_a_link", "where", id="where"),
        pytest.param({"parts": {}}, "bad_part", "parts", id="no-part"),
        pytest.param({"parts": {"file.opened": "a" * 64}}, "bad_part", "parts", id="part-name"),
        pytest.param({"parts": {"metric x": "a" * 64}}, "bad_part", "parts", id="metric-name"),
        pytest.param({"parts": {"product": "a"}}, "bad_part", "parts", id="digest"),
        pytest.param({"parts": {"product": 3}}, "bad_part", "parts", id="digest-number"),
        pytest.param({"signature": "AAAA"}, "not_a_signature", "signature", id="short"),
        pytest.param({"signature": "ä"}, "not_a_signature", "signature", id="no-base64"),
        pytest.param({"colour": "red"}, "unknown_key", "colour", id="unknown-key"),
    ],
)
def test_each_field_of_a_statement_is_looked_at(
    changes: Mapping[str, object], code: str, place: str
) -> None:
    found = problems(file({**WRITTEN, **changes}))
    assert [(problem.code, problem.place) for problem in found] == [(code, f"statements.0.{place}")]


@pytest.mark.parametrize("name", WRITTEN)
def test_each_field_of_a_statement_must_be_there(name: str) -> None:
    rest = {key: value for key, value in WRITTEN.items() if key != name}
    assert [(problem.code, problem.place) for problem in problems(file(rest))] == [
        ("missing", f"statements.0.{name}")
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=20,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_do_anything_but_tell_problems(body: bytes) -> None:
    assert all(problem.code and problem.remedy for problem in problems(body))


@given(st.sampled_from(list(WRITTEN)), JSON)
def test_no_value_of_a_field_does_anything_but_tell_problems(name: str, value: object) -> None:
    try:
        approvals = read_approvals(file({**WRITTEN, name: value}))
    except RegistryError:
        return
    assert read_approvals(write_approvals(approvals)) == approvals


names = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
digests = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
metrics = st.from_regex(r"metric [a-z][a-z0-9_]{0,9}\.[a-z][a-z0-9_]{1,9}", fullmatch=True)
statements = st.builds(
    Statement,
    approver=names,
    number=st.integers(1, 1000),
    on=st.dates(),
    verdict=st.sampled_from(Verdict),
    where=st.just("https://x.example/ä"),
    parts=st.dictionaries(metrics | st.just("product"), digests, min_size=1, max_size=5),
    signature=st.binary(min_size=64, max_size=64),
)
unique = st.lists(statements, unique_by=lambda said: (said.approver, said.number), max_size=5)


@given(names, unique)
def test_whatever_is_written_is_read_again(app: str, said: list[Statement]) -> None:
    ordered = tuple(sorted(said, key=lambda one: (one.approver, one.number)))
    assert read_approvals(write_approvals(Approvals(app, tuple(said)))) == Approvals(app, ordered)


def test_the_page_tells_every_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [fault for fault in Fault if f"| `{fault}` |" not in text] == []


def test_the_file_on_the_page_is_one_and_its_signature_is_true() -> None:
    text = PAGE.read_text(encoding="utf-8")
    body = text.partition("```json\n")[2].partition("```")[0].encode()
    approvals = read_approvals(body)
    (said,) = approvals.statements
    keys = re.findall(r'ed25519:([\w+/]{43}=)"', text)
    assert write_approvals(approvals) == body
    message = signed_bytes(approvals.app, said)
    true = [Ed25519Checker().check(base64.b64decode(key), message, said.signature) for key in keys]
    assert true.count(True) == 1
