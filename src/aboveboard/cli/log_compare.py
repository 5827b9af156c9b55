"""Enters: two views of a log. Leaves: whether they are one log, and evidence if they are not."""

from __future__ import annotations

from pathlib import Path

import click

from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.log_source import is_address, source
from aboveboard.cli.log_places import EVIDENCE, give_up, key_for, key_option, progress
from aboveboard.model.many import many
from aboveboard.transparency.mirror import compare as compared
from aboveboard.transparency.watch import Doubt


@click.command(short_help="Look whether two people see the same log.")
@click.argument("one")
@click.argument("other")
@key_option
@click.option(
    "--evidence",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to keep evidence in; else in the first of the two that is a folder.",
)
def compare(one: str, other: str, key_text: str | None, folder: Path | None) -> None:
    """Look whether ONE and OTHER, folders or addresses, are the same log.

    If one is the beginning of the other, all is well. If they contradict each other, evidence is
    kept that anyone can check, and the exit status is 1.
    """
    key = key_for((one, other), key_text)
    with progress() as begin:
        result = compared(source(one), source(other), key, LateChecker(), begin)
    if isinstance(result, Doubt):
        places = [Path(place) / EVIDENCE for place in (one, other) if not is_address(place)]
        give_up(result, folder or next(iter(places), None))
    sizes = [seen.checkpoint.size for seen in result]
    if sizes[0] == sizes[1]:
        click.echo(f"{key.name}: the same {many(sizes[0], 'entry', 'entries')} in both.")
        return
    behind, ahead = (one, other) if sizes[0] < sizes[1] else (other, one)
    missing = many(abs(sizes[0] - sizes[1]), "entry", "entries")
    click.echo(f"{key.name}: one log; {behind} is {missing} behind {ahead}.")
