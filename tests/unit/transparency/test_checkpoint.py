from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.transparency import note as notes
from aboveboard.transparency.checkpoint import Checkpoint, is_signed, parse, read, sign, write
from aboveboard.transparency.note import Key

# The text of the example in https://c2sp.org/tlog-checkpoint.
EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
ROOT = "A" * 43 + "="


def test_the_example_of_the_format_is_read_and_written_again() -> None:
    checkpoint = parse(EXAMPLE)
    assert checkpoint is not None
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex().startswith("0ac5186a")
    assert write(checkpoint) == EXAMPLE


def test_further_lines_are_kept() -> None:
    checkpoint = parse(f"{EXAMPLE}more\nand more\n")
    assert checkpoint is not None
    assert checkpoint.extensions == ("more", "and more")
    assert write(checkpoint).endswith("\nmore\nand more\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        f"origin\n1\n{ROOT}",
        "origin\n1\n",
        f"\n1\n{ROOT}\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n1.0\n{ROOT}\n",
        f"origin\n\N{ARABIC-INDIC DIGIT ONE}\n{ROOT}\n",
        f"origin\n{'9' * 19}\n{ROOT}\n",
        "origin\n1\nAA==\n",
        f"origin\n1\n{ROOT}\n\n",
        f"origin\n1\n{ROOT}\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", 0, bytes(32)),
        Checkpoint("evil\n999", 0, bytes(32)),
        Checkpoint("origin", -1, bytes(32)),
        Checkpoint("origin", 1, bytes(31)),
        Checkpoint("origin", 1, bytes(32), ("",)),
    ],
)
def test_what_would_say_something_else_is_not_written(checkpoint: Checkpoint) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        write(checkpoint)


def test_a_signed_checkpoint_says_who_signed_it() -> None:
    signer, checker = Ed25519Signer(bytes(32)), Ed25519Checker()
    key = Key("origin", signer.public_key)
    body = sign(Checkpoint("origin", 0, bytes(32)), signer)
    assert read(body) == Checkpoint("origin", 0, bytes(32))
    assert is_signed(body, key, checker)
    assert not is_signed(body, Key("origin", bytes(32)), checker)
    assert not is_signed(b"nonsense", key, checker)


def test_a_note_that_is_no_checkpoint_is_none() -> None:
    assert read(notes.sign("text\n", "origin", Ed25519Signer(bytes(32)))) is None
    assert read(b"nonsense") is None


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_raise(body: bytes) -> None:
    read(body)
    parse(body.decode(errors="replace"))
