from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import aboveboard
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import MisuseError, RegistryError, SetupError
from aboveboard.model.consent import Mode, Rule
from aboveboard.testing import (
    EXAMPLE_REGISTRY,
    FakeCollector,
    SetClock,
    counted,
    instead,
    said,
    strict,
    with_collector,
)

MISUSE = [
    pytest.param(lambda t: t.count("file.opend"), id="unknown-name"),
    pytest.param(lambda t: t.set("file.opened", value=True), id="wrong-kind"),
    pytest.param(lambda t: t.count("file.opened", by=0), id="out-of-bounds"),
]
Call = Callable[[Telemetry], None]


@pytest.fixture(autouse=True)
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no rule of the machine that runs the tests decide."""
    monkeypatch.delenv("ABOVEBOARD", raising=False)
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)


def start(home: Path) -> Telemetry:
    return aboveboard.open("editor", registry=EXAMPLE_REGISTRY, home=home)


@pytest.mark.parametrize("call", MISUSE)
def test_what_is_opened_inside_raises_on_misuse(tmp_path: Path, call: Call) -> None:
    with strict():
        telemetry = start(tmp_path)

    with pytest.raises(MisuseError):
        call(telemetry)


@pytest.mark.parametrize("call", MISUSE)
def test_what_is_opened_outside_never_does(tmp_path: Path, call: Call) -> None:
    with strict():
        pass
    telemetry = start(tmp_path)

    with strict():
        call(telemetry)

    assert sum(telemetry.misuse.values()) == 1


def test_strictness_ends_with_its_block_also_if_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), strict():
        raise ZeroDivisionError

    start(tmp_path).count("file.opend")


def test_strict_blocks_may_be_nested(tmp_path: Path) -> None:
    with strict():
        with strict():
            pass
        telemetry = start(tmp_path)

    with pytest.raises(MisuseError):
        telemetry.count("file.opend")


def test_inside_a_registry_with_problems_raises(tmp_path: Path) -> None:
    with strict(), pytest.raises(RegistryError):
        aboveboard.open("editor", registry=b"format = 2", home=tmp_path)


def test_inside_a_registry_of_another_app_raises(tmp_path: Path) -> None:
    with strict(), pytest.raises(SetupError, match="'editor', not of 'writer'"):
        aboveboard.open("writer", registry=EXAMPLE_REGISTRY, home=tmp_path)


ADDRESS = "https://collector.example"
REGISTRY = with_collector(EXAMPLE_REGISTRY, ADDRESS)
OTHER_APP = REGISTRY.replace(b'id = "editor"', b'id = "viewer"')


def program(*, times: int = 1, registry: bytes = REGISTRY, app: str = "editor") -> None:
    """Do as an embedder's program does, which knows nothing of tests."""
    with aboveboard.open(app, registry=registry) as telemetry:
        telemetry.count("file.opened", by=times)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder that the program would use."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def test_a_program_counts_in_memory_and_touches_no_disk(home: Path) -> None:
    with instead() as opened:
        program(times=2)

    assert counted(opened, "file.opened") == 2
    assert list(home.iterdir()) == []


def test_after_the_block_programs_count_on_disk_again(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), instead():
        raise ZeroDivisionError

    program()

    assert list(home.iterdir()) != []


def test_two_runs_of_a_program_share_what_it_counted_and_what_was_chosen() -> None:
    with instead() as opened:
        program()
        opened.telemetry.choose("on")
        program()

        assert opened.telemetry.consent.rule is Rule.CHOICE
        assert counted(opened, "file.opened") == 2


def test_the_reports_of_two_runs_are_two_reports() -> None:
    with instead(mode="on") as opened:
        for _ in range(2):
            program()
            opened.telemetry.flush(now=True)

    assert [delivery.answer for delivery in opened.telemetry.journal()] == ["201 kept"] * 2
    assert counted(opened.collector, "file.opened") == 2


def test_the_telemetry_is_the_one_that_was_opened_last() -> None:
    with instead() as opened:
        program()
        program()

        assert opened.telemetries == [opened.telemetries[0], opened.telemetry]
        assert opened.telemetries[0] is not opened.telemetry


