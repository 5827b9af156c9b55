from __future__ import annotations

from datetime import date

import pytest

from aboveboard.adapters.ed25519 import Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.collector.announce import announce, announce_numbers, known_versions
from aboveboard.model.period import Week
from aboveboard.registry.canonical import digest
from aboveboard.registry.notices.consent_text import consent_text
from aboveboard.registry.read import read
from aboveboard.registry.served import Served, content_of
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.transparency.entries import ConsentEntry, RegistryEntry, TotalsEntry
from aboveboard.transparency.entries import read as read_entry
from aboveboard.transparency.log import TransparencyLog

DAY = date(2026, 11, 22)
WEEK = Week(2026, 45)
BODY = EXAMPLE_REGISTRY.replace(b"[product]", b'[product]\nlanguages = ["en", "de", "fr"]')


@pytest.fixture
def log() -> TransparencyLog:
    return TransparencyLog(MemoryLedger(), Ed25519Signer(bytes(32)), "collector.example/log")


def served(body: bytes = BODY, approvals: bytes = b"") -> Served:
    return Served(read(body), content_of(body), approvals)


def test_a_registry_stands_in_the_log_with_its_wordings_in_each_language_that_we_speak(
    log: TransparencyLog,
) -> None:
    one = served(approvals=b"{}")
    announce(log, [one], DAY)
    mark = one.registry.fingerprint
    entries = [read_entry(leaf) for leaf in log.entries(0, 10)]
    wordings = {language: consent_text(one.registry, language) for language in ("en", "de")}
    assert entries == [
        RegistryEntry("editor", mark, digest(b"{}"), DAY),
        *(
            ConsentEntry("editor", mark, language, digest(text.encode()), DAY)
            for language, text in wordings.items()
        ),
    ]
    assert log.blob(mark) == one.content
    assert log.blob(digest(b"{}")) == b"{}"
    assert log.blob(digest(wordings["de"].encode())) == wordings["de"].encode()


def test_what_stands_in_the_log_is_not_entered_again(log: TransparencyLog) -> None:
    announce(log, [served()], DAY)
    size = log.size()
    announce(log, [served()], date(2026, 12, 1))
    assert log.size() == size


def test_numbers_are_entered_once_and_again_when_they_change(log: TransparencyLog) -> None:
    assert announce_numbers(log, "editor", [(WEEK, b"{}")], DAY) == 1
    assert announce_numbers(log, "editor", [(WEEK, b"{}")], DAY) == 0
    assert announce_numbers(log, "editor", [(WEEK, b'{"a":1}')], DAY) == 1
    last = read_entry(log.entries(1, 2)[0])
    assert last == TotalsEntry("editor", WEEK, digest(b'{"a":1}'), DAY)


def test_reports_may_name_every_version_that_was_ever_served(log: TransparencyLog) -> None:
    other = BODY + b"\nunit = 'files'"
    announce(log, [served(), served(other)], DAY)
    both = {read(BODY).fingerprint, read(other).fingerprint}
    assert known_versions(log, ["editor", "viewer"]) == {"editor": both, "viewer": frozenset()}
