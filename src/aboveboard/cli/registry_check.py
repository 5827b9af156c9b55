"""Enters: registry files and folders. Leaves: every problem of all of them, and an exit status."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from aboveboard.adapters.registry_files import plugin_files, read_file
from aboveboard.adapters.system import SystemClock
from aboveboard.errors import Problem, RegistryError, SetupError
from aboveboard.registry import checks
from aboveboard.registry.formats import FORMATS, Located
from aboveboard.registry.places import lines, locate
from aboveboard.registry.read import includes


@click.command(short_help="Tell everything that is wrong with registry files.")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How the problems are written.",
)
def check(paths: tuple[Path, ...], form: str) -> None:
    """Tell everything that is wrong with registry files.

    PATH is a file, or a folder whose *.toml files with a table [product] are checked. A check is
    switched off in the file itself, with a reason: allow = { code = "reason" }.
    """
    files = list(_files(paths))
    today = SystemClock().now().date()
    found = [problem for file in files for problem in check_file(file, today)]
    click.echo(FORMATS[form](found), nl=False)
    summary = f"{_many(len(files), 'file')} checked: {_many(len(found), 'problem')}"
    click.echo(f"{summary}.", err=bool(found) or form != "text")
    if found:
        click.get_current_context().exit(1)


def check_file(path: Path, today: date) -> list[Located]:
    """Give every problem of one file and of the plug-ins' files that it includes."""
    try:
        problems: Sequence[Problem] = checks.check(read_file(path), today)
    except RegistryError as error:
        problems = error.problems
    except SetupError as error:
        remedy = "Correct `include`, or see to it that the files can be read."
        problems = [Problem("cannot_be_read", "include", f"{error}.", remedy)]
    if not problems:
        return []
    texts = dict(_texts(path))
    known = {name: lines(text) for name, (_, text) in texts.items()}
    located = ((locate(problem.place, known), problem) for problem in problems)
    return [Located(texts[name][0], line, problem) for (name, line), problem in located]


def _texts(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Give each file under the name that problems use, with its path and its text."""
    body = _body(path)
    yield path.name, (_shown(path), body.decode(errors="replace"))
    with contextlib.suppress(SetupError):  # the reader told it
        for name, text in plugin_files(path.parent, includes(body)):
            yield name, (_shown(path.parent / name), text.decode(errors="replace"))


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # the reader told it


def _shown(path: Path) -> str:
    return click.format_filename(path.as_posix())


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Give each file once.

    Raises:
        SetupError: a folder has none.
    """
    seen: set[Path] = set()
    for path in paths:
        found = sorted(filter(_is_product, path.glob("*.toml"))) if path.is_dir() else [path]
        if not found:
            message = f"there is no registry file (*.toml with a table [product]) in {path}"
            raise SetupError(message)
        for file in found:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _is_product(path: Path) -> bool:
    """Whether it is a product's file; what cannot be read may be one, and is told."""
    try:
        return "product" in tomllib.loads(path.read_bytes().decode())
    except OSError:
        return not path.is_dir()
    except (ValueError, RecursionError):
        return True


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
