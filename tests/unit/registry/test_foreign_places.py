from __future__ import annotations

from datetime import date

import pytest

from aboveboard.model.registry import Registry
from aboveboard.registry.foreign_places import (
    MOST_NAMES,
    MOST_REMEMBERED,
    EventRules,
    Places,
    slug,
)
from aboveboard.registry.mapping import Gather, ProductMapping, Rule
from aboveboard.registry.read import read

MAPPING = ProductMapping(
    "editor",
    ignore=("file.*_id",),
    rename={"file.Opened": "file.opened", "old.dark": "theme.dark"},
    forms={"old.*": "words"},
    gathers=(Gather("os", "has_", "system.os"),),
    rules=(Rule("file*"), Rule("fi?e", who="x*"), Rule("all", each=True)),
)


@pytest.fixture
def registry(text: str) -> Registry:
    return read(text.encode())


@pytest.fixture
def places(registry: Registry) -> Places:
    return Places(registry.metrics.values(), MAPPING)


def test_a_place_is_the_same_when_it_is_asked_for_again(places: Places) -> None:
    for _ in range(2):
        opened = places.of("file", "Opened", ())
        assert opened.metric is not None
        assert (opened.name, opened.adds, opened.single) == ("file.opened", True, False)
        assert places.of("file", "user_id", ()).ignored
        assert places.of("file", "Opened", ("Op*",)).ignored
        renamed = places.of("old", "dark", ())
        assert (renamed.name, renamed.form, renamed.single) == ("theme.dark", "words", True)
        gather = places.of("os", "has_linux", ()).gather
        assert gather is not None
        assert gather.into == "system.os"
        unknown = places.of("os", "Is It", ())
        assert (unknown.name, unknown.metric, unknown.ignored) == ("os.is_it", None, False)
    assert len(places) == 6


def test_a_metric_that_is_not_measured_any_more_has_ended(text: str) -> None:
    ended = text.replace("expires = 2027-12-31", "expires = 2026-01-31", 1)
    places = Places(read(ended.encode()).metrics.values(), MAPPING)
    assert places.of("file", "opened", ()).ends == date(2026, 1, 31)


def test_strangers_cannot_fill_the_memory_with_names(places: Places) -> None:
    rules = EventRules(MAPPING)
    for number in range(MOST_REMEMBERED + 10):
        places.of("file", f"made_up_{number}", ())
        rules.of(f"made_up_{number}")
    assert len(places) <= MOST_REMEMBERED
    assert len(rules) <= MOST_NAMES
    before = len(places)
    assert places.of("file", "opened" * 1000, ()).metric is None
    assert len(places) == before


def test_the_rules_of_an_event_are_those_that_have_its_name() -> None:
    rules = EventRules(MAPPING)
    for _ in range(2):
        assert rules.of("file") == (False, MAPPING.rules[:2])
        assert rules.of("files") == (False, MAPPING.rules[:1])
        assert rules.of("all") == (True, ())
        assert rules.of("other") == (False, ())


def test_only_the_beginning_of_a_name_is_looked_at() -> None:
    assert slug("A" * 500) == "a" * 100
