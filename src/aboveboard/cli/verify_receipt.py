"""Enters: receipts of deletion, a log's key. Leaves: whether they are genuine; asks nobody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import click

from aboveboard.adapters.late_check import LateChecker
from aboveboard.errors import SetupError
from aboveboard.transparency.note import Key, read, read_key, signed_by
from aboveboard.wires import receipts

MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """One receipt of a file.

    Attributes:
        says: what it says; None if it is none.
        signed: whether the key signed it.
    """

    says: receipts.Receipt | None
    signed: bool = False


@click.command("verify-receipt", short_help="Check a collector's receipt of deletion.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--log", "line", required=True, metavar="LINE", help="The key of the collector's log."
)
@click.option("--report", metavar="ID", help="Only the receipt of this report, or fail.")
def verify_receipt(file: Path, line: str, report: str | None) -> None:
    """Check the receipts in FILE against the key of the collector's transparency log.

    FILE is a receipt, the answer of a collector that holds one, or the file withdrawals.ndjson in
    which a program keeps all of them. LINE is the key as the registry names it. Nothing is asked of
    anybody: a receipt is proof wherever it lies.
    """
    key = _key(line)
    found = [_look(note, key) for note in _notes(_body(file))]
    mine = [each for each in found if report is None or _is_of(each, report)]
    for each in mine:
        click.echo(_words(each, key))
    if not mine:
        of = f"of the report {report} " if report is not None else ""
        click.echo(f"aboveboard: there is no receipt {of}in {file}.", err=True)
    if not mine or not all(each.signed for each in mine):
        click.get_current_context().exit(1)


def _key(line: str) -> Key:
    """Read a key, alone or as the line of a registry.

    Raises:
        SetupError: it is none.
    """
    key = read_key(line.strip().removeprefix("log").lstrip(" =").strip('"'))
    if key is None:
        message = f"{line!r} is no key of a log. It looks like editor.example/log+0a1b2c3d+AQ…="
        raise SetupError(message)
    return key


def _body(file: Path) -> bytes:
    """Read a file.

    Raises:
        SetupError: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise SetupError(message) from error


def _notes(body: bytes) -> list[bytes]:
    """Give the notes in a file: itself, or what its lines of JSON have under ``receipt``."""
    if not body.lstrip().startswith(b"{"):
        return [body]
    notes = [_note(line) for line in body.splitlines()]
    return [note for note in notes if note]


def _note(line: bytes) -> bytes:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return b""
    note = content.get("receipt") if isinstance(content, dict) else None
    return note.encode("utf-8", "replace") if isinstance(note, str) else b""


def _look(body: bytes, key: Key) -> Found:
    note = read(body) if len(body) <= receipts.MOST_BYTES else None
    says = receipts.read(note.text) if note is not None else None
    if note is None or says is None:
        return Found(None)
    return Found(says, signed_by(note, key, LateChecker()))


def _is_of(found: Found, report: str) -> bool:
    return found.says is not None and found.says.report == report.strip().lower()


def _words(found: Found, key: Key) -> str:
    if found.says is None:
        return "This is no receipt."
    name = f"{found.says.report} of {found.says.app}"
    if not found.signed:
        return f"{name}: NOT GENUINE. {key.name} did not sign this."
    backups = ""
    if found.says.backups is not None:
        backups = f" No backup has it after {found.says.backups}."
    return (
        f"{name}: genuine. {key.name} has signed that it is deleted by {found.says.day}.{backups}"
    )
