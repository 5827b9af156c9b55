"""Enters: a registry file with its signatures. Leaves: a typed Python module of its metrics."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from aboveboard.adapters.registry_writer import replace_file
from aboveboard.adapters.signed_registries import read_in_force
from aboveboard.cli.registry_paths import shown
from aboveboard.errors import SetupError
from aboveboard.registry.generate.head import MARK
from aboveboard.registry.generate.module import generate as module_of


@click.command(short_help="Make a typed Python module of a registry file.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The module to write; otherwise it is printed."
)
@click.option(
    "--check",
    is_flag=True,
    help="Write nothing; the exit status is 1 if --out is not what would be written.",
)
def generate(path: Path, out: Path | None, check: bool) -> None:  # noqa: FBT001 click gives it by name
    """Make a typed Python module of a registry file, so that a misspelt metric fails in the editor.

    It has an accessor for each metric that is approved. An existing module is replaced, all or
    nothing, if it was made by this command.
    """
    if check and out is None:
        message = "--check needs --out, the module to look at"
        raise click.UsageError(message)
    text = module_of(read_in_force(path), path.name)
    if out is None:
        click.echo(text, nl=False)
        return
    there = _there(out)
    if there == text:
        click.echo(f"{shown(out)} is what {shown(path)} says.")
    elif check:
        again = shlex.join(["aboveboard", "generate", str(path), "--out", str(out)])
        click.echo(f"{shown(out)} is not what {shown(path)} says. Run: {again}", err=True)
        click.get_current_context().exit(1)
    else:
        _write(out, there, text)
        click.echo(f"{shown(out)} was written.")


def _there(out: Path) -> str | None:
    """Read what is there, in whatever way its lines end; None if nothing is.

    Raises:
        SetupError: it cannot be read.
    """
    try:
        return out.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"{str(out)!r} cannot be read: {error.strerror}"
        raise SetupError(message) from error


def _write(out: Path, there: str | None, text: str) -> None:
    """Write the module, but never over somebody else's work.

    Raises:
        SetupError: what is there was not made here, or it cannot be written.
    """
    if there is not None and not there.startswith(MARK):
        message = f"{str(out)!r} was not made by this command: name another file, or remove it"
        raise SetupError(message)
    replace_file(out, text.encode())
