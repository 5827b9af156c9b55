"""Machines with Endless OS: the bytes of their requests, and what their servers push to a Redis."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import socket
import struct
import tempfile
import time
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.endless_vectors import EMPTY_3, FULL_2, FULL_3, REAL_3
from tests.patience import PATIENCE
from tests.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.outside.conftest import Collector, Serve

SHIPPED = Path(__file__).parents[2] / "registry"
MACHINES = 12
"""More than the ten that a group must have to be shown."""
NANO = 1_000_000_000
STARTED_AT = FULL_3.index(b"\0/hY")
CENSUS = {
    "image": "eos-eos5.1-amd64-amd64.231019-225606.base",
    "vendor": "LENOVO",
    "product": "81D2",
    "release": "5.1.0",
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    shutil.copy(SHIPPED / "endless.toml", folder)
    return folder


def machine_3(number: int, attempt: int = 0) -> bytes:
    """Write the full request of a machine, with fresh times for each attempt."""
    now = time.time_ns()
    body = bytearray(FULL_3)
    body[0:16] = struct.pack("<qq", 2 * NANO + attempt * 2 * NANO, now + attempt * 2 * NANO)
    started = struct.pack("<q", NANO + number * 1001)
    body[STARTED_AT : STARTED_AT + 8] = started
    phases = body.index(struct.pack("<6Q", 1, 2, 3, 4, 5, 15))
    body[phases : phases + 48] = struct.pack("<6Q", 0, 0, 0, 0, 0, 16_700_000)
    text = bytes(body)
    text = text.replace(b"2020-09-13", time.strftime("%Y-%m-%d", time.gmtime()).encode())
    return text.replace(b"2020-09", time.strftime("%Y-%m", time.gmtime()).encode())


def machine_2(number: int) -> bytes:
    """Write the full request of the second form."""
    body = bytearray(FULL_2)
    body[8:24] = struct.pack("<qq", 2 * NANO, time.time_ns())
    opened = body.index(struct.pack("<q", NANO))
    body[opened : opened + 8] = struct.pack("<q", number * 1003)
    return bytes(body)


def packed(body: bytes) -> bytes:
    """Compress as the daemon's GLib does: level 9, no time, made on Unix."""
    found = bytearray(gzip.compress(body, 9, mtime=0))
    found[9] = 3
    assert found[:10].hex() == "1f8b0800000000000203"
    return bytes(found)


def daemon_request(host: str, body: bytes, prefix: str = "", form: int = 3) -> bytes:
    """Write a request as it was captured of the real daemon."""
    sent = packed(body)
    head = (
        f"PUT {prefix}/{form}/{hashlib.sha512(body).hexdigest()} HTTP/1.1\r\n"
        f"Host: {host}\r\n"
        "Content-Type: application/octet-stream\r\n"
        f"Content-Length: {len(sent)}\r\n"
        "Accept-Encoding: gzip, deflate\r\n"
        "Connection: Keep-Alive\r\n"
        "X-Endless-Content-Encoding: gzip\r\n\r\n"
    )
    return head.encode() + sent


