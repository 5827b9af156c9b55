from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device import store as step
from aboveboard.model.consent import Choice, Consent, Leave, Mode, Rule
from aboveboard.model.event import Event
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.report import COLLECTOR, Fate, Outgoing

DAY = date(2026, 11, 18)
WEEK = Week.of(DAY)
UNDECIDED = Consent(Mode.LOCAL, Rule.UNDECIDED)
FILE, SYSTEM = frozenset({"file.opened", "file.saved"}), frozenset({"system.os"})


@pytest.fixture
def known(registry: Registry) -> Registry:
    """Give a registry of two levels whose question is also about what came before it."""
    level = dict.fromkeys(FILE, "usage") | dict.fromkeys(SYSTEM, "environment")
    metrics = {name: replace(registry.metrics[name], level=of) for name, of in level.items()}
    return replace(registry, metrics=MappingProxyType(metrics), asks_for_earlier=True)


def consent(mode: Mode, **levels: Mode) -> Consent:
    return Consent(mode, Rule.CHOICE, Choice(mode, DAY, "f", 1, levels), levels)


def choice(mode: Mode, *, earlier: bool = False, **levels: Mode) -> Choice:
    return Choice(mode, DAY, "f", 2, levels, earlier=earlier)


def fill(store: MemoryEventStore, leave: Leave = Leave.YES) -> None:
    """Put counts in, a report that waits and one that left."""
    for number, fate in ((1, Fate.DELIVERED), (2, Fate.WAITING)):
        entries = [{"metric": name, "value": number} for name in sorted(FILE | SYSTEM)]
        body = json.dumps({"entries": entries}).encode()
        made = Outgoing(f"{number}", WEEK, body, "", 0, DAY)
        store.take([], made, [], [COLLECTOR])
        store.outbox.settle(replace(store.outbox.deliveries()[-1], fate=fate))
    store.add([Event(name, DAY, "", leave=leave) for name in FILE | SYSTEM])


def leaves(store: MemoryEventStore) -> Mapping[str, Leave]:
    return {event.metric: event.leave for event in store.events()}


def waits(store: MemoryEventStore) -> list[set[str]]:
    """Give what each report that waits says."""
    bodies = [json.loads(d.body) for d in store.outbox.deliveries(Fate.WAITING)]
    return [{entry["metric"] for entry in body["entries"]} for body in bodies]


@pytest.mark.parametrize("before", [pytest.param(mode, id=f"from-{mode.value}") for mode in Mode])
@pytest.mark.parametrize("after", [pytest.param(mode, id=f"to-{mode.value}") for mode in Mode])
def test_a_choice_decides_over_what_there_is(
    known: Registry, store: MemoryEventStore, before: Mode, after: Mode
) -> None:
    fill(store)

    step.choose(choice(after), consent(before), known, store, store.outbox)

    assert store.choice() == choice(after)
    stays = before is after is Mode.ON
    assert waits(store) == ([FILE | SYSTEM] if stays else [])
    left = [] if after is Mode.OFF else [Leave.YES if stays else Leave.NEVER] * 3
    assert list(leaves(store).values()) == left
    assert [d.report for d in store.outbox.deliveries(Fate.DELIVERED)] == ["1"]


@pytest.mark.parametrize(
    ("before", "after", "left", "waiting"),
    [
        pytest.param(
            consent(Mode.ON),
            choice(Mode.ON, environment=Mode.LOCAL),
            {**dict.fromkeys(FILE, Leave.YES), "system.os": Leave.NEVER},
            [FILE],
            id="one-level-stays-here",
        ),
        pytest.param(
            consent(Mode.ON),
            choice(Mode.ON, environment=Mode.OFF),
            dict.fromkeys(FILE, Leave.YES),
            [FILE],
            id="one-level-ends",
        ),
        pytest.param(
            consent(Mode.ON),
            choice(Mode.OFF, usage=Mode.ON),
            dict.fromkeys(FILE, Leave.YES),
            [FILE],
            id="all-but-one-level-ends",
        ),
        pytest.param(
            consent(Mode.ON),
            choice(Mode.OFF, usage=Mode.OFF, environment=Mode.OFF),
            {},
            [],
            id="every-level-ends",
        ),
        pytest.param(
            consent(Mode.ON),
            choice(Mode.LOCAL, usage=Mode.LOCAL),
            dict.fromkeys(FILE | SYSTEM, Leave.NEVER),
            [],
            id="every-level-stays-here",
        ),
        pytest.param(
            consent(Mode.ON, environment=Mode.LOCAL),
            choice(Mode.ON),
            {**dict.fromkeys(FILE, Leave.YES), "system.os": Leave.NEVER},
            [FILE],
            id="one-level-joins",
        ),
        pytest.param(
            consent(Mode.LOCAL),
            choice(Mode.LOCAL, usage=Mode.ON),
            dict.fromkeys(FILE | SYSTEM, Leave.NEVER),
            [],
            id="one-level-begins",
        ),
    ],
)
def test_a_choice_by_level_decides_level_by_level(  # noqa: PLR0913, PLR0917 columns of the table
    known: Registry,
    store: MemoryEventStore,
    before: Consent,
    after: Choice,
    left: Mapping[str, Leave],
    waiting: list[frozenset[str]],
) -> None:
    fill(store)

    step.choose(after, before, known, store, store.outbox)

    assert leaves(store) == left
    assert waits(store) == waiting
    assert all(b"system.os" in d.body for d in store.outbox.deliveries(Fate.DELIVERED))


