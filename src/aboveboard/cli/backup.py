"""Enters: a collector's data. Leaves: a backup of it, made by whoever has the tables open."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.adapters.backup_files import rotate
from aboveboard.adapters.desk import have_done
from aboveboard.adapters.layout import refuse_older
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.backups import Backups
from aboveboard.bootstrap.store import MANY_WAITING, open_facts
from aboveboard.cli.lines import say
from aboveboard.cli.load import existing
from aboveboard.cli.options import settings_options, told
from aboveboard.cli.progress import size, working
from aboveboard.errors import FactsError, QueryError, SetupError
from aboveboard.model.many import many

if TYPE_CHECKING:
    from aboveboard.adapters.data_folder import DataFolder

SECONDS = 6 * 3600.0


@click.command(short_help="Make a backup of a collector, also while it serves.")
@settings_options("data", "store", "backup_folder", "backup_days")
@click.option("--with-keys", is_flag=True, help="Put the private keys in it as well.")
def backup(config: Path | None, *, with_keys: bool, **options: str | None) -> None:
    """Make a backup of a collector, also while it serves; delete those that are too old.

    It holds log, tables and transparency log, of one moment. Without the keys nobody can read
    sealed reports with it or speak for the collector, but the collector needs them to go on: keep
    them at another place.
    """
    settings = told(options, config)
    if settings.backup_folder is None:
        message = "where to? Name a folder with --backup-folder, or `backup_folder` in the settings"
        raise SetupError(message)
    into = settings.backup_folder.absolute()
    with working("Making the backup"):
        done = _make(existing(settings.data), settings.store, into, with_keys=with_keys)
    say(f"{done['folder']}: {many(done['files'], 'file')}, {size(done['size'])}.")
    if not with_keys:
        say("The private keys are not in it; without them a collector cannot go on.")
    for old in rotate(into, SystemClock().now(), settings.backup_days):
        say(f"{old} was older than {many(settings.backup_days, 'day')} and is deleted.")


def _make(folder: DataFolder, store: str, into: Path, *, with_keys: bool) -> dict[str, Any]:
    served_by = folder.served_by()
    if served_by is not None:
        try:
            return have_done(served_by, "backup", SECONDS, into=str(into), with_keys=with_keys)
        except QueryError:
            raise
        except FactsError:
            pass  # It was killed before it could take its word back; its tables are free.
    with folder.locked():
        refuse_older(folder)
        facts = open_facts(store, folder, MANY_WAITING)
        try:
            backups = Backups(folder, facts, store, contextlib.nullcontext, SystemClock())
            made = backups.make(into, with_keys=with_keys)
        finally:
            facts.close()
    return made.told()
