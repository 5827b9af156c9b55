from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Mode
from aboveboard.model.surroundings import Surroundings
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector

Run = Callable[..., Any]


def test_status_says_what_is_in_force_and_where_reports_go(run: Run) -> None:
    said = run("status")
    assert said.status == 0
    assert said.lines[0].startswith("local: nobody has chosen yet")
    assert "usage: counted here, not sent (Which parts of the editor are used.)" in said.lines
    assert said.lines[-2:] == [
        "reports go: to https://telemetry.editor.example",
        "next report: none",
    ]


def test_explain_says_all_rules(run: Run) -> None:
    said = run("explain")
    assert len(said.lines) == 8
    assert said.lines[-1] == "8. as long as nobody has chosen: local (this decides)"


def test_a_yes_shows_what_it_covers_and_keeps_these_words_as_its_receipt(
    run: Run, telemetry: Telemetry
) -> None:
    said = run("on")
    assert said.lines == [
        "on: chosen by you on 2026-11-18",
        "What is sent from now on:",
        "- usage: Which parts of the editor are used.",
        "- errors: Where it broke.",
        "Reports go to https://telemetry.editor.example.",
        "See all that is counted with `editor telemetry show --local`.",
    ]
    assert telemetry.consent.choice is not None
    assert telemetry.consent.choice.wording.splitlines() == said.lines[1:5]


@pytest.mark.parametrize("mode", ["local", "off"])
def test_a_no_is_kept(run: Run, telemetry: Telemetry, mode: str) -> None:
    said = run(mode)
    assert (said.status, said.lines) == (0, [f"{mode}: chosen by you on 2026-11-18"])
    assert telemetry.mode is Mode(mode)


def test_single_levels_have_modes_of_their_own(run: Run, telemetry: Telemetry) -> None:
    assert run("on", "--level", "usage").lines[0] == (
        "local, on for usage: chosen by you on 2026-11-18"
    )
    assert run("off", "--level", "errors").lines[0] == (
        "local, off for errors, on for usage: chosen by you on 2026-11-18"
    )
    run("on")
    assert telemetry.consent.levels == {}
    run("local", "--level", "usage", "--level", "errors")
    assert telemetry.consent.levels == {"usage": Mode.LOCAL, "errors": Mode.LOCAL}


def test_a_level_that_is_none_changes_nothing(run: Run, telemetry: Telemetry) -> None:
    said = run("on", "--level", "nonsense")
    assert (said.status, said.out) == (2, "")
    assert said.err.splitlines() == [
        "editor telemetry: there is no level 'nonsense'",
        "  Nothing was changed.",
        "  The levels are: usage, errors.",
    ]
    assert telemetry.consent.choice is None
    assert run("off", "--level", "nonsense").status == 2
    assert run("local", "--level", "nonsense").status == 2


def test_off_says_how_to_take_back_what_was_sent(run: Run, telemetry: Telemetry) -> None:
    run("on")
    telemetry.count("file.opened")
    run("send-now")
    said = run("off")
    assert said.lines[1:] == [
        "1 report had been sent before.",
        "To have deleted what was sent: `editor telemetry forget --all`.",
    ]
    assert run("forget", "--all").status == 0
    assert run("off").lines == ["off: chosen by you on 2026-11-18"]


def test_off_can_take_back_before(run: Run, telemetry: Telemetry, collector: FakeCollector) -> None:
    run("on")
    telemetry.count("file.opened")
    run("send-now")
    said = run("off", "--forget")
    assert said.status == 0
    assert "says that it has deleted it" in said.lines[0]
    assert said.lines[1:] == ["off: chosen by you on 2026-11-18"]
    assert collector.reports == []


def test_off_is_chosen_even_if_nobody_can_be_asked_to_delete(
    run: Run, telemetry: Telemetry, collector: FakeCollector
) -> None:
    run("on")
    telemetry.count("file.opened")
    run("send-now")
    collector.will_close()
    said = run("off", "--forget")
    assert said.status == 1
    assert "1 of 1 could not be asked for now" in said.err
    assert telemetry.mode is Mode.OFF


def test_a_choice_that_something_overrides_is_told(run_with: Callable[[Telemetry], Run]) -> None:
    parts = memory_parts(around=Surroundings(do_not_track="1"))
    run = run_with(Telemetry(read(EXAMPLE_REGISTRY), parts))
    assert run("on").lines[:2] == [
        "off: the environment variable DO_NOT_TRACK is set",
        "Your choice is kept; `editor telemetry explain` says what is stronger now.",
    ]
