"""Enters: registry files and folders. Leaves: every problem of all of them, and an exit status."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.system import SystemClock
from aboveboard.cli.options import paths_and_format
from aboveboard.cli.registry_paths import in_registry, product_files
from aboveboard.errors import Problem, RegistryError, SetupError
from aboveboard.model.many import many
from aboveboard.registry import checks
from aboveboard.registry.formats import FORMATS, Located


@click.command(short_help="Tell everything that is wrong with registry files.")
@paths_and_format
def check(paths: tuple[Path, ...], form: str) -> None:
    """Tell everything that is wrong with registry files.

    PATH is a file, or a folder whose *.toml files with a table [product] are checked. A check is
    switched off in the file itself, with a reason: allow = { code = "reason" }.
    """
    files = list(product_files(paths))
    today = SystemClock().now().date()
    found = [problem for file in files for problem in check_file(file, today)]
    click.echo(FORMATS[form](found), nl=False)
    summary = f"{many(len(files), 'file')} checked: {many(len(found), 'problem')}"
    click.echo(f"{summary}.", err=bool(found) or form != "text")
    if found:
        click.get_current_context().exit(1)


def check_file(path: Path, today: date) -> list[Located]:
    """Give every problem of one file and of the plug-ins' files that it includes."""
    try:
        return in_registry(path, checks.check(read_file(path), today))
    except RegistryError as error:
        return in_registry(path, error.problems)
    except SetupError as error:
        remedy = "Correct `include`, or see to it that the files can be read."
        problem = Problem("cannot_be_read", "include", f"{error}.", remedy)
        return in_registry(path, [problem])
