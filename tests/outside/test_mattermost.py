"""Mattermost servers of both generations, to the byte, a real collector, and what is published."""

from __future__ import annotations

import http.client
import json
import re
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.mattermost import EXPIRES, TEXTS, Library, Sent, Version, events, telemetry_id
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Answered, Collector, Run, Serve

ROOT = Path(__file__).parents[2]
FIRST, SECOND = telemetry_id(1), telemetry_id(2)
MANUAL = (ROOT / "docs" / "wires" / "mattermost.md").read_text(encoding="utf-8")
"""What it tells people to do is what is done here."""
KEY = re.search(r"^RudderKey=(\S+) RudderDataplaneURL=", MANUAL, re.MULTILINE)[1]  # type: ignore[index] # it is there
NOTICE = MANUAL.partition("```toml\n")[2].partition("```")[0]
PAGE = NOTICE.partition("'''\n")[2].partition("'''")[0].encode()


def registry(folder: Path) -> Path:
    """Give a folder with the shipped registry, which publishes every group; no mapping is in it."""
    text = (ROOT / "registry" / "mattermost.toml").read_text(encoding="utf-8")
    text = re.sub(r"^threshold = .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(level = .*)$", r"\1\nthreshold = 1", text, flags=re.MULTILINE)
    folder.mkdir()
    (folder / "mattermost.toml").write_text(text, encoding="utf-8")
    return folder


