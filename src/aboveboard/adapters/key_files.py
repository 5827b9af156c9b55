"""Enters: a path, perhaps a passphrase. Leaves: an Ed25519 key in a file, or the signer in it.

The files are PEM of PKCS #8 (RFC 5958, RFC 8410), as OpenSSL writes and reads them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from aboveboard.adapters.ed25519 import Ed25519Signer, new_signing_key
from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = 0o600
LOCKED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
MOST_BYTES = 100_000


def new_key_file(path: Path, passphrase: str) -> Ed25519Signer:
    """Make a key and write it into a new file that its owner alone can read.

    Args:
        path: where; nothing may be there.
        passphrase: what locks it; empty for a file that anybody who has it can use.

    Raises:
        SetupError: something is there, or it cannot be written.
    """
    private = new_signing_key()
    lock = BestAvailableEncryption(_bytes(passphrase)) if passphrase else NoEncryption()
    key = Ed25519PrivateKey.from_private_bytes(private)
    body = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(descriptor)
    except FileExistsError as error:
        message = f"{path} is there already, and a key that is gone cannot sign; name another file"
        raise SetupError(message) from error
    except OSError as error:
        message = f"the key {path} cannot be written: {error.strerror}"
        raise SetupError(message) from error
    return Ed25519Signer(private)


def read_key_file(path: Path, ask: Callable[[], str]) -> Ed25519Signer:
    """Read a key.

    Args:
        path: its file.
        ask: gives the passphrase; called if the file is locked.

    Raises:
        SetupError: it cannot be read, is no such key, or the passphrase is wrong.
    """
    try:
        with path.open("rb") as stream:
            body = stream.read(MOST_BYTES)
    except OSError as error:
        message = f"the key {path} cannot be read: {error.strerror}"
        raise SetupError(message) from error
    locked = LOCKED in body
    passphrase = _bytes(ask()) if locked else None
    try:
        key = load_pem_private_key(body, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        what = "does not open with this passphrase" if locked else "is no private key in PEM"
        message = f"{path} {what}; use the file that `aboveboard registry approver` made"
        raise SetupError(message) from error
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{path} is no Ed25519 key; make one with `aboveboard registry approver`"
        raise SetupError(message)
    return Ed25519Signer(key.private_bytes_raw())


def _bytes(passphrase: str) -> bytes:
    return passphrase.encode("utf-8", "surrogateescape")  # what a terminal could not decode
