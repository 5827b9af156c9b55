"""Enters: a collector's data folder. Leaves: its lock, its keys, and word of who serves from it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from aboveboard.adapters.ed25519 import Ed25519Signer, new_signing_key
from aboveboard.adapters.file_ledger import pinned_key
from aboveboard.adapters.hpke import new_private_key
from aboveboard.errors import SetupError
from aboveboard.transparency.note import Key, is_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = 0o600
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ServedBy:
    """Who serves from a data folder, for other programs of the same person.

    Attributes:
        pid: its process.
        port: where its desk listens, on the loopback alone.
        token: what a caller must show; only the folder's owner can read it.
        address: the collector's public address.
    """

    pid: int
    port: int
    token: str
    address: str


class DataFolder:
    """A folder with the log, the facts, the keys and the lock of one collector."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "log"
        self.facts = path / "facts"
        self.cache = path / "cache"
        self.ledger = path / "ledger"
        self.keys = path / "keys"
        # Apart from the other keys: no backup has these, for they are to be gone with their week.
        self.periods = path / "periods"
        self._lock = path / "lock"
        self._served_by = path / "server.json"
        self._store = path / "store.txt"

    def all_logs(self) -> list[Path]:
        """Give the folder of each log that was ever written here, by name."""
        return sorted(each for each in self.logs.glob("*") if each.is_dir())

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against a second collector.

        Raises:
            SetupError: another one has it, or the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, SECRET)
        except OSError as error:
            message = f"the data folder {self.path} cannot be written: {error.strerror}"
            raise SetupError(message) from error
        try:
            _lock(descriptor, self.path)
            yield
        finally:
            os.close(descriptor)

    def private_keys(self) -> list[bytes]:
        """Give the keys that open reports, newest first; the first start makes one.

        Raises:
            SetupError: a key cannot be read or written, or is none.
        """
        try:
            self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            files = sorted(self.keys.glob("*.x25519"), reverse=True)
            if not files:
                files = [self.keys / "0001.x25519"]
                _write_secret(files[0], new_private_key())
            keys = {file: file.read_bytes() for file in files}
        except OSError as error:
            message = f"the keys in {self.keys} cannot be used: {error.strerror}"
            raise SetupError(message) from error
        for file, key in keys.items():
            _check_key(file, key)
        return list(keys.values())

    def signing_key(self) -> bytes:
        """Give the key that signs the transparency log; the first start makes one.

        Raises:
            SetupError: it cannot be read or written, or is none.
        """
        file = self.keys / "log.ed25519"
        try:
            self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not file.exists():
                _write_secret(file, new_signing_key())
            key = file.read_bytes()
        except OSError as error:
            message = f"the key {file} cannot be used: {error.strerror}"
            raise SetupError(message) from error
        _check_key(file, key)
        return key

    def log_key(self, origin: str = "") -> Key:
        """Give the key of the transparency log: its name and what checks its signatures.

        Args:
            origin: the log's name; empty for the one that it has, or for one made of the key.

        Raises:
            SetupError: the key cannot be used, or no log can have that name.
        """
        public = Ed25519Signer(self.signing_key()).public_key
        known = pinned_key(self.ledger)
        name = origin or (known.name if known is not None else "")
        name = name or f"collector-{hashlib.sha256(public).hexdigest()[:16]}"
        if not is_name(name):
            message = f"no log can be called {name!r}: use a name without spaces and plus signs"
            raise SetupError(message)
        return Key(name, public)

    def store(self) -> str:
        """Tell where the tables are, if it is not here; for people, without a password.

        Raises:
            SetupError: the folder cannot be read.
        """
        try:
            return self._store.read_text(encoding="utf-8") if self._store.exists() else ""
        except OSError as error:
            message = f"the data folder {self.path} cannot be read: {error.strerror}"
            raise SetupError(message) from error

    def remember_store(self, store: str) -> None:
        """Note down where the tables are; ``""`` for here.

        Raises:
            SetupError: the folder cannot be written.
        """
        if store == self.store():
            return
        try:
            if store:
                self._store.write_text(store, encoding="utf-8")
            else:
                self._store.unlink()
        except OSError as error:
            message = f"the data folder {self.path} cannot be written: {error.strerror}"
            raise SetupError(message) from error

    def serving(self, served_by: ServedBy) -> None:
        """Let other programs of the same person know where the desk is."""
        _write_secret(self._served_by, json.dumps(asdict(served_by)).encode())

    def served_by(self) -> ServedBy | None:
        """Tell who serves from here, as far as the folder knows."""
        try:
            return ServedBy(**json.loads(self._served_by.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def not_serving(self) -> None:
        """Take the word back."""
        self._served_by.unlink(missing_ok=True)


def _check_key(file: Path, key: bytes) -> None:
    if len(key) != KEY_BYTES:
        message = f"{file} is no key: it has {len(key)} bytes instead of {KEY_BYTES}"
        raise SetupError(message)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = (
            f"a collector serves from {path} already. "
            "Stop it first, or name another folder with --data."
        )
        raise SetupError(message) from error
    except OSError as error:
        message = f"the data folder {path} cannot be locked: {error.strerror}"
        raise SetupError(message) from error


def _write_secret(file: Path, content: bytes) -> None:
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)
    part.replace(file)
