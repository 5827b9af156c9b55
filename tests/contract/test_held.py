"""What every store promises of the messages of foreign clients: each sender counts once."""

from __future__ import annotations

import json
import random  # noqa: TID251 seeded, so that every run is the same
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from aboveboard.model.period import Week
from aboveboard.model.total import Total
from aboveboard.ports.collector import LogPosition, LogSlice
from aboveboard.ports.keeping import Ages, Tables

WEEK, DAY = "2026-W47", "2026-11-18"
ANA, BEN = "a" * 32, "b" * 32
OPEN = Ages(facts=date(2026, 1, 1), waiting=date(2026, 1, 1), ids=date(2026, 1, 1))
Fact = tuple[str, str | None, str, int]


@pytest.fixture
def store(opens: Callable[..., Tables], tmp_path: Path) -> Iterator[Tables]:
    made = opens(tmp_path / "facts")
    yield made
    made.close()


def fact(metric: str, day: str | None, key: str, count: int) -> dict[str, Any]:
    """Give a fact as the log has it, without what is usual."""
    usual = {"d": None, "k": "", "c": 1}
    said = {"d": day, "k": key, "c": count}
    return {"m": metric} | {name: value for name, value in said.items() if value != usual[name]}


def message(number: int, who: str | None = None, part: str = "", **said: Any) -> bytes:  # noqa: ANN401 any part of it
    content: dict[str, Any] = {
        "kind": "said",
        "id": f"{number:032x}",
        "app": "chat",
        "week": WEEK,
        "day": DAY,
        "wire": "segment",
    }
    lists = {
        name: [fact(*each) for each in facts]
        for name, facts in said.items()
        if name in {"facts", "sums", "once"}
    }
    rest = {name: value for name, value in said.items() if name not in lists}
    named = {"who": who, "part": part} if who else {}
    return json.dumps(content | named | lists | rest, separators=(",", ":")).encode()


def load(store: Tables, segment: int, *records: bytes) -> int:
    return store.load(LogSlice(list(records), LogPosition(segment, 9)))


def found(
    store: Tables, metric: str, span: str = "week", period: str = ""
) -> dict[str, tuple[int, int, int]]:
    return {
        each.key: (each.count, each.n, each.all_n)
        for each in store.totals("chat")
        if each.metric == metric and each.span == span and each.period.endswith(period)
    }


def version(number: int, who: str, value: str, part: str = "server") -> bytes:
    return message(number, who, part, facts=[("server.version", None, value, 1)])


def on(day: str, number: int, who: str | None, value: str, part: str = "server") -> bytes:
    """Give a message that was said on a day, also if it came on another."""
    facts = [("server.version", None, value, 1)]
    week = str(Week.of(date.fromisoformat(day)))
    return message(number, who, part, facts=facts, on_day=day, week=week)


def days(store: Tables) -> dict[str, dict[str, tuple[int, int, int]]]:
    periods = sorted({each.period for each in store.totals("chat") if each.span == "day"})
    return {period: found(store, "server.version", "day", period) for period in periods}


def test_what_a_sender_said_last_holds(store: Tables) -> None:
    load(store, 1, version(1, ANA, "5.36"), version(2, BEN, "5.36"))
    assert found(store, "server.version") == {"5.36": (2, 2, 2)}
    load(store, 2, version(3, ANA, "5.37"))
    assert found(store, "server.version") == {"5.36": (1, 1, 2), "5.37": (1, 1, 2)}
    load(store, 3, version(4, BEN, "5.37"), version(5, BEN, "5.38"))
    assert found(store, "server.version") == {"5.37": (1, 1, 2), "5.38": (1, 1, 2)}
    assert store.query("select key, reports from facts order by key", 9).rows == (
        ("5.37", 1),
        ("5.38", 1),
    )


def test_a_part_is_replaced_whole_and_no_other(store: Tables) -> None:
    config = [("config.theme", None, "dark", 1), ("config.tabs", None, "true", 1)]
    load(store, 1, message(1, ANA, "config", facts=config), version(2, ANA, "5.37"))
    load(store, 2, message(3, ANA, "config", facts=config[:1]))
    assert found(store, "config.theme") == {"dark": (1, 1, 1)}
    assert found(store, "config.tabs") == {}
    assert found(store, "server.version") == {"5.37": (1, 1, 1)}
    load(store, 3, message(4, ANA, "config"))
    assert [total.metric for total in store.totals("chat")] == ["server.version"]


