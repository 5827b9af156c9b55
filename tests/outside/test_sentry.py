"""The unmodified client of Sentry, a real collector, and what is kept then."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.outside.conftest import ABOUT
from tests.outside.unmodified import Client, Front, installed
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, Serve

ROOT = Path(__file__).parents[2]
MEBIBYTE = 1024 * 1024
MANY = 64
"""Connections with a large body at once; as bodies they would take 1.2 GiB."""
SECRET = "correcthorsebatterystaple"  # noqa: S105 it stands for all that must go nowhere
REGISTRY = """
format = 1

[product]
id = "editor"
title = "An editor for tests"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."

[metric."editor.broke"]
kind = "error"
title = "Errors"
{about}

[metric."session.status"]
kind = "labelled"
title = "Sessions"
labels = ["started", "exited", "errored", "crashed"]
{about}

[metric."session.started"]
kind = "labelled"
title = "Sessions by release"
precision = 3
{about}

[metric."session.crashed"]
kind = "labelled"
title = "Crashes by release"
precision = 3
{about}

[metric."session.crashed".rate]
of = "session.started"
title = "Sessions without a crash"
question = "How many sessions end without a crash?"
rest = true
"""
CLIENT = """
import sys
key, address = sys.argv[1:]
dsn = address.replace("://", f"://{key}@") + "/1"

import sentry_sdk

sentry_sdk.init(dsn=dsn, release="editor@1.2.3")
"""
PROGRAM = (
    CLIENT
    + f"""
import json
import logging
from sentry_sdk.sessions import track_session

sentry_sdk.set_user({{"id": "{SECRET}", "email": "{SECRET}@example.org"}})
sentry_sdk.set_tag("tag", "{SECRET}")
sentry_sdk.set_context("context", {{"it": "{SECRET}"}})
sentry_sdk.add_breadcrumb(message="{SECRET}")

class {SECRET}(Exception):
    pass

def {SECRET}_function(variable):
    try:
        json.loads("{{" + variable)
    except ValueError as error:
        raise {SECRET}("{SECRET}") from error

with track_session(sentry_sdk.get_isolation_scope()):
    for _ in range(3):
        try:
            {SECRET}_function("{SECRET}")
        except Exception as error:
            sentry_sdk.capture_exception(error)
    logging.error("{SECRET}")
sentry_sdk.capture_event({{"type": "transaction", "transaction": "{SECRET}"}})
sentry_sdk.flush(50)
"""
)
SENTRY = Client("sentry", PROGRAM)
SESSIONS = Client(
    "sentry",
    """
import os, sys
key, address = sys.argv[1:]
os.environ["SENTRY_DSN"] = address.replace("://", f"://{key}@") + "/1"
os.environ["SENTRY_RELEASE"] = "editor@2.0.1"

import sentry_sdk
from sentry_sdk.sessions import track_session
from sentry_sdk.utils import event_from_exception

sentry_sdk.init()
for number in range(8):
    scope = sentry_sdk.get_isolation_scope()
    with track_session(scope, session_mode="application"):
        if number < 2:
            try:
                raise ValueError
            except ValueError as error:
                unhandled = {"type": "excepthook", "handled": False}
                options = sentry_sdk.get_client().options
                event, hint = event_from_exception(error, options, unhandled)
                sentry_sdk.capture_event(event, hint)
sentry_sdk.flush(50)
""",
)
PLAIN = """
import sentry_sdk

sentry_sdk.init()
try:
    {}["x"]
except KeyError as error:
    sentry_sdk.capture_exception(error)
sentry_sdk.flush(50)  # at its end a program waits for 0.1 s, then says on stderr that it waits
"""
LARGE = (
    CLIENT
    + """
import os
try:
    raise OSError
except OSError as error:
    with sentry_sdk.new_scope() as scope:
        scope.add_attachment(bytes=os.urandom(5_000_000), filename="dump")
        scope.add_attachment(bytes=bytes(60_000_000), filename="zeros")
        sentry_sdk.capture_exception(error)
