from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from aboveboard import errors
from aboveboard.adapters.registry_files import read_file
from aboveboard.cli.main import commands
from aboveboard.model.metric import Kind
from aboveboard.model.verdict import Reason
from aboveboard.settings.shown import documentation
from aboveboard.web.metrics_table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "aboveboard"
MODULES = sorted(SOURCE.rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HOUSE = re.compile(r"^## The house\n\n```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _words(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{before} {name}", command
        if isinstance(command, click.Group):
            yield from _words(command, f"{before} {name}")


COMMANDS = dict(_words(commands, "aboveboard"))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_documented(words: str) -> None:
    assert re.search(rf"{re.escape(words)}\b", _page("docs/cli.md"))


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_documented_with_its_command(words: str) -> None:
    head = " ".join(words.split()[:2])
    section = re.search(
        rf"^## {head}\n(.*?)(?=^## |\Z)", _page("docs/cli.md"), re.MULTILINE | re.DOTALL
    )
    assert section is not None
    options = [
        name
        for option in COMMANDS[words].params
        if isinstance(option, click.Option)
        for name in option.opts
    ]
    assert [name for name in options if f"`{name}" not in section[1]] == []


def test_the_table_of_settings_is_the_one_that_the_settings_are_made_of() -> None:
    assert documentation() in _page("docs/settings.md")


@pytest.mark.parametrize("reason", list(Reason), ids=[reason.value for reason in Reason])
def test_every_reason_is_documented_with_its_status(reason: Reason) -> None:
    rows = [line for line in _page("docs/wire.md").splitlines() if f"`{reason.value}` |" in line]
    assert len(rows) == 1
    status = re.match(r"\| (\d+) \|", rows[0])
    assert status is None or int(status[1]) == reason.status


@pytest.mark.parametrize("kind", list(Kind), ids=[kind.value for kind in Kind])
@pytest.mark.parametrize("page", ["docs/registry.md", "docs/wire.md"])
def test_every_kind_is_documented(kind: Kind, page: str) -> None:
    assert re.search(rf"\b{kind.value}\b", _page(page))


OWN = read_file(ROOT / "registry" / "aboveboard.toml")


@pytest.mark.parametrize("name", OWN.metrics)
def test_every_metric_of_ours_is_told_with_its_question(name: str) -> None:
    assert f"| `{name}` | {OWN.metrics[name].question} |" in _page("PRIVACY.md")


ERRORS = [
    name
    for name, error in vars(errors).items()
    if isinstance(error, type) and issubclass(error, errors.AboveboardError)
]


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_is_documented(name: str) -> None:
    assert f"| `{name}` |" in _page("docs/errors.md")


@pytest.mark.parametrize("name", TABLE)
def test_every_number_for_prometheus_is_documented(name: str) -> None:
    labels = f" ({', '.join(TABLE[name].labels)})" if TABLE[name].labels else ""
    assert f"| `{name}`{labels} | {TABLE[name].help} |" in _page("docs/operating.md")


def _codes() -> set[str]:
    """Find the first word of each problem that the registry's modules note down."""
    found = set()
    for module in (SOURCE / "registry").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            match node.func, node.args[0]:
                case (
                    ast.Name("Problem") | ast.Attribute(attr="problem"),
                    ast.Constant(value=str(code)),
                ):
                    found.add(code)
                case _:
                    pass
    return found


def test_every_problem_of_a_registry_is_documented_and_no_other() -> None:
    section = _page("docs/registry.md").partition("## Problems\n")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == _codes()


def _house() -> set[str]:
    """Read the paths below ``src/aboveboard/`` out of the tree in ARCHITECTURE.md."""
    found = HOUSE.search(_page("ARCHITECTURE.md"))
    assert found is not None
    folders: list[str] = []
    paths = set()
    for line in found[1].partition("src/aboveboard/\n")[2].splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2 - 1
        folders[depth:] = [name]
        paths.add("".join(folders))
    return paths


def test_the_house_in_the_architecture_is_the_house_as_it_stands() -> None:
    standing = {
        str(module.relative_to(SOURCE))
        for module in MODULES
        if module.name != "__init__.py" or module.parent == SOURCE
    }
    folders = [path for path in SOURCE.rglob("*") if path.is_dir() and path.name[0] != "_"]
    standing |= {f"{folder.relative_to(SOURCE)}/" for folder in folders}
    drawn = _house()
    assert drawn - standing == set(), "drawn, but not there"
    assert standing - drawn == set(), "there, but not drawn"


def test_every_folder_of_the_project_is_in_the_house() -> None:
    found = HOUSE.search(_page("ARCHITECTURE.md"))
    assert found is not None
    drawn = {line.split()[0] for line in found[1].splitlines() if line[:1].strip()}
    assert drawn == {
        "registry/",
        "schemas/",
        "requirements/",
        "tools/",
        "benchmarks/",
        "examples/",
        "packaging/",
        "docs/",
        "tests/",
        "src/aboveboard/",
    }
    assert [folder for folder in drawn if not (ROOT / folder).is_dir()] == []


def test_the_readme_begins_with_two_commands() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", _page("README.md"), re.MULTILINE | re.DOTALL)
    assert blocks[:2] == ["make run\n", "make test\n"]
    words = re.findall(r"^([a-z]+):", _page("Makefile"), re.MULTILINE)
    assert {"run", "test"} <= set(words)


def test_the_architecture_tells_every_layer_that_the_linter_holds() -> None:
    layers = re.search(r"^layers = \[\n(.*?)^\]", _page("pyproject.toml"), re.MULTILINE | re.DOTALL)
    assert layers is not None
    names = "\n".join(re.findall(r'"([^"]+)"', layers[1]))
    assert f"```\n{names}\n```" in _page("ARCHITECTURE.md")


@pytest.mark.parametrize("module", MODULES, ids=_named)
def test_every_module_is_short(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) < 400


@pytest.mark.parametrize("module", MODULES, ids=_named)
def test_every_module_says_first_what_enters_and_what_leaves(module: Path) -> None:
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    assert text
    first = text.splitlines()[0]
    assert first.endswith(".")
    if module.name != "__init__.py":
        assert "Enters: " in first
        assert "Leaves: " in first


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for link in LINK.findall(text):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def _anchors(page: Path) -> set[str]:
    headings = re.findall(
        r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=_named)
def test_no_blank_line_cuts_a_table(path: Path) -> None:
    """What is behind it would be shown as text, with its bars."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    tables = [part for part in re.split(r"\n\s*\n", text) if part.lstrip().startswith("|")]
    assert [
        table for table in tables if not re.search(r"^\s*\|[|:\- ]+\|$", table, re.MULTILINE)
    ] == []
