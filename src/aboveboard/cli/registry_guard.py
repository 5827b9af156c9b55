"""Enters: registries before and after a change. Leaves: their bits, and whether it may pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.system import SystemClock
from aboveboard.cli.registry_guard_page import Product, as_json, as_sarif, page
from aboveboard.cli.registry_paths import in_registry, product_files
from aboveboard.errors import SetupError
from aboveboard.model.many import many
from aboveboard.registry.formats import FORMATS
from aboveboard.registry.guard import guard as guard_registry
from aboveboard.registry.guard_bits import Joined

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry

_path = click.Path(path_type=Path, exists=True)


@click.command(short_help="Stop a change that learns more of people than it should.")
@click.argument("base", type=_path)
@click.argument("head", type=_path)
@click.option(
    "--most-bits",
    type=click.IntRange(1),
    help="The bound, if not the one that the files state.",
)
@click.option(
    "--if-linked",
    is_flag=True,
    help="Make the bound one of all reports of an install, as if somebody could link them.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How the problems are written.",
)
def guard(base: Path, head: Path, most_bits: int | None, if_linked: bool, form: str) -> None:  # noqa: FBT001 click gives it by name
    """Stop a change of registry files that learns more of people than it should.

    BASE is what holds, HEAD is what the change makes of it: two files, or two folders whose
    products are matched by their ids. The exit status is 1 if the change must not pass.
    """
    joined = Joined.LINKED if if_linked else Joined.AS_SENT
    today = SystemClock().now().date()
    found = []
    for before, after, path in _pairs(base, head):
        each = guard_registry(before, after, today, most_bits, joined)
        told = in_registry(path, each.problems), in_registry(path, each.notes)
        found.append(Product(after.app, each, *told))
    problems = [problem for product in found for problem in product.problems]
    if form == "json":
        click.echo(as_json(found), nl=False)
    else:
        click.echo(page(found), nl=False, err=form != "text")
        write = as_sarif if form == "sarif" else FORMATS[form]
        click.echo(write(problems), nl=False)
    notes = sum(len(product.notes) for product in found)
    summary = f"{many(len(found), 'product')} guarded: {many(len(problems), 'problem')}"
    click.echo(f"{summary}, {many(notes, 'note')}.", err=bool(problems) or form != "text")
    if problems:
        click.get_current_context().exit(1)


def _pairs(base: Path, head: Path) -> list[tuple[Registry | None, Registry, Path]]:
    """Match what was with what is; a product that is gone widens nothing.

    Raises:
        SetupError: the change leaves no product, so that something else is wrong.
    """
    if base.is_file() and head.is_file():
        return [(read_file(base), read_file(head), head)]
    before = {registry.app: registry for registry in map(read_file, _files_before(base))}
    after = [(read_file(path), path) for path in product_files([head])]
    return [(before.get(registry.app), registry, path) for registry, path in after]


def _files_before(base: Path) -> list[Path]:
    try:
        return list(product_files([base]))
    except SetupError:
        return []  # the first registry of a project has none before it