sentry_sdk.flush(50)
"""
)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    text = REGISTRY.replace("{about}", ABOUT)
    (folder / "editor.toml").write_text(text, encoding="utf-8")
    return folder


def resident(collector: Collector) -> int:
    text = collector.ask("GET", "/metrics").body.decode()
    [found] = re.findall(r"^process_resident_memory_bytes (\d+)", text, re.MULTILINE)
    return int(found)


def groups(collector: Collector, metric: str) -> dict[str, int]:
    metrics: list[dict[str, Any]] = collector.numbers()["metrics"]
    weeks = [each["weeks"] for each in metrics if each["metric"] == metric and each["weeks"]]
    return {str(group["value"]): group["count"] for group in weeks[0][0]["groups"]} if weeks else {}


def messages(collector: Collector, code: str) -> int:
    text = collector.ask("GET", "/metrics").body.decode()
    line = (
        rf'^aboveboard_messages_total{{code="{code}",wire="sentry",app="editor",client=".*"}} (\d+)'
    )
    return sum(map(int, re.findall(line, text, re.MULTILINE)))


def test_the_page_shows_what_is_tried_here() -> None:
    page = (ROOT / "docs" / "wires" / "sentry.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```python\n(import.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert block in CLIENT


def test_errors_are_counted_and_nothing_that_the_client_knows_is_kept(serve: Serve) -> None:
    collector = serve()
    front = Front(collector.host)
    with front.serving() as address:
        assert SENTRY.run("editor", address) == ""
    assert {seen.status for seen in front.seen} == {200}
    [(mark, count)] = groups(collector, "editor.broke").items()
    assert (len(mark), count) == (32, 3)
    assert groups(collector, "session.status") == {"started": 1, "errored": 1}
    assert groups(collector, "session.started") == {"1.2.3": 1}
    assert messages(collector, "message_not_kept") == 1
    assert messages(collector, "transaction_not_kept") == 1
    kept = {file: file.read_bytes() for file in collector.data.rglob("*") if file.is_file()}
    assert [file for file, content in kept.items() if SECRET.encode() in content] == []
    assert any(b"json.decoder.JSONDecodeError" in content for content in kept.values())


def test_a_program_is_told_where_to_report_by_variables_alone(serve: Serve) -> None:
    collector = serve()
    folder = installed("sentry")
    front = Front(collector.host)
    with front.serving() as address:
        told = {"SENTRY_DSN": f"{address.replace('://', '://editor@')}/1"}
        done = subprocess.run(
            [sys.executable, "-c", PLAIN],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **told},  # noqa: TID251 of the child
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert {seen.status for seen in front.seen} == {200}
    assert list(groups(collector, "editor.broke").values()) == [1]


def test_the_share_of_sessions_without_a_crash_is_published(serve: Serve) -> None:
    """Of a release that no registry names."""
    collector = serve()
    front = Front(collector.host)
    with front.serving() as address:
        assert SESSIONS.run("editor", address) == ""
    assert {seen.status for seen in front.seen} == {200}
    assert groups(collector, "session.started") == {"2.0.1": 8}
    assert groups(collector, "session.crashed") == {"2.0.1": 2}
    metrics: list[dict[str, Any]] = collector.numbers()["metrics"]
    [rate] = [each["rate"] for each in metrics if "rate" in each]
    assert (rate["of"], rate["title"]) == ("session.started", "Sessions without a crash")
    shares = {share["value"]: share for share in rate["weeks"][0]["shares"]}
    assert {(each["share"], each["of"], each["n"]) for each in shares.values()} == {(0.75, 8, 8)}
    assert set(shares) == {"", "2.0.1"}
    page = collector.ask("GET", "/apps/editor").body.decode()
    card = page.partition('id="session.crashed-rate"')[2].partition("</article>")[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", card).split())
    assert "75.0 % of 8 times from 8 reports" in words
    assert "Likely 40.9 to 92.9 %." in words
    assert "2.0.1 75.0 % 40.9 to 92.9 % 8 8" in words
    assert "<svg" in card


def test_an_event_beside_large_attachments_is_counted(serve: Serve) -> None:
    collector = serve()
    front = Front(collector.host)
    with front.serving() as address:
        assert Client("sentry", LARGE).run("editor", address) == ""
    assert {seen.status for seen in front.seen} == {200}
    assert max(len(seen.body) for seen in front.seen) > 5_000_000
    assert groups(collector, "editor.broke").popitem()[1] == 1
    assert messages(collector, "attachment_not_kept") == 2


def test_many_large_bodies_at_once_take_little_memory(serve: Serve) -> None:
    collector = serve()
    before = resident(collector)
    [piece] = [os.urandom(MEBIBYTE)]
    head = b"{}\n" + b'{"type":"attachment","length":%d}\n' % (19 * MEBIBYTE)
    end = b"\n" + b'{"type":"session"}\n{"sid":"a","init":true}\n'
    length = len(head) + 19 * MEBIBYTE + len(end)
    ways = [http.client.HTTPConnection(collector.host, timeout=PATIENCE) for _ in range(MANY)]
    for way in ways:
        way.putrequest("POST", "/api/1/envelope/?sentry_key=editor")
        way.putheader("Content-Length", str(length))
        way.endheaders(head)
    for _ in range(19):
        for way in ways:
            way.send(piece)
    most = resident(collector)
    for way in ways:
        way.send(end)
    answers = [way.getresponse().status for way in ways]
    for way in ways:
        way.close()
    assert answers == [200] * MANY
    assert max(most, resident(collector)) - before < 300 * MEBIBYTE


def test_the_type_of_an_answer_is_that_of_a_client_that_sends_too_much(serve: Serve) -> None:
    told = serve().ask("POST", "/api/1/store/?sentry_key=editor", b"x" * (21 * MEBIBYTE))
    assert (told.status, told.headers["content-type"]) == (413, "application/json")


def test_each_event_is_sent_once_whatever_it_hears(serve: Serve) -> None:
    collector = serve()
    front = Front(collector.host)
    with front.serving() as address:
        assert SENTRY.run("nobody", address) == ""
    assert {seen.status for seen in front.seen} == {403}
    bodies = [seen.body for seen in front.seen]
    assert len(bodies) == len(set(bodies))
    assert groups(collector, "editor.broke") == {}
