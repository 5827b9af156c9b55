from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.memory import SetClock
from aboveboard.device.parcel_answers import Answers, Heard, write_answers
from aboveboard.device.parcels import read_parcels
from aboveboard.device.telemetry import Telemetry
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, memory_telemetry

Run = Callable[..., Any]
THERE = "https://telemetry.editor.example"


@pytest.fixture
def waiting(telemetry: Telemetry, collector: FakeCollector) -> str:
    """Give the id of a report that waits, with two metrics in it."""
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.count("file.saved")
    collector.will_answer(503, "cannot_keep")
    telemetry.flush(now=True)
    return telemetry.person.outbox()[0].report


def test_nothing_waits_at_first(run: Run) -> None:
    said = run("outbox")
    assert (said.status, said.out, said.err) == (0, "", "Nothing waits.\n")


def test_what_waits_is_shown_with_its_moment_and_place(run: Run, waiting: str) -> None:
    said = run("outbox")
    assert said.lines[0] == f"{waiting[:8]}  2026-W47  file.opened, file.saved"
    assert said.lines[1].startswith("  leaves 2026-11-18 13:0")
    assert said.lines[1].endswith(f" CET, to {THERE}")
    assert said.lines[2:] == ["  tried before: 503 cannot_keep"]
    told = json.loads(run("outbox", "--json").out)
    assert (told["report"], told["fate"]) == (waiting, "waiting")
    assert told["due"] > 0


@pytest.mark.usefixtures("waiting")
def test_a_copy_has_a_line_of_its_own(run: Run) -> None:
    run("also", "https://mine.example")
    assert run("outbox").lines[3].endswith(", to https://mine.example")


def test_what_is_due_leaves_with_the_next_sending(run: Run, waiting: str, clock: SetClock) -> None:
    clock.move(timedelta(days=1))
    assert run("outbox").lines[1] == f"  leaves when something is sent, to {THERE}"
    assert waiting


def test_a_metric_is_struck_out_of_a_report(run: Run, waiting: str) -> None:
    said = run("outbox", "strike", waiting[:8].upper(), "file.saved")
    assert (said.status, said.lines[0]) == (0, f"Struck: {waiting[:8]} file.saved.")
    assert run("outbox").lines[0] == f"{waiting[:8]}  2026-W47  file.opened"
    said = run("outbox", "strike", waiting, "file.saved")
    assert (said.status, "It says something of: file.opened." in said.err) == (2, True)


def test_a_report_is_struck(run: Run, waiting: str) -> None:
    said = run("outbox", "strike", waiting).out.splitlines()
    assert said == [
        f"Struck: {waiting[:8]}.",
        "It was tried before, so that a collector may have it as it was.",
        f"Have it deleted with `editor telemetry forget {waiting[:8]}`.",
    ]
    assert run("outbox").err == "Nothing waits.\n"
    said = run("outbox", "strike", waiting)
    assert said.status == 2
    assert "there is no such report" in said.err


def test_of_what_was_never_tried_no_more_is_said(
    run: Run, telemetry: Telemetry, clock: SetClock
) -> None:
    telemetry.choose("on")
    telemetry.flush()
    telemetry.person.wait(30)
    telemetry.count("file.opened")
    clock.move(timedelta(days=14))
    telemetry.flush()
    (waits,) = telemetry.person.outbox()
    assert waits.tries == 0
    said = run("outbox", "strike", waits.report).out
    assert said == f"Struck: {waits.report[:8]}.\n"


def test_what_one_collector_has_already_cannot_be_struck(
    run: Run, waiting: str, collector: FakeCollector
) -> None:
    run("also", "https://mine.example")
    collector.will_answer(503, "cannot_keep")  # the first of the two has it later
    run("send-now")
    said = run("outbox", "strike", waiting)
    assert said.status == 1
    assert f"`editor telemetry forget {waiting[:8]}`" in said.err


def test_a_beginning_that_fits_more_than_one_names_none(
    run: Run, waiting: str, telemetry: Telemetry, collector: FakeCollector
) -> None:
    telemetry.count("file.opened")
    collector.will_answer(503, "cannot_keep", times=9)
    telemetry.flush(now=True)
    said = run("outbox", "strike", waiting[:4])
    assert said.status == 2
    assert "2 reports begin like that" in said.err


def test_every_report_waits_as_long_as_the_person_says(run: Run, telemetry: Telemetry) -> None:
    assert run("outbox", "wait", "1").out == (
        "Every report waits 1 day before it leaves, those of now as well.\n"
    )
    telemetry.choose("on")
    telemetry.count("file.opened")
    assert run("outbox").err.splitlines()[-1] == "Every report waits 1 day before it leaves."
    assert run("outbox", "wait", "0").out == "Reports leave when they are due.\n"
    said = run("outbox", "wait", "91")
    assert said.status == 2
    assert "Give 0 to 90 days." in said.err


def test_what_waits_is_carried_by_hand(run: Run, waiting: str, tmp_path: Path) -> None:
    file, answers = tmp_path / "out", tmp_path / "answers"
    said = run("outbox", "export", str(file))
    assert said.status == 0
    assert said.lines[0] == "Written: 1 report. They wait on until the answers are here."
    parcels = read_parcels(file.read_bytes())
    assert not isinstance(parcels, str)
    assert [each.report for each in parcels.carried] == [waiting]
    assert file.stat().st_mode & 0o777 == 0o600

    answers.write_bytes(write_answers(Answers("editor", THERE, (Heard(waiting, 201, "kept"),))))
    assert run("outbox", "import", str(answers)).out == "Delivered: 1 report.\n"
    assert run("outbox").err == "Nothing waits.\n"
    assert "delivered: 201 kept, by file" in run("journal").out


def test_a_file_that_is_there_is_not_replaced(run: Run, waiting: str, tmp_path: Path) -> None:
    file = tmp_path / "secret-place"
    file.write_text("mine")
    said = run("outbox", "export", str(file))
    assert said.status == 1
    assert "the file cannot be written: File exists" in said.err
    assert "secret-place" not in said.err
    assert file.read_text() == "mine"
    assert waiting


def test_there_is_nothing_to_carry(run: Run, tmp_path: Path) -> None:
    said = run("outbox", "export", str(tmp_path / "out"))
    assert said.status == 1
    assert list(tmp_path.iterdir()) == []


def test_without_a_collector_nobody_could_read_a_file(
    run_with: Callable[[Telemetry], Run], tmp_path: Path
) -> None:
    telemetry = memory_telemetry(read(EXAMPLE_REGISTRY), mode="on")
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    said = run_with(telemetry)("outbox", "export", str(tmp_path / "out"))
    assert said.status == 1
    assert "this program names no collector" in said.err


def test_answers_that_are_none_are_not_believed(run: Run, waiting: str, tmp_path: Path) -> None:
    file = tmp_path / "answers"
    said = run("outbox", "import", str(file))
    assert (said.status, "the file cannot be read" in said.err) == (1, True)
    file.write_bytes(b"nonsense\n")
    said = run("outbox", "import", str(file))
    assert (said.status, "this is no file of answers" in said.err) == (2, True)
    assert waiting in run("outbox", "--json").out
