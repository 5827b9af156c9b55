"""A program of argparse whose users can see and decide."""

import argparse
import sys
from pathlib import Path

import aboveboard
import aboveboard.commands


def open_telemetry() -> aboveboard.Telemetry:
    """Open the telemetry."""
    return aboveboard.open("editor", registry=Path(sys.argv[0]).with_name("editor.toml"))


def main() -> int | None:
    """Edit."""
    parser = argparse.ArgumentParser(prog="editor")
    commands = parser.add_subparsers(required=True)
    edit = commands.add_parser("edit")
    edit.set_defaults(func=lambda _: open_telemetry().count("file.opened"))
    aboveboard.commands.add_argparse(commands, open_telemetry)
    asked = parser.parse_args()
    status: int | None = asked.func(asked)
    return status


if __name__ == "__main__":
    sys.exit(main())