def test_what_adds_up_is_added_to_what_the_same_sender_said(store: Tables) -> None:
    def sent(number: int, who: str, count: int) -> bytes:
        return message(number, who, "stanzas", sums=[("stanzas.sent", DAY, "", count)])

    load(store, 1, sent(1, ANA, 3), sent(2, ANA, 4))
    load(store, 2, sent(3, ANA, 10), sent(4, BEN, 1))
    assert store.totals("chat") == [
        Total("stanzas.sent", "day", DAY, "", 18, 2, 2),
        Total("stanzas.sent", "week", WEEK, "", 18, 2, 2),
    ]


def test_what_is_there_once_is_not_added(store: Tables) -> None:
    def active(number: int, who: str) -> bytes:
        return message(number, who, "any", once=[("telemetry.active", DAY, "day", 1)])

    load(store, 1, active(1, ANA), active(2, ANA))
    load(store, 2, active(3, ANA), active(4, BEN))
    assert store.totals("chat")[0] == Total("telemetry.active", "day", DAY, "day", 2, 2, 2)


def test_a_repeated_message_counts_once_also_of_nobody(store: Tables) -> None:
    one = message(1, None, facts=[("page.seen", None, "true", 1)], sums=[("a.b", DAY, "", 2)])
    two = version(2, ANA, "5.37")
    assert load(store, 1, one, one, two) == 2
    assert load(store, 2, one, two) == 0
    assert found(store, "page.seen") == {"true": (1, 1, 1)}
    assert found(store, "a.b") == {"": (2, 1, 1)}


def test_messages_of_nobody_stand_for_themselves(store: Tables) -> None:
    load(store, 1, *(message(n, None, sums=[("a.b", DAY, "", n)]) for n in (1, 2)))
    assert found(store, "a.b") == {"": (3, 2, 2)}
    assert store.query("select count(*) from held", 1).rows == ((0,),)


def test_names_that_no_registry_knows_are_counted(store: Tables) -> None:
    aside = [{"m": "config.new", "r": "unknown_metric", "e": "null"}]
    load(store, 1, message(1, ANA, "x", aside=aside), message(2, None, aside=aside))
    assert store.query("select metric, reason, entries from asides", 9).rows == (
        ("config.new", "unknown_metric", 2),
    )
    assert store.query("select wire, metric, entries, reports from quarantine", 9).rows == (
        ("segment", "config.new", "[null]", 2),
    )


def test_when_a_week_is_closed_nobody_knows_any_more_who_said_what(store: Tables) -> None:
    load(store, 1, version(1, ANA, "5.37"))
    before = store.totals("chat")
    store.age(OPEN)
    assert store.query("select count(*) from held", 1).rows == ((1,),)
    gone = store.age(Ages(OPEN.facts, OPEN.waiting, OPEN.ids, senders=date(2026, 11, 23)))
    assert gone["held"] == 1
    assert store.query("select count(*) from held", 1).rows == ((0,),)
    assert store.totals("chat") == before


TUESDAY, WEDNESDAY, MONDAY_AFTER = "2026-11-17", DAY, "2026-11-23"


def test_what_a_sender_said_last_on_a_day_held_on_that_day(store: Tables) -> None:
    load(store, 1, on(TUESDAY, 1, ANA, "5.36"), on(TUESDAY, 2, BEN, "5.36"))
    load(store, 2, on(TUESDAY, 3, ANA, "5.37"), on(WEDNESDAY, 4, ANA, "5.38"))
    assert days(store) == {
        TUESDAY: {"5.36": (1, 1, 2), "5.37": (1, 1, 2)},
        WEDNESDAY: {"5.38": (1, 1, 1)},
    }
    assert found(store, "server.version") == {"5.36": (1, 1, 2), "5.38": (1, 1, 2)}


def test_a_message_that_comes_late_changes_its_own_day(store: Tables) -> None:
    load(store, 1, on(WEDNESDAY, 1, ANA, "5.37"))
    load(store, 2, on(TUESDAY, 2, ANA, "5.36"), on(MONDAY_AFTER, 3, BEN, "5.38"))
    assert days(store) == {
        TUESDAY: {"5.36": (1, 1, 1)},
        WEDNESDAY: {"5.37": (1, 1, 1)},
        MONDAY_AFTER: {"5.38": (1, 1, 1)},
    }
    assert found(store, "server.version", period="W47") == {"5.36": (1, 1, 1)}
    assert found(store, "server.version", period="W48") == {"5.38": (1, 1, 1)}


