from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.outside.conftest import Run

ROOT = Path(__file__).parents[2]
PRODUCTS = sorted((ROOT / "registry").glob("*.toml"))
EDITOR = """
format = 1

[product]
id = "editor"
title = "An editor for tests"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."
"""
METRIC = """
[metric."{name}"]
{bounds}
title = "Is 'C:\\\\new' used as \\"it\\" is"
question = "How much is it used, and what does 'C:\\\\new' say in a \\"very\\" long line of words?"
decision = "How many weeks a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The editor's council", where = "https://editor.example/1" }}
expires = 2027-12-31
level = "usage"
"""
BOUNDS = {
    "counter": "",
    "flag": "",
    "choice": f'choices = ["linux", "{"w" * 40}", "{"x" * 40}"]',
    "version": "",
    "quantity": "buckets = [0, 10]",
    "names": f"names = {[f'org.example.App{i}' for i in range(100)]}",
    "timing": "buckets = [0, 10]",
    "distribution": "buckets = [0, 10]",
    "labelled": f"labels = {[f'label {i}' for i in range(100)]}",
    "event": 'extras = { how = ["menu", "key"], class = ["first"], self = ["yes"] }',
    "seconds": "",
    "error": "",
}
MANY = f"names = {[f'org.example.App{i}' for i in range(101)]}"
PROGRAM = """
import aboveboard
from aboveboard_metrics import Metrics, SystemOsWord
from short_metrics import Metrics as Short

telemetry = aboveboard.open("aboveboard", registry="aboveboard.toml")
metrics = Metrics(telemetry)


def system() -> SystemOsWord:
    return "linux"


metrics.command.sql.add()
metrics.command.sql.add(by=3)
metrics.system.os.set(system())
metrics.system.os.set("other")
metrics.system.python.set("3.11.7")
metrics.system.container.set(True)
with metrics.command.duration.measure():
    metrics.command.duration.took(120)


def use(short: Short, installed: list[str]) -> None:
    short.x.event.add(how="menu", class_="first", self_="yes")
    short.x.event.x.add()
    short.x.labelled.add("label 7", by=2)
    short.x.names.set(["org.example.App7", "org.example.App8"])
    short.x.names.found(installed)
    short.x.many.set(installed)
    short.x.quantity.set(42)
    short.x.distribution.observe(4096)
    with short.x.seconds.use():
        short.x.seconds.used(90)
    try:
        pass
    except ValueError as error:
        short.x.error.record(error)
"""
MISTAKES = {
    "metrics.command.sqll.add()": '"CommandMetrics" has no attribute "sqll"; maybe "sql"?',
    "metrics.commands.sql.add()": '"Metrics" has no attribute "commands"; maybe "command"?',
    "metrics.command.sql.set(True)": '"Counter" has no attribute "set"',
    'metrics.command.sql.add("3")': '"add" of "Counter" has incompatible type "str"',
    'metrics.system.os.set("linus")': "incompatible type \"Literal['linus']\"",
    'metrics.system.container.set("yes")': '"set" of "Flag" has incompatible type "str"',
    "metrics.command.duration.took(1.5)": '"took" of "Timing" has incompatible type "float"',
    'short.x.event.add(how="menu")': 'Missing named argument "class_"',
    'short.x.event.add(how="men", class_="first", self_="yes")': "\"Literal['men']\"",
    'short.x.event.add("menu")': "Too many positional arguments",
    'short.x.labelled.add("label")': "incompatible type \"Literal['label']\"",
    'short.x.names.set(["org.example.App100"])': "has incompatible type",
    'short.x.error.record("it broke")': 'has incompatible type "str"',
}


def _metrics(name: str) -> str:
    """Write a metric of every kind that is a group of others too."""
    kinds = [(f"{name}{kind}", f'kind = "{kind}"\n{bounds}') for kind, bounds in BOUNDS.items()]
    kinds += [(f"{place}.x", 'kind = "counter"') for place, _ in kinds]
    kinds += [(f"{name}many", f'kind = "names"\n{MANY}')]
    return "".join(METRIC.format(name=place, bounds=bounds) for place, bounds in kinds)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Give a folder with the modules of every product of ours, and of short and long names."""
    folder, files = tmp_path_factory.mktemp("modules"), tmp_path_factory.mktemp("files")
    (files / "short.toml").write_text(EDITOR + _metrics("x."), encoding="utf-8")
    (files / "long.toml").write_text(EDITOR + _metrics(f"x.{'very_' * 8}"), encoding="utf-8")
    for path in [*PRODUCTS, *files.iterdir()]:
        done = run("generate", str(path), "--out", str(folder / f"{path.stem}_metrics.py"))
        assert done.returncode == 0, done.stderr
    return folder


def _tool(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_every_module_is_laid_out_as_the_formatter_would(modules: Path) -> None:
    done = _tool(modules, "ruff", "format", "--isolated", "--line-length=100", "--diff", ".")
    assert done.returncode == 0, done.stdout


def test_no_rule_of_the_linter_complains_of_a_module(modules: Path) -> None:
    """Left out: rules that contradict each other, the formatter, or know nothing of the file."""
    which = ["--select=ALL", "--ignore=COM812,CPY001,D203,D213,INP001", "--target-version=py311"]
    done = _tool(modules, "ruff", "check", "--isolated", "--line-length=100", *which, ".")
    assert done.returncode == 0, done.stdout


def test_a_type_checker_finds_every_mistake_and_no_other(modules: Path, tmp_path: Path) -> None:
    lines = [*PROGRAM.splitlines(), "", "", "def wrong(short: Short) -> None:"]
    settings = f"[mypy]\nstrict = True\nmypy_path = {ROOT / 'src'}:{modules}\n"
    (tmp_path / "mypy.ini").write_text(settings, encoding="utf-8")
    (tmp_path / "program.py").write_text("\n".join(lines), encoding="utf-8")
    with (tmp_path / "program.py").open("a", encoding="utf-8") as program:
        program.writelines(f"\n    {mistake}" for mistake in MISTAKES)
    done = _tool(tmp_path, "mypy", "program.py", *map(str, sorted(modules.glob("*.py"))))
    told = re.findall(r"^(.*?):(\d+): error: (.*)$", done.stdout, re.MULTILINE)
    first = len(lines) + 1
    places = {("program.py", str(first + number)) for number in range(len(MISTAKES))}
    assert {(file, line) for file, line, _ in told} == places, done.stdout
    for number, (mistake, words) in enumerate(MISTAKES.items(), first):
        assert any(line == str(number) and words in text for _, line, text in told), mistake
