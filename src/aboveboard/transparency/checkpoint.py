"""Enters: a log's origin, size and root, or a note. Leaves: a checkpoint, written and read.

The format is https://c2sp.org/tlog-checkpoint. The key that signs has the origin as its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.transparency import note as notes
from aboveboard.transparency.hashes import hash_from, to_base64

if TYPE_CHECKING:
    from aboveboard.ports.signatures import SignatureChecker, Signer

SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
HEAD_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log was at one time.

    Attributes:
        origin: which log.
        size: how many leaves.
        root: of its tree.
        extensions: further lines, without meaning here.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def parse(text: str) -> Checkpoint | None:
    """Read a note's text; None unless it is a checkpoint's."""
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < HEAD_LINES or not all(lines):
        return None
    origin, size, root, *extensions = lines
    known = hash_from(root)
    if not SIZE.fullmatch(size) or known is None:
        return None
    return Checkpoint(origin, int(size), known, tuple(extensions))


def write(checkpoint: Checkpoint) -> str:
    """Write a note's text.

    Raises:
        ValueError: a part of it would make another text, such as an origin of two lines.

    Example:
        >>> print(write(Checkpoint("editor.example/log", 0, bytes(32))), end="")
        editor.example/log
        0
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    """
    head = (checkpoint.origin, str(checkpoint.size), to_base64(checkpoint.root))
    text = "".join(f"{line}\n" for line in (*head, *checkpoint.extensions))
    if parse(text) != checkpoint:
        message = f"no checkpoint can be like this: {checkpoint}"
        raise ValueError(message)
    return text


def sign(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Write and sign a checkpoint.

    Raises:
        ValueError: no checkpoint can be like this.
    """
    return notes.sign(write(checkpoint), checkpoint.origin, signer)


def read(body: bytes) -> Checkpoint | None:
    """Read a checkpoint out of a note without asking who signed it."""
    note = notes.read(body)
    return None if note is None else parse(note.text)


def is_signed(body: bytes, key: notes.Key, checker: SignatureChecker) -> bool:
    """Whether these bytes are a note that the key signed.

    Raises:
        SealError: signatures cannot be checked here.
    """
    note = notes.read(body)
    return note is not None and notes.signed_by(note, key, checker)
