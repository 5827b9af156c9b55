from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from aboveboard.adapters.ed25519 import Ed25519Signer
from aboveboard.adapters.file_ledger import FileLedger, pin_key, pinned_key, read_entries
from aboveboard.errors import LogError, SetupError
from aboveboard.transparency.checkpoint import Checkpoint, sign
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.merkle import Tree, leaf_hash
from aboveboard.transparency.note import Key

SIGNER = Ed25519Signer(bytes(32))
KEY = Key("origin", SIGNER.public_key)


def signed(leaves: list[bytes]) -> bytes:
    root = Tree(map(leaf_hash, leaves)).root()
    return sign(Checkpoint("origin", len(leaves), root), SIGNER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a log of two entries."""
    ledger = FileLedger(tmp_path / "log")
    ledger.append([b"one", b"two"])
    ledger.keep(signed([b"one", b"two"]))
    return tmp_path / "log"


def no_space(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_is_the_same_when_it_is_opened_again(folder: Path) -> None:
    ledger = FileLedger(folder)
    assert ledger.cut_bytes == 0
    ledger.append([b"three"])
    assert FileLedger(folder).leaves() == [b"one", b"two", b"three"]
    assert (folder / "entries.ndjson").read_bytes() == b"one\ntwo\nthree\n"


def test_an_entry_that_a_crash_tore_is_put_aside_and_told(folder: Path) -> None:
    with (folder / "entries.ndjson").open("ab") as stream:
        stream.write(b"thr")
    ledger = FileLedger(folder)
    assert ledger.cut_bytes == 3
    assert (folder / "entries.torn").read_bytes() == b"thr"
    ledger.append([b"three"])
    assert FileLedger(folder).leaves() == [b"one", b"two", b"three"]


def test_an_entry_without_a_checkpoint_is_kept(folder: Path) -> None:
    FileLedger(folder).append([b"three"])
    assert FileLedger(folder).leaves()[2:] == [b"three"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"one\ntoo\n", id="altered"),
        pytest.param(b"one\n", id="cut"),
        pytest.param(b"one\ntwo", id="torn-where-it-was-signed"),
        pytest.param(b"", id="emptied"),
    ],
)
def test_a_history_that_was_altered_on_disk_is_an_error_and_left_alone(
    content: bytes, folder: Path
) -> None:
    (folder / "entries.ndjson").write_bytes(content)
    with pytest.raises(LogError, match=r"altered, or are not whole\. Restore"):
        FileLedger(folder)
    assert (folder / "entries.ndjson").read_bytes() == content


def test_entries_that_are_gone_are_an_error(folder: Path) -> None:
    (folder / "entries.ndjson").unlink()
    with pytest.raises(LogError, match="not those that its checkpoint"):
        FileLedger(folder)


def test_a_checkpoint_that_is_none_is_an_error(folder: Path) -> None:
    (folder / "checkpoint").write_bytes(b"nonsense")
    with pytest.raises(LogError, match="is no checkpoint"):
        FileLedger(folder)


def test_a_content_that_was_altered_on_disk_is_an_error_until_it_is_put_again(
    folder: Path,
) -> None:
    ledger, name = FileLedger(folder), content_name(b"blob")
    ledger.put(b"blob")
    (folder / "blobs" / name).write_bytes(b"blot")
    with pytest.raises(LogError, match="altered on disk"):
        ledger.blob(name)
    ledger.put(b"blob")
    assert ledger.blob(name) == b"blob"


@pytest.mark.parametrize("leaf", [b"", b"two\nlines"])
def test_a_leaf_of_no_or_two_lines_is_not_taken(leaf: bytes, folder: Path) -> None:
    with pytest.raises(ValueError, match="one line"):
        FileLedger(folder).append([leaf])


def test_a_second_writer_is_told_apart(folder: Path) -> None:
    one, other = FileLedger(folder), FileLedger(folder)
    one.append([b"three"])
    with pytest.raises(LogError, match="another program"):
        other.append([b"drei"])
    assert FileLedger(folder).leaves() == [b"one", b"two", b"three"]


def test_a_full_disk_leaves_no_half_entry(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = FileLedger(folder)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        with pytest.raises(LogError, match="No space left"):
            ledger.append([b"three"])
        with pytest.raises(LogError, match="No space left"):
            ledger.put(b"blob")
        with pytest.raises(LogError, match="No space left"):
            ledger.keep(b"note")
    assert read_entries(folder) == ([b"one", b"two"], b"")
    ledger.append([b"three"])
    assert FileLedger(folder).leaves() == [b"one", b"two", b"three"]


def test_what_is_there_already_takes_no_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FileLedger(folder).put(b"blob")
    pin_key(folder, KEY)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_space)
        FileLedger(folder).put(b"blob")
        pin_key(folder, KEY)
    assert pinned_key(folder) == KEY


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LogError, match="cannot be opened: "):
        FileLedger(tmp_path / "file" / "log")


def test_a_pinned_key_is_found_again(tmp_path: Path) -> None:
    assert pinned_key(tmp_path) is None
    pin_key(tmp_path / "new", KEY)
    assert pinned_key(tmp_path / "new") == KEY


def test_a_pinned_key_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff")
    with pytest.raises(SetupError, match="holds no key"):
        pinned_key(tmp_path)
