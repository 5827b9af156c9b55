"""What pages show in other languages than Python holds as well."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

from aboveboard.model.metric import Kind, Rate, Reducer
from aboveboard.model.provider import Telling
from aboveboard.registry.metrics import REDUCES_TO
from aboveboard.registry.read import read
from aboveboard.wires import native_reader

ROOT = Path(__file__).parents[2]


def _blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_registry_file_of_the_page_has_no_problem() -> None:
    body, share, setting, include, plugin = _blocks("docs/registry.md", "toml")
    text = include + body + setting
    registry = read(text.encode(), "editor.toml", [("spelling.toml", plugin.encode())])
    assert list(registry.metrics) == ["file.opened", "mail.server_set", "spelling.words_added"]
    assert registry.collector is not None
    assert registry.collector.key is not None
    (rate,) = (each["rate"] for each in tomllib.loads(share)["metric"].values())
    assert set(rate) == {field.name for field in fields(Rate)}


def test_the_report_that_people_are_shown_is_one() -> None:
    (body,) = _blocks("PRIVACY.md", "json")
    content = json.loads(body)
    for place in ("registry", "withdrawal"):
        assert content[place].endswith("…")
        content[place] = "f" * 64
    assert isinstance(native_reader.read(json.dumps(content).encode()), tuple)


def test_the_entries_of_the_wire_s_page_are_read() -> None:
    text = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
    entries = [json.loads(entry) for entry in re.findall(r'`(\{"metric".*?\})` \|', text)]
    assert len(entries) == len(Kind)
    report = {"format": 1, "id": "0" * 32, "app": "x", "period": "2026-W47", "registry": "0" * 64}
    body = json.dumps({**report, "entries": entries}).encode()
    assert isinstance(native_reader.read(body), tuple)


def test_every_outcome_of_a_provider_is_documented() -> None:
    text = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [code.value for code in Telling]


def test_every_reducer_is_documented_with_what_it_makes() -> None:
    text = (ROOT / "docs" / "reducers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.MULTILINE)
    assert set(rows) == {(reducer, kind) for reducer in Reducer for kind in REDUCES_TO[reducer]}
