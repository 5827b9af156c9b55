"""A program of Typer whose users can see and decide."""

import sys
from pathlib import Path

import typer

import aboveboard
import aboveboard.commands


def open_telemetry() -> aboveboard.Telemetry:
    """Open the telemetry."""
    return aboveboard.open("editor", registry=Path(sys.argv[0]).with_name("editor.toml"))


app = typer.Typer()
app.add_typer(aboveboard.commands.typer_app(open_telemetry))


@app.command()
def edit() -> None:
    """Edit a file."""
    open_telemetry().count("file.opened")


if __name__ == "__main__":
    app(prog_name="editor")
