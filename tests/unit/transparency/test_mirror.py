from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.transparency.checkpoint import Checkpoint, sign
from aboveboard.transparency.evidence import proves
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.merkle import leaf_hash
from aboveboard.transparency.mirror import MOST_ENTRIES, Followed, compare, follow
from aboveboard.transparency.note import Key
from aboveboard.transparency.watch import Doubt

Grown = Callable[[str], TransparencyLog]


class Served:
    """A log as somebody serves it, in small pages; parts of it may be replaced."""

    def __init__(self, log: TransparencyLog) -> None:
        self.log = log
        self.note: bytes | None = None
        self.leaves: list[bytes] | None = None
        self.blobs: dict[str, bytes | None] = {}

    def checkpoint(self) -> bytes:
        return self.log.checkpoint() if self.note is None else self.note

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        if self.leaves is not None:
            return self.leaves[start:end]
        return self.log.entries(start, min(end, start + 2))

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        return self.log.consistency(old, new)

    def blob(self, name: str) -> bytes | None:
        return self.blobs.get(name, self.log.blob(name))


Tell = Callable[[Served, MemoryLedger], Followed | Doubt]


@pytest.fixture
def tell(key: Key, checker: Ed25519Checker) -> Tell:
    return lambda source, ledger: follow(source, ledger, key, checker)


def code(result: object) -> str:
    assert isinstance(result, Doubt)
    return result.code


def test_a_mirror_has_every_entry_and_content_of_the_log(grown: Grown, tell: Tell) -> None:
    log, ledger = grown("abcde"), MemoryLedger()
    result = tell(Served(log), ledger)
    assert isinstance(result, Followed)
    assert result.added == 5
    assert ledger.leaves() == log.entries(0, 5)
    assert ledger.checkpoint() == log.checkpoint() == result.seen.note
    names = [content_name(f"registry {word}".encode()) for word in "abcde"]
    assert [ledger.blob(name) for name in names] == [log.blob(name) for name in names]


def test_a_second_run_brings_what_is_new_and_a_third_nothing(grown: Grown, tell: Tell) -> None:
    ledger = MemoryLedger()
    added = []
    for words in ("ab", "abcde", "abcde"):
        result = tell(Served(grown(words)), ledger)
        assert isinstance(result, Followed)
        added.append(result.added)
    assert added == [2, 3, 0]
    assert ledger.leaves() == grown("abcde").entries(0, 5)


def test_an_empty_log_is_mirrored_and_followed(grown: Grown, tell: Tell) -> None:
    ledger = MemoryLedger()
    for words in ("", "ab"):
        assert isinstance(tell(Served(grown(words)), ledger), Followed)
    assert len(ledger.leaves()) == 2


def test_how_far_it_is_can_be_followed(grown: Grown, key: Key, checker: Ed25519Checker) -> None:
    told: list[str] = []

    def begin(title: str, total: int) -> Callable[[], None]:
        told.append(f"{title} {total}")
        return lambda: told.append(".")

    follow(Served(grown("abc")), MemoryLedger(), key, checker, begin)
    assert told == ["Entries 3", ".", ".", ".", "Contents 3", ".", ".", "."]


def test_a_mirror_of_another_log_is_left_alone(
    grown: Grown, tell: Tell, checker: Ed25519Checker
) -> None:
    ledger = MemoryLedger()
    tell(Served(grown("ab")), ledger)
    other = Key("other.example/log", bytes(32))
    assert code(follow(Served(grown("abc")), ledger, other, checker)) == "other_log"
    assert len(ledger.leaves()) == 2


def test_an_unsigned_checkpoint_is_doubted(grown: Grown, tell: Tell, key: Key) -> None:
    source = Served(grown("ab"))
    source.note = sign(Checkpoint(key.name, 2, bytes(32)), Ed25519Signer(bytes(32)))
    ledger = MemoryLedger()
    assert code(tell(source, ledger)) == "not_signed"
    assert ledger.leaves() == []


def test_a_log_of_endless_size_is_not_followed(
    grown: Grown, tell: Tell, signer: Ed25519Signer, key: Key
) -> None:
    source = Served(grown("ab"))
    source.note = sign(Checkpoint(key.name, MOST_ENTRIES + 1, bytes(32)), signer)
    assert code(tell(source, MemoryLedger())) == "log_too_large"


