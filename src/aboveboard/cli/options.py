"""Enters: nothing. Leaves: the options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.registry.formats import FORMATS
from aboveboard.settings import DEFAULT_PORT, MOST_PORT, NO_STORE, default_data, is_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.decorators import FC


def data_option(name: str) -> Callable[[FC], FC]:
    """Give the option ``--data``, whose default is the system's usual place for ``name``."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: default_data(name),
        show_default=f"{name} in your data folder",
        help="Folder for everything that is kept.",
    )


store_option = click.option(
    "--store",
    default="",
    metavar="URL",
    callback=lambda _, __, value: _checked_store(value),
    help="Where the tables are: duckdb:///folder or postgresql://user@host:port/database.  "
    "[default: DuckDB in the data folder]",
)


def _checked_store(value: str) -> str:
    if not is_store(value):
        raise click.BadParameter(NO_STORE)
    return value


port_option = click.option(
    "--port",
    type=click.IntRange(0, MOST_PORT),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port; 0 takes a free one.",
)


def paths_and_format(command: FC) -> FC:
    """Give a command about registry files its paths and the form of the problems it finds."""
    paths = click.argument(
        "paths",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path, exists=True),
        metavar="PATH…",
    )
    form = click.option(
        "--format",
        "form",
        type=click.Choice(list(FORMATS)),
        default="text",
        show_default=True,
        help="How the problems are written.",
    )
    return paths(form(command))