def test_a_sender_that_says_it_in_two_parts_is_one_on_that_day(store: Tables) -> None:
    load(store, 1, on(TUESDAY, 1, ANA, "5.37", "a"), on(TUESDAY, 2, ANA, "5.37", "b"))
    load(store, 2, on(TUESDAY, 3, ANA, "5.38", "c"))
    assert days(store) == {TUESDAY: {"5.37": (2, 1, 1), "5.38": (1, 1, 1)}}


def test_who_says_nothing_of_it_any_more_is_not_counted_on_that_day(store: Tables) -> None:
    load(store, 1, on(TUESDAY, 1, ANA, "5.37"), on(WEDNESDAY, 2, ANA, "5.37"))
    load(store, 2, message(3, ANA, "server", on_day=WEDNESDAY))
    assert days(store) == {TUESDAY: {"5.37": (1, 1, 1)}}
    assert found(store, "server.version") == {}


def test_a_state_of_nobody_stands_for_itself_on_its_day(store: Tables) -> None:
    load(store, 1, on(TUESDAY, 1, None, "5.37"), on(TUESDAY, 2, None, "5.37"))
    assert days(store) == {TUESDAY: {"5.37": (2, 2, 2)}}
    assert found(store, "server.version") == {"5.37": (2, 2, 2)}


def test_what_comes_back_of_nobody_is_counted_on_its_day(store: Tables) -> None:
    aside = [{"m": "server.version", "r": "unknown_metric", "e": "{}"}]
    load(store, 1, message(1, None, aside=aside, on_day=TUESDAY))
    [more] = [json.loads(message(1, None, facts=[("server.version", None, "5.37", 1)]))]
    more |= {"kind": "more", "back": aside, "on_day": TUESDAY}
    load(store, 2, json.dumps(more, separators=(",", ":")).encode())
    assert days(store) == {TUESDAY: {"5.37": (1, 1, 1)}}
    assert found(store, "server.version") == {"5.37": (1, 1, 1)}


def test_what_holds_on_a_day_is_a_fact_of_its_week_alone(store: Tables) -> None:
    load(store, 1, on(TUESDAY, 1, ANA, "5.37"), on(WEDNESDAY, 2, ANA, "5.37"))
    assert store.query("select period, reports from facts", 9).rows == ((WEEK, 1),)


def test_what_has_a_day_of_its_own_is_counted_there_once(store: Tables) -> None:
    dated = [("posts.sent", TUESDAY, "", 7)]
    load(store, 1, message(1, ANA, "activity", facts=dated, on_day=WEDNESDAY))
    assert found(store, "posts.sent", "day") == {"": (7, 1, 1)}
    assert store.query("select count(*) from held_days", 1).rows == ((0,),)


def test_who_said_what_on_a_day_is_forgotten_and_its_numbers_go_with_the_facts(
    store: Tables,
) -> None:
    load(store, 1, on(TUESDAY, 1, ANA, "5.37"), on(WEDNESDAY, 2, ANA, "5.37"))
    before = store.totals("chat")
    store.age(Ages(OPEN.facts, OPEN.waiting, OPEN.ids, days=date(2026, 11, 18)))
    assert store.query("select cast(day as varchar) from held_days", 9).rows == ((WEDNESDAY,),)
    assert store.totals("chat") == before
    early = Ages(date(2026, 11, 20), OPEN.waiting, OPEN.ids, days=date(2026, 11, 18))
    store.age(early)
    assert list(days(store)) == [WEDNESDAY]
    assert found(store, "server.version") == {"5.37": (1, 1, 1)}
    store.age(Ages(OPEN.facts, OPEN.waiting, OPEN.ids, {"chat": date(2026, 12, 1)}, days=None))
    assert list(days(store)) == [WEDNESDAY]
    own = {"chat": date(2026, 12, 1), "other": date(2026, 1, 1)}
    store.age(Ages(OPEN.facts, OPEN.waiting, OPEN.ids, own, days=date(2026, 12, 1)))
    assert days(store) == {}
    assert found(store, "server.version") == {"5.37": (1, 1, 1)}