def test_a_person_may_have_chosen_before() -> None:
    with instead(mode="on") as opened:
        program()
        deliveries = opened.telemetry.flush(now=True)

    assert [delivery.answer for delivery in deliveries] == ["201 kept"]
    assert [entry["value"] for entry in opened.collector.entries("file.opened")] == [1]


def test_what_was_chosen_before_may_be_changed_by_a_later_run() -> None:
    with instead(mode=Mode.ON) as opened:
        program()
        opened.telemetry.choose("off")
        program()

        assert opened.telemetry.mode is Mode.OFF


def test_a_mode_that_there_is_not_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="maybe"), instead(mode="maybe"):
        pass


def test_no_word_of_the_machine_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOVEBOARD", "off")
    with instead() as opened:
        program()

    assert opened.telemetry.mode is Mode.LOCAL


def test_the_version_is_counted_as_always(file: bytes) -> None:
    with instead() as opened:
        aboveboard.open("editor", registry=file, version="2.1.7")

    assert counted(opened, "app.version", "2.1") == 1


def test_the_clock_stands_still_until_it_is_moved() -> None:
    with instead(mode="on") as opened:
        program()
        assert opened.telemetry.flush() == []
        opened.clock.move(timedelta(weeks=1))

        assert [delivery.answer for delivery in opened.telemetry.flush()] == ["201 kept"]


def test_a_clock_and_a_collector_may_be_brought_along() -> None:
    clock = SetClock(datetime(2027, 3, 1, tzinfo=UTC))
    collector = FakeCollector(clock=clock)
    with instead(mode="on", clock=clock, collector=collector) as opened:
        program()
        opened.telemetry.flush(now=True)

    assert (opened.clock, opened.collector) == (clock, collector)
    assert [report["period"] for report in collector.reports] == ["2027-W09"]


def test_it_is_strict_unless_told_otherwise() -> None:
    with instead(), pytest.raises(MisuseError):
        aboveboard.open("editor", registry=REGISTRY).count("file.opend")

    with instead(strict=False):
        aboveboard.open("editor", registry=REGISTRY).count("file.opend")


def test_a_registry_with_problems_raises_as_under_strict() -> None:
    with instead() as opened, pytest.raises(RegistryError):
        aboveboard.open("editor", registry=b"format = 2")

    assert opened.telemetries == []


def test_a_thread_counts_in_memory_too(home: Path) -> None:
    with instead() as opened:
        threads = [threading.Thread(target=program) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert counted(opened, "file.opened") == 4
    assert list(home.iterdir()) == []


def test_blocks_may_be_nested_and_the_inner_one_counts() -> None:
    with instead() as outer:
        with instead() as inner:
            program(times=3)
        program()

    assert counted(inner, "file.opened") == 3
    assert counted(outer, "file.opened") == 1


def test_several_apps_are_asked_for_by_name() -> None:
    with instead() as opened:
        program()
        program(registry=OTHER_APP, app="viewer", times=5)

    assert counted(opened.of("viewer"), "file.opened") == 5
    with pytest.raises(MisuseError, match=r"\['editor', 'viewer'\]"):
        counted(opened, "file.opened")


def test_where_nothing_was_opened_the_reason_may_be_told() -> None:
    with instead() as opened:
        pass

    with pytest.raises(MisuseError, match=r"nothing was opened\. Is aboveboard.open called"):
        counted(opened, "file.opened")


def test_an_app_that_was_not_opened_is_none_of_those_that_were() -> None:
    with instead() as opened:
        program()

    with pytest.raises(MisuseError, match=r"opened were: \['editor'\]"):
        opened.of("viewer")


def test_what_broke_is_counted_and_nobody_looks_on_afterwards(file: bytes) -> None:
    before = sys.excepthook
    with instead() as opened:
        telemetry = aboveboard.open("editor", registry=file, packages=["editor"])
        telemetry.watch_errors()
        watched = sys.excepthook is not before
        telemetry.record_error(ZeroDivisionError())

    assert watched
    assert sys.excepthook is before
    assert counted(opened, "editor.broke") == 1
    marks = said(opened)["editor.broke"]
    assert isinstance(marks, dict)
    assert [counted(opened, "editor.broke", mark) for mark in marks] == [1]
