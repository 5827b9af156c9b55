from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import pytest

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import MemoryTransport, SetClock
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import MisuseError, SealError
from aboveboard.model.consent import Mode, Rule
from aboveboard.model.registry import Registry
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer
from aboveboard.wires.native import MOST_ENTRIES, key_id

Start: TypeAlias = Callable[..., Telemetry]

TODAY = date(2026, 11, 18)


def said(bodies: list[bytes]) -> list[tuple[str, object]]:
    """Give every metric and value of some reports."""
    return [(e["metric"], e["value"]) for body in bodies for e in json.loads(body)["entries"]]


def sent(telemetry: Telemetry) -> list[tuple[str, object]]:
    """Give every metric and value that was delivered so far."""
    return said([d.body for d in telemetry.journal() if d.fate is Fate.DELIVERED])


# Counting.


def test_every_kind_can_be_counted(telemetry: Telemetry, clock: SetClock) -> None:
    telemetry.count("file.opened")
    telemetry.count("file.opened", by=3)
    telemetry.set("theme.dark", value=True)
    telemetry.set("system.os", "linux")
    telemetry.set("system.python", "3.11.7")
    telemetry.took("file.opening", 5)
    with telemetry.time("file.opening"):
        clock.move(timedelta(milliseconds=150))

    assert said(telemetry.preview(local=True)) == [
        ("file.opened", 4),
        ("file.opening", {"0": 1, "100": 1}),
        ("system.os", "linux"),
        ("system.python", "3.11"),
        ("theme.dark", True),
    ]
    assert telemetry.misuse == {}


def test_the_time_of_a_block_that_fails_is_measured_too(telemetry: Telemetry) -> None:
    with pytest.raises(ZeroDivisionError), telemetry.time("file.opening"):
        raise ZeroDivisionError

    assert said(telemetry.preview(local=True)) == [("file.opening", {"0": 1})]


def test_misuse_never_raises_and_is_counted(telemetry: Telemetry) -> None:
    anything: Any = object()

    telemetry.count("file.opend")
    telemetry.count("theme.dark")
    telemetry.count("file.opened", by=0)
    telemetry.count("file.opened", by=anything)
    telemetry.set("system.os", anything)
    telemetry.set("system.python", "geheim")
    telemetry.took("file.opening", anything)
    telemetry.count(anything)
    with telemetry.time("file.opened"):
        pass

    assert telemetry.preview(local=True) == []
    assert telemetry.misuse["unknown_metric"] >= 1
    assert telemetry.misuse["wrong_kind"] >= 4
    assert telemetry.misuse["out_of_bounds"] == 2


MISUSE = [
    pytest.param(lambda t: t.count("file.opend"), id="unknown-counter"),
    pytest.param(lambda t: t.set("theme.drak", value=True), id="unknown-flag"),
    pytest.param(lambda t: t.took("file.opend", 1), id="unknown-timing"),
    pytest.param(lambda t: t.count("theme.dark"), id="wrong-kind"),
    pytest.param(lambda t: t.count("small.count", by=6), id="out-of-bounds"),
    pytest.param(lambda t: t.set("system.os", "beos"), id="word-outside-the-list"),
]


@pytest.mark.parametrize("call", MISUSE)
def test_misuse_raises_under_strict(start: Start, call: Callable[[Telemetry], None]) -> None:
    telemetry = start(strict=True)

    with pytest.raises(MisuseError):
        call(telemetry)


def test_a_block_that_is_timed_under_a_wrong_name_raises_under_strict(start: Start) -> None:
    telemetry = start(strict=True)

    with pytest.raises(MisuseError), telemetry.time("file.opend"):
        pass


@pytest.mark.parametrize("call", MISUSE)
def test_misuse_raises_under_strict_also_where_nothing_may_be_recorded(
    start: Start, call: Callable[[Telemetry], None]
) -> None:
    telemetry = start(strict=True, do_not_track="1")

    with pytest.raises(MisuseError):
        call(telemetry)


@pytest.mark.parametrize(
    "override", [pytest.param("off", id="off"), pytest.param("", id="refused")]
)
def test_a_strict_telemetry_keeps_nothing_where_nothing_may_be_recorded(
    start: Start, store: MemoryEventStore, override: str
) -> None:
    telemetry = start(strict=True, override=override, do_not_track="1")

    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.took("file.opening", 5)
    telemetry.close()

    assert store.events() == []
    assert telemetry.misuse == {}


