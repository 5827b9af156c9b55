from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.transparency.entries import RegistryEntry
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.note import Key

ORIGIN = "telemetry.editor.example/log"


@pytest.fixture
def signer() -> Ed25519Signer:
    return Ed25519Signer(bytes(range(32)))


@pytest.fixture
def checker() -> Ed25519Checker:
    return Ed25519Checker()


@pytest.fixture
def key(signer: Ed25519Signer) -> Key:
    return Key(ORIGIN, signer.public_key)


@pytest.fixture
def grown(signer: Ed25519Signer) -> Callable[..., TransparencyLog]:
    """Give what makes a log with a registry entry for each word."""

    def make(words: str) -> TransparencyLog:
        log = TransparencyLog(MemoryLedger(), signer, ORIGIN)
        for word in words:
            blob = f"registry {word}".encode()
            entry = RegistryEntry("editor", content_name(blob), "", date(2026, 11, 18))
            log.add(entry, [blob])
        return log

    return make
