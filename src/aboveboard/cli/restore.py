"""Enters: a backup. Leaves: a data folder that a collector can serve from."""

from __future__ import annotations

from pathlib import Path

import click

from aboveboard.adapters.backup_files import read_manifest
from aboveboard.adapters.data_folder import DataFolder
from aboveboard.bootstrap.backups import restore as restore_backup
from aboveboard.bootstrap.gone_again import take_back_again
from aboveboard.cli.lines import say
from aboveboard.cli.options import settings_options, told
from aboveboard.cli.progress import moment, progress, working
from aboveboard.errors import SetupError
from aboveboard.model.many import many


@click.command(short_help="Make a data folder of a backup.")
@click.argument("backup", type=click.Path(path_type=Path, exists=True, file_okay=False))
@settings_options("data", "store")
@click.option(
    "--taken-back-in",
    "newer",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Newer data of this collector: what was taken back there is taken out here as well.",
)
@click.option(
    "--taken-back-store",
    "newer_store",
    default="",
    metavar="URL",
    help="Where the tables of the newer data are, if they are not in its folder.",
)
def restore(
    backup: Path,
    config: Path | None,
    newer: Path | None,
    newer_store: str,
    **options: str | None,
) -> None:
    """Make a data folder of a backup, once every file of it is found to be what it was.

    Nothing may be in the data folder, or in the database that --store names. If newer data can
    still be read, name it: reports that were taken back after the backup are still in the backup.
    """
    settings = told(options, config)
    if newer is not None and DataFolder(newer).store() and not newer_store:
        message = f"the tables of {newer} are elsewhere: name the store with --taken-back-store"
        raise SetupError(message)
    total = 2 * sum(length for length, _ in read_manifest(backup).files.values())
    with progress("Restoring", total) as piece:
        manifest = restore_backup(backup, settings.data, settings.store, piece)
    files = many(len(manifest.files), "file")
    say(f"{settings.data} is as it was on {moment(manifest.made)}: {files}.")
    if not manifest.keys:
        say("Put the folder keys/ of that collector into it before you serve from it.")
    if newer is None:
        say("Reports taken back since are in it again; --taken-back-in takes them out.")
    else:
        with working("Looking for what was taken back since"):
            number = take_back_again(DataFolder(settings.data), DataFolder(newer), newer_store)
        say(f"{many(number, 'report')} taken back since: loading takes them out.")
    say("`aboveboard load` brings its tables up to date; a start does it, too.")
