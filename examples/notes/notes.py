# /// script
# requires-python = ">=3.11"
# dependencies = ["aboveboard"]
# ///
"""Enters: a command line. Leaves: a note more, a note done, or notes on the screen.

A small note taker that counts how it is used, on the terms of whoever uses it. Everything that has
to do with telemetry is marked with ``# telemetry``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import aboveboard  # telemetry
import aboveboard.commands  # telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VERSION = "1.4.0"
REGISTRY = Path(__file__).parent / "notes.toml"  # telemetry: all that may be counted, and why
SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}


class Note(TypedDict):
    """One note, as it stands in the file."""

    text: str
    done: bool


def open_telemetry() -> aboveboard.Telemetry:
    """Open the telemetry: it never raises, and never slows the program down."""
    telemetry = aboveboard.open("notes", registry=REGISTRY, version=VERSION)
    telemetry.watch_errors()  # counts where the program breaks, nothing of what it worked on
    telemetry.set("system.os", SYSTEMS.get(sys.platform, "other"))
    return telemetry


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says, and give the exit status."""
    asked = _parser().parse_args(argv)
    if asked.command == "telemetry":  # telemetry: what is added below
        status: int = asked.func(asked)
        return status
    with open_telemetry() as telemetry:  # telemetry: what was counted is safe when the block ends
        telemetry.count("command.used", label=asked.command)  # telemetry
        notes = _load(asked.file)
        try:
            print(COMMANDS[asked.command](asked, notes, telemetry))
        except LookupError as error:
            print(error.args[0], file=sys.stderr)
            return 1
        _save(asked.file, notes)
        telemetry.set("notes.kept", len(notes))  # telemetry: only the bucket that it falls into
        telemetry.flush()  # telemetry: sends a week that has ended, if the person said yes
        return 0


# --- The commands: each gives what is printed. ----------------------------------------------------


def _add(asked: argparse.Namespace, notes: list[Note], telemetry: aboveboard.Telemetry) -> str:
    text = " ".join(asked.text)
    notes.append({"text": text, "done": False})
    telemetry.observe("note.words", len(text.split()))  # telemetry: how many, never which
    return f"{len(notes)}  {text}"


def _list(_: argparse.Namespace, notes: list[Note], __: aboveboard.Telemetry) -> str:
    return _shown(notes, lambda note: not note["done"])


def _find(asked: argparse.Namespace, notes: list[Note], telemetry: aboveboard.Telemetry) -> str:
    with telemetry.time("find.took"):  # telemetry: how long, never what for
        return _shown(notes, lambda note: asked.word.lower() in note["text"].lower())


def _done(asked: argparse.Namespace, notes: list[Note], _: aboveboard.Telemetry) -> str:
    if not 1 <= asked.number <= len(notes):
        message = f"There is no note {asked.number}."
        raise LookupError(message)
    note = notes[asked.number - 1]
    note["done"] = True
    return f"Done: {note['text']}"


COMMANDS: dict[str, Callable[[argparse.Namespace, list[Note], aboveboard.Telemetry], str]] = {
    "add": _add,
    "list": _list,
    "find": _find,
    "done": _done,
}


# --- The notes themselves. ------------------------------------------------------------------------


def _load(file: Path) -> list[Note]:
    if not file.exists():
        return []
    notes: list[Note] = json.loads(file.read_text(encoding="utf-8"))
    return notes


def _save(file: Path, notes: list[Note]) -> None:
    part = file.with_suffix(".part")
    part.write_text(json.dumps(notes, indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(file)


def _shown(notes: list[Note], fits: Callable[[Note], bool]) -> str:
    lines = [f"{number}  {note['text']}" for number, note in enumerate(notes, 1) if fits(note)]
    return "\n".join(lines) or "No notes."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="notes", description="Take notes.")
    parser.add_argument("--file", type=Path, default=Path.home() / "notes.json")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("add", help="take a note").add_argument("text", nargs="+")
    commands.add_parser("list", help="list what is not done")
    commands.add_parser("find", help="find notes with a word").add_argument("word")
    commands.add_parser("done", help="mark a note as done").add_argument("number", type=int)
    aboveboard.commands.add_argparse(commands, open_telemetry)  # telemetry: see, and decide
    return parser


if __name__ == "__main__":
    sys.exit(main())
