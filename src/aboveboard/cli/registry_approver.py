"""Enters: the name of somebody who approves. Leaves: their key in a file, lines for a registry."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import click

from aboveboard.cli.signing import at_a_terminal, make_key
from aboveboard.errors import SetupError
from aboveboard.registry.names import APPROVER_NAME
from aboveboard.registry.product import SIGNATURE_KEY_PREFIX

LONGEST_TITLE = 60


@click.command(short_help="Make the key that somebody approves with.")
@click.argument("keyfile", type=click.Path(path_type=Path))
@click.option("--name", help="Name in the registry; if it is not given, the file's.")
@click.option("--title", help="The person or the office, for people; if it is not given, the name.")
@click.option("--no-passphrase", is_flag=True, help="Do not lock the file; then guard it well.")
def approver(keyfile: Path, name: str | None, title: str | None, no_passphrase: bool) -> None:  # noqa: FBT001 click gives it
    """Make the key that somebody approves metrics with, in the new file KEYFILE.

    Prints the lines that a registry's table [approval] needs. The file is the only one that can
    sign for this approver: keep it, and keep it secret.
    """
    called = name or keyfile.stem
    if not APPROVER_NAME.fullmatch(called):
        message = f"{called!r} is no approver's name: use lower-case letters, digits and hyphens."
        raise click.BadParameter(message, param_hint="--name")
    said = (title or called).strip()
    if not 1 <= len(said) <= LONGEST_TITLE or not said.isprintable():
        message = f"a title is one line of at most {LONGEST_TITLE} characters."
        raise click.BadParameter(message, param_hint="--title")
    public = make_key(keyfile, "" if no_passphrase else _passphrase())
    key = f"{SIGNATURE_KEY_PREFIX}{base64.b64encode(public).decode()}"
    click.echo(f"[approval.approvers.{called}]")
    click.echo(f"title = {json.dumps(said, ensure_ascii=False)}")
    click.echo(f'key = "{key}"')
    click.echo(f"{keyfile} holds the private key: keep it, and keep it secret.", err=True)


def _passphrase() -> str:
    if not at_a_terminal():
        message = (
            "nobody is there to give a passphrase; use a terminal, or --no-passphrase if the file "
            "is safe without one"
        )
        raise SetupError(message)
    answer: str = click.prompt(
        "Passphrase for the key", hide_input=True, confirmation_prompt="The same again", err=True
    )
    return answer
