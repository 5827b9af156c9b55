from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector import replay
from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.records import Record, RecordAside, RecordHad, RecordMore
from aboveboard.collector.replay import quarantined, waiting
from aboveboard.collector.verify import Judge, verify
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Accepted

ID = "0123456789abcdef0123456789abcdef"
MONDAY, TUESDAY = "2026-11-16", "2026-11-17"
MARK = "0f" * 16
OPENED = {"metric": "file.opened", "day": MONDAY, "value": 5}
LATER = {"metric": "file.opened", "day": TUESDAY, "value": 2}
DARK = {"metric": "dark.mode", "value": True}
Write = Callable[..., bytes]


def without(registry: Registry, *names: str) -> Registry:
    """Give the registry as it was before some metrics were registered."""
    left = {name: metric for name, metric in registry.metrics.items() if name not in names}
    return replace(registry, metrics=left)


def again(
    record: Record,
    registry: Registry,
    mores: Sequence[RecordMore] = (),
    wanted: Callable[[RecordAside], bool] = lambda _: True,
) -> RecordMore | None:
    return replay.again(record, Judge(registry, Limits()), mores, wanted)


def would_come_back(
    registries: dict[str, Registry], app: str, week: str, asides: list[RecordAside]
) -> bool:
    return replay.would_come_back(replay.Judges(registries), app, week, asides)


def accepted(body: bytes, registry: Registry) -> Record:
    """Give the record of a report as it was accepted by a registry."""
    submission = Submission("editor", ID, body)
    verdict = verify(submission, {"editor": registry}, date(2026, 11, 18), Limits())
    assert isinstance(verdict, Accepted)
    return msgspec.json.decode(verdict.record, type=Record)


def back(more: RecordMore | None) -> list[str]:
    return [aside.m for aside in more.back] if more is not None else []


def test_an_entry_of_a_metric_that_is_known_by_now_comes_back(
    registry: Registry, write: Write
) -> None:
    record = accepted(write(OPENED, DARK), without(registry, "file.opened"))
    more = again(record, registry)
    assert more is not None
    assert msgspec.to_builtins(more) == {
        "kind": "more",
        "id": ID,
        "app": "editor",
        "week": "2026-W47",
        "day": "2026-11-18",
        "facts": [{"m": "file.opened", "d": MONDAY, "c": 5}],
        "back": [msgspec.to_builtins(record.aside[0])],
    }


def test_what_is_still_not_allowed_goes_on_waiting(registry: Registry, write: Write) -> None:
    large = {"metric": "file.opened", "day": TUESDAY, "value": 1001}
    record = accepted(write(OPENED, large, LATER, DARK), without(registry, "file.opened"))
    assert back(again(record, without(registry, "file.opened"))) == []
    twice = {"metric": "file.opened", "day": TUESDAY, "value": 3}
    record = accepted(write(OPENED, large, LATER, twice), without(registry, "file.opened"))
    more = again(record, registry)
    assert more is not None
    assert [(fact.d, fact.c) for fact in more.facts] == [
        (MONDAY, 5),
        (TUESDAY, 2),
    ]
    assert [aside.e for aside in more.stay] == [record.aside[1].e, record.aside[3].e]
    assert waiting(record, [more]) == more.stay


def test_an_entry_comes_back_once(registry: Registry, write: Write) -> None:
    record = accepted(write(OPENED), without(registry, "file.opened"))
    more = again(record, registry)
    assert more is not None
    assert again(record, registry, [more]) is None


def test_of_two_equal_entries_one_comes_back(registry: Registry, write: Write) -> None:
    record = accepted(write(OPENED, OPENED), without(registry, "file.opened"))
    more = again(record, registry)
    assert more is not None
    assert (len(more.back), len(more.stay)) == (1, 1)
    assert again(record, registry, [more]) is None


def test_what_the_report_had_said_of_the_metric_is_named(registry: Registry, write: Write) -> None:
    small = replace(registry.metrics["file.opened"], largest=2)
    before = replace(registry, metrics=dict(registry.metrics) | {"file.opened": small})
    more = again(accepted(write(OPENED, LATER, DARK), before), registry)
    assert more is not None
    assert [(fact.d, fact.c) for fact in more.facts] == [(MONDAY, 5)]
    assert more.had == [RecordHad("file.opened", "")]


