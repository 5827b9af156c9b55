"""Enters: an address or a folder. Leaves: the log there, within bounds of size and time."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.adapters.file_ledger import read_blob, read_checkpoint, read_entries
from aboveboard.adapters.http_parts import USER_AGENT, Deadline, opener
from aboveboard.errors import LogError, SendError
from aboveboard.transparency.entries import MOST_LEAF_BYTES
from aboveboard.transparency.hashes import proof_from
from aboveboard.transparency.merkle import Tree, leaf_hash
from aboveboard.transparency.note import MOST_NOTE_BYTES
from aboveboard.transparency.proven import MOST_PROVEN_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.transparency.source import Source

MOST_BLOB_BYTES = 16 * 1024 * 1024
MOST_PROOF_BYTES = 64 * 1024
OK = 200
NOT_FOUND = 404


class HttpSource:
    """A log that is served over HTTP.

    Args:
        address: where, such as ``https://telemetry.editor.example/log``.
        timeout_seconds: how long one answer may take, from the first byte to the last.
    """

    def __init__(self, address: str, timeout_seconds: float = 30.0) -> None:
        self._address = address.rstrip("/")
        self._timeout = timeout_seconds

    def checkpoint(self) -> bytes:
        """Give the newest checkpoint."""
        return self._must("checkpoint", MOST_NOTE_BYTES)

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Give leaves, as many as it likes to give at once."""
        most = (MOST_LEAF_BYTES + 1) * (end - start)
        body = self._must(f"entries?start={start}&end={end}", most)
        return body.removesuffix(b"\n").split(b"\n") if body else []

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Give the proof that the log only grew; nothing if what it gives is no proof."""
        body = self._must(f"consistency?old={old}&new={new}", MOST_PROOF_BYTES)
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            return ()
        proof = proof_from(content.get("proof")) if isinstance(content, dict) else None
        return proof or ()

    def blob(self, name: str) -> bytes | None:
        """Give a content."""
        return self._get(f"blobs/{name}", MOST_BLOB_BYTES)

    def registry(self, app: str, fingerprint: str = "") -> bytes | None:
        """Give the newest entry of an app's registry, or that of one version, with its proof."""
        version = f"/{fingerprint}" if fingerprint else ""
        return self._get(f"registries/{app}{version}", MOST_PROVEN_BYTES)

    def _must(self, path: str, most: int) -> bytes:
        body = self._get(path, most)
        if body is None:
            message = f"there is no log at {self._address} (it has no /{path}). Check the address."
            raise SendError(message)
        return body

    def _get(self, path: str, most: int) -> bytes | None:
        deadline = Deadline(self._timeout)
        try:
            with deadline:
                status, body = self._ask(deadline, f"{self._address}/{path}", most)
        except (OSError, http.client.HTTPException, ValueError) as error:
            name = "TimeoutError" if deadline.passed else type(error).__name__
            message = f"the log at {self._address} was not reached ({name}). Try again later."
            raise SendError(message) from error
        if deadline.passed:
            message = f"the log at {self._address} was not reached (TimeoutError). Try again later."
            raise SendError(message)
        if status == NOT_FOUND:
            return None
        if status != OK or len(body) > most:
            what = f"status {status}" if status != OK else f"more than {most} bytes"
            message = f"the log at {self._address} answered /{path} with {what}"
            raise SendError(message)
        return body

    def _ask(self, deadline: Deadline, url: str, most: int) -> tuple[int, bytes]:
        request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})  # noqa: S310 ``source`` lets only http(s) through
        try:
            with opener(url, deadline).open(request, timeout=self._timeout) as response:
                return response.status, response.read(most + 1)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, b""


class FolderSource:
    """A log in a folder: a mirror, or a collector's own. Nothing in it is changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tree: Tree | None = None
        self._leaves: list[bytes] = []

    def checkpoint(self) -> bytes:
        """Give the newest checkpoint."""
        note = read_checkpoint(self._folder)
        if note is None:
            message = f"there is no log in {self._folder} (no file `checkpoint`). Check the folder."
            raise LogError(message)
        # Whoever writes appends first, so these entries are at least those of the checkpoint.
        self._leaves, _ = read_entries(self._folder)
        self._tree = None
        return note

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Give leaves."""
        return self._leaves[start:end]

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Give the proof that the log only grew; nothing if it is too small for one."""
        if self._tree is None:
            self._tree = Tree(map(leaf_hash, self._leaves))
        return self._tree.consistency_proof(old, new) if new <= len(self._tree) else ()

    def blob(self, name: str) -> bytes | None:
        """Give a content."""
        return read_blob(self._folder, name)


def is_address(where: str) -> bool:
    """Whether somebody means an address and not a folder.

    Example:
        >>> is_address("https://telemetry.editor.example/log"), is_address("mirror")
        (True, False)
    """
    return where.startswith(("http://", "https://"))


def source(where: str) -> Source:
    """Give the log at an address or in a folder."""
    return HttpSource(where) if is_address(where) else FolderSource(Path(where))
