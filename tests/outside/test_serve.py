from __future__ import annotations

import gzip
import http.client
import http.server
import json
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import zstandard
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.outside.conftest import Collector, MakeReport, Run, Serve

SEND = """
import json, sys, aboveboard
with aboveboard.open("editor", registry=sys.argv[1], home=sys.argv[2]) as telemetry:
    telemetry.count("file.opened", 7)
    telemetry.choose("on")
    telemetry.count("file.opened", 3)
    telemetry.set("system.os", "linux")
    print(json.dumps(sorted(body.decode() for body in telemetry.preview())))
    sent = telemetry.flush(now=True)
    print(json.dumps(sorted(delivery.body.decode() for delivery in sent)))
    print({f"{delivery.answer} {delivery.fate.value}" for delivery in sent})
"""
ADDRESS = "/reports/editor/" + "a" * 32


def test_a_start_says_where_it_serves_and_what_seals_for_it(shared: Collector, run: Run) -> None:
    lines = shared.running.output.splitlines()
    assert lines[0].startswith(f"Collector at {shared.address} for editor; data in ")
    assert lines[0].endswith(f"data in {shared.data}")
    assert lines[1] == f"To have reports sealed for it: {shared.key_line}"
    log = lines[2].removeprefix("To have its log checked: ")
    assert run("key", "--data", str(shared.data)).stdout == f"{shared.key_line}\n{log}\n"


def test_a_report_is_kept_and_its_repeat_is_known_again(
    shared: Collector, report: MakeReport
) -> None:
    first, second = shared.put(report(1)), shared.put(report(1))
    assert (first.status, first.content) == (201, {"code": "kept", "aside": 0})
    assert (second.status, second.content) == (200, {"code": "repeated", "aside": 0})


