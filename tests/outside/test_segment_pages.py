"""Unmodified scripts of Segment and RudderStack, in pages of a site that is not the collector's."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from tests.outside.test_segment import ALL, MESSAGES, counted, messages, shown
from tests.outside.test_segment import registry as registry  # noqa: PLC0414 a fixture
from tests.outside.unmodified import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from playwright.sync_api import Browser, Page
    from tests.outside.conftest import Serve

SCRIPTS = {
    "/segment.js": "@segment/analytics-next/dist/umd/index.js",
    "/rudder.js": "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js",
}
SOURCE = {
    "source": {
        "id": "source",
        "name": "source",
        "writeKey": "editor0",
        "workspaceId": "workspace",
        "enabled": True,
        "config": {
            "statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}
        },
        "connections": [],
        "destinations": [],
    },
    "updatedAt": "2026-01-01T00:00:00Z",
}
"""What RudderStack's script asks its own service for; this wire has no part in it."""
SAYS = """
  await client.identify('u1', { plan: 'free', email: 'somebody@example.org' })
  for (let n = 0; n < 3; n++) await client.track('File Saved', { path: '/home/somebody' })
  await client.page('home')
  await client.group('g1', { shared: true })
  await client.alias('u1', 'before')
}"""
SEGMENT = (
    """async ([writeKey, host, _]) => {
  const service = { apiKey: writeKey, apiHost: host + '/v1', protocol: 'http' }
  const settings = { writeKey, cdnSettings: { integrations: { 'Segment.io': service } } }
  const client = AnalyticsNext.AnalyticsBrowser.load(settings)
"""
    + SAYS
)
RUDDERSTACK = (
    """async ([writeKey, host, site]) => {
  const client = new rudderanalytics.RudderAnalytics()
  client.load(writeKey, 'http://' + host, { configUrl: site, useBeacon: false })
"""
    + SAYS
)
BEACON = (
    RUDDERSTACK.replace("useBeacon: false", "useBeacon: true").removesuffix("}")
    + "  await new Promise(done => client.ready(done))\n}"
)


@contextmanager
def site(files: Mapping[str, bytes]) -> Iterator[str]:
    """Serve the files of a site, and the answer of a service; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = files.get(path.rstrip("/") or "/", b"")
            self.send_response_only(200 if body else 404)
            script = path.endswith(".js")
            self.send_header("Content-Type", "text/javascript" if script else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(200)
    pytest.fail("the page never said it")


@pytest.fixture
def files() -> dict[str, bytes]:
    modules = installed("node") / "node_modules"
    scripts = {path: (modules / script).read_bytes() for path, script in SCRIPTS.items()}
    page = b"<!doctype html><title>A page</title>"
    return {"/": page, "/sourceConfig": json.dumps(SOURCE).encode(), **scripts}


@pytest.mark.parametrize("program", [SEGMENT, RUDDERSTACK], ids=["segment", "rudderstack"])
def test_the_page_shows_what_is_tried_here(program: str) -> None:
    assert len(shown(program)) == 1


@pytest.mark.parametrize(
    ("script", "program"),
    [
        pytest.param("/segment.js", SEGMENT, id="@segment/analytics-next"),
        pytest.param("/rudder.js", RUDDERSTACK, id="@rudderstack/analytics-js"),
        pytest.param("/rudder.js", BEACON, id="beacon"),
    ],
)
def test_what_a_page_says_is_counted(
    browser: Browser, serve: Serve, files: Mapping[str, bytes], script: str, program: str
) -> None:
    collector = serve()
    with site(files) as address:
        page = browser.new_page()
        page.goto(address)
        page.add_script_tag(url=address + script)
        page.evaluate(program, ["editor0", collector.host, address])
        if program is BEACON:  # it is sent when the page is left
            page.goto("about:blank")
        until(page, lambda: messages(collector, "editor0", "understood") == MESSAGES - 1)
        until(page, lambda: messages(collector, "editor0", "alias_not_kept") == 1)
        page.close()
    assert counted(collector, "editor0") == ALL
