"""Enters: a log's folder or address. Leaves: whether all of it is what its owner signed."""

from __future__ import annotations

from pathlib import Path

import click

from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.log_source import source
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.cli.log_places import give_up, key_for, key_option, progress
from aboveboard.errors import LogError
from aboveboard.model.many import many
from aboveboard.transparency import evidence
from aboveboard.transparency.mirror import follow
from aboveboard.transparency.note import Key
from aboveboard.transparency.watch import Doubt


@click.command(short_help="Check a log, or evidence against one.")
@click.argument("place")
@key_option
def check(place: str, key_text: str | None) -> None:
    """Check everything of the log at PLACE: every entry, every content, the signature.

    PLACE is a folder or an address; or a file of evidence that a command of this group has written.
    """
    path = Path(place)
    if path.is_file():
        check_evidence(path, key_for((str(path.parent.parent),), key_text))
        return
    key = key_for((place,), key_text)
    with progress() as begin:
        result = follow(source(place), MemoryLedger(), key, LateChecker(), begin)
    if isinstance(result, Doubt):
        give_up(result, None)
    size = many(result.seen.checkpoint.size, "entry", "entries")
    click.echo(f"{key.name}: {size}, all checked, and their contents too.")


def check_evidence(path: Path, key: Key) -> None:
    """Check evidence and say what it proves; end with status 1 if it proves nothing.

    Raises:
        LogError: it cannot be read.
    """
    try:
        found = evidence.read(path.read_bytes())
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise LogError(message) from error
    if found is None or not evidence.proves(found, key, LateChecker()):
        click.echo(f"aboveboard: {path} proves nothing about {key.name}.", err=True)
        click.get_current_context().exit(1)
    click.echo(f"{path} proves that {key.name} has signed two logs that contradict each other.")
