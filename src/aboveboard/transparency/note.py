"""Enters: a text and a key, or a stranger's bytes. Leaves: a signed note, or what is in one.

The format is https://c2sp.org/signed-note with its Ed25519 signatures; a key's text form is the one
that tools for such notes share: ``name+key id+base64``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.transparency.hashes import from_base64, to_base64

if TYPE_CHECKING:
    from aboveboard.ports.signatures import SignatureChecker, Signer

MOST_NOTE_BYTES = 128 * 1024
ED25519 = b"\x01"
KEY_BYTES = 32
ID_BYTES = 4
DASH = "\N{EM DASH}"


@dataclass(frozen=True, slots=True)
class Key:
    """The public key of somebody who signs notes.

    Attributes:
        name: whose it is; of a log it is the log's origin.
        public: the Ed25519 key, 32 bytes.

    Example:
        >>> str(Key("editor.example/log", bytes(32)))
        'editor.example/log+d54514ce+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature tells which key it needs."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[
            :ID_BYTES
        ]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(ED25519 + self.public)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note's text.

    Attributes:
        name: of the key.
        key_id: of the key, four bytes.
        value: the signature itself.
    """

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures, as it was read: nothing is checked yet.

    Attributes:
        text: what is signed, with the newline at its end.
        signatures: one or more.
    """

    text: str
    signatures: tuple[Signature, ...]


def read_key(text: str) -> Key | None:
    """Read a key's text form; None unless it is one.

    Example:
        >>> read_key("nonsense") is None
        True
    """
    name, _, rest = text.strip().partition("+")
    public = from_base64(rest.partition("+")[2])
    if not is_name(name) or public is None or public[:1] != ED25519:
        return None
    key = Key(name, public[1:])
    return key if len(key.public) == KEY_BYTES and str(key) == text.strip() else None


def is_name(name: str) -> bool:
    """Whether a key may have this name.

    Example:
        >>> is_name("editor.example/log"), is_name("an editor"), is_name("a+b")
        (True, False, False)
    """
    return bool(name) and "+" not in name and _plain(name) and not any(map(str.isspace, name))


def read(body: bytes) -> Note | None:
    """Read a note; None for anything else, and for what is larger than 128 KiB."""
    try:
        whole = body.decode() if len(body) <= MOST_NOTE_BYTES else ""
    except UnicodeDecodeError:
        return None
    # After "\n" an empty line: the last one parts the text from its signatures.
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or not _plain(whole.replace("\n", "")):
        return None
    found = [_signature(line) for line in lines[:-1].split("\n")]
    signatures = tuple(line for line in found if line is not None)
    return Note(text + "\n", signatures) if len(signatures) == len(found) else None


def sign(text: str, name: str, signer: Signer) -> bytes:
    """Sign a text.

    Args:
        text: ends with a newline.
        name: of the key.
        signer: has the private key.

    Raises:
        ValueError: they cannot be the text and the name of a note.
    """
    key = Key(name, signer.public_key)
    line = f"{DASH} {name} {to_base64(key.id + signer.sign(text.encode()))}\n"
    body = f"{text}\n{line}".encode()
    made = read(body)
    if made is None or made.text != text:
        message = "that text, or that name, cannot stand in a signed note"
        raise ValueError(message)
    return body


def signed_by(note: Note, key: Key, checker: SignatureChecker) -> bool:
    """Whether a key signed a note. Signatures of other keys count neither for nor against it.

    Raises:
        SealError: signatures cannot be checked here.
    """
    own = [line.value for line in note.signatures if (line.name, line.key_id) == (key.name, key.id)]
    text = note.text.encode()
    return bool(own) and all(checker.check(key.public, text, value) for value in own)


def _signature(line: str) -> Signature | None:
    dash, _, rest = line.partition(" ")
    name, _, value = rest.partition(" ")
    decoded = from_base64(value)
    if dash != DASH or not is_name(name) or decoded is None or len(decoded) <= ID_BYTES:
        return None
    return Signature(name, decoded[:ID_BYTES], decoded[ID_BYTES:])


def _plain(text: str) -> bool:
    return all(letter >= " " for letter in text)
