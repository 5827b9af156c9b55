from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, TypeAlias

import pytest
from starlette.applications import Starlette

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.analysis.publisher import Publisher
from aboveboard.collector.announce import announce
from aboveboard.errors import LogError
from aboveboard.registry.canonical import digest
from aboveboard.registry.read import read
from aboveboard.registry.served import Served, content_of
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.transparency.entries import RegistryEntry
from aboveboard.transparency.log import TransparencyLog
from aboveboard.web.changes import versions
from aboveboard.web.charts import ChartShelf
from aboveboard.web.pages import pages


class Got(Protocol):
    """What the fixture ``ask`` gives."""

    status: int
    text: str


Ask: TypeAlias = Callable[[Starlette, str], Got]
Look: TypeAlias = Callable[[str], Got]
DAY = date(2026, 11, 22)
WIDER = EXAMPLE_REGISTRY.replace(b'level = "usage"', b'level = "usage"\nthreshold = 2')
NARROWER = EXAMPLE_REGISTRY.replace(b'level = "usage"', b'level = "usage"\nthreshold = 50')


class NoRenderer:
    def render(self, specs: Sequence[str]) -> list[str]:
        return ["<svg/>" for _ in specs]

    def script(self) -> bytes:
        return b""


@pytest.fixture
def log() -> TransparencyLog:
    return TransparencyLog(MemoryLedger(), Ed25519Signer(bytes(32)), "collector.example/log")


@pytest.fixture
def look(log: TransparencyLog, tmp_path: Path, ask: Ask) -> Iterator[Callable[[str], Got]]:
    """Give a function that looks at a page of a collector."""
    facts = DuckdbFacts(tmp_path)
    publisher = Publisher({"editor": read(EXAMPLE_REGISTRY)}, facts)
    shelf = ChartShelf(NoRenderer())
    site = pages(publisher, shelf, NoRenderer().script, log, Ed25519Checker()).answer
    yield lambda path: ask(site, path)
    facts.close()


def enter(log: TransparencyLog, *bodies: bytes) -> None:
    for body in bodies:
        announce(log, [Served(read(body), content_of(body))], DAY)


def test_each_version_tells_what_changed_and_whether_people_were_asked(
    look: Look, log: TransparencyLog
) -> None:
    enter(log, EXAMPLE_REGISTRY, WIDER, NARROWER)
    page = look("/apps/editor/changes").text
    newest, middle, first = page.split('<section class="part"')[1:]
    assert "The first version that the log shows." in first
    assert "now published for groups of 2 instead of 10" in middle
    assert "smaller groups are published" in middle
    assert "now published for groups of 50 instead of 2" in newest
    assert "Nobody had to be asked again." in newest


def test_a_version_that_says_the_same_says_so(look: Look, log: TransparencyLog) -> None:
    enter(log, EXAMPLE_REGISTRY)
    content = content_of(EXAMPLE_REGISTRY)
    signed = b'{"format": 1, "app": "editor", "statements": []}'
    log.add(RegistryEntry("editor", digest(content), digest(signed), DAY), [content, signed])
    assert "Nothing that people would notice." in look("/apps/editor/changes").text


def test_before_the_first_version_the_page_says_so(look: Look) -> None:
    assert "The log shows no version yet." in look("/apps/editor/changes").text


def test_an_app_that_nobody_knows_has_no_changes(look: Look) -> None:
    assert look("/apps/viewer/changes").status == 404


def test_a_content_that_cannot_be_read_is_told(look: Look, log: TransparencyLog) -> None:
    log.add(RegistryEntry("editor", digest(b"{}"), "", DAY), [b"{}"])
    with pytest.raises(LogError, match="cannot be read any more"):
        versions(log, "editor", Ed25519Checker())
    assert look("/apps/editor/changes").status == 503


def test_the_reference_page_leads_to_the_changes(look: Look) -> None:
    assert 'href="/apps/editor/changes"' in look("/apps/editor/registry").text


def test_a_page_shows_what_was_entered_since_it_was_read(look: Look, log: TransparencyLog) -> None:
    enter(log, EXAMPLE_REGISTRY)
    assert look("/apps/editor/changes").text == look("/apps/editor/changes").text
    enter(log, NARROWER)
    assert "for groups of 50 instead of 10" in look("/apps/editor/changes").text
