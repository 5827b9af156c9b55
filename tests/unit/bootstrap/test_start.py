"""What a program takes into its memory that opens its telemetry and counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import aboveboard
from aboveboard.testing import EXAMPLE_REGISTRY

COLLECTOR = b'[collector]\nurl = "http://127.0.0.1:9"\n'
PROGRAM = """
import sys
before = set(sys.modules)
import aboveboard
registry, home = sys.argv[1:]
telemetry = aboveboard.open("editor", registry=registry, version="2.1", home=home)
for _ in range(1000):
    telemetry.count("file.opened")
print(*sorted(set(sys.modules) - before))
print(telemetry.mode.value, telemetry.failed)
"""
WATCHED = """
import sys
import aboveboard
from aboveboard.adapters import process, sqlite_file

class Watch:
    def find_spec(self, name, path, target=None):
        guarded = process._importing._is_owned() or sqlite_file._using._is_owned()
        if name.startswith("aboveboard.") and not guarded:
            print(name)

registry, home = sys.argv[1:]
telemetry = aboveboard.open("editor", registry=registry, version="2.1", home=home)
sys.meta_path.insert(0, Watch())
"""
CALLS = (
    "telemetry.count('file.opened'); telemetry.close()",
    "telemetry.choose('local')",
    "telemetry.choose('off')",
    "telemetry.preview(local=True)",
    "telemetry.news()",
    "telemetry.flush()",
    "telemetry._core.gather()",
    "telemetry._core.tidy()",
    "telemetry._core.make(now=True, local=True)",
    "telemetry._core.keep_off()",
    "telemetry.ask_providers()",
    "telemetry._core.sending_parts",
    "telemetry._core.parts.store.events()",
    "telemetry._core.parts.store.prune(10_000_000, telemetry._core.parts.clock.now().date())",
    "telemetry._core.parts.owed()",
)
OURS = (
    "adapters.sqlite_counts",
    "adapters.sqlite_outbox",
    "device.background",
    "device.drafts",
    "device.growth",
    "device.providers",
    "device.registrar",
    "device.report",
    "device.sender",
    "device.store",
    "device.told_errors",
    "device.word_file",
    "model.renewal",
    "model.report",
    "model.stored",
    "ports.device",
    "registry.checks",
    "registry.difference",
    "testing",
    "transparency",
    "wires.native",
)
"""What is imported when a report is made, a choice is followed or somebody looks."""
FOREIGN = (
    "array",
    "ast",
    "base64",
    "dataclasses",
    "email",
    "fnmatch",
    "hashlib",
    "http",
    "importlib.metadata",
    "inspect",
    "ipaddress",
    "linecache",
    "logging",
    "pathlib",
    "random",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "traceback",
    "urllib",
    "zlib",
)
"""Modules of the standard library that take long, or much: what a start needs of them, it has."""


@pytest.mark.parametrize("call", CALLS)
def test_what_a_call_imports_late_is_imported_while_nobody_forks(tmp_path: Path, call: str) -> None:
    """A child that was forked meanwhile would wait for the module for ever."""
    registry, home = tmp_path / "editor.toml", tmp_path / "home"
    registry.write_bytes(EXAMPLE_REGISTRY)
    with aboveboard.open("editor", registry=registry, home=home) as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
    # Another version, so that it is looked at whether it asks for more.
    registry.write_bytes(EXAMPLE_REGISTRY + COLLECTOR)
    (home / "withdrawals.ndjson").write_bytes(b"")

    done = subprocess.run(
        [sys.executable, "-c", WATCHED + call, registry, home],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == []


def test_a_program_that_only_counts_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    registry, home = tmp_path / "editor.toml", tmp_path / "home"
    registry.write_bytes(EXAMPLE_REGISTRY + COLLECTOR)
    with aboveboard.open("editor", registry=registry, home=home) as telemetry:
        telemetry.choose("on")
    unwanted = {*FOREIGN, *(f"aboveboard.{name}" for name in OURS)}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, registry, home], capture_output=True, text=True, check=True
    )

    modules, state = done.stdout.splitlines()
    assert {*modules.split()} & unwanted == set()
    assert "aboveboard.device.telemetry" in modules
    assert state in {"on 0", "local 0"}  # where no person sits, nothing leaves: it counts alike