@pytest.mark.parametrize("seed", range(4))
def test_totals_are_those_of_what_holds_whatever_came_in_which_part(
    store: Tables, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 a test's
    state: dict[tuple[str, str], list[Fact]] = {}
    sums: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    records: list[bytes] = []
    for number in range(1, 41):
        who, part = chance.choice([ANA, BEN, "c" * 32]), chance.choice(["p", "q"])
        keys = chance.sample(["x", "y", "z"], chance.randint(0, 2))
        state[who, part] = [(f"{part}.state", None, key, 1) for key in keys]
        more = (f"{part}.sum", chance.choice("uv"), chance.randint(1, 5))
        sums[who][more[0], more[1]] += more[2]
        added = [(more[0], DAY, more[1], more[2])]
        records.append(message(number, who, part, facts=state[who, part], sums=added))
    segment = 0
    while records:
        segment, size = segment + 1, chance.randint(1, 9)
        again = records[:1] if chance.random() < 0.3 else []
        load(store, segment, *records[:size], *again)
        records = records[size:]
    want: dict[str, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    senders: dict[str, Counter[str]] = defaultdict(Counter)
    anybody: dict[str, set[str]] = defaultdict(set)
    for (who, _), facts in state.items():
        for metric, _, key, count in facts:
            counts[metric][key] += count
            senders[metric][key] += 1
            anybody[metric].add(who)
    for who, added_up in sums.items():
        for (metric, key), count in added_up.items():
            counts[metric][key] += count
            senders[metric][key] += 1
            anybody[metric].add(who)
    for metric, each in counts.items():
        for key, count in each.items():
            want[metric][key] = (count, senders[metric][key], len(anybody[metric]))
    for metric in ("p.state", "q.state", "p.sum", "q.sum"):
        assert found(store, metric) == want[metric]


@dataclass
class Model:
    """What totals must be: of each week and day the newest message of each sender and part."""

    weeks: dict[tuple[str, str, str], list[Fact]] = field(default_factory=dict)
    days: dict[tuple[str, str, str], list[Fact]] = field(default_factory=dict)
    alone: list[tuple[str, str, list[Fact]]] = field(default_factory=list)

    def take(
        self, day: str | None, week: str, who: str | None, part: str, said: list[Fact]
    ) -> None:
        if who is None:
            self.alone += [
                (span, period, said) for span, period in (("week", week), ("day", day)) if period
            ]
            return
        self.weeks[week, who, part] = said
        if day is not None:
            self.days[day, who, part] = said

    def totals(self) -> list[Total]:
        """Count each value and each sender once, but who is nobody for each message."""
        counts: Counter[tuple[str, str, str, str]] = Counter()
        groups: dict[tuple[str, str, str, str], set[object]] = defaultdict(set)
        anybody: dict[tuple[str, str, str], set[object]] = defaultdict(set)
        every: list[tuple[str, str, object, list[Fact]]] = [
            (span, period, who, said)
            for span, states in (("week", self.weeks), ("day", self.days))
            for (period, who, _), said in states.items()
        ]
        every += [
            (span, period, number, said) for number, (span, period, said) in enumerate(self.alone)
        ]
        for span, period, who, said in every:
            for metric, _, key, count in said:
                counts[metric, span, period, key] += count
                groups[metric, span, period, key].add(who)
                anybody[metric, span, period].add(who)
        return [
            Total(*place, counts[place], len(whose), len(anybody[place[:3]]))
            for place, whose in sorted(groups.items())
        ]


@pytest.mark.parametrize("seed", range(6))
def test_totals_of_days_and_weeks_are_those_of_a_model(store: Tables, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 a test's
    model, records = Model(), []
    monday = date(2026, 11, 16)
    for number in range(1, 81):
        who = chance.choice([ANA, BEN, "c" * 32, None])
        part = chance.choice(["p", "q"])
        # Mostly later and later, now and then some days back; over the end of a week.
        said_on = monday + timedelta(days=number // 9 - chance.choice([0, 0, 0, 1, 3]) + 3)
        day = None if chance.random() < 0.1 else str(said_on)
        week = str(Week.of(said_on))
        # One metric is of both parts.
        named = [chance.choice([f"{part}.state", "both.state"]) for _ in range(2)]
        keys = [chance.choice("xyz") for _ in range(chance.randint(0, 2))]
        said: list[Fact] = [
            (metric, None, key, 1) for metric, key in sorted(set(zip(named, keys, strict=False)))
        ]
        model.take(day, week, who, part, said)
        also = {"on_day": day} if day else {}
        records.append(message(number, who, part, facts=said, week=week, **also))
    segment, loaded = 0, 0
    while loaded < len(records):
        segment, size = segment + 1, chance.randint(1, 12)
        new = records[loaded : loaded + size]
        # Some come again, in the same part of the log or a later one.
        again = chance.choices(records[: loaded + len(new)], k=chance.choice([0, 0, 1, 2]))
        load(store, segment, *new, *again)
        loaded += len(new)
    assert store.totals("chat") == model.totals()
    assert store.query("select count(*) from facts where period not like '%W%'", 1).rows == ((0,),)
