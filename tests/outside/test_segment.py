"""Unmodified clients of Segment and RudderStack, a real collector, and what is published then."""

from __future__ import annotations

import base64
import gzip
import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.outside.conftest import ABOUT
from tests.outside.unmodified import Client, Front, Seen, Told, passed_on

if TYPE_CHECKING:
    from tests.outside.conftest import Collector, Serve, Start

ROOT = Path(__file__).parents[2]
REGISTRY = """
format = 1

[product]
id = "{app}"
title = "An editor for tests"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."

[metric."file.saved"]
kind = "counter"
title = "Files saved"
{about}

[metric."identify.plan"]
kind = "choice"
title = "Plans"
choices = ["free", "paid"]
{about}

[metric."page.name"]
kind = "choice"
title = "Pages"
choices = ["home", "settings"]
{about}

[metric."group.shared"]
kind = "flag"
title = "Shared editors"
{about}
"""
MAPPING = """
format = 1
app = "{app}"
ignore = ["identify.email"]

[[event]]
name = "file_saved"
say = "file.saved"
"""
PYTHON = """
client.identify("u1", {"plan": "free", "email": "somebody@example.org"})
for _ in range(3):
    client.track("u1", "File Saved", {"path": "/home/somebody/secret.txt"})
client.page("u1", None, "home", {})
client.group("u1", "g1", {"shared": True})
client.alias("before", "u1")
client.flush()
client.join()
"""
SEGMENT = (
    """
import sys
from segment.analytics.client import Client

write_key, host = sys.argv[1:]
client = Client(write_key, host=host, on_error=print)
"""
    + PYTHON
)
SYNC = """
import sys
from segment.analytics.client import Client

write_key, host = sys.argv[1:]
client = Client(write_key, host=host, sync_mode=True)
client.track("u1", "File Saved")
"""
SEGMENT_OLD = SEGMENT.replace("segment.analytics.client", "analytics")
RUDDERSTACK = SEGMENT.replace("segment.", "rudderstack.")
NODE = """
client.identify({ userId: 'u1', traits: { plan: 'free', email: 'somebody@example.org' } })
for (let n = 0; n < 3; n++)
  client.track({ userId: 'u1', event: 'File Saved', properties: { path: '/home/somebody' } })
client.page({ userId: 'u1', name: 'home' })
client.group({ userId: 'u1', groupId: 'g1', traits: { shared: true } })
client.alias({ userId: 'u1', previousId: 'before' })
"""
SEGMENT_NODE = (
    """
const { Analytics } = require('@segment/analytics-node')
const [writeKey, host] = process.argv.slice(1)
const client = new Analytics({ writeKey, host })
client.on('error', console.log)
"""
    + NODE
    + "client.closeAndFlush()"
)
RUDDERSTACK_NODE = (
    """
const Rudder = require('@rudderstack/rudder-sdk-node')
const [writeKey, host] = process.argv.slice(1)
const client = new Rudder(writeKey, { dataPlaneUrl: host, errorHandler: console.log })
"""
    + NODE
    + "client.flush()"
)
CLIENTS = {
    "segment-analytics-python": Client("segment", SEGMENT),
    "analytics-python": Client("segment-old", SEGMENT_OLD),
    "rudder-sdk-python": Client("rudderstack", RUDDERSTACK),
    "@segment/analytics-node": Client("node", SEGMENT_NODE, node=True),
    "@rudderstack/rudder-sdk-node": Client("node", RUDDERSTACK_NODE, node=True),
}
EVERY = pytest.mark.parametrize("client", CLIENTS.values(), ids=list(CLIENTS))
NUMBERED = pytest.mark.parametrize(
    ("number", "client"), list(enumerate(CLIENTS.values())), ids=list(CLIENTS)
)
APPS = [f"{word}{number}" for word in ("editor", "writer") for number in range(len(CLIENTS))]
"""An app for each test that looks at numbers, so that one collector serves them all."""
MESSAGES = 7
OF_RUDDERSTACK = b'{"batch": [{"channel": "server"}]}'
ALL = {"file.saved": 3, "identify.plan": 1, "page.name": 1, "group.shared": 1}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    (folder / "mappings").mkdir()
    for app in APPS:
        product = REGISTRY.replace("{about}", ABOUT).replace("{app}", app)
        (folder / f"{app}.toml").write_text(product, encoding="utf-8")
        mapping = MAPPING.replace("{app}", app)
        (folder / "mappings" / f"{app}.toml").write_text(mapping, encoding="utf-8")
    return folder


def counted(collector: Collector, app: str) -> dict[str, int]:
    """Give the week's count of each metric, and see that one install said it all."""
    metrics: list[dict[str, Any]] = collector.numbers(app)["metrics"]
    weeks = {each["metric"]: each["weeks"][0] for each in metrics if each["weeks"]}
    assert {week["n"] for week in weeks.values()} <= {1}
    return {name: sum(group["count"] for group in week["groups"]) for name, week in weeks.items()}


def messages(collector: Collector, app: str, code: str, client: str = ".*") -> int:
    text = collector.ask("GET", "/metrics").body.decode()
    labels = f'code="{code}",wire="segment",app="{app}",client="{client}"'
    line = rf"^aboveboard_messages_total{{{labels}}} (\d+)"
    return sum(map(int, re.findall(line, text, re.MULTILINE)))


def refusal(collector: Collector, body: bytes, key: str) -> Told:
    """Have the collector itself say what a client is to hear."""
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    known = {"Authorization": f"Basic {credentials}"}
    return passed_on(collector.host, "/v1/batch", known, body)


def lines(text: str) -> set[str]:
    return {line for line in text.splitlines() if line}


