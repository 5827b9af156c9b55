"""Enters: a collector's data folder. Leaves: the line that has reports sealed for it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.cli.options import data_option
from aboveboard.registry.product import KEY_PREFIX

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.transparency.note import Key


def log_line(key: Key) -> str:
    """Write the key of a transparency log as a registry's ``[collector]`` table holds it."""
    return f'log = "{key}"'


def key_line(public_key: bytes) -> str:
    """Write a public key as a registry's ``[collector]`` table holds it.

    Example:
        >>> key_line(bytes(32))
        'key = "x25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="'
    """
    return f'key = "{KEY_PREFIX}{base64.b64encode(public_key).decode()}"'


@click.command(short_help="Print the keys that a registry names of a collector.")
@data_option("collector")
def key(data: Path) -> None:
    """Print the collector's public keys as lines for a registry's [collector] table.

    Reports are sealed for the first on each device, and only this collector can open them. With the
    second devices check its transparency log: they take a newer registry only through it, and send
    only what the log knows. Keep the folder keys/ of the data folder safe: nothing replaces it.
    """
    folder = DataFolder(data)
    click.echo(key_line(HpkeOpener(folder.private_keys()).public_keys[0]))
    click.echo(log_line(folder.log_key()))
