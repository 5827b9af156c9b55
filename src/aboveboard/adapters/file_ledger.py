"""Enters: the port Ledger. Leaves: a transparency log in a folder, the same for all who keep one.

``entries.ndjson`` has a leaf a line, ``blobs/`` the contents by their SHA-256, ``checkpoint`` the
newest signed one, and ``key`` the log's key where somebody pinned it. A line that was torn by a
crash was never signed for; it is put aside as ``entries.torn``.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from aboveboard.adapters.disk import mapped, sync_folder, write_all
from aboveboard.errors import LogError, SetupError
from aboveboard.transparency import checkpoint as checkpoints
from aboveboard.transparency.hashes import SHA256_HEX, content_name
from aboveboard.transparency.merkle import Tree, leaf_hash
from aboveboard.transparency.note import read_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aboveboard.transparency.note import Key

ENTRIES = "entries.ndjson"
TORN = "entries.torn"
BLOBS = "blobs"
CHECKPOINT = "checkpoint"
KEY = "key"


class FileLedger:
    """A log in a folder, written by one process.

    Attributes:
        cut_bytes: how many bytes of a torn line were put aside when it was opened.

    Args:
        folder: made if it is not there.

    Raises:
        LogError: it cannot be read or written, or its entries are not those that were signed for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with mapped(f"the log in {folder} cannot be opened"):
            (folder / BLOBS).mkdir(parents=True, exist_ok=True)
            self._leaves, torn = read_entries(folder)
            _check(folder, self._leaves)
            self._end = sum(len(leaf) + 1 for leaf in self._leaves)
            self.cut_bytes = len(torn)
            if torn:
                self._put_aside(torn)

    def put(self, blob: bytes) -> None:
        """Keep a content under its SHA-256."""
        with mapped("a content of the log cannot be written"):
            _keep(self._folder / BLOBS / content_name(blob), blob)

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add leaves at the end, all or none.

        Raises:
            ValueError: a leaf is empty or has more than one line.
        """
        if any(not leaf or b"\n" in leaf for leaf in leaves):
            message = "a leaf is one line"
            raise ValueError(message)
        lines = b"".join(leaf + b"\n" for leaf in leaves)
        with mapped("the log cannot be written"):
            descriptor = os.open(
                self._folder / ENTRIES, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644
            )
            try:
                self._write(descriptor, lines)
            finally:
                os.close(descriptor)
        self._leaves += leaves
        self._end += len(lines)

    def keep(self, checkpoint: bytes) -> None:
        """Replace the checkpoint."""
        with mapped("the log's checkpoint cannot be written"):
            _replace(self._folder / CHECKPOINT, checkpoint)

    def leaves(self) -> list[bytes]:
        """Give every leaf."""
        return list(self._leaves)

    def blob(self, name: str) -> bytes | None:
        """Give a content.

        Raises:
            LogError: it was altered on disk.
        """
        return read_blob(self._folder, name)

    def checkpoint(self) -> bytes | None:
        """Give the checkpoint that was kept last."""
        return read_checkpoint(self._folder)

    def _write(self, descriptor: int, lines: bytes) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_size != self._end:
            message = f"another program writes to the log in {self._folder}; let one do it alone"
            raise LogError(message)
        try:
            write_all(descriptor, lines)
            os.fsync(descriptor)
            sync_folder(self._folder)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, self._end)
            raise

    def _put_aside(self, torn: bytes) -> None:
        _replace(self._folder / TORN, torn)
        with (self._folder / ENTRIES).open("r+b") as stream:
            stream.truncate(self._end)
            os.fsync(stream.fileno())


def read_entries(folder: Path) -> tuple[list[bytes], bytes]:
    """Read the leaves of a folder, and what a crash left of an unfinished one.

    Raises:
        LogError: they cannot be read.
    """
    with mapped(f"the log in {folder} cannot be read"):
        path = folder / ENTRIES
        *leaves, torn = path.read_bytes().split(b"\n") if path.exists() else [b""]
    return leaves, torn


def read_checkpoint(folder: Path) -> bytes | None:
    """Read the checkpoint of a folder.

    Raises:
        LogError: it cannot be read.
    """
    with mapped(f"the log in {folder} cannot be read"):
        path = folder / CHECKPOINT
        return path.read_bytes() if path.exists() else None


def read_blob(folder: Path, name: str) -> bytes | None:
    """Read a content of a folder.

    Raises:
        LogError: it cannot be read, or was altered.
    """
    if not SHA256_HEX.fullmatch(name):
        return None
    with mapped(f"the log in {folder} cannot be read"):
        path = folder / BLOBS / name
        if not path.exists():
            return None
        blob = path.read_bytes()
    if content_name(blob) != name:
        message = f"{path} was altered on disk; delete it and mirror again, or restore it"
        raise LogError(message)
    return blob


def pinned_key(folder: Path) -> Key | None:
    """Read the key that was pinned in a folder.

    Raises:
        LogError: it cannot be read.
        SetupError: it is none.
    """
    with mapped(f"the log in {folder} cannot be read"):
        path = folder / KEY
        if not path.exists():
            return None
        key = read_key(path.read_bytes().decode(errors="replace"))
    if key is None:
        message = f"{path} holds no key of a log; write the one there that its owner publishes"
        raise SetupError(message)
    return key


def pin_key(folder: Path, key: Key) -> None:
    """Write the key down for later runs.

    Raises:
        LogError: it cannot be written.
    """
    with mapped(f"the key cannot be written to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        _keep(folder / KEY, f"{key}\n".encode())


def _check(folder: Path, leaves: Sequence[bytes]) -> None:
    note = read_checkpoint(folder)
    if note is None:
        return
    known = checkpoints.read(note)
    if known is None:
        message = f"{folder / CHECKPOINT} is no checkpoint; restore the folder from a mirror."
        raise LogError(message)
    tree = Tree(map(leaf_hash, leaves))
    if known.size > len(tree) or known.root != tree.root(known.size):
        message = (
            f"the entries in {folder} are not those that its checkpoint was signed for: they were "
            "altered, or are not whole. Restore the folder from a mirror or a backup."
        )
        raise LogError(message)


def _keep(path: Path, content: bytes) -> None:
    """Have a file with a content; one that has it takes no room, which there may be none of."""
    if not path.exists() or path.read_bytes() != content:
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    sync_folder(path.parent)
