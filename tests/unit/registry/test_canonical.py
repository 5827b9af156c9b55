from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import RegistryError
from aboveboard.registry.canonical import content, digest, fingerprint, part_of, parts
from aboveboard.registry.read import read, read_content
from aboveboard.testing import EXAMPLE_REGISTRY

PLUGIN = b"""
format = 1
[plugin]
id = "spell-check"
title = "Spell checker"
prefix = "spelling"
homepage = "https://spelling.example"
contact = "Its maintainers"
[metric."spelling.added"]
""" + EXAMPLE_REGISTRY.partition(b'[metric."file.opened"]')[2]
MORE = """
outcomes = [{ on = 2026-05-01, learnt = "It is.", where = "https://x.example/1" }]
until = "2.1"
[collector]
url = "https://a.example"
[approval]
needed = 1
[approval.approvers.ana]
title = "Ana"
key = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
until = 2027-12-31
"""
FILE = b'include = ["*.toml"]' + EXAMPLE_REGISTRY + MORE.encode()


def tables() -> tuple[dict[str, object], list[dict[str, object]]]:
    return tomllib.loads(FILE.decode()), [tomllib.loads(PLUGIN.decode())]


def test_a_delivered_registry_says_all_that_the_file_does_but_who_receives() -> None:
    shipped = read(FILE, "editor.toml", [("spelling.toml", PLUGIN)])
    body = content(*tables())
    delivered = read_content(body)
    assert delivered.collector is None
    assert delivered.fingerprint == shipped.fingerprint == digest(body)
    assert delivered.metrics == shipped.metrics
    assert delivered.plugins == shipped.plugins
    assert delivered.committee == shipped.committee
    assert {k: v for k, v in shipped.parts.items() if k != "collector"} == dict(delivered.parts)


def test_a_registry_without_plug_ins_is_delivered_too() -> None:
    delivered = read_content(content(tomllib.loads(EXAMPLE_REGISTRY.decode())))
    assert delivered == read(EXAMPLE_REGISTRY)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"{", "not_json", id="cut"),
        pytest.param(b"[]", "not_json", id="list"),
        pytest.param(b"[" * 100_000, "not_json", id="deep"),
        pytest.param(b'{"format":1,"plugins":3}', "wrong_type", id="plug-ins"),
        pytest.param(b'{"format":1,"plugins":[3]}', "wrong_type", id="plug-in"),
        pytest.param(b'{"format":1,"expires":"2026-99-99"}', "unknown_key", id="no-day"),
    ],
)
def test_what_is_no_registry_is_refused_with_its_problems(body: bytes, code: str) -> None:
    with pytest.raises(RegistryError) as caught:
        read_content(body)
    assert code in [problem.code for problem in caught.value.problems]


@given(
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["format", "product", "metric", "plugins", "expires", "approval"]),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_bytes_make_the_reader_raise_anything_else(body: bytes) -> None:
    with pytest.raises(RegistryError):
        read_content(body)


def test_what_is_signed_does_not_change_with_where_a_metric_stands() -> None:
    table, plugins = tables()
    before = parts(table, plugins)
    assert set(before) == {
        "product",
        "collector",
        part_of("file.opened"),
        part_of("spelling.added"),
    }
    metric = table["metric"]["file.opened"]  # type: ignore[index]
    metric.update(status="retired", approved="x", outcomes=[])
    assert parts(table, plugins) == before
    metric["question"] = "Another?"
    after = parts(table, plugins)
    assert {part for part in after if after[part] != before[part]} == {part_of("file.opened")}


def test_each_part_has_a_digest_of_its_own() -> None:
    table, plugins = tables()
    before = parts(table, plugins)
    table["collector"] = {"url": "https://b.example"}
    assert {p for p, d in parts(table, plugins).items() if d != before[p]} == {"collector"}
    assert fingerprint(table, plugins) == digest(content(*tables()))
    table["product"]["title"] = "A fork"  # type: ignore[index]
    changed = {p for p, d in parts(table, plugins).items() if d != before[p]}
    assert changed == {"collector", "product"}


def test_a_file_whose_metrics_are_no_tables_has_no_parts_for_them() -> None:
    assert set(parts({"metric": 3})) == {"product"}
    assert set(parts({"metric": {"a.b": 3}})) == {"product"}
