from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from aboveboard.adapters import survey
from aboveboard.adapters.data_folder import DataFolder, ServedBy
from aboveboard.cli.main import run
from aboveboard.testing import EXAMPLE_REGISTRY

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the command for a deployment that is well."""
    monkeypatch.setattr("aboveboard.cli.check.disk_of", lambda _: (1 << 40, -1))
    monkeypatch.setattr(survey, "TIMESYNC", tmp_path / "none")
    for name in ("data/log/0", "data/keys", "registry", "backups/aboveboard-20991231T000000Z"):
        (tmp_path / name).mkdir(parents=True, mode=0o700)
    for name in ("data", "data/keys", "backups"):
        (tmp_path / name).chmod(0o700)
    (tmp_path / "data" / "log" / "0" / "0000000001.log").write_bytes(b"ABLOG\0\0\1")
    (tmp_path / "backups" / "aboveboard-20991231T000000Z" / "manifest.json").touch()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    monkeypatch.setattr("aboveboard.cli.check.check_file", lambda *_: [])
    folders = ["data", "registry"]
    named = [word for name in folders for word in (f"--{name}", str(tmp_path / name))]
    return ["check", *named, "--backup-folder", str(tmp_path / "backups")]


def codes(words: list[str], capsys: Printed) -> list[str]:
    status = run([*words, "--format", "json"])
    found = [row["code"] for row in json.loads(capsys.readouterr().out)]
    assert status == (1 if found else 0)
    return found


def test_a_deployment_that_is_well_is_told_so(words: list[str], capsys: Printed) -> None:
    assert run(words) == 0
    assert capsys.readouterr().out == "No findings.\n"


def test_findings_come_with_what_they_mean_and_what_to_do(
    words: list[str], tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "data" / "keys").chmod(0o755)
    assert run(words) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Others on this machine can read")
    assert said[0].endswith("[keys_readable]")
    assert said[1] == f"    {tmp_path / 'data' / 'keys'}"
    assert said[2].startswith("  Take the rights from them")
    assert said[3] == "1 finding."


def test_what_is_open_broken_or_old_is_found(
    words: list[str], tmp_path: Path, capsys: Printed
) -> None:
    data = tmp_path / "data"
    file = tmp_path / "c.toml"
    file.write_text('store = "postgresql://ana:horse@h/d"\n', encoding="utf-8")
    for each in (file, data, tmp_path / "backups"):
        each.chmod(0o755)
    (data / "log" / "0000000001.log").write_bytes(b"other")
    os.utime(data / "log" / "0000000001.log", (1 << 33, 1 << 33))
    found = codes([*words, "--config", str(file), "--host", "0.0.0.0"], capsys)  # noqa: S104
    assert found == [
        "no_tls",
        "data_readable",
        "settings_readable",
        "backup_readable",
        "clock_behind",
        "older_layout",
        "log_unreadable",
    ]


def test_a_file_of_the_log_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    (tmp_path / "1.log").symlink_to(tmp_path / "nowhere")
    (tmp_path / "2.log").write_bytes(b"AB")
    assert list(survey.unreadable(tmp_path)) == [str(tmp_path / "1.log")]


def test_a_registry_with_problems_and_no_backup_are_found(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "registry" / "editor.toml").write_text("[product]\n", encoding="utf-8")
    found = codes(words[:-2], capsys)
    assert {"registry_problem", "no_backup"} <= set(found)


def test_tables_that_a_collector_has_open_are_left_alone(
    words: list[str], tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "data" / "facts").mkdir()
    (tmp_path / "data" / "facts" / "facts.duckdb").write_bytes(b"x" * 5000)
    assert codes(words, capsys) == []


def test_a_switch_for_developers_of_the_serving_process_is_found(
    words: list[str], tmp_path: Path, capsys: Printed
) -> None:
    sleeper = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        env={"PYTHONDEVMODE": "1", "UVICORN_RELOAD": "0"},
    )
    try:
        DataFolder(tmp_path / "data").serving(ServedBy(sleeper.pid, 1, "token", "http://h"))
        assert codes(words, capsys) == ["debug_switch"]
    finally:
        sleeper.kill()
        sleeper.wait()
    assert survey.debug_switches(sleeper.pid) == []


class Answers(BaseHTTPRequestHandler):
    """Answers 200 to everybody, and remembers what was asked."""

    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["X-Forwarded-For"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    Answers.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_only_the_owner_should_read_is_asked_for_from_outside(
    words: list[str], address: str, capsys: Printed
) -> None:
    assert run([*words, "--public-url", address, "--format", "json"]) == 1
    found = [(row["code"], row["place"]) for row in json.loads(capsys.readouterr().out)]
    assert found[1:] == [
        ("admin_reachable", f"{address}/metrics"),
        ("admin_reachable", f"{address}/wires"),
    ]


def test_only_this_machine_is_told_that_the_question_came_from_elsewhere(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web server in front must say that itself, or everybody is taken for this machine."""
    assert survey.status_of(f"{address}/a") == 200
    monkeypatch.setattr(survey, "is_public", lambda _: True)
    assert survey.status_of(f"{address}/b") == 200
    assert Answers.asked == [("/a", "192.0.2.1"), ("/b", None)]


def test_settings_that_cannot_work_are_told_instead(words: list[str], capsys: Printed) -> None:
    assert run([*words, "--bulletins", "/no/such/folder"]) == 2
    assert "bulletins: the notices in '/no/such/folder' cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["https://127.0.0.1:1/x", "http://127.0.0.1:1/x", "http://[/"])
def test_an_address_where_nobody_answers_is_no_finding(
    words: list[str], url: str, capsys: Printed
) -> None:
    assert survey.status_of(url) == 0
    more = ["plain_address"] if url.startswith("http:") and "[" not in url else []
    if "[" not in url:
        assert codes([*words, "--public-url", url], capsys) == more


def test_a_clock_that_nobody_sets_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "TIMESYNC", tmp_path)
    assert survey.clock_is_set() is False
    (tmp_path / "synchronized").touch()
    assert survey.clock_is_set() is True
    assert survey.is_public("telemetry.example")
