"""The unmodified client of Sentry, a real collector, and what is kept then."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.outside.conftest import ABOUT
from tests.outside.unmodified import Client, Front

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, Serve

ROOT = Path(__file__).parents[2]
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
labels = ["1.2.3"]
{about}
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
sentry_sdk.flush(10)
import time
time.sleep(0.5)  # the session is sent by a thread that flush() does not wait for
sentry_sdk.flush(10)
"""
)
SENTRY = Client("sentry", PROGRAM)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    text = REGISTRY.replace("{about}", ABOUT)
    (folder / "editor.toml").write_text(text, encoding="utf-8")
    return folder


def groups(collector: Collector, metric: str) -> dict[str, int]:
    metrics: list[dict[str, Any]] = collector.numbers()["metrics"]
    weeks = [each["weeks"] for each in metrics if each["metric"] == metric and each["weeks"]]
    return {str(group["value"]): group["count"] for group in weeks[0][0]["groups"]} if weeks else {}


def messages(collector: Collector, code: str) -> int:
    text = collector.ask("GET", "/metrics").body.decode()
    line = rf'^aboveboard_messages_total{{code="{code}",wire="sentry",app="editor"}} (\d+)'
    found = re.search(line, text, re.MULTILINE)
    return int(found[1]) if found else 0


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


def test_each_event_is_sent_once_whatever_it_hears(serve: Serve) -> None:
    collector = serve()
    front = Front(collector.host)
    with front.serving() as address:
        assert SENTRY.run("nobody", address) == ""
    assert {seen.status for seen in front.seen} == {403}
    bodies = [seen.body for seen in front.seen]
    assert len(bodies) == len(set(bodies))
    assert groups(collector, "editor.broke") == {}