@pytest.mark.parametrize(
    ("number", "encoding", "compress"),
    [
        pytest.param(11, "gzip", gzip.compress, id="gzip"),
        pytest.param(12, "zstd", zstandard.compress, id="zstd"),
        pytest.param(13, "GZIP", gzip.compress, id="in-capitals"),
        pytest.param(14, "identity", bytes, id="not-compressed"),
    ],
)
def test_a_report_may_be_compressed(
    shared: Collector,
    report: MakeReport,
    number: int,
    encoding: str,
    compress: Callable[[bytes], bytes],
) -> None:
    content = report(number)
    body = compress(json.dumps(content).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = shared.ask("PUT", f"/reports/editor/{content['id']}", body, headers)
    assert (answer.status, answer.content["code"]) == (201, "kept")


def test_what_the_collector_does_not_understand_is_set_aside_and_the_rest_is_kept(
    shared: Collector, report: MakeReport
) -> None:
    before = shared.health()["entries_set_aside"]
    known = {"metric": "system.os", "value": "linux"}
    answer = shared.put(report(21, known, {"metric": "file.lost", "value": "linux"}))
    assert (answer.status, answer.content) == (201, {"code": "kept", "aside": 1})
    assert shared.health()["entries_set_aside"] == before + 1


def test_the_real_library_sends_what_it_showed_and_nobody_on_the_way_can_read_it(
    serve: Serve, python: Callable[..., str], registry: Path, tmp_path: Path
) -> None:
    collector = serve()
    carried: list[bytes] = []

    class Post(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            carried.extend((str(self.headers).encode(), body))
            answer = collector.ask("PUT", self.path, body, dict(self.headers))
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Post) as post:
        carrier = threading.Thread(target=post.serve_forever, daemon=True)
        carrier.start()
        url = f'url = "http://127.0.0.1:{post.server_port}"'
        text = (registry / "editor.toml").read_text(encoding="utf-8")
        file = tmp_path / "editor.toml"
        file.write_text(f"{text}\n[collector]\n{url}\n{collector.key_line}\n", encoding="utf-8")
        try:
            shown, sent, answer = python(SEND, str(file), str(tmp_path / "device")).splitlines()
        finally:
            post.shutdown()
            carrier.join()
    assert answer == "{'201 kept delivered'}"
    assert shown == sent
    entries = [entry for body in json.loads(sent) for entry in json.loads(body)["entries"]]
    assert {entry["metric"]: entry["value"] for entry in entries} == {
        "file.opened": 3,
        "system.os": "linux",
    }
    assert b"aboveboard/1" in carried[0]
    assert b"file.opened" not in carried[1]
    opened = collector.numbers()["metrics"][0]
    assert [(week["count"], week["n"]) for week in opened["weeks"]] == [(3, 1)]


@dataclass(frozen=True)
class Wrong:
    """A request that is to be refused."""

    method: str = "PUT"
    path: str = ADDRESS
    body: bytes | None = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


GZIP = {"Content-Encoding": "gzip"}
OLD = {"Content-Encoding": "compress"}
PLAIN = {"Content-Type": "text/plain"}
SEALED = {"Content-Type": "application/vnd.aboveboard.sealed"}
BOMB = gzip.compress(b" " * 2_000_000)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        pytest.param(Wrong(body=b" " * 262_145), 413, "too_large", id="too-large"),
        pytest.param(Wrong(body=BOMB, headers=GZIP), 413, "too_large_inflated", id="a-bomb"),
        pytest.param(Wrong(body=b"{"), 400, "not_a_report", id="not-json"),
        pytest.param(Wrong(), 400, "not_a_report", id="not-a-report"),
        pytest.param(Wrong(headers=GZIP), 400, "broken_compression", id="not-gzip"),
        pytest.param(Wrong(headers=OLD), 415, "unknown_encoding", id="another-compression"),
        pytest.param(Wrong(headers=PLAIN), 415, "unknown_media_type", id="another-type"),
        pytest.param(
            Wrong(body=bytes(100), headers=SEALED), 400, "cannot_open", id="for-somebody-else"
        ),
        pytest.param(Wrong(path="/reports/editor/123"), 400, "bad_report_id", id="a-short-id"),
        pytest.param(
            Wrong(path="/reports/nobody/" + "a" * 32), 404, "unknown_app", id="another-app"
        ),
        pytest.param(Wrong(path="/reports/editor"), 404, "no_such_address", id="no-id"),
        pytest.param(Wrong(path=ADDRESS + "/x"), 404, "no_such_address", id="too-deep"),
        pytest.param(Wrong("GET", body=None), 405, "method_not_allowed", id="reading-a-report"),
        pytest.param(Wrong("POST"), 405, "method_not_allowed", id="posting-a-report"),
        pytest.param(
            Wrong("DELETE", "/apps/editor.json"), 405, "method_not_allowed", id="deleting-a-page"
        ),
        pytest.param(Wrong("GET", "/apps/nobody.json"), 404, "unknown_app", id="no-such-page"),
    ],
)
def test_a_refusal_has_a_code_and_says_why(
    shared: Collector, wrong: Wrong, status: int, code: str
) -> None:
    answer = shared.ask(wrong.method, wrong.path, wrong.body, wrong.headers)
    assert (answer.status, answer.content["code"]) == (status, code)
    assert answer.content["detail"].endswith(".")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"id": "f" * 32}, 400, "address_mismatch", id="another-id"),
        pytest.param({"app": "viewer"}, 400, "address_mismatch", id="another-app"),
        pytest.param({"period": "2099-W01"}, 422, "period_in_future", id="not-begun"),
        pytest.param({"period": "2001-W01"}, 422, "period_too_old", id="long-ago"),
        pytest.param({"period": "2026-W60"}, 400, "not_a_report", id="no-such-week"),
        pytest.param({"colour": "red"}, 400, "not_a_report", id="a-field-too-many"),
    ],
)
def test_a_report_that_contradicts_its_address_or_the_calendar_is_refused(
    shared: Collector, report: MakeReport, changes: dict[str, str], status: int, code: str
) -> None:
    body = json.dumps(report(31, **changes)).encode()
    answer = shared.ask("PUT", f"/reports/editor/{31:032x}", body)
    assert (answer.status, answer.content["code"]) == (status, code)
    assert "red" not in answer.content["detail"]


