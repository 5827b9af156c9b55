"""Enters: registry files, perhaps a collector's data. Leaves: a folder of reference pages."""

from __future__ import annotations

import functools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.signed_registries import read_in_force
from aboveboard.adapters.site_folder import SiteFolder
from aboveboard.analysis.kept import columns
from aboveboard.analysis.publish import publish
from aboveboard.cli.options import store_option
from aboveboard.cli.registry_paths import product_files
from aboveboard.cli.screen import Screen
from aboveboard.cli.sql import answer
from aboveboard.errors import FactsError, SetupError
from aboveboard.model.total import Total
from aboveboard.registry.reference.product import counts
from aboveboard.web.reference_site import site, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aboveboard.analysis.kept import Columns
    from aboveboard.model.registry import Registry
    from aboveboard.model.total import PublishedMetric
    from aboveboard.ports.collector import QueryResult

MOST_TOTALS = 1_000_000


@click.command(short_help="Write the reference pages as a static site.")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…"
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A collector's folder, whose published numbers the pages then show.",
)
@store_option
def docs(out: Path, paths: tuple[Path, ...], data: Path | None, store: str) -> None:
    """Write the reference pages of registries into the folder OUT.

    PATH is a registry file, or a folder of them. The pages need no server. OUT is made, or was made
    by this command before: then what is out of date in it is removed.
    """
    with Screen(3) as screen:
        screen.step("Read the registries")
        registries = sorted(read_all(paths).values(), key=lambda registry: registry.title)
        for registry in registries:
            screen.say(f"{registry.title}. {counts(registry)}")
        screen.step("Ask for what is kept")
        known, numbers = _empty() if data is None else live(data, registries, store)
        screen.say("no numbers: name a collector's folder with --data" if data is None else "asked")
        screen.step("Write the pages")
        folder = SiteFolder(out)
        folder.begin()
        bar = screen.bar("Files", size(registries))
        for name, body in site(registries, known, numbers):
            folder.write(name, body)
            bar.advance()
        removed = folder.finish()
        screen.finish()
    click.echo(f"{size(registries):,} files are in {out}; {removed:,} old ones were removed.")


def read_all(paths: Sequence[Path]) -> dict[str, Registry]:
    """Read files and folders, by app, as their signatures have them.

    Raises:
        SetupError: one cannot be read, or two name the same app.
        RegistryError: with all problems of the first file that has any.
        SealError: there are signatures, and they cannot be checked here.
    """
    found: dict[str, Registry] = {}
    for path in product_files(paths):
        registry = read_in_force(path)
        if registry.app in found:
            message = f"{path} names the app {registry.app}, and another file does so too"
            raise SetupError(message)
        found[registry.app] = registry
    return found


def live(
    data: Path, registries: Iterable[Registry], store: str = ""
) -> tuple[Columns, dict[tuple[str, str], PublishedMetric]]:
    """Ask a collector's tables for their columns, and for what is published of each metric.

    Raises:
        FactsError: they cannot be asked.
        SetupError: there is no collector's data.
    """
    ask = functools.partial(answer, DataFolder(data), store=store)
    numbers = {
        (registry.app, published.metric.name): published
        for registry in registries
        for published in publish(registry, totals(ask, registry.app), 0).metrics
    }
    return columns(ask), numbers


def totals(
    ask: Callable[[str, int], QueryResult], app: str, most: int = MOST_TOTALS
) -> list[Total]:
    """Ask for every total of an app.

    Raises:
        FactsError: there are more than ``most``; a part of them could show a group that is too
            small, so none is given.
    """
    select = "select metric, span, period, key, count, n, all_n from totals where app ="
    order = "order by metric, span, period, key"
    # A registry's app is letters, digits and hyphens.
    result = ask(f"{select} '{app}' {order}", most)
    if result.cut:
        message = f"{app} has more than {most:,} totals"
        raise FactsError(message)
    return [Total(*row) for row in result.rows]  # type: ignore[arg-type]  # the columns above


def _empty() -> tuple[Columns, dict[tuple[str, str], PublishedMetric]]:
    """Give the columns of a collector that has nothing yet, by making its tables."""
    with TemporaryDirectory() as folder:
        facts = DuckdbFacts(Path(folder))
        try:
            return columns(facts.query), {}
        finally:
            facts.close()
