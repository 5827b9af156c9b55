"""A real program sends copies on Google's and Segment's wires; a real collector counts them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.outside.conftest import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.outside.conftest import Serve

MAPPING = """
format = 1
app = "editor"

[[event]]
name = "*"
part = "{metric}"
say = "{metric}"
value = "{value}"
"""
SEGMENT = MAPPING.replace("{metric}", "{event}")
SEND = """
import json, sys, aboveboard
with aboveboard.open("editor", registry=sys.argv[1], home=sys.argv[2]) as telemetry:
    telemetry.choose("on")
    telemetry.person.also(sys.argv[3])
    telemetry.count("file.opened", 3)
    telemetry.set("system.os", "linux")
    telemetry.flush(now=True)
    rows = [(each.fate.value, each.answer, each.url) for each in telemetry.journal()]
    print(json.dumps([row for row in rows if "/mp/" in row[2] or "/v1/" in row[2]]))
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    (folder / "editor.toml").write_text(FILE, encoding="utf-8")
    (folder / "mappings").mkdir()
    return folder


@pytest.mark.parametrize(
    ("kind", "mapping", "address", "path"),
    [
        ("ga4:G-1@", MAPPING, "G-1:sekret=editor", "/mp/collect?measurement_id=G-1"),
        ("segment:", SEGMENT, "sekret=editor", "/v1/batch"),
    ],
)
def test_a_copy_says_what_the_report_says(  # noqa: PLR0913, PLR0917 fixtures and a case
    serve: Serve,
    python: Callable[..., str],
    registry: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    mapping: str,
    address: str,
    path: str,
) -> None:
    (registry / "mappings" / "editor.toml").write_text(mapping, encoding="utf-8")
    setting = "GA4_STREAMS" if kind.startswith("ga4") else "SEGMENT_KEYS"
    monkeypatch.setenv(f"ABOVEBOARD_COLLECTOR_{setting}", address)
    monkeypatch.setenv("ABOVEBOARD_GA4_SECRET", "sekret")
    monkeypatch.setenv("ABOVEBOARD_SEGMENT_KEY", "sekret")
    collector = serve()
    home = tmp_path / "home"
    printed = python(SEND, str(registry / "editor.toml"), str(home), f"{kind}{collector.address}")
    rows = json.loads(printed.splitlines()[-1])
    assert {(fate, url) for fate, _, url in rows} == {("delivered", f"{collector.address}{path}")}
    numbers = {each["metric"]: each["weeks"] for each in collector.numbers()["metrics"]}
    assert [week["count"] for week in numbers["file.opened"]] == [3]
    assert [week["groups"][0]["value"] for week in numbers["system.os"]] == ["linux"]
    kept = b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())
    assert b"sekret" not in kept
