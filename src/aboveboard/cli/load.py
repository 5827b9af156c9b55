"""Enters: a collector's data folder. Leaves: its tables hold all of its log."""

from __future__ import annotations

from pathlib import Path

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.layout import refuse_older
from aboveboard.analysis.follow import Follower
from aboveboard.bootstrap.store import open_facts
from aboveboard.cli.options import settings_options, told
from aboveboard.cli.progress import progress, size
from aboveboard.errors import FactsError, SetupError
from aboveboard.model.many import many


@click.command(short_help="Bring a collector's tables up to date without serving.")
@settings_options("data", "store", "quarantine_rows")
def load(config: Path | None, **options: str | None) -> None:
    """Bring a collector's tables up to date without serving.

    After a restored backup or a long rest; a collector that serves loads by itself.
    """
    settings = told(options, config)
    folder = existing(settings.data)
    with folder.locked():
        refuse_older(folder)
        facts = open_facts(settings.store, folder, settings.quarantine_rows)
        # As their writers would: what a crash left torn is put aside.
        logs = [FileLog(path) for path in folder.all_logs()]
        try:
            follower = Follower(logs, facts)
            all_of_it = left = follower.behind()
            with progress("Loading", all_of_it) as piece:
                while follower.step():
                    before, left = left, follower.behind()
                    piece(before - left)
        finally:
            facts.close()
            for log in logs:
                log.close()
    if not follower.well:
        message = "not all could be loaded; the line before says why. What was loaded stays"
        raise FactsError(message)
    records = many(follower.loaded, "record")
    click.echo(f"{records} loaded ({size(all_of_it)}); the tables are up to date.")


def existing(data: Path) -> DataFolder:
    """Give a data folder that holds something.

    Raises:
        SetupError: it does not.
    """
    folder = DataFolder(data)
    if not (folder.logs.is_dir() or folder.facts.is_dir()):
        message = f"no collector has kept anything in {data}; name its folder with --data"
        raise SetupError(message)
    return folder
