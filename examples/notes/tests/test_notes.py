"""What Notes does, and what it counts: the tests that its makers would write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import notes
from aboveboard.adapters.registry_files import read_file
from aboveboard.registry.checks import check
from aboveboard.testing import (
    Opened,
    assert_counted,
    assert_nothing_counted,
    assert_nothing_private,
    counted,
    instead,
)

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def opened() -> Iterator[Opened]:
    """Let every test count in memory: no test touches the counts of whoever runs it."""
    with instead() as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs the program and gives what it prints."""

    def run(*words: str) -> str:
        notes.main(["--file", str(tmp_path / "notes.json"), *words])
        printed = capsys.readouterr()
        return (printed.out + printed.err).strip()

    return run


def test_notes_are_taken_found_and_done(run: Run) -> None:
    assert run("list") == "No notes."
    assert run("add", "buy", "milk") == "1  buy milk"
    assert run("add", "call Ana") == "2  call Ana"
    assert run("find", "MILK") == "1  buy milk"
    assert run("done", "1") == "Done: buy milk"
    assert run("list") == "2  call Ana"
    assert run("done", "3") == "There is no note 3."


def test_each_command_is_counted(run: Run, opened: Opened) -> None:
    run("add", "buy milk")
    run("add", "call Ana")
    run("find", "milk")

    assert counted(opened, "command.used", "add") == 2
    assert counted(opened, "command.used") == 3


def test_a_run_counts_this_and_nothing_else(run: Run, opened: Opened) -> None:
    run("add", "buy milk, and not only one")

    assert_counted(
        opened,
        {
            "app.version": "1.4",
            "system.os": notes.SYSTEMS.get(sys.platform, "other"),
            "command.used": {"add": 1},
            "note.words": {5: 1},  # five words or more, fewer than twenty
            "notes.kept": 0,  # fewer than ten
        },
        nothing_else=True,
    )


def test_how_long_a_search_takes_is_counted(run: Run, opened: Opened) -> None:
    run("find", "milk")

    assert counted(opened, "find.took") == 1


def test_nothing_that_somebody_writes_is_kept_or_sent(run: Run, opened: Opened) -> None:
    run("telemetry", "on")
    run("add", "call Ana Okonkwo")
    run("find", "Okonkwo")
    run("telemetry", "send-now")

    assert opened.collector.reports
    assert_nothing_private(opened, "Ana", "Okonkwo")


def test_nothing_is_counted_once_somebody_said_no(run: Run, opened: Opened) -> None:
    run("add", "buy milk")
    run("telemetry", "off")
    run("add", "call Ana")

    assert_nothing_counted(opened)


def test_without_a_yes_nothing_leaves(run: Run, opened: Opened) -> None:
    run("add", "buy milk")
    opened.clock.move(timedelta(weeks=2))
    run("list")

    assert "nothing may leave this machine" in run("telemetry", "send-now")
    assert opened.collector.requests == []


def test_after_a_yes_a_week_leaves_when_it_has_ended(run: Run, opened: Opened) -> None:
    run("telemetry", "on")
    run("add", "buy milk")
    assert opened.collector.reports == []

    opened.clock.move(timedelta(weeks=1))
    run("list")

    assert [entry["value"] for entry in opened.collector.entries("command.used")] == [{"add": 1}]
    assert opened.collector.set_aside == []


def test_a_report_that_was_not_taken_is_sent_again(run: Run, opened: Opened) -> None:
    run("telemetry", "on")
    run("add", "buy milk")
    opened.collector.will_answer(503, "cannot_keep", times=100)
    assert "waiting: 503 cannot_keep" in run("telemetry", "send-now")
    assert opened.collector.reports == []


def test_a_person_sees_what_is_counted_and_who_decided(run: Run) -> None:
    assert run("telemetry", "status").startswith("local: nobody has chosen yet")
    run("add", "buy milk")
    assert '"command.used"' in run("telemetry", "show", "--local")
    assert run("telemetry", "off").startswith("off: chosen by you")
    assert run("telemetry", "show", "--local") == "Nothing is counted."


def test_every_command_has_its_label_and_every_label_its_command() -> None:
    metric = read_file(notes.REGISTRY).metrics["command.used"]

    assert set(metric.labels) == {*notes.COMMANDS, "other"}


def test_the_registry_has_no_problem() -> None:
    assert check(read_file(notes.REGISTRY), date(2026, 11, 25)) == []
