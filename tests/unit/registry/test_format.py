"""Format 1: what may stand in a registry file beside the reasons, and in a plug-in's."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aboveboard.adapters.registry_files import read_file
from aboveboard.errors import RegistryError, SetupError
from aboveboard.model.metric import Sensitivity, Status, Translation
from aboveboard.registry.read import includes, read
from aboveboard.testing import EXAMPLE_REGISTRY

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "registry.1.json").read_text())
PLUGIN = b"""
format = 1
[plugin]
id = "spell-check"
title = "Spell checker"
prefix = "spelling"
homepage = "https://spelling.example"
contact = "Its maintainers"
"""


def metric(name: str = "spelling.added") -> bytes:
    _, _, rest = EXAMPLE_REGISTRY.partition(b'[metric."file.opened"]')
    return f'[metric."{name}"]'.encode() + rest


def more(lines: str, product: str = "") -> bytes:
    head = EXAMPLE_REGISTRY.replace(b"[product]", f"[product]\n{product}".encode())
    return head + lines.encode()


def including(plugins: bytes = b'include = ["plugins/*.toml"]') -> bytes:
    return plugins + EXAMPLE_REGISTRY


def codes(body: bytes, *plugins: tuple[str, bytes]) -> list[tuple[str, str]]:
    with pytest.raises(RegistryError) as caught:
        read(body, "editor.toml", plugins)
    return [(problem.code, problem.place) for problem in caught.value.problems]


def test_everything_that_people_may_say_of_a_metric_is_read() -> None:
    lines = """
