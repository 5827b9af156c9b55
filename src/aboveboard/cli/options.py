"""Enters: nothing. Leaves: the options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from aboveboard.registry.formats import FORMATS
from aboveboard.settings import DEFAULT_PORT, MOST_PORT, default_data
from aboveboard.settings.collector import NAMES, SAYS, SETTINGS, kind_of
from aboveboard.settings.sources import effective

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.decorators import FC

    from aboveboard.settings.collector import CollectorSettings

AnyCallable = TypeVar("AnyCallable", bound="Callable[..., object]")


def data_option(name: str) -> Callable[[FC], FC]:
    """Give the option ``--data``, whose default is the system's usual place for ``name``.

    A collector's is the one that its settings name.
    """
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: told({}).data if name == "collector" else default_data(name),
        show_default=f"{name} in your data folder",
        help="Folder for everything that is kept.",
    )


store_option = click.option(
    "--store",
    default=lambda: told({}).store,
    metavar="VALUE",
    show_default="the one of the settings",
    help="Where the tables are; empty for a DuckDB file in the data folder.",
)

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


def settings_options(*names: str) -> Callable[[AnyCallable], AnyCallable]:
    """Give a command ``--config`` and an option for each of some settings, or for all.

    They arrive as texts, and are read and checked together with the other sources by ``told``.
    """
    chosen = [each for each in SETTINGS if each.name in (names or NAMES)]

    def add(command: AnyCallable) -> AnyCallable:
        for each in reversed(chosen):
            option = click.option(
                f"--{each.name.replace('_', '-')}",
                each.name,
                metavar="VALUE",
                help=f"{each.metadata[SAYS]} ({kind_of(each).words})",
            )
            command = option(command)
        return config_option(command)

    return add


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the settings; otherwise the one of the usual place, if it is there.",
)


def told(options: dict[str, str | None], config: Path | None = None) -> CollectorSettings:
    """Give a collector's settings to a command that needs no registry.

    Raises:
        SettingsError: with every problem.
    """
    return effective(options, config).settings(without_registry=True)
