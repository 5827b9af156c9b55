from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from aboveboard.adapters.dice import Dice
from aboveboard.adapters.memory import CountingChance
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device.drafts import FIRST_DAY, Drafts, oldest_day
from aboveboard.model.consent import Leave
from aboveboard.model.event import Event
from aboveboard.model.registry import Registry
from aboveboard.wires import native

TODAY = date(2026, 11, 18)
COPY = "https://copy.example"


@pytest.fixture
def apart(registry: Registry) -> Registry:
    """Give the registry with every metric travelling alone."""
    metrics = {name: replace(m, correlates_with=()) for name, m in registry.metrics.items()}
    return replace(registry, metrics=MappingProxyType(metrics))


@pytest.fixture
def drafts(store: MemoryEventStore) -> Drafts:
    return Drafts(store, CountingChance())


def opened(count: int = 1, day: date = TODAY, leave: Leave = Leave.YES) -> Event:
    return Event("file.opened", day, "", count, leave=leave)


def file(drafts: Drafts, registry: Registry) -> None:
    made = drafts.make(registry, TODAY, now=True, local=False)
    moments = iter(range(100, 200))
    drafts.file(registry, made, TODAY, ["collector", COPY], lambda: next(moments))


def shown(drafts: Drafts, registry: Registry, *, local: bool = False) -> list[bytes]:
    made = drafts.make(registry, TODAY, now=True, local=local)
    return [native.write(report) for draft in made for report in draft.reports]


def test_what_is_shown_is_what_is_filed(
    drafts: Drafts, apart: Registry, store: MemoryEventStore
) -> None:
    store.add([opened(3), Event("file.saved", TODAY, "", leave=Leave.YES)])
    before = shown(drafts, apart)
    assert before == shown(drafts, apart)

    file(drafts, apart)

    filed = store.outbox.deliveries()
    assert [d.body for d in filed if d.destination == COPY] == before
    assert [(d.destination, d.due) for d in filed] == [
        ("collector", 100),
        (COPY, 100),
        ("collector", 101),
        (COPY, 101),
    ]
    assert store.events() == []
    assert len({store.outbox.token(d.report) for d in filed}) == 2
    assert shown(drafts, apart) == []


def test_the_local_copy_also_holds_what_stays(
    drafts: Drafts, registry: Registry, store: MemoryEventStore
) -> None:
    store.add([opened(3), opened(4, leave=Leave.NEVER), opened(8, leave=Leave.IF_ASKED)])

    ((sent,), (local,)) = shown(drafts, registry), shown(drafts, registry, local=True)

    assert json.loads(sent)["entries"][0]["value"] == 3
    assert json.loads(local)["entries"][0]["value"] == 15


def test_ids_are_new_when_they_were_forgotten(
    drafts: Drafts, registry: Registry, store: MemoryEventStore
) -> None:
    store.add([opened()])
    (before,) = shown(drafts, registry)

    drafts.forget()

    (after,) = shown(drafts, registry)
    one, other = json.loads(before), json.loads(after)
    assert one["id"] != other["id"]
    assert one["withdrawal"] != other["withdrawal"]


@pytest.mark.parametrize("since", [pytest.param(n, id=f"{n}-since") for n in (1, 2, 3, 8)])
def test_what_another_process_filed_first_is_said_once(
    drafts: Drafts, registry: Registry, store: MemoryEventStore, since: int
) -> None:
    store.add([opened(3)])
    mine = drafts.make(registry, TODAY, now=True, local=False)
    file(Drafts(store, Dice("one more")), registry)
    store.add([opened(since)])

    drafts.file(registry, mine, TODAY, [COPY], lambda: 0)
    file(Drafts(store, Dice("another")), registry)

    bodies = {d.report: json.loads(d.body) for d in store.outbox.deliveries()}
    assert sum(body["entries"][0]["value"] for body in bodies.values()) == 3 + since
    assert store.events() == []


def test_what_no_report_will_ever_say_goes(
    drafts: Drafts, registry: Registry, store: MemoryEventStore
) -> None:
    store.add(
        [
            Event("no.such", TODAY, "", leave=Leave.YES),
            Event("theme.dark", TODAY, "maybe", adds_up=False, leave=Leave.YES),
            opened(leave=Leave.NEVER),
        ]
    )

    file(drafts, registry)

    assert [event.metric for event in store.events()] == ["file.opened"]
    assert store.outbox.deliveries() == []


def test_a_state_is_filed_once_a_week(
    drafts: Drafts, registry: Registry, store: MemoryEventStore
) -> None:
    for day in (TODAY, TODAY, TODAY + timedelta(days=1)):
        store.add([Event("system.os", day, "linux", adds_up=False, leave=Leave.YES)])
        file(drafts, registry)

    assert len({d.report for d in store.outbox.deliveries()}) == 1
    assert store.events() == []


@pytest.mark.parametrize(
    ("today", "days"),
    [
        pytest.param(TODAY, {TODAY: 0b10011, TODAY + timedelta(1): 0b100, FIRST_DAY: 8}, id="set"),
        pytest.param(
            date(2030, 1, 1),
            {
                TODAY: 0b10,
                TODAY + timedelta(1): 0b100,
                FIRST_DAY: 8,
                date(2030, 1, 1): 0b10001,
            },
            id="later",
        ),
        pytest.param(date(1970, 1, 1), None, id="not-set"),
    ],
)
def test_what_was_counted_while_the_clock_was_wrong_belongs_to_today(
    drafts: Drafts, store: MemoryEventStore, today: date, days: dict[date, int] | None
) -> None:
    counted = [
        date(1970, 1, 1),
        TODAY,
        TODAY + timedelta(days=1),
        FIRST_DAY,
        date(2099, 1, 1),
    ]
    store.add([opened(1 << n, day) for n, day in enumerate(counted)])

    drafts.redate(today)
    drafts.redate(today)

    found = {event.day: event.count for event in store.events()}
    assert found == (days or {day: 1 << n for n, day in enumerate(counted)})


@pytest.mark.parametrize(
    ("days", "oldest"),
    [
        pytest.param([], 400, id="nothing"),
        pytest.param([0, 1, 700], 400, id="used-every-day"),
        pytest.param([0, 700, 900], 700, id="after-a-long-time"),
        pytest.param([-900, 0, 3], 400, id="days-to-come"),
    ],
)
def test_the_latest_day_before_today_is_never_too_old(days: list[int], oldest: int) -> None:
    known = [TODAY - timedelta(days=n) for n in days]

    assert oldest_day(known, TODAY, 400) == TODAY - timedelta(days=oldest)
