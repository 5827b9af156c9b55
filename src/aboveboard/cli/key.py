"""Enters: a collector's data folder. Leaves: the line that has reports sealed for it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.cli.options import data_option
from aboveboard.registry.read import KEY_PREFIX

if TYPE_CHECKING:
    from pathlib import Path


def key_line(public_key: bytes) -> str:
    """Write a public key as a registry's ``[collector]`` table holds it.

    Example:
        >>> key_line(bytes(32))
        'key = "x25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="'
    """
    return f'key = "{KEY_PREFIX}{base64.b64encode(public_key).decode()}"'


@click.command(short_help="Print the key that reports are sealed for.")
@data_option("collector")
def key(data: Path) -> None:
    """Print the collector's public key as a line for a registry's [collector] table.

    Reports are then sealed on each device, and only this collector can open them. Keep the folder
    keys/ of the data folder safe: without it nobody can.
    """
    opener = HpkeOpener(DataFolder(data).private_keys())
    click.echo(key_line(opener.public_keys[0]))
