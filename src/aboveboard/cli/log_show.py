"""Enters: a log's folder or address. Leaves: its entries in words, the newest last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aboveboard.adapters.log_source import source
from aboveboard.errors import LogError
from aboveboard.transparency.checkpoint import read as read_checkpoint
from aboveboard.transparency.entries import ConsentEntry, TotalsEntry, read
from aboveboard.transparency.mirror import MOST_ENTRIES, fetch

if TYPE_CHECKING:
    from aboveboard.transparency.entries import Entry

SHOWN = 12


@click.command(short_help="Show the entries of a log in words.")
@click.argument("place")
def show(place: str) -> None:
    """Show the entries of the log at PLACE, a folder or an address, the newest last.

    It shows what is there and checks nothing: `aboveboard log check` does.
    """
    log = source(place)
    checkpoint = read_checkpoint(log.checkpoint())
    if checkpoint is None:
        message = f"what is at {place} is no log: its checkpoint cannot be read"
        raise LogError(message)
    for index, leaf in enumerate(fetch(log, 0, min(checkpoint.size, MOST_ENTRIES))):
        click.echo(f"{index:>6}  {words(read(leaf))}")


def words(entry: Entry | None) -> str:
    """Say an entry in words.

    Example:
        >>> words(None)
        'an entry of an unknown kind'
    """
    if entry is None:
        return "an entry of an unknown kind"
    return f"{entry.day}  {entry.app}: {_what(entry)}"


def _what(entry: Entry) -> str:
    if isinstance(entry, TotalsEntry):
        return f"totals {entry.numbers[:SHOWN]} of {entry.period}"
    about = f"registry {entry.fingerprint[:SHOWN]}"
    if isinstance(entry, ConsentEntry):
        return f"wording {entry.text[:SHOWN]} in {entry.language}, for {about}"
    return f"{about}, {'with' if entry.approvals else 'without'} approvals"