def test_the_version_of_the_program_is_counted_if_the_registry_names_it(start: Start) -> None:
    assert said(start(version="2.1.3").preview(local=True)) == [("app.version", "2.1")]
    assert start(store=MemoryEventStore()).preview(local=True) == []


def test_the_version_is_counted_after_a_yes_too(start: Start) -> None:
    telemetry = start(version="2.1.3")

    telemetry.choose("on")

    assert said(telemetry.preview()) == [("app.version", "2.1")]


def test_the_version_is_not_counted_where_the_registry_means_something_else(
    start: Start, registry: Registry
) -> None:
    other = replace(registry.metrics["file.opened"], name="app.version")
    without = start(replace(registry, metrics={}), version="2.1")
    counter = start(replace(registry, metrics={"app.version": other}), version="2.1", strict=True)

    assert without.preview(local=True) == counter.preview(local=True) == []
    assert without.misuse == {}


# Consent.


def test_undecided_is_recorded_and_shown_and_never_sent(
    telemetry: Telemetry, transport: MemoryTransport, clock: SetClock
) -> None:
    telemetry.count("file.opened")

    assert telemetry.mode is Mode.LOCAL
    assert telemetry.consent.rule is Rule.UNDECIDED
    assert said(telemetry.preview(local=True)) == [("file.opened", 1)]
    assert telemetry.preview() == []
    assert telemetry.flush(now=True) == []
    clock.move(timedelta(weeks=2))
    assert telemetry.flush(now=True) == []
    assert transport.sent == []
    assert telemetry.journal() == []


def test_what_was_recorded_before_a_yes_never_leaves(telemetry: Telemetry, clock: SetClock) -> None:
    telemetry.count("file.opened", by=4)
    telemetry.count("file.saved")
    telemetry.set("system.os", "linux")

    telemetry.choose("on")
    telemetry.count("file.opened")

    assert said(telemetry.preview()) == [("file.opened", 1)]
    telemetry.flush(now=True)
    clock.move(timedelta(weeks=2))
    telemetry.flush()
    assert sent(telemetry) == [("file.opened", 1)]


def test_a_yes_is_a_dated_value_that_outlives_the_program(start: Start) -> None:
    consent = start().choose("on")

    assert consent.choice is not None
    assert (consent.choice.mode, consent.choice.day) == (Mode.ON, TODAY)
    assert consent.choice.registry == "f" * 64
    assert start().consent == consent
    assert start().consent.explain() == "on: chosen by you on 2026-11-18"


def test_a_word_that_is_no_mode_is_refused_and_changes_nothing(telemetry: Telemetry) -> None:
    with pytest.raises(ValueError, match="maybe"):
        telemetry.choose("maybe")

    assert telemetry.consent.rule is Rule.UNDECIDED


