"""Enters: registry files and folders. Leaves: what is wrong with their signatures, and a status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.signed_registries import approvals_of
from aboveboard.cli.options import paths_and_format
from aboveboard.cli.registry_paths import (
    in_approvals,
    in_registry,
    is_statement,
    of_error,
    product_files,
    shown,
)
from aboveboard.errors import RegistryError
from aboveboard.model.metric import Status
from aboveboard.registry.approval_problems import approval_problems
from aboveboard.registry.approvals import Approvals
from aboveboard.registry.approve import as_decided, tally
from aboveboard.registry.formats import FORMATS, Located, as_sarif

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry

TOOL = "aboveboard registry verify"


@click.command(short_help="Tell whether enough approvers signed registry files.")
@paths_and_format
def verify(paths: tuple[Path, ...], form: str) -> None:
    """Tell whether enough approvers signed what registry files say.

    PATH is a file, or a folder whose *.toml files with a table [product] are looked at. A file that
    names nobody who approves does not pass.
    """
    problems: list[Located] = []
    well: list[str] = []
    for path in product_files(paths):
        found = verify_file(path)
        if isinstance(found, str):
            well.append(found)
        else:
            problems += found
    as_said = as_sarif(problems, TOOL, {}) if form == "sarif" else FORMATS[form](problems)
    click.echo(as_said, nl=False)
    for sentence in well:
        click.echo(sentence, err=form != "text")
    if problems:
        click.get_current_context().exit(1)


def verify_file(path: Path) -> list[Located] | str:
    """Give the problems of one file's signatures, or a sentence if it has none."""
    try:
        registry = read_file(path)
        approvals = approvals_of(path) or Approvals(registry.app)
    except RegistryError as error:
        return of_error(path, error)
    found = tally(registry, approvals, LateChecker())
    problems = approval_problems(registry, approvals, found)
    if not problems:
        return f"{shown(path)}: {_sentence(as_decided(registry, found), len(approvals.statements))}"
    signed = [problem for problem in problems if is_statement(problem.place)]
    rest = [problem for problem in problems if not is_statement(problem.place)]
    return [*in_approvals(path, signed), *in_registry(path, rest)]


def _sentence(registry: Registry, statements: int) -> str:
    statuses = [metric.status for metric in registry.metrics.values()]
    counts = ", ".join(f"{statuses.count(status)} {status}" for status in Status)
    return f"every signature is good ({statements} statements; metrics: {counts})."
