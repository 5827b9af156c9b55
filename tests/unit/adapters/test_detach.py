from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import detach
from aboveboard.adapters.detach import start
from aboveboard.settings import own_environment

CHILD = """
import json, os, sys, time
from pathlib import Path
import aboveboard
end = time.monotonic() + 20
while os.getppid() == int(sys.argv[2]) and time.monotonic() < end:
    time.sleep(0.01)
found = {
    "outlived": os.getppid() != int(sys.argv[2]),
    "leads": os.getsid(0) == os.getpid(),
    "standard": [os.readlink(f"/proc/self/fd/{number}") for number in (0, 1, 2)],
    "files": [
        os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
        if int(name) > 2 and os.path.exists(f"/proc/self/fd/{name}")
    ],
    "environment": dict(os.environ),
    "package": aboveboard.__file__,
    "path": sys.path,
}
file = Path(sys.argv[1])
file.with_suffix(".part").write_text(json.dumps(found))
file.with_suffix(".part").rename(file)
"""
PARENT = """
import os, sys
from aboveboard.adapters.detach import start
from aboveboard.settings import own_environment
read, write = os.pipe()
os.set_inheritable(write, True)
before = set(sys.modules)
print(start(["child", sys.argv[1], str(os.getpid())], own_environment()), flush=True)
print("subprocess" in sys.modules, flush=True)
"""


@pytest.fixture
def child(tmp_path: Path) -> dict[str, Any]:
    """Give what a detached process saw after its parent was gone."""
    folder, here = tmp_path / "modules", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    (folder / "child.py").write_text(CHILD, encoding="utf-8")
    (here / "json.py").write_text("raise SystemExit", encoding="utf-8")
    environment = own_environment() | {
        "PYTHONPATH": os.pathsep.join([str(folder), str(Path(detach.__file__).parents[2])]),
        "DO_NOT_TRACK": "0",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "GITHUB_TOKEN": "secret",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "MAIL_PASSWORD": "secret",
        "SIGNING_KEY": "secret",
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", PARENT, str(tmp_path / "found")],
        env=environment,
        cwd=here,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout == "True\nFalse\n", "whoever reads its output is not kept waiting"
    end = time.monotonic() + PATIENCE
    while not (tmp_path / "found").exists() and time.monotonic() < end:
        time.sleep(0.02)
    found: dict[str, Any] = json.loads((tmp_path / "found").read_text(encoding="utf-8"))
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="it looks at itself through /proc")
def test_it_outlives_who_started_it_and_holds_nothing_of_it(child: dict[str, Any]) -> None:
    assert child["outlived"]
    assert child["leads"], "no terminal ends it"
    assert child["standard"] == [os.devnull] * 3
    assert child["files"] == []
    environment = child["environment"]
    assert "secret" not in environment.values()
    assert environment["DO_NOT_TRACK"] == "0"
    assert environment["HTTPS_PROXY"] == "http://127.0.0.1:9"
    assert Path(child["package"]).parents[1] == Path(detach.__file__).parents[2]
    assert "" not in child["path"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Give what would have been started."""
    found: list[list[str]] = []
    monkeypatch.setattr(detach, "_start", lambda words, _: found.append(words))
    return found


def test_a_frozen_program_has_no_python_to_start(
    monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not start(["x"], {})
    assert started == []


@pytest.mark.parametrize("program", ["", "/usr/bin/uwsgi", "/opt/editor/editor", "/bin/sh"])
def test_a_program_that_is_no_python_is_never_started(
    monkeypatch: pytest.MonkeyPatch, started: list[list[str]], program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    assert not start(["x"], {})
    assert started == []


@pytest.mark.parametrize("program", ["python", "python3.13t", "PYTHON.EXE", "pypy3", "pythonw.exe"])
def test_every_python_is_known(
    monkeypatch: pytest.MonkeyPatch, started: list[list[str]], program: str
) -> None:
    monkeypatch.setattr(sys, "executable", f"/usr/bin/{program}")
    assert start(["x"], {})
    assert len(started) == 1


def test_what_was_not_imported_here_is_not_imported_there(
    monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    class Flags:
        isolated, ignore_environment, no_user_site, no_site = 1, 1, 1, 0

    monkeypatch.setattr(sys, "flags", Flags)
    assert start(["x"], {})
    assert started[0][1:5] == ["-I", "-E", "-s", "-P"]


def test_a_system_that_starts_nothing_is_told_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert not start(["x"], {})


def test_where_open_files_cannot_be_listed_it_is_started_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(detach, "_DEVICES", (str(tmp_path / "none"),))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert not start(["x"], {})