status = "retired"
sensitivity = "interaction"
unit = "files"
correlates_with = ["system.os"]
accuracy = 0.05
example = 3
since = "1.0"
until = "2.4.1"
aliases = ["file.open"]
[metric."file.opened".translations.de]
title = "Geöffnete Dateien"
question = "Wie viel wird der Editor benutzt?"
"""
    registry = read(more(lines, 'languages = ["en", "de"]\ninstalls = 5000'))
    found = registry.metrics["file.opened"]
    assert (registry.languages, registry.installs) == (("en", "de"), 5000)
    assert (found.status, found.sensitivity) == (Status.RETIRED, Sensitivity.INTERACTION)
    assert (found.unit, found.accuracy, found.example) == ("files", 0.05, 3)
    assert (found.since, found.until) == ("1.0", "2.4.1")
    assert (found.correlates_with, found.aliases) == (("system.os",), ("file.open",))
    german = Translation("Geöffnete Dateien", "Wie viel wird der Editor benutzt?")
    assert dict(found.translations) == {"de": german}


def test_what_nobody_said_is_known_to_be_unsaid() -> None:
    registry = read(EXAMPLE_REGISTRY)
    found = registry.metrics["file.opened"]
    assert (registry.languages, registry.installs, registry.plugins) == (("en",), None, ())
    assert (found.status, found.sensitivity, found.accuracy) == (Status.APPROVED, None, None)
    assert (found.example, found.correlates_with, found.plugin) == (None, (), None)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        pytest.param('status = "maybe"', "unknown_status", id="status"),
        pytest.param('sensitivity = "none"', "unknown_sensitivity", id="sensitivity"),
        pytest.param('unit = "10 Files"', "bad_name", id="unit"),
        pytest.param('correlates_with = ["OS"]', "bad_list", id="no-metric-s-name"),
        pytest.param('aliases = ["a.b", "a.b"]', "bad_list", id="twice"),
        pytest.param("aliases = [1]", "bad_list", id="number"),
        pytest.param("accuracy = 0.9", "out_of_bounds", id="accuracy"),
        pytest.param('accuracy = "5 %"', "wrong_type", id="accuracy-in-words"),
        pytest.param("example = 0.5", "wrong_type", id="example"),
        pytest.param('since = "one"', "bad_version", id="version"),
        pytest.param(
            'translations.fr = {title = "T", question = "Q?"}', "unknown_language", id="fr"
        ),
        pytest.param("translations.en = {}", "missing", id="empty-translation"),
    ],
)
def test_what_cannot_be_meant_is_a_problem(lines: str, code: str) -> None:
    assert code in [found for found, _ in codes(more(lines))]


def test_only_an_approved_metric_is_measured() -> None:
    day = date(2026, 11, 21)
    for status, measured in (("proposed", False), ("approved", True), ("retired", False)):
        found = read(more(f'status = "{status}"')).metrics["file.opened"]
        assert found.measured_on(day) is measured


def test_a_plug_in_brings_metrics_of_its_own() -> None:
    registry = read(including(), "editor.toml", [("plugins/spelling.toml", PLUGIN + metric())])
    assert list(registry.metrics) == ["file.opened", "spelling.added"]
    (plugin,) = registry.plugins
    assert (plugin.id, plugin.prefix) == ("spell-check", "spelling")
    assert registry.metrics["spelling.added"].plugin is plugin
    assert registry.metrics["file.opened"].plugin is None


@pytest.mark.parametrize(
    ("body", "plugin", "expected"),
    [
        pytest.param(
            including(),
            PLUGIN + metric("file.added"),
            ("foreign_prefix", "p.toml.metric.file.added"),
            id="another-s-prefix",
        ),
        pytest.param(
            including(),
            PLUGIN.replace(b'"spelling"', b'"file"') + metric("file.added"),
            ("taken_prefix", "p.toml.plugin.prefix"),
            id="the-product-s-prefix",
        ),
        pytest.param(
            EXAMPLE_REGISTRY, PLUGIN + metric(), ("missing", "include"), id="came-unasked"
        ),
        pytest.param(
            including(b"include = []"), PLUGIN + metric(), ("empty", "include"), id="names-none"
        ),
        pytest.param(
            including(),
            PLUGIN.replace(b'"spell-check"', b'"Spell Check"') + metric(),
            ("bad_name", "p.toml.plugin.id"),
            id="name",
        ),
        pytest.param(
            including(),
            PLUGIN.replace(b"format = 1", b"format = 2") + metric(),
            ("unknown_format", "p.toml.format"),
            id="format",
        ),
        pytest.param(including(), b"[", ("not_toml", "p.toml"), id="no-toml"),
        pytest.param(
            including(),
            PLUGIN + b"[collector]\n" + metric(),
            ("unknown_key", "p.toml.collector"),
            id="a-collector-of-its-own",
        ),
    ],
)
def test_a_plug_in_that_oversteps_is_a_problem(
    body: bytes, plugin: bytes, expected: tuple[str, str]
) -> None:
    assert expected in codes(body, ("p.toml", plugin))


def test_two_plug_ins_cannot_share_a_prefix() -> None:
    both = [("a.toml", PLUGIN + metric()), ("b.toml", PLUGIN + metric())]
    assert ("taken_prefix", "b.toml.plugin.prefix") in codes(including(), *both)


def test_the_fingerprint_knows_what_plug_ins_hold_and_not_in_which_files() -> None:
    files = [("a.toml", PLUGIN + metric())]
    mark = read(including(), "x", files).fingerprint
    other = including(b'include = ["b/*.toml"]')
    assert read(other, "x", [("b.toml", files[0][1])]).fingerprint == mark
    assert read(including(), "x", [("a.toml", PLUGIN + metric("spelling.b"))]).fingerprint != mark
    assert read(including(), "x").fingerprint == read(EXAMPLE_REGISTRY).fingerprint != mark


def test_what_is_included_is_known_before_it_is_read() -> None:
    assert includes(including()) == ("plugins/*.toml",)
    assert includes(b"include = 3") == includes(b"[") == includes(b"include = [3]") == ()


def test_a_registry_file_finds_its_plug_ins_below_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "home" / "plugins").mkdir(parents=True)
    file = tmp_path / "home" / "editor.toml"
    file.write_bytes(including())
    (tmp_path / "home" / "plugins" / "spelling.toml").write_bytes(PLUGIN + metric())
    assert list(read_file(file).metrics) == ["file.opened", "spelling.added"]


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("plugins/*.toml", id="no-such-file"),
        pytest.param("../*.toml", id="outside"),
        pytest.param("/etc/*.toml", id="absolute"),
        pytest.param("", id="empty"),
    ],
)
def test_a_pattern_that_leads_nowhere_is_told(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "other.toml").write_bytes(PLUGIN)
    file = tmp_path / "home" / "editor.toml"
    file.write_bytes(including(f'include = ["{pattern}"]'.encode()))
    with pytest.raises(SetupError, match=r"include|names cannot be read"):
        read_file(file)


@pytest.mark.parametrize("path", sorted((ROOT / "registry").glob("*.toml")), ids=lambda p: p.name)
def test_every_shipped_file_has_the_form_of_the_schema(path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(table, default=str)))
    read_file(path)


def test_the_schema_and_the_reader_know_the_same_keys_of_a_product() -> None:
    keys = SCHEMA["$defs"]["product"]["properties"]
    lines = "".join(f'{key} = "?"\n' for key in keys if f"\n{key} =".encode() not in metric())
    unknown = [place for code, place in codes(more("", lines)) if code == "unknown_key"]
    assert unknown == []


def test_the_schema_and_the_reader_know_the_same_keys() -> None:
    keys = SCHEMA["$defs"]["metric"]["properties"]
    lines = "".join(f'{key} = "?"\n' for key in keys if f"\n{key} =".encode() not in metric())
    lines = lines.replace('translations = "?"', "").replace('allow = "?"', "")
    unknown = [place for code, place in codes(more(lines)) if code == "unknown_key"]
    assert unknown == []
