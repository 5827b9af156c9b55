"""Enters: what a command about a log was told. Leaves: the log's key, its progress, its doubts."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from aboveboard.adapters.file_ledger import pinned_key
from aboveboard.adapters.log_source import is_address
from aboveboard.cli.screen import Screen
from aboveboard.errors import LogError, SetupError
from aboveboard.transparency.evidence import write
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.note import read_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboveboard.transparency.mirror import Begin
    from aboveboard.transparency.note import Key
    from aboveboard.transparency.watch import Doubt

EVIDENCE = "evidence"
NAME_LENGTH = 16
KINDS_OF_STEPS = 2

key_option = click.option(
    "--key",
    "key_text",
    metavar="KEY",
    help="The log's key, as its owner publishes it; once pinned in a folder, not needed again.",
)


def key_for(places: tuple[str, ...], text: str | None) -> Key:
    """Give the log's key: the one that was told, which must be the one that a folder has pinned.

    Raises:
        SetupError: there is none, it is none, or the folders have another.
    """
    told = read_key(text) if text is not None else None
    if text is not None and told is None:
        message = f"{text!r} is no key of a log. It looks like editor.example/log+0a1b2c3d+AQ…="
        raise SetupError(message)
    folders = [Path(place) for place in places if not is_address(place)]
    pinned = [key for folder in folders if (key := pinned_key(folder)) is not None]
    keys = {str(key): key for key in (*([told] if told else []), *pinned)}
    if len(keys) > 1:
        message = (
            f"these are keys of different logs: {', '.join(keys)}. If the log's owner has changed "
            "the key, ask why, and mirror into a new folder"
        )
        raise SetupError(message)
    if not keys:
        message = "the log's key is not known; give the one that its owner publishes with --key"
        raise SetupError(message)
    return next(iter(keys.values()))


@contextlib.contextmanager
def progress() -> Iterator[Begin]:
    """Show how far a long work is, on standard error."""
    screen = Screen(KINDS_OF_STEPS, sys.stderr)

    def begin(title: str, total: int) -> Callable[[], None]:
        return screen.bar(title, total).advance

    with screen:
        yield begin


def give_up(doubt: Doubt, folder: Path | None) -> NoReturn:
    """Tell a doubt, keep what shows it, and end with status 1.

    Raises:
        LogError: the evidence cannot be written.
    """
    click.echo(f"aboveboard: {doubt.text} [{doubt.code}]", err=True)
    if folder is None and doubt.evidence is not None:
        click.echo("Run it again with --evidence FOLDER to keep the evidence.", err=True)
    if folder is not None:
        for path in keep_evidence(doubt, folder):
            click.echo(f"Kept as evidence: {path}", err=True)
    click.get_current_context().exit(1)


def keep_evidence(doubt: Doubt, folder: Path) -> list[Path]:
    """Write what a log showed, and the proof if there is one; the same doubt gives the same files.

    Raises:
        LogError: it cannot be written.
    """
    proof = b"" if doubt.evidence is None else write(doubt.evidence)
    name = f"{doubt.code}-{content_name(doubt.note + proof)[:NAME_LENGTH]}"
    files = {folder / f"{name}.checkpoint": doubt.note}
    if proof:
        files[folder / f"{name}.json"] = proof
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content)
    except OSError as error:
        message = f"the evidence cannot be written to {folder}: {error.strerror}"
        raise LogError(message) from error
    return list(files)