def shown(program: str) -> list[str]:
    """Give the examples of the page that are a part of a program."""
    page = (ROOT / "docs" / "wires" / "segment.md").read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"^```(?:python|js)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [block for block in blocks if lines(block) <= lines(program)]


def ids(seen: Seen) -> list[str]:
    """Give the names of the messages of a request."""
    packed = seen.headers.get("content-encoding") == "gzip"
    content = json.loads(gzip.decompress(seen.body) if packed else seen.body)
    return [each["messageId"] for each in content["batch"]]


@EVERY
def test_the_page_shows_what_is_tried_here(client: Client) -> None:
    assert len(shown(client.program)) == 1


@NUMBERED
def test_what_a_client_sends_is_counted_and_it_is_content(
    number: int, client: Client, shared: Collector
) -> None:
    app = f"editor{number}"
    front = Front(shared.host)
    with front.serving() as address:
        assert client.run(app, address) == ""
    assert {seen.status for seen in front.seen} == {200}
    assert counted(shared, app) == ALL
    assert messages(shared, app, "understood") == MESSAGES - 1
    assert messages(shared, app, "alias_not_kept") == 1
    assert messages(shared, app, "ignored") == 1


def test_keys_may_be_given_to_apps(serve: Serve) -> None:
    keys = ("--segment-keys", "KEY=editor0,OLD=-")
    collector = serve(None, *keys)
    assert CLIENTS["rudder-sdk-python"].run("KEY", collector.address) == ""
    assert counted(collector, "editor0") == ALL
    assert refusal(collector, OF_RUDDERSTACK, "OLD").status == 404
    assert refusal(collector, OF_RUDDERSTACK, "other").status == 401
    told = refusal(collector, b"{}", "OLD")
    assert (told.status, told.body) == (200, b'{"success": true}')
    assert messages(collector, "", "source_disabled") == 2


@pytest.mark.parametrize(
    ("client", "version"),
    [
        (CLIENTS["segment-analytics-python"], "analytics-python/2.4.0"),
        (CLIENTS["analytics-python"], "analytics-python/1.4.*"),
        (CLIENTS["@segment/analytics-node"], ".*"),
        (Client("segment", SYNC), "analytics-python/2.4.0"),
    ],
    ids=["python", "old-python", "node", "python-at-once"],
)
def test_a_client_of_segment_with_a_wrong_key_is_content_and_the_operator_is_told(
    client: Client, version: str, shared: Collector
) -> None:
    before = messages(shared, "", "unknown_source", version)
    front = Front(shared.host)
    with front.serving() as address:
        assert client.run("nobody", address) == ""
    assert {seen.status for seen in front.seen} == {200}
    after = messages(shared, "", "unknown_source", version)
    assert after - before == len(front.seen)


@pytest.mark.parametrize("name", ["rudder-sdk-python", "@rudderstack/rudder-sdk-node"])
def test_a_client_of_rudderstack_with_a_wrong_key_is_told(name: str, shared: Collector) -> None:
    front = Front(shared.host)
    with front.serving() as address:
        assert CLIENTS[name].run("nobody", address) != ""
    assert {seen.status for seen in front.seen} == {401}


@EVERY
def test_a_client_repeats_what_was_not_answered_and_it_is_counted_once(
    client: Client, serve: Serve
) -> None:
    collectors = [serve()]

    def restart(front: Front) -> None:
        collectors[-1].running.end(signal.SIGKILL)
        collectors.append(serve(collectors[-1].data))
        front.host = collectors[-1].host

    front = Front(collectors[0].host, [None], before_none=restart)
    with front.serving() as address:
        assert client.run("editor0", address) == ""
    assert front.seen[0].status == 0
    assert set(ids(front.seen[0])) <= {each for seen in front.seen[1:] for each in ids(seen)}
    assert len(collectors) == 2
    assert counted(collectors[-1], "editor0") == ALL


@EVERY
@pytest.mark.parametrize(
    ("key", "body", "status"),
    [("nobody", OF_RUDDERSTACK, 401), ("editor0", b"{", 400)],
    ids=["401", "400"],
)
def test_a_client_does_not_repeat_what_is_refused_for_good(
    client: Client, shared: Collector, key: str, body: bytes, status: int
) -> None:
    told = refusal(shared, body, key)
    assert told.status == status
    front = Front(shared.host, [told] * 20)
    with front.serving() as address:
        assert client.run("editor0", address) != ""
    sent = [each for seen in front.seen for each in ids(seen)]
    assert len(sent) == len(set(sent)) == MESSAGES


@pytest.fixture(scope="module")
def later(
    start_for_module: Start, tmp_path_factory: pytest.TempPathFactory, registry: Path
) -> Told:
    """Give what a collector says that can take no more."""
    data = tmp_path_factory.mktemp("busy")
    given = ("--data", str(data), "--registry", str(registry), "--port", "0")
    running = start_for_module("serve", *given, "--rate-per-minute", "1")
    running.wait_for("Ctrl-C ends it")
    host = running.wait_for(r"Collector at http://(127\.0\.0\.1:\d+)")
    return [passed_on(host, "/v1/batch", {}, b"{}") for _ in range(2)][-1]


@NUMBERED
def test_a_client_comes_again_when_nothing_can_be_kept(
    number: int, client: Client, shared: Collector, later: Told
) -> None:
    assert later.status == 503
    app = f"writer{number}"
    front = Front(shared.host, [later])
    with front.serving() as address:
        assert client.run(app, address) == ""
    assert front.seen[0].status == 503
    assert {seen.status for seen in front.seen[1:]} == {200}
    assert counted(shared, app) == ALL
