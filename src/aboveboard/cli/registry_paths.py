"""Enters: paths that a person gave. Leaves: the products' files, and where each problem stands."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from aboveboard.adapters.registry_files import plugin_files
from aboveboard.adapters.signed_registries import approvals_path
from aboveboard.errors import Problem, RegistryError, SetupError
from aboveboard.registry.formats import Located
from aboveboard.registry.places import lines, locate
from aboveboard.registry.read import includes

_STATEMENT = re.compile(r"statements(?:\.([0-9]+)(?:\..*)?)?")
_BEGIN = re.compile(r'"approver"\s*:')


def product_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Give each product's file once; of a folder, its *.toml files with a table [product].

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


def in_registry(path: Path, problems: Sequence[Problem]) -> list[Located]:
    """Find the file and line of problems of a product's file, and of what it includes."""
    if not problems:
        return []
    files = dict(_files(path))
    known = {name: lines(text.decode(errors="replace")) for name, (_, text) in files.items()}
    located = ((locate(problem.place, known), problem) for problem in problems)
    return [Located(files[name][0], line, problem) for (name, line), problem in located]


def _files(path: Path) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Give each file under the name that problems use, as far as it can be read."""
    body = b""
    with contextlib.suppress(OSError):  # the reader told it
        body = path.read_bytes()
    yield path.name, (shown(path), body)
    with contextlib.suppress(SetupError):  # the reader told it
        for name, text in plugin_files(path.parent, includes(body)):
            yield name, (shown(path.parent / name), text)


def in_approvals(path: Path, problems: Sequence[Problem]) -> list[Located]:
    """Find the line of problems of the signatures beside a product's file."""
    file = approvals_path(path)
    text = file.read_bytes().decode(errors="replace") if file.exists() else ""
    begins = [text.count("\n", 0, found.start()) + 1 for found in _BEGIN.finditer(text)]
    return [Located(shown(file), _line(problem.place, begins), problem) for problem in problems]


def of_error(path: Path, error: RegistryError) -> list[Located]:
    """Find the lines of the problems that made a product's file or its signatures unreadable."""
    if error.source == approvals_path(path).name:
        return in_approvals(path, error.problems)
    return in_registry(path, error.problems)


def shown(path: Path) -> str:
    """Write a path as problems show it."""
    return click.format_filename(path.as_posix())


def is_statement(place: str) -> bool:
    """Whether a problem's place is one in the file of signatures."""
    return _STATEMENT.fullmatch(place) is not None


def _line(place: str, begins: Sequence[int]) -> int:
    found = _STATEMENT.fullmatch(place)
    number = int(found[1]) if found is not None and found[1] else len(begins)
    return begins[number] if number < len(begins) else 1


def _is_product(path: Path) -> bool:
    """Whether it is a product's file; what cannot be read may be one, and is told."""
    try:
        return "product" in tomllib.loads(path.read_bytes().decode())
    except OSError:
        return not path.is_dir()
    except (ValueError, RecursionError):
        return True