@pytest.mark.parametrize("words", ["a", "ax", "abc", ""])
def test_entries_that_were_not_signed_for_are_doubted(words: str, grown: Grown, tell: Tell) -> None:
    source, ledger = Served(grown("ab")), MemoryLedger()
    source.leaves = grown(words).entries(0, 9)
    result = tell(source, ledger)
    if words == "abc":
        assert isinstance(result, Followed)
    else:
        assert code(result) == "entries_differ"
        assert (ledger.leaves(), ledger.checkpoint()) == ([], None)


@pytest.mark.parametrize(
    ("blob", "doubt"), [(None, "blob_missing"), (b"registry x", "blob_differs")]
)
def test_contents_that_are_not_the_named_ones_are_doubted(
    blob: bytes | None, doubt: str, grown: Grown, tell: Tell
) -> None:
    source, ledger = Served(grown("ab")), MemoryLedger()
    found = source.log.latest_registry("editor")
    assert found is not None
    source.blobs[found[1].fingerprint] = blob
    assert code(tell(source, ledger)) == doubt
    assert (ledger.leaves(), ledger.checkpoint()) == ([], None)


def test_an_entry_of_an_unknown_kind_is_doubted(
    grown: Grown, tell: Tell, signer: Ed25519Signer, key: Key
) -> None:
    source = Served(grown(""))
    source.leaves = [b"{}"]
    source.note = sign(Checkpoint(key.name, 1, leaf_hash(b"{}")), signer)
    assert code(tell(source, MemoryLedger())) == "unknown_entry"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(("abx", "log_forked"), id="same-size"),
        pytest.param(("axcd", "history_rewritten"), id="rewritten"),
        pytest.param(("ax", "log_shrank"), id="shrank-to-another"),
    ],
)
def test_a_contradiction_is_doubted_and_proved(
    case: tuple[str, str], grown: Grown, tell: Tell, key: Key, checker: Ed25519Checker
) -> None:
    ledger = MemoryLedger()
    tell(Served(grown("abc")), ledger)
    result = tell(Served(grown(case[0])), ledger)
    assert code(result) == case[1]
    assert isinstance(result, Doubt)
    assert result.evidence is not None
    assert proves(result.evidence, key, checker)
    assert ledger.leaves() == grown("abc").entries(0, 3)
    assert ledger.checkpoint() == grown("abc").checkpoint()


def test_an_old_copy_is_doubted_but_nobody_is_accused(grown: Grown, tell: Tell) -> None:
    ledger = MemoryLedger()
    tell(Served(grown("abc")), ledger)
    result = tell(Served(grown("ab")), ledger)
    assert code(result) == "log_shrank"
    assert isinstance(result, Doubt)
    assert result.evidence is None


def test_entries_that_were_kept_without_their_checkpoint_are_not_forgotten(
    grown: Grown, tell: Tell
) -> None:
    ledger = MemoryLedger()
    tell(Served(grown("a")), ledger)
    ledger.append(grown("abc").entries(1, 3))  # and then the machine went down
    assert code(tell(Served(grown("ab")), ledger)) == "log_shrank"
    result = tell(Served(grown("abc")), ledger)
    assert isinstance(result, Followed)
    assert result.added == 0


def test_two_views_of_one_log_are_one_log(grown: Grown, key: Key, checker: Ed25519Checker) -> None:
    result = compare(Served(grown("abc")), Served(grown("ab")), key, checker)
    assert isinstance(result, tuple)
    assert [seen.checkpoint.size for seen in result] == [3, 2]


@pytest.mark.parametrize(("one", "other"), [("abc", "abx"), ("abc", "ax"), ("ax", "abc")])
def test_two_views_that_contradict_each_other_are_proved(
    one: str, other: str, grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    result = compare(Served(grown(one)), Served(grown(other)), key, checker)
    assert code(result) == "log_forked"
    assert isinstance(result, Doubt)
    assert result.evidence is not None
    assert proves(result.evidence, key, checker)


def test_a_view_that_is_wrong_in_itself_is_doubted(
    grown: Grown, key: Key, checker: Ed25519Checker
) -> None:
    wrong, unsigned = Served(grown("ab")), Served(grown("ab"))
    wrong.leaves = []
    unsigned.note = b"nonsense"
    assert code(compare(Served(grown("ab")), wrong, key, checker)) == "entries_differ"
    assert code(compare(unsigned, Served(grown("ab")), key, checker)) == "not_a_checkpoint"
