"""A program of Click whose users can see and decide."""

import sys
from pathlib import Path

import click

import aboveboard
import aboveboard.commands


def open_telemetry() -> aboveboard.Telemetry:
    """Open the telemetry."""
    return aboveboard.open("editor", registry=Path(sys.argv[0]).with_name("editor.toml"))


@click.group()
def main() -> None:
    """Edit."""


@main.command()
def edit() -> None:
    """Edit a file."""
    open_telemetry().count("file.opened")


main.add_command(aboveboard.commands.click_group(open_telemetry))
if __name__ == "__main__":
    main(prog_name="editor")