@dataclass
class Site:
    """A collector for Mattermost, that may be killed and started again on what it kept."""

    serve: Serve
    run: Run
    folder: Path
    collector: Collector = field(init=False)

    def __post_init__(self) -> None:
        registry(self.folder / "registry")
        (self.folder / "notices").mkdir()
        self.start()

    def start(self) -> None:
        [line] = re.findall(r"^aboveboard serve (.*)$", MANUAL, re.MULTILINE)
        folders = {name: str(self.folder / name) for name in ("registry", "notices")}
        words = [folders.get(word, word) for word in line.split()]
        self.collector = self.serve(self.folder / "data", *words)

    def kill(self) -> None:
        self.collector.running.end(signal.SIGKILL)
        self.start()

    def send(self, *requests: Sent) -> list[tuple[int, bytes]]:
        """Send as Go's HTTP client does: one connection, its headers and their order."""
        connection = http.client.HTTPConnection(self.collector.host, timeout=PATIENCE)
        answers = []
        for sent in requests:
            connection.putrequest("POST", sent.path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", self.collector.host)
            connection.putheader("User-Agent", sent.headers["User-Agent"])
            connection.putheader("Content-Length", str(len(sent.body)))
            for name, value in sent.headers.items():
                if name != "User-Agent":
                    connection.putheader(name, value)
            connection.endheaders(sent.body)
            answer = connection.getresponse()
            answers.append((answer.status, answer.read()))
        connection.close()
        return answers

    def server(self, who: str, version: Version) -> int:
        """Let a server start and tell its round; give how many requests that were."""
        library = Library(KEY, who, time.strftime("%Y-%m-%dT%H:%M:%S.25071202Z", time.gmtime()))
        requests = [library.start(), *library.round(version)]
        assert {status for status, _ in self.send(*requests)} == {200}
        return len(requests)

    def groups(self, metric: str, periods: str = "weeks") -> dict[str, int]:
        """Give how many installations stand behind each value of a metric, in the last period."""
        [found] = [
            each
            for each in self.collector.numbers("mattermost")["metrics"]
            if each["metric"] == metric
        ]
        return {group["value"]: group["n"] for group in found[periods][-1]["groups"]}

    def expect(self, groups: dict[str, int], metric: str, periods: str = "weeks") -> None:
        """Wait for numbers: those of a large app may be given as they were a minute ago."""
        end = time.monotonic() + PATIENCE
        while (found := self.groups(metric, periods)) != groups:
            assert time.monotonic() < end, (metric, found)
            time.sleep(0.5)

    def query(self, sql: str) -> str:
        """Ask the tables, as the operator does."""
        return self.run("sql", "--data", str(self.collector.data), sql).stdout

    def ask(self, path: str) -> Answered:
        return self.collector.ask("GET", path, None, {"User-Agent": "Go-http-client/1.1"})


@pytest.fixture
def site(serve: Serve, run: Run, tmp_path: Path) -> Site:
    return Site(serve, run, tmp_path)


def test_one_installation_is_one_however_often_it_tells_and_another_is_another(site: Site) -> None:
    assert site.server(FIRST, "5.37.0") == 48
    site.expect({"5.37.0": 1}, "server.version")
    site.expect({"5.37.0": 1}, "server.version", "days")
    # It is started again on the same day, and so is the collector, without a word.
    site.kill()
    site.server(FIRST, "5.37.0")
    assert site.server(SECOND, "10.1.0") == 12
    site.expect({"5.37.0": 1, "10.1.0": 1}, "server.version")
    site.expect({"5.37.0": 1, "10.1.0": 1}, "server.version", "days")
    site.expect({"": 2}, "telemetry.active")
    site.expect({"5": 2}, "activity.registered_users")
    site.expect({"1": 2}, "activity.posts_previous_day")
    site.expect({"true": 2}, "config_service.enable_commands")
    site.expect({"always_on": 2}, "config_service.collapsed_threads")
    site.expect(
        {
            "com.mattermost.nps": 2,
            "github": 2,
            "other": 2,
        },
        "config_plugin.known_plugins",
    )
    site.expect(
        {
            "warn_metric_number_of_active_users_200": 1,
            "warn_metric_mfa": 1,
        },
        "warn_metrics.reached",
    )
    site.expect({"other": 2}, "permissions_system_scheme.team_user_permissions")
    # The first one is brought up to date: what it said last holds, of what both versions say.
    site.server(FIRST, "10.1.0")
    site.expect({"10.1.0": 2}, "server.version")
    site.expect({"10.1.0": 2}, "server.version", "days")
    site.expect({"": 2}, "telemetry.active")
    site.expect({"always_on": 2}, "config_service.collapsed_threads")


def test_a_repeated_request_changes_nothing(site: Site) -> None:
    library = Library(KEY, FIRST, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    sent = library.track("event", {"category": "api", "type": "api_posts_create"})
    # An address that ends with a slash is not cut by this library.
    again = sent._replace(path="//v1/batch")
    assert [status for status, _ in site.send(sent, sent, again)] == [200, 200, 200]
    site.kill()
    assert [status for status, _ in site.send(sent)] == [200]
    site.expect({"api_posts_create": 1}, "client.messages")
    [found] = [
        each
        for each in site.collector.numbers("mattermost")["metrics"]
        if each["metric"] == "client.messages"
    ]
    assert found["weeks"][-1]["count"] == 1


def test_nothing_that_tells_who_is_on_disk_and_no_text_of_a_setting(site: Site) -> None:
    site.server(FIRST, "5.37.0")
    site.server(SECOND, "10.1.0")
    site.ask(f"/security?b=5.37.0.5.37.0&id={FIRST}&os=linux")
    site.expect({"linux": 1}, "security_check.operating_system")
    site.collector.running.end(signal.SIGTERM)
    secrets = [
        FIRST,
        SECOND,
        *(TEXTS[name] for name in ("customer_id", "license_id", "scheme_id")),
        "proxy.example",
        "one.example",
        "1.2.3-of-a-customer",
        "of_next_year",
        "of_a_plugin",
        str(EXPIRES * 1000),
    ]
    assert len(events("5.37.0")) == 47
    for file in sorted(site.collector.data.rglob("*")):
        content = file.read_bytes() if file.is_file() else b""
        assert [secret for secret in secrets if secret.encode() in content] == [], file


def test_what_nobody_registered_is_counted_and_its_value_is_nowhere(site: Site) -> None:
    site.server(FIRST, "5.37.0")
    site.expect({"5.37.0": 1}, "server.version")
    found = site.query("select metric, reason, entries from asides where app = 'mattermost'")
    assert "unknown_metric" in found
    assert found.count("mattermost") <= 1, found
    assert "0.4.0" not in found


def test_servers_hear_of_holes_from_the_operators_folder(site: Site) -> None:
    query = f"auc=5&b=5.37.0.5.37.0&be=false&db=postgres&id={FIRST}&os=linux&tc=3&uc=10&ut=0"
    assert site.ask(f"/security?{query}").body == b"[]"
    (site.folder / "notices" / "one.toml").write_text(NOTICE, encoding="utf-8")
    found = site.ask(f"/security?{query}")
    assert (found.status, found.headers["content-type"]) == (200, "application/json")
    assert json.loads(found.body) == [
        {"id": "msb-2026-001", "applies_to_version": "5.37.0"},
        {"id": "msb-2026-001", "applies_to_version": "10.1.0"},
    ]
    page = site.ask("/bulletins/msb-2026-001")
    assert (page.status, page.body) == (200, PAGE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for path in ("/bulletins/../one.toml", "/bulletins/%2e%2e%2fone.toml", "/bulletins/one"):
        assert site.ask(path).status == 404
    site.expect({"10": 1}, "security_check.users")
    site.expect({"5.37.0": 1}, "security_check.version")


def test_a_notice_with_a_mistake_keeps_a_collector_from_starting(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(NOTICE.replace('"5.37.0"', '"5.37"'), encoding="utf-8")
    given = ("--registry", str(registry(tmp_path / "registry")), "--data", str(tmp_path / "data"))
    done = run("serve", *given, "--bulletins", str(tmp_path), "--port", "0")
    assert done.returncode != 0
    assert "one.toml: applies_to_version" in done.stderr
