from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.memory import MemoryTransport
from aboveboard.cli import import_ as module
from aboveboard.cli.import_ import MOST_IN_A_ROW
from aboveboard.cli.main import run
from aboveboard.device.parcel_answers import Answers, read_answers
from aboveboard.errors import SendError
from aboveboard.ports.device import Answer

TO = "http://127.0.0.1:8790"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file with twelve reports, as another program could have written it."""
    lines: list[dict[str, object]] = [{"aboveboard": "parcels", "format": 1, "app": "editor"}]
    for number in range(12):
        report = f"{number:032x}"
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        path = f"/reports/editor/{report}"
        lines.append({"report": report, "path": path, "headers": headers, "body": "AAAA"})
    found = tmp_path / "reports"
    found.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return found


class Collector:
    """What stands at the other end of the transport."""

    def __init__(self) -> None:
        self.answers: list[Answer | None] = []
        self.transport = MemoryTransport(self.answer)

    def answer(self, *_: object) -> Answer:
        given = self.answers.pop(0) if self.answers else Answer(201, b'{"code":"kept"}')
        if given is None:
            message = "no network"
            raise SendError(message)
        return given


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Collector:
    made = Collector()
    monkeypatch.setattr(module, "HttpsTransport", lambda: made.transport)
    return made


def answers(file: Path) -> Answers:
    found = read_answers(file.with_name("reports.answers").read_bytes())
    assert isinstance(found, Answers)
    return found


def test_each_report_is_carried_and_answered(
    file: Path, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    collector.answers = [Answer(200, b'{"code":"repeated"}'), Answer(400, b"<html>")]

    assert run(["import", str(file), "--to", f"{TO}/"]) == 0

    assert [sent[0] for sent in collector.transport.sent] == [
        f"{TO}/reports/editor/{number:032x}" for number in range(12)
    ]
    assert {sent[1] for sent in collector.transport.sent} == {b"\x00\x00\x00"}
    found = answers(file)
    assert (found.app, found.to) == ("editor", TO)
    assert [(each.status, each.code) for each in found.heard[:3]] == [
        (200, "repeated"),
        (400, ""),
        (201, "kept"),
    ]
    printed = capsys.readouterr().out
    assert "Carry 12 reports to http://127.0.0.1:8790" in printed
    assert "10 answered with 201 kept" in printed
    assert "Carried: 10 of 12" in printed
    assert "bring that file back" in printed


def test_what_got_no_answer_is_carried_again(
    file: Path, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    collector.answers = [None, Answer(201, b""), *[None] * MOST_IN_A_ROW]

    assert run(["import", str(file), "--to", TO]) == 1

    assert len(answers(file).heard) == 1
    assert "11 got no answer" in capsys.readouterr().out
    assert collector.answers == []
    assert len(collector.transport.sent) == 2 + MOST_IN_A_ROW, "the rest is not tried"
    assert run(["import", str(file), "--to", TO]) == 0
    assert len(answers(file).heard) == 12


@pytest.mark.parametrize("url", ["http://collector.example", "collector.example", ""])
def test_reports_go_nowhere_in_the_clear(
    file: Path, collector: Collector, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", str(file), "--to", url]) == 2
    assert "it is no https address" in capsys.readouterr().err
    assert collector.transport.sent == []


def test_a_strange_file_is_refused_as_a_whole(
    file: Path, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write("{}\n")
    assert run(["import", str(file), "--to", TO]) == 1
    assert "line 14: this is no parcel for editor" in capsys.readouterr().err
    assert collector.transport.sent == []
    assert not file.with_name("reports.answers").exists()


def test_a_file_that_cannot_be_read_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Path.open

    def refuse(path: Path, *how: Any, **more: Any) -> Any:  # noqa: ANN401 as it is in pathlib
        if path == file:
            raise OSError(5, "Input/output error")
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", refuse)
    assert run(["import", str(file), "--to", TO]) == 1
    assert "cannot be read: Input/output error" in capsys.readouterr().err


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_it_goes_over_the_network(file: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    assert run(["import", str(file), "--to", server]) == 0
    assert {each.status for each in answers(file).heard} == {201}
