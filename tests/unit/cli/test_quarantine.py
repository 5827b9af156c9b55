from __future__ import annotations

import json
from pathlib import Path

import pytest

from aboveboard.adapters.data_folder import DataFolder, ServedBy
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.system import SystemClock
from aboveboard.cli.main import run
from aboveboard.collector.records import (
    Record,
    RecordAside,
    RecordUnread,
    encode,
)
from aboveboard.model.period import Week
from aboveboard.testing import EXAMPLE_REGISTRY

TODAY = SystemClock().now().date()
WEEK = Week.of(TODAY)
OPENED = json.dumps(
    {"metric": "file.opened", "value": 3, "day": WEEK.first.isoformat()}, separators=(",", ":")
)


def report(number: int, *asides: RecordAside) -> bytes:
    day = TODAY.isoformat()
    return encode(Record(f"{number:032x}", "editor", str(WEEK), day, [], list(asides)))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a folder as a collector leaves it whose registry did not know a metric yet."""
    folder = tmp_path / "data"
    log = FileLog(folder / "log" / "0")
    known_by_now = RecordAside("file.opened", "unknown_metric", OPENED)
    made_up = RecordAside("made.up", "unknown_metric", '{"metric":"made.up","value":"mellon"}')
    log.append([report(1, known_by_now, made_up), report(2, known_by_now)])
    log.append([encode(RecordUnread("editor", TODAY.isoformat(), "not_a_report", "bWVsbG9u"))])
    log.close()
    worker = FileLog(folder / "log" / "1")
    worker.append([report(3, made_up)])
    worker.close()
    return folder


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    return folder


def said(capsys: pytest.CaptureFixture[str], *words: object, status: int = 0) -> str:
    capsys.readouterr()
    assert run(["quarantine", *map(str, words)]) == status
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str], data: Path, *words: str) -> list[tuple[str, int]]:
    found = json.loads(said(capsys, "list", "--data", data, "--format", "json", *words))
    return [(row["metric"], row["reports"]) for row in found]


def test_what_waits_is_listed_by_metric_and_reason(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(capsys, data) == [("", 1), ("file.opened", 2), ("made.up", 2)]
    assert listed(capsys, data, "--metric", "made.up") == [("made.up", 2)]
    assert listed(capsys, data, "--metric", "unread") == [("", 1)]
    assert listed(capsys, data, "--reason", "wrong_day") == []
    assert listed(capsys, data, "--app", "o'connor") == []
    table = said(capsys, "list", "--data", data)
    assert "unknown_metric" in table
    assert "Let go" not in table


def test_what_waits_is_shown_as_it_came(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "show", "--data", data, "--metric", "made.up", "--format", "json")
    [row] = json.loads(text)
    assert (row["reports"], row["entries"]) == (2, [{"metric": "made.up", "value": "mellon"}])
    assert "bWVsbG9u" in said(capsys, "show", "--data", data, "--metric", "unread")


def test_more_than_wished_is_cut_and_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    run(["quarantine", "show", "--data", str(data), "--rows", "1"])
    assert "Only the first 1 rows" in capsys.readouterr().err


def test_what_is_allowed_by_now_comes_back_once(
    data: Path, registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("replay", "--data", data, "--registry", registry)
    assert said(capsys, *words) == "2 entries of 2 reports came back.\n"
    assert said(capsys, *words) == "0 entries of 0 reports came back.\n"
    assert listed(capsys, data) == [("", 1), ("made.up", 2)]


def test_without_a_collector_a_replay_needs_the_registry(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "replay", "--data", data, status=1) == ""


def test_what_is_let_go_is_gone_and_counted(
    data: Path, registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "drop", "--data", data, "--app", "editor", "--metric", "file.opened")
    assert text == "What waited of 2 reports is let go.\n"
    assert listed(capsys, data) == [("", 1), ("made.up", 2)]
    assert "0 entries" in said(capsys, "replay", "--data", data, "--registry", registry)
    said(capsys, "drop", "--data", data, "--app", "editor", "--all")
    text = said(capsys, "list", "--data", data)
    assert text == "Nothing waits.\nLet go so far, counted in reports: 5 dropped.\n"
    assert said(capsys, "show", "--data", data) == "Nothing waits.\n"
    assert "of 0 reports" in said(capsys, "drop", "--data", data, "--app", "editor", "--all")
    assert "0 entries" in said(capsys, "replay", "--data", data, "--registry", registry)


def test_what_is_to_go_must_be_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "drop", "--data", data, "--app", "editor", status=2)


def test_a_folder_without_data_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("drop", "--data", tmp_path / "none", "--app", "editor", "--all")
    said(capsys, *words, status=1)
    assert not (tmp_path / "none").exists()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_collector_that_was_killed_is_no_obstacle(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    DataFolder(data).serving(ServedBy(1, 1, "token", ""))
    assert "2 reports" in said(
        capsys, "drop", "--data", data, "--app", "editor", "--metric", "made.up"
    )
