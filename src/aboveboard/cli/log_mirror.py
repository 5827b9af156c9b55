"""Enters: a log's address and a folder. Leaves: everything in it is checked and kept there."""

from __future__ import annotations

from pathlib import Path

import click

from aboveboard.adapters.file_ledger import FileLedger, pin_key, pinned_key
from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.log_source import source
from aboveboard.cli.log_places import EVIDENCE, give_up, key_for, key_option, progress
from aboveboard.model.many import many
from aboveboard.transparency.mirror import follow
from aboveboard.transparency.watch import Doubt


@click.command(short_help="Keep a checked copy of a log.")
@click.argument("url")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@key_option
def mirror(url: str, folder: Path, key_text: str | None) -> None:
    """Keep a checked copy of the log at URL in FOLDER; run it again to go on.

    URL is the log's address, such as https://telemetry.editor.example/log, or another folder. The
    first run pins the key in FOLDER. Nothing that is not checked is written.
    """
    key = key_for((str(folder),), key_text)
    ledger = FileLedger(folder)
    if ledger.cut_bytes:
        click.echo(f"Put {ledger.cut_bytes} bytes of an unfinished entry aside.", err=True)
    with progress() as begin:
        result = follow(source(url), ledger, key, LateChecker(), begin)
    if isinstance(result, Doubt):
        give_up(result, folder / EVIDENCE)
    if pinned_key(folder) is None:
        pin_key(folder, key)
    added = many(result.added, "new entry", "new entries")
    size = many(result.seen.checkpoint.size, "entry", "entries")
    click.echo(f"{key.name}: {added}; all {size} are checked and kept in {folder}.")