def test_an_endless_body_is_refused_before_it_ends(shared: Collector) -> None:
    connection = http.client.HTTPConnection(shared.host, timeout=PATIENCE)
    connection.putrequest("PUT", ADDRESS)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    for _ in range(5):
        connection.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (413, "too_large")
    connection.close()


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        pytest.param(ADDRESS, "PUT, DELETE", id="a-report"),
        pytest.param("/apps/editor", "GET, HEAD", id="a-page"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(shared: Collector, path: str, allowed: str) -> None:
    answer = shared.ask("PATCH", path)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_a_person_with_a_wrong_address_gets_a_page_with_the_way_back(shared: Collector) -> None:
    answer = shared.ask("GET", "/nothing", headers={"Accept": "text/html"})
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert b'<a href="/">' in answer.body


def test_health_tells_of_every_part_and_the_tables_catch_up(
    serve: Serve, report: MakeReport
) -> None:
    collector = serve()
    collector.put(report(1))
    collector.put(report(1))
    collector.ask("PUT", ADDRESS, b"{}")
    collector.numbers()
    health = collector.health()
    assert health["status"] == "ok"
    assert (health["log"]["state"], health["log"]["cut_bytes_at_start"]) == ("ok", 0)
    assert health["loader"] == {"state": "ok", "behind_bytes": 0, "loaded_records": 2}
    assert health["store"] == {"state": "ok"}
    assert health["outcomes"] == {"kept": 1, "not_a_report": 1, "repeated": 1}
    assert health["entries_set_aside"] == 0


def test_every_number_says_on_how_many_reports_it_rests(serve: Serve, report: MakeReport) -> None:
    collector = serve()
    day, week = time.strftime("%Y-%m-%d"), time.strftime("%G-W%V")
    opened = {"metric": "file.opened", "day": day}
    for number, (times, system) in enumerate([(5, "linux"), (2, "linux"), (1, "macos")]):
        content = report(
            number, opened | {"value": times}, {"metric": "system.os", "value": system}, period=week
        )
        assert collector.put(content).status == 201
    numbers = collector.numbers()
    opened, systems = numbers["metrics"]
    one = {"value": "", "count": 8, "n": 3, "folded": False, "at_least": False}
    assert numbers["reports"] == 3
    assert opened["weeks"] == [{"period": week, "n": 3, "count": 8, "groups": [one]}]
    assert opened["days"] == [{"period": day, "n": 3, "count": 8, "groups": [one]}]
    assert [(g["value"], g["count"], g["n"]) for g in systems["weeks"][0]["groups"]] == [
        ("linux", 2, 2),
        ("macos", 1, 1),
    ]
    assert systems["days"] == []


@pytest.mark.parametrize(
    "how", [pytest.param(signal.SIGTERM, id="sigterm"), pytest.param(signal.SIGINT, id="ctrl-c")]
)
def test_a_stopped_collector_says_so_and_finds_everything_again(
    serve: Serve, report: MakeReport, how: signal.Signals
) -> None:
    first = serve()
    assert first.put(report(1)).status == 201
    assert first.running.end(how) == 0
    last_line = first.running.output.splitlines()[-1]
    assert last_line == "Collector stopped; everything it accepted is on disk."
    second = serve()
    assert second.key_line == first.key_line
    assert second.put(report(1)).status == 200
    assert second.put(report(2)).status == 201
    assert second.numbers()["metrics"][0]["weeks"][0]["count"] == 2


def test_a_second_collector_on_the_same_folder_is_refused(
    shared: Collector, registry: Path, run: Run
) -> None:
    done = run("serve", "--data", str(shared.data), "--registry", str(registry), "--port", "0")
    assert done.returncode == 1
    assert f"a collector serves from {shared.data} already" in done.stderr
    assert "--data" in done.stderr
    assert shared.health()["status"] == "ok"


def test_a_taken_port_is_refused_with_what_to_do(
    shared: Collector, registry: Path, run: Run, tmp_path: Path
) -> None:
    port = shared.host.rpartition(":")[2]
    data = str(tmp_path / "data")
    done = run("serve", "--data", data, "--registry", str(registry), "--port", port)
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr
    assert "choose another --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_all_problems_of_a_registry_are_told_at_once(
    registry: Path, run: Run, tmp_path: Path
) -> None:
    text = (registry / "editor.toml").read_text(encoding="utf-8")
    text = text.replace('title = "Files opened"', 'titel = "Files opened"')
    text = text.replace('kind = "choice"', 'kind = "word"')
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "editor.toml").write_text(text.replace("format = 1", "format = 7"), encoding="utf-8")
    done = run("serve", "--data", str(tmp_path / "data"), "--registry", str(folder), "--port", "0")
    assert done.returncode == 1
    problems = done.stderr.splitlines()
    assert problems[0].startswith("aboveboard: editor.toml: ")
    assert f"{len(problems) - 1} problems" in problems[0]
    assert len(problems) > 3
    for place, code, remedy in (
        ("format", "unknown_format", "Write format = 1"),
        ("metric.file.opened.title", "missing", "Add text."),
        ("metric.file.opened.titel", "unknown_key", "Correct its name"),
        ("metric.system.os.kind", "unknown_kind", "Use one of"),
    ):
        assert any(
            line.strip().startswith(f"{place}: ") and f"[{code}] {remedy}" in line
            for line in problems
        ), (place, done.stderr)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda folder: folder.mkdir(), id="empty"),
        pytest.param(lambda _: None, id="missing"),
    ],
)
def test_a_folder_without_registries_is_refused(
    run: Run, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    folder = tmp_path / "registry"
    make(folder)
    done = run("serve", "--data", str(tmp_path / "data"), "--registry", str(folder), "--port", "0")
    assert done.returncode == 2
    assert "there is no registry file" in done.stderr
    assert "aboveboard registry shipped --copy registry" in done.stderr


def test_nothing_of_the_sender_is_kept_or_printed(
    serve: Serve, report: MakeReport, run: Run
) -> None:
    collector = serve()
    told = {
        "User-Agent": "Nosy-Agent/77.4",
        "X-Forwarded-For": "203.0.113.77",
        "Forwarded": "for=203.0.113.77",
        "Cookie": "session=chocolate-chip",
        "Referer": "https://private.example/diary",
    }
    content = report(1)
    path = f"/reports/editor/{content['id']}"
    good = collector.ask("PUT", path, json.dumps(content).encode(), told, sender="127.0.0.42")
    bad = collector.ask("PUT", ADDRESS, b"{", told, sender="127.0.0.42")
    page = collector.ask("GET", "/apps/editor", None, told, sender="127.0.0.42")
    assert (good.status, bad.status, page.status) == (201, 400, 200)
    assert "set-cookie" not in {name.lower() for name in page.headers}
    collector.numbers()
    secrets = ("Nosy-Agent", "203.0.113.77", "127.0.0.42", "chocolate-chip", "private.example")
    _assert_nowhere(collector, secrets, run)
    assert collector.running.end(signal.SIGTERM) == 0
    _assert_nowhere(collector, secrets, run)


def _assert_nowhere(collector: Collector, secrets: tuple[str, ...], run: Run) -> None:
    texts = [file.read_bytes() for file in collector.data.rglob("*") if file.is_file()]
    texts.append(collector.running.output.encode())
    where = ("--data", str(collector.data), "--format", "csv")
    names = "select table_name as name from information_schema.tables"
    tables = run("sql", names, *where).stdout.split()[1:]
    query = " union all ".join(f"select cast(t as varchar) as row from {t} as t" for t in tables)  # noqa: S608 their own names
    rows = run("sql", query, *where)
    assert rows.returncode == 0, rows.stderr
    assert "file.opened" in rows.stdout
    texts.append(rows.stdout.encode())
    assert len(tables) > 4
    assert len(texts) > 4
    for secret in secrets:
        assert not any(secret.encode() in text for text in texts), secret
