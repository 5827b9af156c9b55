from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from aboveboard.model.registry import Registry
from aboveboard.registry.read import read
from aboveboard.registry.reference.table import as_table
from aboveboard.testing import EXAMPLE_REGISTRY

DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _toml(value: object) -> str:
    match value:
        case Mapping():
            items = (f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
            return f"{{ {', '.join(items)} }}"
        case list():
            return f"[{', '.join(_toml(item) for item in value)}]"
        case str() if DAY.fullmatch(value):
            return value
        case _:
            return json.dumps(value)


def _again(registry: Registry) -> Registry:
    """Write a registry as data, the data as TOML, and read that."""
    table = json.loads(json.dumps(as_table(registry)))
    plugins = table.pop("plugins", [])
    if plugins:
        table["include"] = ["plugins/*.toml"]
    body, *files = (
        "\n".join(f"{key} = {_toml(item)}" for key, item in file.items()).encode()
        for file in (table, *plugins)
    )
    found = read(body, "again", [(f"plugin {n}", file) for n, file in enumerate(files)])
    return replace(found, fingerprint=registry.fingerprint, parts=registry.parts)


def test_the_data_of_a_registry_says_the_same_as_its_file(every_kind: Registry) -> None:
    assert _again(every_kind) == every_kind


def test_a_file_that_says_little_makes_little_data() -> None:
    registry = read(EXAMPLE_REGISTRY)
    assert _again(registry) == registry
    assert list(as_table(registry)) == ["format", "product", "metric"]


def test_a_collector_with_one_address_makes_little_data(every_kind: Registry) -> None:
    assert every_kind.collector is not None
    plain = replace(
        every_kind.collector, urls=("https://one.example",), keys=(), log="", mirrors=()
    )
    registry = replace(every_kind, collector=plain)
    assert _again(registry) == registry
