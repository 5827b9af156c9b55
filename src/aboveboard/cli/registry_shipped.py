"""Enters: names of products. Leaves: the registries that come with Aboveboard, listed or copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.bootstrap.translators import MAPPINGS
from aboveboard.cli.tables import fitted
from aboveboard.errors import SetupError


@click.command(short_help="List the registries that come with Aboveboard, or copy them.")
@click.argument("apps", nargs=-1)
@click.option(
    "--copy",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Copy them, with their mappings, into this folder; what is there stays as it is.",
)
def shipped(apps: tuple[str, ...], folder: Path | None) -> None:
    """List the registries that come with Aboveboard: all of them, or those of some APPS."""
    home = shipped_folder()
    known = {file.stem: file for file in sorted(home.glob("*.toml"))}
    if unknown := sorted(set(apps) - known.keys()):
        message = f"no registry of {unknown[0]} comes with Aboveboard: " + ", ".join(known)
        raise SetupError(message)
    wanted = apps or tuple(known)
    if folder is not None:
        for app in wanted:
            _copy(app, home, folder)
        return
    found = [read_file(known[app]) for app in wanted]
    rows = [[each.app, each.title, str(len(each.metrics))] for each in found]
    click.echo(fitted(["app", "product", "metrics"], rows), nl=False)
    click.echo(f"They are in {home}")


def _copy(app: str, home: Path, folder: Path) -> None:
    """Copy a registry and all mappings that begin with the app's name."""
    names = [f"{app}.toml"]
    names += [f"{MAPPINGS}/{each.name}" for each in sorted((home / MAPPINGS).glob(f"{app}*.toml"))]
    for name in names:
        target = folder / name
        if target.exists():
            click.echo(f"{target} is there already and stays as it is.")
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(home / name, target)
        except OSError as error:
            message = f"{target} cannot be written: {error.strerror}"
            raise SetupError(message) from error
        click.echo(f"{target}")
