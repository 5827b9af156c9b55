from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aboveboard.device import error_book as book
from aboveboard.device.error_book import MOST_BYTES, MOST_NOTED, Noted
from aboveboard.model.broke import Broke
from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.report import Entry, Report
from aboveboard.registry.bounds import MOST_MARKS
from aboveboard.registry.error_shapes import LONGEST_FRAME, MOST_FRAMES
from aboveboard.wires.native import MOST_ENTRIES, write

DAY = date(2026, 11, 18)
MARK, OTHER = "0f" * 16, "f0" * 16
FRAMES = ("editor.files:save:42",)
SAID = "cannot open <path>"


def line(mark: str = MARK, day: date = DAY, *, sendable: bool = True, message: str = "") -> Noted:
    return Noted(
        "app.broke", Broke(mark, ("builtins.OSError",), FRAMES, message), day, sendable=sendable
    )


def test_the_last_time_counts_and_nothing_remains_of_the_times_before() -> None:
    later = replace(line(day=DAY + timedelta(days=1)), broke=Broke(MARK))
    assert book.note([line(message=SAID)], [later]) == [later]


def test_the_same_mark_of_another_metric_is_another_line() -> None:
    other = replace(line(), metric="app.failed")
    assert book.note([line()], [other]) == [line(), other]


def test_what_may_not_be_sent_never_takes_the_place_of_what_may() -> None:
    kept_here = line(sendable=False, message=SAID)
    assert book.note([line()], [kept_here]) == [line()]
    assert book.note([kept_here], [line()]) == [line()]
    assert book.note([kept_here], [line(sendable=False)]) == [line(sendable=False)]


def test_of_many_lines_the_oldest_days_are_let_go() -> None:
    days = [DAY + timedelta(days=n % 7) for n in range(MOST_NOTED + 50)]
    lines = [line(f"{n:032x}", day) for n, day in enumerate(days)]
    kept = book.note(lines, [])
    assert len(kept) == MOST_NOTED
    assert {each for each in lines if each.day == DAY} & set(kept) == set()
    assert [each.day for each in kept] == sorted(each.day for each in kept)


def test_what_was_withheld_is_shown_and_never_sent() -> None:
    lines = book.withheld([line()])
    assert book.details(lines, "app.broke", {MARK}) == ()
    assert book.details(lines, "app.broke", {MARK}, local=True) == (line().broke,)


def test_details_are_those_of_the_metric_and_the_marks_in_their_order() -> None:
    lines = [line(OTHER), line(), replace(line("aa" * 16), metric="app.failed")]
    assert book.details(lines, "app.broke", {MARK, OTHER, "aa" * 16}) == (
        line().broke,
        line(OTHER).broke,
    )
    assert book.details(lines, "app.broke", {OTHER}) == (line(OTHER).broke,)


def test_a_message_is_told_only_where_it_may() -> None:
    lines = [line(message=SAID)]
    assert book.details(lines, "app.broke", {MARK}) == (line().broke,)
    assert book.details(lines, "app.broke", {MARK}, message=True) == (lines[0].broke,)


def test_messages_travel_for_levels_that_the_person_said_yes_to(registry: Registry) -> None:
    base = registry.metrics["file.opened"]
    metrics = {
        name: replace(base, name=name, kind=Kind.ERROR, message_level=level)
        for name, level in (("a.a", ""), ("b.b", "errors"), ("c.c", "words"))
    }
    known = replace(registry, metrics=metrics)
    assert book.speaking(known, {"words", "usage", ""}) == {"c.c"}
    assert book.speaking(known, ()) == frozenset()


def test_messages_of_a_level_that_was_taken_back_are_gone() -> None:
    other = replace(line(message=SAID), metric="app.failed")
    assert book.silenced([line(message=SAID), other], {"app.failed"}) == [line(), other]


def report(*entries: Entry) -> Report:
    return Report("0" * 32, "editor", Week.of(DAY), "f" * 64, entries)


def counted(day: date = DAY, *marks: str) -> Entry:
    return Entry("app.broke", dict.fromkeys(marks or (MARK,), 1), day)


def test_a_report_tells_once_what_each_of_its_marks_stands_for() -> None:
    later = DAY + timedelta(days=1)
    plain = report(counted(), counted(later, MARK, OTHER), Entry("theme.dark", value=True))
    told = book.explain(plain, [line(message=SAID), line(OTHER), line("aa" * 16)])
    assert [entry.detail for entry in told.entries] == [
        (line().broke,),
        (line(OTHER).broke,),
        (),
    ]
    assert replace(told, entries=plain.entries) == plain


def test_a_report_tells_messages_of_the_metrics_that_may() -> None:
    told = book.explain(report(counted()), [line(message=SAID)], {"app.broke"})
    assert told.entries[0].detail[0].message == SAID


def test_what_may_not_be_sent_is_explained_to_the_person_alone() -> None:
    lines = [line(sendable=False)]
    assert book.explain(report(counted()), lines) == report(counted())
    assert book.explain(report(counted()), lines, local=True).entries[0].detail == (line().broke,)


def test_without_a_book_a_report_stays_as_it_is() -> None:
    plain = report(counted())
    assert book.explain(plain, []) is plain


def test_what_a_report_told_is_let_go() -> None:
    lines = [line(), line(OTHER)]
    told = book.explain(report(counted()), lines)
    assert book.forget(lines, told) == [line(OTHER)]
    assert book.forget(lines, report(counted())) == lines


def test_the_largest_details_leave_a_report_below_what_a_collector_takes() -> None:
    long = f"{'a' * 60}.{'b' * 60}:{'c' * 60}:1000000"
    frames = (long.ljust(LONGEST_FRAME, "0")[:LONGEST_FRAME],) * MOST_FRAMES
    marks = [f"{n:032x}" for n in range(MOST_NOTED)]
    lines = [replace(line(), broke=Broke(mark, ("(elsewhere)",) * 10, frames)) for mark in marks]
    days = [DAY + timedelta(days=n) for n in range(4)]
    shares = [marks[n * MOST_MARKS : (n + 1) * MOST_MARKS] for n in range(4)]
    entries = [counted(day, *share) for day, share in zip(days, shares, strict=True)]
    rest = [Entry(f"a.{'b' * 50}{n}", 10**12, DAY) for n in range(MOST_ENTRIES - 4)]
    body = write(book.explain(report(*entries, *rest), lines))
    assert body.count(b"a" * 60) * LONGEST_FRAME > MOST_BYTES * 0.9
    assert len(body) < 1024 * 1024


def test_a_small_detail_is_told_where_a_large_one_has_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(book, "MOST_BYTES", 200)
    large = replace(line(), broke=Broke(MARK, (), FRAMES * 10))
    told = book.explain(report(counted(DAY, MARK, OTHER)), [large, line(OTHER)])
    assert told.entries[0].detail == (line(OTHER).broke,)