def sent(collector: Collector, request: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """Send bytes as they are; give the answer's first line, headers and body."""
    address = urllib.parse.urlsplit(collector.address)
    with socket.create_connection((str(address.hostname), address.port or 0), 30) as stream:
        stream.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += stream.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        headers = {name.lower(): value for name, value in (line.split(b": ", 1) for line in lines)}
        while len(body) < int(headers[b"content-length"]):
            body += stream.recv(65536)
    return first, headers, body


def weeks(numbers: dict[str, Any], name: str) -> dict[str, int]:
    """Give the groups of a metric's weeks, each with how many messages it rests on."""
    [metric] = [each for each in numbers["metrics"] if each["metric"] == name]
    found: dict[str, int] = {}
    for week in metric["weeks"]:
        for group in week["groups"]:
            found[group["value"]] = found.get(group["value"], 0) + group["n"]
    return found


def test_machines_report_with_the_daemon_s_own_bytes_and_repeat_themselves_in_vain(
    serve: Serve, tmp_path: Path
) -> None:
    collector = serve()
    for attempt in range(3):  # whoever hears nothing sends the same under another hash
        for number in range(MACHINES):
            answer = sent(collector, daemon_request(collector.host, machine_3(number, attempt)))
            first, headers, body = answer
            assert (first, body) == (b"HTTP/1.1 200 OK", b"OK"), answer
            assert headers[b"content-type"] == b"text/plain; charset=utf-8"
    for number in range(MACHINES):
        for _ in range(2):
            request = daemon_request(collector.host, machine_2(number), form=2)
            assert sent(collector, request)[2] == b"OK"
    assert sent(collector, daemon_request(collector.host, REAL_3))[2] == b"OK"
    numbers = collector.numbers("endless")
    assert weeks(numbers, "startup_finished.total") == {"10000": MACHINES}
    assert weeks(numbers, "startup_finished.firmware") == {"0": MACHINES}
    assert weeks(numbers, "monthly_app_usage.app") == {"org.gnome.Totem": MACHINES}
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for private in (bytes(range(16)), bytes(range(16)).hex().encode(), b"myid", b"Earth"):
        assert private not in kept
    measured = collector.ask("GET", "/metrics").body.decode()
    assert 'wire="endless"' in measured
    assert 'code="past_event"' in measured
    assert 'code="wrong_kind"' in measured


def test_machines_whose_server_has_a_path_are_served_too(serve: Serve) -> None:
    collector = serve(None, "--endless-prefix", "/base")
    assert sent(collector, daemon_request(collector.host, REAL_3, "/base"))[2] == b"OK"
    assert collector.ask("PUT", f"/3/{'0' * 128}").status != 200
    healthy = collector.ask("GET", "/base/")
    assert (healthy.status, healthy.body) == (200, b"<html>\n<body>\nOK\n</body>\n</html>\n")


def test_answers_are_the_original_s(serve: Serve) -> None:
    collector = serve()
    digest = hashlib.sha512(EMPTY_3).hexdigest()

    def put(path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = collector.ask("PUT", path, body, named)
        return answer.status, answer.body

    assert put(f"/3/{digest}", EMPTY_3) == (200, b"OK")
    assert put(f"/0/{digest}", b"old") == (200, b"OK")
    assert put(f"/3/{digest}", gzip.compress(EMPTY_3), Content_Encoding="gzip") == (200, b"OK")
    assert put(f"/3/{digest}", b"x") == (
        400,
        f"SHA512 mismatch: expected {digest} but got {hashlib.sha512(b'x').hexdigest()}".encode(),
    )
    assert put(f"/3/{digest}", b"x", X_Endless_Content_Encoding="GZIP") == (
        400,
        b"Unknown request encoding: GZIP",
    )
    assert put(f"/3/{digest}", b"") == (400, b"Invalid request: empty body")
    assert put(f"/3/{digest}", bytes(1 << 20)) == (
        413,
        b"Maximum request body size 1048576 exceeded, actual body size 1048576",
    )
    refused = collector.ask("PUT", f"/4/{digest}", EMPTY_3)
    assert (refused.status, refused.headers["allow"]) == (405, "GET,HEAD,POST")
    assert collector.ask("GET", "/").body != b"OK"
    bad = hashlib.sha512(b"no variant").hexdigest()
    assert put(f"/3/{bad}", b"no variant") == (200, b"OK")


def test_the_census_counts_machines_by_how_often_they_were_counted(serve: Serve) -> None:
    collector = serve()
    for number in range(MACHINES):
        ping = json.dumps(CENSUS | {"count": 40, "metrics_enabled": number % 2 == 0}).encode()
        told = {"Content-Type": "application/json"}
        answer = collector.ask("PUT", "/v1/ping", ping, told)
        assert (answer.status, answer.content) == (200, {"success": True})
        first = json.dumps(CENSUS | {"dualboot": False, "serial": "SERIAL1"}).encode()
        assert collector.ask("PUT", "/v1/activate", first, told).content == {"success": True}
    wrong = collector.ask("PUT", "/v1/ping", b'{"image":"eos"}')
    assert (wrong.status, wrong.body) == (
        400,
        b'{"error":"Request failed schema validation","success":false}',
    )
    numbers = collector.numbers("endless")
    assert weeks(numbers, "ping.days") == {"30": MACHINES}
    assert weeks(numbers, "ping.vendor") == {"lenovo": MACHINES}
    assert weeks(numbers, "activation.product") == {"eos": MACHINES}
    assert weeks(numbers, "activation.dual_boot") == {"false": MACHINES}


DESK, SEAT = "01234567-89ab-4def-8123-456789abcdef", "fedcba98-7654-4321-8fed-cba987654321"
STARTED_ID = bytes.fromhex("bf7e8aed2932455ca28ed407cfd5aaba")
SESSION_ID = bytes.fromhex("5dc0b53c93f94df0ad6fbd25e9fe638f")


def like(text: str, metric: str, name: str) -> str:
    """Give a metric of a registry under another name."""
    head = f'[metric."{metric}"]'
    found, _, _ = text[text.index(head) :].partition("\n\n")
    return found.replace(head, f'[metric."{name}"]') + "\n"


def test_events_that_nobody_knew_come_back_when_they_are_known_counts_included(
    serve: Serve, tmp_path: Path, registry: Path
) -> None:
    own, data = tmp_path / "own", tmp_path / "data"
    shutil.copytree(registry, own)
    arguments = ("--registry", str(own), "--raw-quarantine", "endless")
    collector = serve(data, *arguments)
    for number in range(MACHINES):
        body = machine_3(number).replace(STARTED_ID, bytes.fromhex(DESK.replace("-", "")))
        body = body.replace(SESSION_ID, bytes.fromhex(SEAT.replace("-", "")))
        assert sent(collector, daemon_request(collector.host, body))[2] == b"OK"
    assert weeks(collector.numbers("endless"), "monthly_app_usage.app") == {
        "org.gnome.Totem": MACHINES
    }
    collector.running.leave()
    text = (SHIPPED / "endless.toml").read_text("utf-8")
    desk = like(text, "startup_finished.total", "desk_used.total")
    seat = like(text, "daily_session_time.time", "seat_used.time")
    (own / "endless.toml").write_text(f"{text}\n{desk}\n{seat}", "utf-8")
    (own / "mappings").mkdir()
    events = (SHIPPED / "mappings" / "endless-events.toml").read_text("utf-8")
    added = f"""
[event.DeskUsed]
id = "{DESK}"
payload = ["(tttttt)"]
says = {{ total = "5 /1000" }}

[event.SeatUsed]
id = "{SEAT}"
kind = "aggregate"
says = {{ time = "count" }}
"""
    (own / "mappings" / "endless-events.toml").write_text(
        events.replace("\n[past]\n", f"{added}\n[past]\n"), "utf-8"
    )
    again = serve(data, *arguments)
    end = time.monotonic() + PATIENCE
    while not weeks(numbers := again.numbers("endless"), "desk_used.total"):
        assert time.monotonic() < end, again.health()
        time.sleep(0.05)
    assert weeks(numbers, "desk_used.total") == {"10000": MACHINES}
    [used] = [each for each in numbers["metrics"] if each["metric"] == "seat_used.time"]
    assert [week["n"] for week in used["weeks"]] == [MACHINES]


@pytest.fixture
def server() -> Iterator[RedisServer]:
    folder = Path(tempfile.mkdtemp(prefix="ab"))
    made = RedisServer(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder)


def test_what_their_servers_pushed_to_a_redis_is_counted_once(
    serve: Serve, server: RedisServer
) -> None:
    for number in range(MACHINES):
        stamp = (time.time_ns() // 1000).to_bytes(8, "little")
        for _ in range(2):
            server.client.lpush("metrics-3", stamp + machine_3(number))
            server.client.lpush("metrics-2", stamp + machine_2(number))
        made = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{number:03}Z"
        record = json.dumps(CENSUS | {"count": 7, "country": "MX", "created_at": made})
        for _ in range(2):
            server.client.lpush("ping-1", record)
            server.client.lpush("activation-1", record)
    server.client.lpush("metrics-3", b"nothing that anybody can read")
    lists = (
        "metrics-3=endless-3,metrics-2=endless-2,ping-1=endless-ping,"
        "activation-1=endless-activation"
    )
    collector = serve(None, "--drain", server.url, "--drain-lists", lists)
    end = time.monotonic() + PATIENCE
    while any(server.client.llen(name.split("=")[0]) for name in lists.split(",")):
        assert time.monotonic() < end
        time.sleep(0.05)
    while sum(collector.health()["queue"]["outcomes"].values()) < 8 * MACHINES + 1:
        assert time.monotonic() < end
        time.sleep(0.05)
    numbers = collector.numbers("endless")
    assert weeks(numbers, "startup_finished.total") == {"10000": MACHINES}
    assert weeks(numbers, "ping.days") == {"5": MACHINES}
    assert weeks(numbers, "activation.release") == {"5.1": MACHINES}
    [put_aside] = server.client.lrange("errors-metrics-3", 0, -1)
    assert put_aside == b"nothing that anybody can read"


def test_whoever_looks_sees_why_a_machine_was_refused(serve: Serve) -> None:
    collector = serve()
    tag = {"X-Debug-ID": "ana"}
    wrong = collector.ask("PUT", f"/3/{'0' * 128}", b"x", tag)
    ping = collector.ask("PUT", "/v1/ping", b"{}", tag)
    assert (wrong.status, ping.status) == (400, 400)
    seen = collector.ask("GET", "/wires/ana").body.decode()
    assert "Refused: another hash than that of the body" in seen
    assert "Refused: no JSON, or not of the form of a ping" in seen
    numbers = collector.ask("GET", "/metrics").body.decode()
    for code, wire, client in (
        ("hash_mismatch", "endless", "metrics-3"),
        ("wrong_form", "phone-home", "ping-1"),
    ):
        labels = f'code="{code}",wire="{wire}",app="endless",client="{client}"'
        assert f"aboveboard_messages_total{{{labels}}} 1" in numbers
