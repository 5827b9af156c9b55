"""Enters: a collector's data of an older version. Leaves: it, as this version keeps data."""

from __future__ import annotations

from pathlib import Path

import click

from aboveboard.adapters.layout import old_segments
from aboveboard.adapters.migration import migrate_log, migrate_tables
from aboveboard.cli.lines import say
from aboveboard.cli.load import existing
from aboveboard.cli.options import settings_options, told
from aboveboard.cli.progress import progress, working
from aboveboard.model.many import many


@click.command(short_help="Bring data of an older version into the form of this one.")
@settings_options("data")
def migrate(config: Path | None, **options: str | None) -> None:
    """Bring data of an older version into the form of this one; nothing if it is already.

    Stop the collector and copy its folder first: the older version cannot read it afterwards. If
    the command is interrupted, run it again.
    """
    folder = existing(told(options, config).data)
    with folder.locked():
        with progress("Moving the log", len(old_segments(folder)), files=True) as piece:
            moved = migrate_log(folder, piece)
        with working("Bringing the tables into the form of this version"):
            changed = migrate_tables(folder)
    if moved:
        say(f"{many(moved, 'file')} of the log moved to {folder.logs / '0'}.")
    if changed:
        say("The tables know now which log a report came in.")
    if not (moved or changed):
        say("Nothing to do: the data is of this version already.")
