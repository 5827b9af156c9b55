from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.cli.registry_docs import docs, totals
from aboveboard.errors import FactsError, RegistryError, SetupError
from aboveboard.ports.collector import LogPosition, LogSlice, QueryResult
from aboveboard.testing import EXAMPLE_REGISTRY

Printed = pytest.CaptureFixture[str]


def _run(*arguments: object) -> None:
    docs.main([str(argument) for argument in arguments], standalone_mode=False)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """Give a folder with two products, and a file that is none."""
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    viewer = EXAMPLE_REGISTRY.replace(b'"editor"', b'"viewer"').replace(b"An example", b"A second")
    (folder / "viewer.toml").write_bytes(viewer)
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the data of a collector to which twelve people sent a report."""
    folder = tmp_path / "data"
    record = {"app": "editor", "week": "2026-W47", "day": "2026-11-22", "aside": []}
    fact = {"m": "file.opened", "d": "2026-11-16", "k": "", "c": 3}
    lines = [
        json.dumps({**record, "id": f"{number:032x}", "facts": [fact]}).encode()
        for number in range(12)
    ]
    facts = DuckdbFacts(DataFolder(folder).facts)
    facts.load(LogSlice(lines, LogPosition()))
    facts.close()
    return folder


def test_a_site_is_written_and_its_progress_told(
    registry: Path, tmp_path: Path, capsys: Printed
) -> None:
    out = tmp_path / "site"
    _run(out, registry)
    printed = capsys.readouterr().out
    assert "An example editor. 1 metric: 1 measured." in printed
    assert "Files: 10 of 10" in printed
    assert printed.endswith(f"10 files are in {out}; 0 old ones were removed.\n")
    index = (out / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="(\w+)/index.html">', index) == ["viewer", "editor"]
    page = (out / "editor" / "file.opened.html").read_text(encoding="utf-8")
    assert "all_n" in page
    assert "The latest answer" not in page


def test_a_second_run_removes_what_is_no_longer_named(
    registry: Path, tmp_path: Path, capsys: Printed
) -> None:
    out = tmp_path / "site"
    _run(out, registry)
    _run(out, registry / "viewer.toml")
    assert capsys.readouterr().out.endswith("; 3 old ones were removed.\n")
    assert not (out / "editor").exists()
    assert (out / "viewer" / "file.opened.html").exists()


def test_with_a_collectors_data_the_latest_answer_is_on_the_page(
    registry: Path, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    _run(out, registry, "--data", data)
    page = (out / "editor" / "file.opened.html").read_text(encoding="utf-8")
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "from 12 reports, week from 16 Nov 2026" in words
    assert "2026-W47 '' 36 12 12".replace("'", "&#39;") in words


def test_a_folder_without_a_collectors_data_is_refused(registry: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no collector has kept anything"):
        _run(tmp_path / "site", registry, "--data", registry)
    assert not (tmp_path / "site").exists()


def test_a_folder_of_somebody_else_is_left_alone(registry: Path) -> None:
    with pytest.raises(SetupError, match="did not make"):
        _run(registry, registry / "editor.toml")
    assert not (registry / "index.html").exists()


def test_two_files_of_one_app_are_refused(registry: Path, tmp_path: Path) -> None:
    (registry / "again.toml").write_bytes(EXAMPLE_REGISTRY)
    with pytest.raises(SetupError, match="names the app editor"):
        _run(tmp_path / "site", registry)


def test_a_file_with_problems_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_bytes(EXAMPLE_REGISTRY.replace(b"policy = ", b"polisy = "))
    with pytest.raises(RegistryError, match="polisy"):
        _run(tmp_path / "site", bad)
    assert not (tmp_path / "site").exists()


def test_a_part_of_the_totals_is_never_published() -> None:
    def much(_sql: str, most_rows: int) -> QueryResult:
        row = ("file.opened", "week", "2026-W47", "", 1, 1, 1)
        return QueryResult(("metric",), (row,) * most_rows, cut=True)

    with pytest.raises(FactsError, match="editor has more than 2 totals"):
        totals(much, "editor", 2)