def test_what_an_error_stands_for_comes_back_with_it(registry: Registry, write: Write) -> None:
    told = {"type": ["builtins.OSError"], "frames": ["editor.files:save:42"]}
    broke = {"metric": "app.broke", "day": MONDAY, "value": {MARK: 2}, "detail": {MARK: told}}
    more = again(accepted(write(broke), without(registry, "app.broke")), registry)
    assert more is not None
    assert [(each.k, each.f) for each in more.details] == [(MARK, ["editor.files:save:42"])]


def test_only_what_is_wanted_comes_back(registry: Registry, write: Write) -> None:
    record = accepted(write(OPENED, DARK), without(registry, "file.opened", "dark.mode"))
    assert back(again(record, registry, wanted=lambda aside: aside.m == "dark.mode")) == [
        "dark.mode"
    ]


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param(RecordAside("file.opened", "unknown_metric"), id="nothing-kept"),
        pytest.param(RecordAside("file.opened", "unknown_metric", "{"), id="broken"),
        pytest.param(
            RecordAside("dark.mode", "said_twice", '{"metric":"dark.mode","value":true}'),
            id="for-good",
        ),
        pytest.param(
            RecordAside(
                "file.opened", "wrong_day", '{"metric":"file.opened","value":1,"day":"2026-11-99"}'
            ),
            id="no-day",
        ),
    ],
)
def test_what_no_registry_can_accept_stays(aside: RecordAside, registry: Registry) -> None:
    record = Record(ID, "editor", "2026-W47", "2026-11-18", [], [aside])
    assert again(record, registry) is None
    assert not would_come_back({"editor": registry}, "editor", "2026-W47", [aside])


def test_whether_anything_would_come_back_is_seen_by_the_entries_alone(
    registry: Registry, write: Write
) -> None:
    asides = accepted(write(OPENED), without(registry, "file.opened")).aside
    known = {"editor": registry}
    assert would_come_back(known, "editor", "2026-W47", asides)
    assert not would_come_back(known, "viewer", "2026-W47", asides)
    assert not would_come_back(
        {"editor": without(registry, "file.opened")}, "editor", "2026-W47", asides
    )


def test_a_row_of_the_quarantine_holds_what_waits_of_a_metric_for_a_reason() -> None:
    asides = [
        RecordAside("a.b", "unknown_metric", "2"),
        RecordAside("a.c", "unknown_metric"),
        RecordAside("a.b", "wrong_day", "3"),
        RecordAside("a.b", "unknown_metric", "1"),
    ]
    assert quarantined(asides) == {("a.b", "unknown_metric"): "[1,2]", ("a.b", "wrong_day"): "[3]"}


VALUES: dict[str, Any] = {
    "file.opened": st.integers(0, 2000),
    "dark.mode": st.booleans(),
    "system.os": st.sampled_from(["linux", "beos"]),
    "start.duration": st.dictionaries(st.sampled_from(["0", "100", "7"]), st.integers(0, 3)),
    "made.up": st.integers(0, 3),
}
DAYS = st.sampled_from([None, MONDAY, TUESDAY, "2026-11-30"])


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(VALUES)))
    entry = {"metric": name, "value": draw(VALUES[name])}
    day = draw(DAYS)
    return entry | ({"day": day} if day else {})


@given(
    said=st.lists(entries(), min_size=1, max_size=6),
    missing=st.lists(st.sampled_from(sorted(VALUES)), max_size=4),
    steps=st.lists(st.sampled_from(sorted(VALUES)), max_size=2),
)
def test_a_replay_gives_what_had_been_accepted_at_once(
    said: list[dict[str, Any]],
    missing: list[str],
    steps: list[str],
    registry: Registry,
    write: Write,
) -> None:
    at_once = accepted(write(*said), registry)
    record = accepted(write(*said), without(registry, *missing))
    mores: list[RecordMore] = []
    for number in range(len(steps) + 1):
        known = without(registry, *(name for name in missing if name not in steps[:number]))
        known = registry if number == len(steps) else known
        more = again(record, known, mores)
        mores += [more] if more is not None else []
    facts = [*record.facts, *(fact for more in mores for fact in more.facts)]
    assert sorted(map(str, facts)) == sorted(map(str, at_once.facts))
    assert again(record, registry, mores) is None


def test_a_judge_is_made_once_for_each_app_that_is_served(registry: Registry) -> None:
    judges = replay.Judges({"editor": registry})
    found = judges.get("editor")
    assert found is not None
    assert found.registry is registry
    assert judges.get("editor") is found
    assert judges.get("viewer") is None
