"""Enters: what commands about signatures share: a file, a key. Leaves: a committee, a signer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from aboveboard.errors import SealError, SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.adapters.ed25519 import Ed25519Signer
    from aboveboard.model.registry import Approver, Committee, Registry


def at_a_terminal() -> bool:
    """Whether somebody is there who can answer."""
    return sys.stdin.isatty()


def committee_of(registry: Registry) -> Committee:
    """Give who approves a product's metrics.

    Raises:
        SetupError: nobody does by signature.
    """
    if registry.committee is None:
        message = f"{registry.app} names nobody who approves by signature; add a table [approval]"
        raise SetupError(message)
    return registry.committee


def read_key(path: Path) -> Ed25519Signer:
    """Read a key, with its passphrase from the terminal if it is locked.

    Raises:
        SetupError: it cannot be used, or nobody is there to give the passphrase.
        SealError: the extra `seal` is not installed.
    """
    try:
        from aboveboard.adapters.key_files import read_key_file  # noqa: PLC0415 help needs no extra
    except ImportError as error:
        raise SealError(_MISSING) from error
    return read_key_file(path, _passphrase)


def make_key(path: Path, passphrase: str) -> bytes:
    """Make a key in a new file and give its public half.

    Raises:
        SetupError: it cannot be written, or something is there.
        SealError: the extra `seal` is not installed.
    """
    try:
        from aboveboard.adapters.key_files import new_key_file  # noqa: PLC0415 help needs no extra
    except ImportError as error:
        raise SealError(_MISSING) from error
    return new_key_file(path, passphrase).public_key


_MISSING = "keys need the extra: pip install 'aboveboard[seal]'"


def owner_of(committee: Committee, public_key: bytes, app: str) -> Approver:
    """Find whose key it is.

    Raises:
        SetupError: no approver's.
    """
    for approver in committee.approvers:
        if approver.key == public_key:
            return approver
    message = f"this key is none of the approvers of {app}; nothing was signed"
    raise SetupError(message)


def _passphrase() -> str:
    if not at_a_terminal():
        message = "the key is locked, and nobody is there to give its passphrase; use a terminal"
        raise SetupError(message)
    answer: str = click.prompt("Passphrase of the key", hide_input=True, err=True)
    return answer