@pytest.mark.parametrize(
    ("after", "left"),
    [
        pytest.param(choice(Mode.ON), dict.fromkeys(FILE | SYSTEM, Leave.NEVER), id="from-now-on"),
        pytest.param(
            choice(Mode.ON, earlier=True), dict.fromkeys(FILE | SYSTEM, Leave.YES), id="earlier"
        ),
        pytest.param(
            choice(Mode.LOCAL, earlier=True), dict.fromkeys(FILE | SYSTEM, Leave.NEVER), id="local"
        ),
        pytest.param(choice(Mode.OFF, earlier=True), {}, id="off"),
        pytest.param(
            choice(Mode.ON, earlier=True, environment=Mode.LOCAL),
            {**dict.fromkeys(FILE, Leave.YES), "system.os": Leave.NEVER},
            id="earlier-but-for-a-level",
        ),
    ],
)
def test_what_was_recorded_before_anybody_chose_leaves_only_if_it_was_asked_for(
    known: Registry, store: MemoryEventStore, after: Choice, left: Mapping[str, Leave]
) -> None:
    store.add([Event(name, DAY, "", leave=Leave.IF_ASKED) for name in FILE | SYSTEM])

    step.choose(after, UNDECIDED, known, store, store.outbox)

    assert leaves(store) == left


def test_a_registry_that_does_not_ask_for_it_gets_nothing_earlier(
    known: Registry, store: MemoryEventStore
) -> None:
    store.add([Event("file.opened", DAY, "", leave=Leave.IF_ASKED)])
    silent = replace(known, asks_for_earlier=False)

    step.choose(choice(Mode.ON, earlier=True), UNDECIDED, silent, store, store.outbox)

    assert Leave.YES not in leaves(store).values()


def test_metrics_that_nobody_was_shown_stay_here_also_after_a_second_yes(
    known: Registry, store: MemoryEventStore
) -> None:
    fill(store)
    before = replace(consent(Mode.ON), unseen=SYSTEM)

    step.choose(choice(Mode.ON), before, known, store, store.outbox)

    assert leaves(store) == {**dict.fromkeys(FILE, Leave.YES), "system.os": Leave.NEVER}


def test_what_has_left_somewhere_leaves_nowhere_else(store: MemoryEventStore) -> None:
    fill(store)
    store.outbox.copy_to("https://copy.example")
    store.outbox.copy_to("https://third.example")
    waiting = store.outbox.deliveries(Fate.WAITING)
    store.outbox.settle(replace(waiting[0], fate=Fate.DELIVERED))

    step.strike(store.outbox, frozenset({"theme.dark"}))
    assert len(waits(store)) == 2
    step.strike(store.outbox, SYSTEM)

    assert waits(store) == []
    fates = [delivery.fate for delivery in store.outbox.deliveries()]
    assert fates == [Fate.DELIVERED, Fate.DELIVERED, Fate.STRUCK, Fate.STRUCK]
    assert all(delivery.body == waiting[0].body for delivery in store.outbox.deliveries()[1:])


def test_a_report_that_would_say_nothing_any_more_does_not_leave(store: MemoryEventStore) -> None:
    fill(store)

    step.strike(store.outbox, frozenset({"file.saved", "theme.dark"}))
    assert waits(store) == [{"file.opened", "system.os"}]
    step.strike(store.outbox, FILE | SYSTEM)

    assert waits(store) == []
    fates = [delivery.fate for delivery in store.outbox.deliveries()]
    assert fates == [Fate.DELIVERED, Fate.STRUCK]