def test_what_was_recorded_before_a_no_is_not_sent_after_the_next_yes(
    telemetry: Telemetry, clock: SetClock, transport: MemoryTransport
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened", by=3)
    telemetry.flush()

    telemetry.choose("local")
    telemetry.count("file.opened", by=5)
    telemetry.choose("on")

    assert telemetry.preview() == []
    clock.move(timedelta(weeks=1))
    assert telemetry.flush(now=True) == []
    assert transport.sent == []
    assert said(telemetry.preview(local=True)) == [("file.opened", 8)]


def test_a_no_drops_the_reports_that_wait(telemetry: Telemetry, answers: dict[str, int]) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    answers["status"] = 0
    telemetry.flush(now=True)
    assert [delivery.fate for delivery in telemetry.journal()] == [Fate.WAITING]

    telemetry.choose("local")
    answers["status"] = 201

    # It was tried, and nobody knows whether it arrived: it can still be taken back.
    assert [delivery.fate for delivery in telemetry.journal()] == [Fate.STRUCK]
    telemetry.choose("on")
    assert telemetry.flush(now=True) == []


def test_off_erases_counts_and_waiting_reports_and_leaves_the_journal(
    telemetry: Telemetry, store: MemoryEventStore, answers: dict[str, int]
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    answers["status"] = 503
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    telemetry.count("file.opened")
    telemetry.preview()

    telemetry.choose("off")

    assert store.events() == []
    fates = [delivery.fate for delivery in telemetry.journal()]
    assert sorted(fates) == [Fate.DELIVERED, Fate.STRUCK]
    assert telemetry.preview(local=True) == []


def test_nothing_is_recorded_while_off(telemetry: Telemetry, store: MemoryEventStore) -> None:
    telemetry.choose("off")

    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.took("file.opening", 5)
    with telemetry.time("file.opening"):
        pass
    telemetry.flush(now=True)
    telemetry.choose("on")

    assert store.events() == []
    assert telemetry.preview(local=True) == []


@pytest.mark.parametrize(
    ("override", "mode", "leaves"),
    [
        pytest.param("off", Mode.OFF, [], id="off"),
        pytest.param("local", Mode.LOCAL, [], id="local"),
        pytest.param("on", Mode.ON, [("file.opened", 1)], id="on"),
    ],
)
@pytest.mark.parametrize("chosen", [pytest.param(mode, id=f"chosen-{mode.value}") for mode in Mode])
def test_the_environment_is_stronger_than_a_choice(
    start: Start, chosen: Mode, override: str, mode: Mode, leaves: list[tuple[str, object]]
) -> None:
    start().choose(chosen)
    telemetry = start(override=override, do_not_track="1")

    telemetry.count("file.opened")
    telemetry.flush(now=True)

    assert telemetry.mode is mode
    assert sent(telemetry) == leaves


def test_do_not_track_is_stronger_than_a_choice(start: Start, store: MemoryEventStore) -> None:
    start().choose("on")
    telemetry = start(do_not_track="1")

    telemetry.count("file.opened")
    telemetry.flush(now=True)

    assert telemetry.consent.rule is Rule.DO_NOT_TRACK
    assert store.events() == []
    assert telemetry.journal() == []


def test_a_choice_under_a_stronger_rule_is_kept_for_later(start: Start) -> None:
    consent = start(do_not_track="1").choose("on")

    assert consent.mode is Mode.OFF
    assert start().mode is Mode.ON


@pytest.mark.parametrize(
    ("here", "elsewhere", "kept"),
    [
        pytest.param("on", "local", [("file.opened", 1)], id="on-to-local"),
        pytest.param("on", "off", [], id="on-to-off"),
        pytest.param("local", "on", [("file.opened", 1)], id="local-to-on"),
        pytest.param("local", "off", [], id="local-to-off"),
        pytest.param("off", "on", [], id="off-to-on"),
        pytest.param("off", "local", [], id="off-to-local"),
    ],
)
def test_a_choice_of_another_process_holds_from_the_next_flush_on(
    start: Start, here: str, elsewhere: str, kept: list[tuple[str, object]]
) -> None:
    start().choose(here)
    mine, other = start(), start()
    mine.count("file.opened")

    other.choose(elsewhere)
    mine.flush(now=True)

    assert mine.mode == elsewhere
    assert sent(mine) == []
    assert said(other.preview(local=True)) == kept


def test_a_yes_of_another_process_holds_for_what_comes_after_the_flush(start: Start) -> None:
    mine, other = start(), start()
    mine.count("file.opened", by=3)
    other.choose("on")
    mine.flush()

    mine.count("file.opened")
    mine.flush(now=True)

    assert sent(mine) == [("file.opened", 1)]


def test_a_withdrawal_in_another_process_holds_also_if_it_was_short(start: Start) -> None:
    start().choose("on")
    mine, other = start(), start()
    mine.count("file.opened")

    other.choose("local")
    other.choose("on")
    mine.flush(now=True)

    assert sent(mine) == []


# Seeing and sending.


def test_a_week_is_sent_after_it_has_ended(telemetry: Telemetry, clock: SetClock) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")

    assert telemetry.flush() == []
    clock.move(timedelta(days=4))
    assert telemetry.flush() == []
    clock.move(timedelta(days=1))
    (delivery,) = telemetry.flush()

    assert (delivery.fate, delivery.answer) == (Fate.DELIVERED, "201 said_so")
    assert (str(delivery.week), delivery.day) == ("2026-W47", date(2026, 11, 23))
    assert telemetry.flush() == []


def test_the_week_that_has_not_ended_is_sent_if_the_person_says_so(telemetry: Telemetry) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")

    assert len(telemetry.flush(now=True)) == 1
    assert telemetry.flush(now=True) == []


def test_each_week_has_a_report_of_its_own(telemetry: Telemetry, clock: SetClock) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    clock.move(timedelta(weeks=1))
    telemetry.count("file.opened", by=2)
    clock.move(timedelta(weeks=1))

    deliveries = telemetry.flush()

    assert [str(delivery.week) for delivery in deliveries] == ["2026-W47", "2026-W48"]
    assert len({delivery.report for delivery in deliveries}) == 2
    assert said([delivery.body for delivery in deliveries]) == [
        ("file.opened", 1),
        ("file.opened", 2),
    ]


def test_a_preview_changes_nothing(telemetry: Telemetry) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")

    assert telemetry.preview() == telemetry.preview()
    (delivery,) = telemetry.flush(now=True)
    assert delivery.body not in telemetry.preview()


def test_a_large_week_is_shown_and_sent_in_parts(start: Start, registry: Registry) -> None:
    metric = registry.metrics["file.opened"]
    names = [f"group.m{n:04}" for n in range(MOST_ENTRIES + 1)]
    known = {name: replace(metric, name=name, correlates_with=tuple(names)) for name in names}
    telemetry = start(replace(registry, metrics=known))
    telemetry.choose("on")
    for name in names:
        telemetry.count(name)

    shown = telemetry.preview()
    deliveries = telemetry.flush(now=True)

    assert [delivery.body for delivery in deliveries] == shown
    assert [delivery.fate for delivery in deliveries] == [Fate.DELIVERED] * 2
    assert [len(json.loads(body)["entries"]) for body in shown] == [MOST_ENTRIES, 1]
    assert sorted(said(shown)) == [(name, 1) for name in names]
    assert telemetry.preview() == []
    assert telemetry.flush(now=True) == []


def test_a_report_has_a_new_id_each_time(telemetry: Telemetry) -> None:
    telemetry.choose("on")

    for _ in range(3):
        telemetry.count("file.opened")
        telemetry.flush(now=True)

    assert len({json.loads(delivery.body)["id"] for delivery in telemetry.journal()}) == 3


def test_a_report_that_was_seen_before_a_withdrawal_has_another_id_after_it(
    telemetry: Telemetry,
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    (before,) = telemetry.preview()

    telemetry.choose("local")
    telemetry.choose("on")
    telemetry.count("file.opened")
    (after,) = telemetry.preview()

    assert json.loads(before)["id"] != json.loads(after)["id"]


def test_a_state_is_said_once_a_week_however_often_is_sent(
    telemetry: Telemetry, clock: SetClock
) -> None:
    telemetry.choose("on")
    for _ in range(3):
        telemetry.set("theme.dark", value=True)
        telemetry.set("system.os", "linux")
        telemetry.set("system.python", "3.11.7")
        telemetry.count("file.opened")
        telemetry.flush(now=True)
        clock.move(timedelta(hours=1))

    assert sorted(map(str, sent(telemetry))) == sorted(
        map(
            str,
            [
                *[("file.opened", 1)] * 3,
                ("system.os", "linux"),
                ("system.python", "3.11"),
                ("theme.dark", True),
            ],
        )
    )

    clock.move(timedelta(weeks=1))
    telemetry.set("system.os", "linux")
    telemetry.flush(now=True)

    assert sent(telemetry).count(("system.os", "linux")) == 2


def test_a_report_waits_with_the_same_id_until_it_is_delivered_once(
    start: Start, answers: dict[str, int], transport: MemoryTransport, clock: SetClock
) -> None:
    telemetry = start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    answers["status"] = 0
    (first,) = telemetry.flush(now=True)
    (second,) = telemetry.flush(now=True)
    assert (first.fate, first.answer, first.tries) == (Fate.WAITING, "no network", 1)
    assert (second.report, second.body, second.tries) == (first.report, first.body, 2)
    transport.sent.clear()

    answers["status"] = 201
    clock.move(timedelta(days=1))
    again = start()
    (third,) = again.flush()

    assert third.fate is Fate.DELIVERED
    assert (third.report, third.body) == (first.report, first.body)
    assert again.flush(now=True) == []
    assert [url for url, _, _ in transport.sent] == [
        f"https://collector.example/reports/editor/{first.report}"
    ]
    assert again.journal() == [third]


@pytest.mark.parametrize(
    "status", [pytest.param(status, id=str(status)) for status in (408, 425, 429, 500, 503)]
)
def test_a_collector_in_trouble_gets_the_report_later(
    telemetry: Telemetry, answers: dict[str, int], status: int
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    answers["status"] = status

    (delivery,) = telemetry.flush(now=True)

    assert (delivery.fate, delivery.answer) == (Fate.WAITING, f"{status} said_so")
    answers["status"] = 200
    assert [each.fate for each in telemetry.flush(now=True)] == [Fate.DELIVERED]


@pytest.mark.parametrize(
    "status", [pytest.param(status, id=str(status)) for status in (400, 404, 413, 422)]
)
def test_a_refusal_is_final_and_in_the_journal(
    telemetry: Telemetry, answers: dict[str, int], transport: MemoryTransport, status: int
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    answers["status"] = status

    (delivery,) = telemetry.flush(now=True)
    answers["status"] = 201

    assert (delivery.fate, delivery.answer) == (Fate.REFUSED, f"{status} said_so")
    assert telemetry.flush(now=True) == []
    assert telemetry.journal() == [delivery]
    assert len(transport.sent) == 1


def test_without_a_collector_a_report_waits(start: Start, registry: Registry) -> None:
    telemetry = start(replace(registry, collector=None))
    telemetry.choose("on")
    telemetry.count("file.opened")

    (delivery,) = telemetry.flush(now=True)

    assert (delivery.fate, delivery.sealed) == (Fate.WAITING, 0)
    assert delivery.answer == "the registry names no collector"


def test_a_journal_tells_how_many_bytes_travelled(
    telemetry: Telemetry, transport: MemoryTransport
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    ((_, body, _),) = transport.sent
    assert [delivery.sealed for delivery in telemetry.journal()] == [len(body)]


class NoSealer:
    def seal(self, *_: object, **__: object) -> bytes:
        message = "sealing needs the extra"
        raise SealError(message)


def test_a_report_with_a_key_never_leaves_unsealed(
    start: Start, sealed: Registry, transport: MemoryTransport, opener: HpkeOpener
) -> None:
    telemetry = start(sealed, sealer=NoSealer())
    telemetry.choose("on")
    telemetry.count("file.opened")

    (delivery,) = telemetry.flush(now=True)

    assert (delivery.fate, delivery.answer) == (Fate.WAITING, "sealing needs the extra")
    assert transport.sent == []

    (later,) = start(sealed).flush()

    assert later.fate is Fate.DELIVERED
    assert later.report == delivery.report
    ((_, body, headers),) = transport.sent
    assert headers == {"Content-Type": "application/vnd.aboveboard.sealed"}
    assert body.startswith(key_id(opener.public_keys[0]))


def test_counts_of_a_metric_that_the_registry_no_longer_names_do_not_leave(
    start: Start, registry: Registry, clock: SetClock
) -> None:
    old = start()
    old.choose("on")
    old.count("file.opened")
    old.count("file.saved")
    old.flush()
    fewer = {name: m for name, m in registry.metrics.items() if name != "file.saved"}

    new = start(replace(registry, metrics=fewer))
    clock.move(timedelta(weeks=1))
    new.flush()

    assert sent(new) == [("file.opened", 1)]


def test_after_closing_whoever_looks_next_finds_the_last_counts_and_nothing_is_sent(
    start: Start, store: MemoryEventStore, transport: MemoryTransport, clock: SetClock
) -> None:
    with start() as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
        clock.move(timedelta(weeks=2))

    store.gather()

    assert [event.count for event in store.events()] == [1]
    assert transport.sent == []


def test_a_telemetry_lives_on_after_it_was_closed(telemetry: Telemetry) -> None:
    telemetry.close()
    telemetry.count("file.opened")

    assert said(telemetry.preview(local=True)) == [("file.opened", 1)]


def test_the_answer_of_a_collector_changes_nothing_but_the_journal(start: Start) -> None:
    lying = MemoryTransport(lambda *_: Answer(201, b'{"code":"kept","mode":"on"}' * 100))
    telemetry = start(transport=lying)
    telemetry.choose("on")
    telemetry.count("file.opened")

    (delivery,) = telemetry.flush(now=True)

    assert (delivery.fate, delivery.answer) == (Fate.DELIVERED, "201")
