"""Real commands, a real server and a real browser. Nothing here imports anything of ours."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.patience import PATIENCE, PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HERE = Path(__file__).parent
COMMAND = str(Path(sys.executable).parent / "aboveboard")

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

[metric."file.opened"]
kind = "counter"
title = "Files opened"
{about}

[metric."system.os"]
kind = "choice"
title = "Operating systems"
choices = ["linux", "macos"]
{about}
"""
ABOUT = """question = "How much is the editor used?"
decision = "How many weeks a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The editor's council", where = "https://editor.example/1" }
expires = { never = "It is the base for every other number." }
level = "usage"
threshold = 1"""

FILE = REGISTRY.replace("{about}", ABOUT)
_CONTENT = json.dumps(tomllib.loads(FILE), sort_keys=True, separators=(",", ":"), default=str)
FINGERPRINT = hashlib.sha256(_CONTENT.encode()).hexdigest()
"""As docs/registry.md says it: what reports call the file by."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


class Running:
    """A command under way; what it prints is kept in a file."""

    def __init__(self, arguments: tuple[str, ...], printed: Path) -> None:
        self._printed = printed
        with printed.open("wb") as stream:
            self.process = subprocess.Popen(
                [COMMAND, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._printed.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, pattern: str) -> str:
        """Wait until a line holds the pattern; give its first group, or all that fits."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            ended = self.process.poll() is not None
            found = re.search(pattern, self.output)
            if found is not None:
                return found[found.re.groups]
            if ended:
                break
            time.sleep(0.02)
        pytest.fail(f"{pattern!r} was never printed, but:\n{self.output}")

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def leave(self) -> None:
        """End it in good order if it still runs, so that what it covered is written down."""
        if self.process.poll() is None:
            try:
                self.end(signal.SIGTERM)
            except subprocess.TimeoutExpired:
                self.end(signal.SIGKILL)
                raise


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass(frozen=True)
class Collector:
    """A collector that serves, as its senders and readers see it."""

    running: Running
    data: Path
    address: str
    key_line: str

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.address).netloc

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        sender: str = "127.0.0.1",
    ) -> Answered:
        """Ask once; the loopback has many addresses to send from."""
        connection = http.client.HTTPConnection(
            self.host, timeout=PATIENCE, source_address=(sender, 0)
        )
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answered(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    def put(self, report: dict[str, Any], headers: Mapping[str, str] | None = None) -> Answered:
        body = json.dumps(report).encode()
        return self.ask("PUT", f"/reports/{report['app']}/{report['id']}", body, headers)

    def health(self) -> dict[str, Any]:
        return self.ask("GET", "/health").content

    def numbers(self, app: str = "editor") -> dict[str, Any]:
        """Give the app's published numbers, once everything that arrived is in them."""
        end = time.monotonic() + PATIENCE
        while self.health()["loader"]["behind_bytes"]:
            assert time.monotonic() < end, self.health()
            time.sleep(0.02)
        return self.ask("GET", f"/apps/{app}.json").content


class Run(Protocol):
    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]: ...


class Serve(Protocol):
    def __call__(self, data: Path | None = None, *more: str) -> Collector: ...


class Start(Protocol):
    def __call__(self, *arguments: str) -> Running: ...


class MakeReport(Protocol):
    def __call__(
        self, number: int, *entries: dict[str, Any], **changes: object
    ) -> dict[str, Any]: ...


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a person's home of its own to every command that a test starts."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(folder / name))
    for name in ("ABOVEBOARD", "DO_NOT_TRACK", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def command() -> str:
    """Give the command as it was installed beside this Python."""
    return COMMAND


@pytest.fixture(scope="session")
def run() -> Run:
    """Give what runs a command to its end."""

    def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
            check=False,
        )

    return run_command


@pytest.fixture(scope="session")
def python() -> Callable[..., str]:
    """Give what runs a small program with the installed library, and gives what it printed."""

    def run_program(text: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", text, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run_program


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give what starts a command that serves on; whatever is left in the end is ended."""
    yield from _starter(tmp_path)


@pytest.fixture(scope="module")
def start_for_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    yield from _starter(tmp_path_factory.mktemp("started"))


def _starter(folder: Path) -> Iterator[Start]:
    started: list[Running] = []

    def start_command(*arguments: str) -> Running:
        running = Running(arguments, folder / f"printed-{len(started)}.txt")
        started.append(running)
        return running

    yield start_command
    for running in started:
        running.leave()


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with one registry whose groups may all be seen."""
    folder = tmp_path_factory.mktemp("registry")
    (folder / "editor.toml").write_text(FILE, encoding="utf-8")
    return folder


@pytest.fixture
def serve(start: Start, tmp_path: Path, registry: Path) -> Serve:
    """Give what starts a collector and waits until it serves."""

    def serve_from(data: Path | None = None, *more: str) -> Collector:
        return _serve(start, data or tmp_path / "data", registry, *more)

    return serve_from


@pytest.fixture(scope="module")
def shared(
    start_for_module: Start, tmp_path_factory: pytest.TempPathFactory, registry: Path
) -> Iterator[Collector]:
    """Give a collector to tests that only look at its answers."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield _serve(start_for_module, tmp_path_factory.mktemp("shared") / "data", registry)


def _serve(start: Start, data: Path, registry: Path, *more: str) -> Collector:
    given = ("--data", str(data), "--registry", str(registry), "--port", "0", *more)
    running = start("serve", *given)
    running.wait_for("Ctrl-C ends it")
    address = running.wait_for(r"Collector at (http://127\.0\.0\.1:\d+)")
    return Collector(running, data, address, running.wait_for('(key = "x25519:.+")'))


@pytest.fixture(scope="session")
def report() -> MakeReport:
    """Give what writes a report of this week as a foreign program would."""

    def make(number: int, *entries: dict[str, Any], **changes: object) -> dict[str, Any]:
        opened = {"metric": "file.opened", "day": time.strftime("%Y-%m-%d"), "value": 1}
        return {
            "format": 1,
            "id": f"{number:032x}",
            "app": "editor",
            "period": time.strftime("%G-W%V"),
            "registry": FINGERPRINT,
            "entries": list(entries) or [opened],
        } | changes

    return make


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CALM = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def _switched_on(name: str) -> bool:
    return os.environ.get(name, "") not in {"", "0"}  # noqa: TID251 a switch of the tests


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give the Chromium that is installed; where there is none, skip, or fail if it must be."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        reason = f"no browser is installed ({', '.join(BROWSERS)}); `make browser` installs one"
        if _switched_on("REQUIRE_BROWSER") or _switched_on("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        with sync_playwright() as playwright:
            expect.set_options(timeout=PATIENCE_MS)
            found = playwright.chromium.launch(
                executable_path=program, args=CALM, timeout=PATIENCE_MS
            )
            yield found
            found.close()


@pytest.fixture(scope="session")
def update_screenshots() -> bool:
    """Tell whether the pictures of the documents are to be taken anew."""
    return _switched_on("UPDATE_SCREENSHOTS")
