from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
FOREIGN = (
    "click",
    "cryptography",
    "duckdb",
    "httptools",
    "jinja2",
    "msgspec",
    "rich",
    "starlette",
    "uvicorn",
    "vl_convert",
    "zstandard",
)

COUNT = """
import json, sys
import aboveboard
from aboveboard.adapters.registry_files import shipped_folder

registry = shipped_folder() / "aboveboard.toml"
with aboveboard.open("aboveboard", registry=registry, version="0.1", home=sys.argv[1]) as telemetry:
    telemetry.count("command.sql", 2)
    telemetry.set("system.os", "linux")
    [seen] = telemetry.preview(local=True)
modules = sorted({name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names))
print(json.dumps({"seen": json.loads(seen), "modules": modules, "misuse": telemetry.misuse}))
"""
TRY = """
import importlib, sys
try:
    importlib.import_module(sys.argv[1])
except ModuleNotFoundError as error:
    print(error.name)
"""
SEND = """
import sys
import aboveboard
from aboveboard.testing import EXAMPLE_REGISTRY

collector = b'[collector]\\nurl = "http://127.0.0.1:9"\\nkey = "x25519:' + b"A" * 43 + b'="'
registry = EXAMPLE_REGISTRY + collector
with aboveboard.open("editor", registry=registry, home=sys.argv[1]) as telemetry:
    telemetry.choose("on")
    telemetry.count("file.opened")
    [delivery] = telemetry.flush(now=True)
    print(delivery.fate.value, delivery.sealed, delivery.answer)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(
        [sys.executable, *build], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the Python of an environment that holds the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", folder], timeout=PATIENCE, check=True
    )
    [packages] = folder.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    return folder / "bin" / "python"


def _run(python: Path, text: str, *arguments: str) -> str:
    done = subprocess.run(
        [python, "-I", "-c", text, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_wheel_holds_what_the_programs_need_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "aboveboard/_registry/aboveboard.toml" in names
    assert "aboveboard/_schemas/report.1.json" in names
    assert "aboveboard/py.typed" in names
    source = ROOT / "src" / "aboveboard"
    for folder in ("templates", "assets"):
        files = [file for file in (source / "web" / folder).iterdir() if file.is_file()]
        assert files
        assert {f"aboveboard/{file.relative_to(source)}" for file in files} <= set(names)
    steps = source / "adapters" / "control_migrations" / "versions"
    assert {f"aboveboard/{file.relative_to(source)}" for file in steps.glob("*.py")} <= set(names)
    assert all(name.startswith(("aboveboard/", "aboveboard-")) for name in names)
    assert not any(name.endswith((".pyc", ".sqlite")) for name in names)


def test_the_wheel_asks_for_nothing_unless_told(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        lines = archive.read(name).decode().splitlines()
    needed = [line for line in lines if line.startswith("Requires-Dist: ")]
    assert needed
    assert all("extra == " in line for line in needed)


def test_counting_works_in_an_empty_environment(python: Path, tmp_path: Path) -> None:
    found = json.loads(_run(python, COUNT, str(tmp_path / "home")))
    said = {entry["metric"]: entry["value"] for entry in found["seen"]["entries"]}
    active = {"day": 1, "month": 1, "week": 1}
    assert said == {
        "app.version": "0.1",
        "command.sql": 2,
        "system.os": "linux",
        "telemetry.active": active,
    }
    assert found["misuse"] == {}
    assert "aboveboard" in found["modules"]
    assert not set(found["modules"]) & set(FOREIGN)


def test_the_testing_helpers_work_in_an_empty_environment(python: Path) -> None:
    text = "import aboveboard.testing as t; m = t.memory_telemetry(); m.count('command.sql')"
    assert "command.sql" in _run(python, f"{text}; print(m.preview(local=True)[0].decode())")


@pytest.mark.parametrize(
    "module", ["aboveboard.cli.main", "aboveboard.web.app", "aboveboard.adapters.hpke"]
)
def test_what_needs_an_extra_says_which_module_is_missing(python: Path, module: str) -> None:
    assert _run(python, TRY, module) in FOREIGN


def test_without_the_extra_a_sealed_report_waits_and_never_leaves_unsealed(
    python: Path, tmp_path: Path
) -> None:
    fate, sealed, answer = _run(python, SEND, str(tmp_path / "home")).split(" ", 2)
    assert (fate, sealed) == ("waiting", "0")
    assert "aboveboard[seal]" in answer
