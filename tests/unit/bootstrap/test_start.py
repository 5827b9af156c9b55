"""What a program takes into its memory that opens its telemetry and counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
