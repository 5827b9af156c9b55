from __future__ import annotations

from datetime import date

import pytest

from aboveboard.adapters.memory import MemoryEventStore
from aboveboard.device import store as step
from aboveboard.model.consent import Choice, Consent, Mode, Rule
from aboveboard.model.event import Event
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.report import Delivery, Fate

DAY = date(2026, 11, 18)


def consent(mode: Mode) -> Consent:
    return Consent(mode, Rule.CHOICE)


@pytest.mark.parametrize(
    ("mode", "sendable"),
    [
        pytest.param(Mode.OFF, [], id="off"),
        pytest.param(Mode.LOCAL, [False], id="local"),
        pytest.param(Mode.ON, [True], id="on"),
    ],
)
def test_events_are_kept_as_the_consent_allows(
    registry: Registry, store: MemoryEventStore, mode: Mode, sendable: list[bool]
) -> None:
    step.keep([Event(registry.metrics["file.opened"], DAY, "")], consent(mode), store)

    assert [event.sendable for event in store.events()] == sendable


@pytest.mark.parametrize("before", [pytest.param(mode, id=f"from-{mode.value}") for mode in Mode])
@pytest.mark.parametrize("after", [pytest.param(mode, id=f"to-{mode.value}") for mode in Mode])
def test_a_choice_decides_over_what_there_is(
    registry: Registry, store: MemoryEventStore, before: Mode, after: Mode
) -> None:
    opened = registry.metrics["file.opened"]
    store.add([Event(opened, DAY, "")], sendable=True)
    waiting = Delivery("1", Week.of(DAY), Fate.WAITING, "", b"{}", 0, DAY)
    store.take([], waiting, [])
    choice = Choice(after, DAY, "f")

    step.choose(choice, consent(before), store)

    assert store.choice() == choice
    stays = before is after is Mode.ON
    assert bool(store.deliveries()) is stays
    assert [event.sendable for event in store.events()] == ([] if after is Mode.OFF else [stays])
