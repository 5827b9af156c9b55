from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aboveboard.adapters.memory import SetClock
from aboveboard.device.telemetry import Telemetry
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, memory_telemetry

Run = Callable[..., Any]


def test_what_would_be_sent_is_shown_to_the_byte(
    run: Run, telemetry: Telemetry, collector: FakeCollector
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    shown = run("show")
    run("send-now")
    journal = run("journal")
    assert shown.lines == [telemetry.journal()[0].body.decode()] == journal.lines[1:]
    assert json.loads(shown.lines[0])["entries"] == collector.reports[0]["entries"]


def test_what_stays_here_is_shown_only_if_asked_for(run: Run, telemetry: Telemetry) -> None:
    telemetry.count("file.opened")
    said = run("show")
    assert (said.status, said.out) == (0, "")
    assert said.err.splitlines() == [
        "Nothing would be sent. local: nobody has chosen yet, so everything stays on this machine",
        "What is counted here: `editor telemetry show --local`.",
    ]
    assert json.loads(run("show", "--local").out)["entries"][0]["value"] == 1


def test_it_is_said_why_nothing_is_shown(run: Run, telemetry: Telemetry) -> None:
    assert run("show", "--local").err == "Nothing was counted yet.\n"
    telemetry.choose("on")
    assert "nothing that may leave was counted yet" in run("show").err
    telemetry.choose("off")
    assert run("show").err == "Nothing is counted.\n"


def test_the_next_report_has_its_moment_in_the_persons_zone(
    run: Run, telemetry: Telemetry, clock: SetClock
) -> None:
    assert run("show", "--next").out.startswith("never as it stands: local: nobody has chosen yet")
    telemetry.choose("on")
    assert run("show", "--next").out == "not known yet: nothing that may leave was counted\n"
    telemetry.count("file.opened")
    telemetry.flush()
    assert run("show", "--next").out.endswith(" CET\n")
    clock.move(timedelta(weeks=30))
    assert run("show", "--next").out == "2027-06-16 14:00 CEST\n"


def test_the_journal_says_when_where_and_what_was_answered(
    run: Run, telemetry: Telemetry, collector: FakeCollector
) -> None:
    assert run("journal").err == "No report was ever made.\n"
    telemetry.choose("on")
    telemetry.count("file.opened")
    collector.will_answer(503, "cannot_keep")
    run("send-now")
    (head, body) = run("journal").lines
    assert head == (
        "2026-11-18 13:00 CET  00000000  2026-W47  waiting: 503 cannot_keep"
        "  to https://telemetry.editor.example"
    )
    assert run("journal", "--short").lines == [head]
    told = json.loads(run("journal", "--json").out)
    assert told["body"] == body
    assert (told["fate"], told["answer"], told["tries"]) == ("waiting", "503 cannot_keep", 1)


def test_what_never_left_has_only_its_day(run_with: Callable[[Telemetry], Run]) -> None:
    telemetry = memory_telemetry(read(EXAMPLE_REGISTRY), mode="on")
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    (head,) = run_with(telemetry)("journal", "--short").lines
    assert head.startswith("2026-11-18  00000000  2026-W47  waiting")
    assert head.endswith("  to the collector")
