from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.transparency import note as notes
from aboveboard.transparency.hashes import HASH_BYTES, from_base64, hash_from, proof_from, to_base64
from aboveboard.transparency.note import Key, read, read_key, sign, signed_by

# The example of Go's package golang.org/x/mod/sumdb/note, which signs in the same format.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
    "qdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
SIGNER = Ed25519Signer(bytes(range(32)))
KEY = Key("editor.example/log", SIGNER.public_key)
CHECKER = Ed25519Checker()
NOTE = sign("one\n\ntwo\n", KEY.name, SIGNER)
LINE = NOTE.decode().splitlines()[-1]


def test_a_note_of_another_implementation_is_read_and_its_signature_holds() -> None:
    key, note = read_key(GO_KEY), read(GO_NOTE)
    assert key is not None
    assert note is not None
    assert str(key) == GO_KEY
    assert note.text.endswith("your problem is.\n")
    assert signed_by(note, key, CHECKER)


def test_what_was_signed_is_read_again() -> None:
    note = read(NOTE)
    assert note is not None
    assert note.text == "one\n\ntwo\n"
    assert signed_by(note, KEY, CHECKER)


def test_a_changed_text_is_not_signed() -> None:
    note = read(NOTE.replace(b"two", b"too"))
    assert note is not None
    assert not signed_by(note, KEY, CHECKER)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(Key("other.example/log", KEY.public), id="other-name"),
        pytest.param(Key(KEY.name, bytes(32)), id="other-key"),
    ],
)
def test_a_signature_of_somebody_else_does_not_count(key: Key) -> None:
    note = read(NOTE)
    assert note is not None
    assert not signed_by(note, key, CHECKER)


def test_signatures_of_strangers_do_no_harm() -> None:
    stranger = sign("one\n\ntwo\n", "witness.example", Ed25519Signer(bytes(32)))
    note = read(NOTE + stranger.partition(b"two\n\n")[2])
    assert note is not None
    assert [line.name for line in note.signatures] == ["editor.example/log", "witness.example"]
    assert signed_by(note, KEY, CHECKER)


def test_one_broken_signature_of_the_key_spoils_the_note() -> None:
    broken = to_base64(KEY.id + bytes(64))
    note = read(NOTE + f"{notes.DASH} {KEY.name} {broken}\n".encode())
    assert note is not None
    assert not signed_by(note, KEY, CHECKER)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"text\n", id="no-signature"),
        pytest.param(b"text\n\n", id="empty-signatures"),
        pytest.param(NOTE[:-1], id="cut"),
        pytest.param(NOTE.replace(b"one", b"o\xffe"), id="not-utf8"),
        pytest.param(NOTE.replace(b"one", b"o\te"), id="control-character"),
        pytest.param(NOTE + b"\n", id="another-empty-line"),
        pytest.param(b"text\n\nnonsense\n", id="no-signature-line"),
        pytest.param(f"text\n\n{LINE} x\n".encode(), id="a-word-too-many"),
        pytest.param(f"text\n\n- {LINE[2:]}\n".encode(), id="another-dash"),
        pytest.param(f"text\n\n{notes.DASH} a+b AAAAAAAA\n".encode(), id="plus-in-name"),
        pytest.param(f"text\n\n{notes.DASH} a\N{EM SPACE}b AAAAAAAA\n".encode(), id="space"),
        pytest.param(f"text\n\n{notes.DASH} a AAAAAA==\n".encode(), id="no-room-for-one"),
        pytest.param(f"text\n\n{notes.DASH} a AAAAAB==\n".encode(), id="other-spelling"),
        pytest.param(b"x" * notes.MOST_NOTE_BYTES + NOTE, id="too-large"),
    ],
)
def test_what_is_no_note_is_none(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("no line end", "a", id="no-line-end"),
        pytest.param("bell\x07\n", "a", id="control-character"),
        pytest.param("text\n", "", id="no-name"),
        pytest.param("text\n", "two words", id="space-in-name"),
        pytest.param("text\n", "a\nb", id="line-end-in-name"),
    ],
)
def test_what_cannot_be_a_note_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        sign(text, name, SIGNER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b",
        "a+00000000+AAAA",
        str(KEY).replace("+", "+0", 1),
        str(KEY).replace("editor", "tide"),
        f"a b+{str(KEY).partition('+')[2]}",
        f"{KEY.name}+{KEY.id.hex()}+{to_base64(bytes(33))}",
        str(Key(KEY.name, KEY.public + b"x")),
        str(KEY) + "=",
    ],
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert read_key(text) is None


def test_a_key_is_read_with_the_white_space_of_a_file() -> None:
    assert read_key(f"{KEY}\n") == KEY


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_raise(body: bytes) -> None:
    read(body)
    read(b"text\n\n" + body)
    read(NOTE[: len(body)] + body)


@given(st.text(max_size=80))
def test_no_text_makes_reading_a_key_raise(text: str) -> None:
    read_key(text)
    read_key(f"name+00000000+{text}")


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=60))
def test_every_line_is_signed_and_read_again(line: str) -> None:
    note = read(sign(f"{line}\n", KEY.name, SIGNER))
    assert note is not None
    assert note.text == f"{line}\n"


@given(st.binary(max_size=80))
def test_base64_has_one_spelling(value: bytes) -> None:
    text = to_base64(value)
    assert from_base64(text) == value
    assert from_base64(text + "\n") is None


@pytest.mark.parametrize("value", [None, 5, "AA==", "\N{EM DASH}", "A" * 43, ["AA=="]])
def test_what_is_no_hash_is_none(value: object) -> None:
    assert hash_from(value) is None


def test_a_proof_is_a_short_list_of_hashes() -> None:
    step = to_base64(bytes(HASH_BYTES))
    assert proof_from([step, step]) == (bytes(32), bytes(32))
    assert proof_from([]) == ()
    assert proof_from([step, "AA=="]) is None
    assert proof_from([step] * 129) is None
    assert proof_from({"proof": []}) is None
