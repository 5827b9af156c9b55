from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import aboveboard
from aboveboard.errors import MisuseError
from aboveboard.model.registry import Registry
from aboveboard.model.report import EntryValue
from aboveboard.testing import (
    FakeCollector,
    MemoryTelemetry,
    SetClock,
    assert_counted,
    assert_nothing_counted,
    counted,
    instead,
    memory_telemetry,
    said,
    strict,
)
from aboveboard.testing.memory import MemoryParts

if TYPE_CHECKING:
    from aboveboard.testing.counts import Key


@pytest.fixture
def telemetry(registry: Registry) -> MemoryTelemetry:
    return memory_telemetry(registry, mode="on")


@pytest.fixture
def full(telemetry: MemoryTelemetry) -> MemoryTelemetry:
    """Give one that has counted something of each kind."""
    telemetry.set("app.version", "2.1.7")
    telemetry.count("file.opened", by=3)
    telemetry.set("theme.dark", value=True)
    telemetry.set("system.os", "linux")
    telemetry.set("file.count", 42)
    telemetry.names("system.fonts", ["Serif", "Mine", "Yours"])
    telemetry.took("file.opening", 120)
    telemetry.took("file.opening", 5)
    telemetry.count("menu.used", label="file")
    telemetry.count("menu.used", label="edit", by=2)
    telemetry.event("file.saved", how="menu", ok="yes")
    telemetry.event("file.saved", how="key", ok="yes")
    telemetry.used("editor.in_use", 90)
    telemetry.count("week.opened")
    return telemetry


ALL: dict[str, EntryValue] = {
    "app.version": "2.1",
    "editor.in_use": 90,
    "file.count": 10,
    "file.opened": 3,
    "file.opening": {"0": 1, "100": 1},
    "file.saved": {"how=key,ok=yes": 1, "how=menu,ok=yes": 1},
    "menu.used": {"edit": 2, "file": 1},
    "system.fonts": {"Serif": 1, "other": 2},
    "system.os": "linux",
    "theme.dark": True,
    "week.opened": 1,
}


def sent(telemetry: MemoryTelemetry) -> MemoryTelemetry:
    telemetry.flush(now=True)
    return telemetry


def received(telemetry: MemoryTelemetry) -> FakeCollector:
    telemetry.flush(now=True)
    assert isinstance(telemetry.transport, FakeCollector)
    return telemetry.transport


SOURCES = [
    pytest.param(lambda t: t, id="kept"),
    pytest.param(sent, id="sent"),
    pytest.param(received, id="received"),
]
Look = Callable[[MemoryTelemetry], MemoryTelemetry | FakeCollector]


@pytest.mark.parametrize("look", SOURCES)
def test_everything_is_said_by_its_metric(full: MemoryTelemetry, look: Look) -> None:
    assert said(look(full)) == ALL
    assert said(look(full))["theme.dark"] is True


@pytest.mark.parametrize("look", SOURCES)
@pytest.mark.parametrize(
    ("name", "key", "times"),
    [
        ("app.version", None, 1),
        ("app.version", "2.1", 1),
        ("app.version", "2", 0),
        ("file.opened", None, 3),
        ("theme.dark", True, 1),
        ("theme.dark", False, 0),
        ("system.os", "linux", 1),
        ("system.os", "other", 0),
        ("file.count", 10, 1),
        ("file.count", "100", 0),
        ("system.fonts", "Serif", 1),
        ("system.fonts", "other", 2),
        ("file.opening", None, 2),
        ("file.opening", 100, 1),
        ("menu.used", None, 3),
        ("menu.used", "edit", 2),
        ("file.saved", None, 2),
        ("file.saved", "how=menu,ok=yes", 1),
        ("file.saved", {"how": "menu"}, 1),
        ("file.saved", {"ok": "yes"}, 2),
        ("file.saved", {"how": "menu", "ok": "no"}, 0),
        ("file.saved", {}, 2),
        ("editor.in_use", None, 90),
    ],
)
def test_each_key_is_counted(
    full: MemoryTelemetry, look: Look, name: str, key: Key | None, times: int
) -> None:
    assert counted(look(full), name, key) == times


def test_what_was_sent_and_what_was_counted_since_is_counted_together(
    registry: Registry,
) -> None:
    clock = SetClock()
    telemetry = memory_telemetry(registry, clock, mode="on")
    telemetry.count("file.opened", by=2)
    telemetry.count("menu.used", label="file")
    telemetry.set("system.os", "linux")
    clock.move(timedelta(weeks=1))
    telemetry.flush()
    telemetry.count("file.opened", by=5)
    telemetry.count("menu.used", label="file")
    telemetry.set("system.os", "macos")

    assert said(telemetry) == {"file.opened": 7, "menu.used": {"file": 2}, "system.os": "macos"}
    assert counted(telemetry, "system.os", "linux") == 0
    assert counted(telemetry, "file.opened", day=date(2026, 11, 18)) == 2
    assert counted(telemetry, "file.opened", day=date(2026, 11, 19)) == 0


def test_of_a_state_the_latest_counts_and_what_was_sent_twice_counts_once(
    telemetry: MemoryTelemetry,
) -> None:
    telemetry.set("theme.dark", value=True)
    telemetry.flush(now=True)
    telemetry.set("theme.dark", value=False)
    telemetry.flush(now=True)
    telemetry.set("theme.dark", value=False)

    assert said(telemetry) == {"theme.dark": False}


def test_of_a_collector_it_is_told_how_many_reports_said_what(registry: Registry) -> None:
    collector = FakeCollector(registry)
    for number, dark in enumerate([True, False, True]):
        content = {
            "format": 1,
            "id": f"{number:032x}",
            "app": "editor",
            "period": "2026-W47",
            "registry": registry.fingerprint,
            "entries": [{"metric": "theme.dark", "value": dark}],
        }
        url = f"https://collector.example/reports/editor/{number:032x}"
        assert collector.put(url, json.dumps(content).encode(), {}).status == 201

    assert said(collector) == {"theme.dark": {"false": 1, "true": 2}}
    assert counted(collector, "theme.dark", key=True) == 2


def test_a_collector_of_several_apps_or_of_none_cannot_be_asked(registry: Registry) -> None:
    both = FakeCollector(registry, replace(registry, app="viewer"))

    with pytest.raises(MisuseError, match=r"of one app, not of \['editor', 'viewer'\]"):
        counted(both, "file.opened")
    with pytest.raises(MisuseError, match=r"not of \[\]"):
        said(FakeCollector())


def test_what_is_in_use_at_the_moment_is_counted(registry: Registry, file: bytes) -> None:
    with instead() as opened:
        telemetry = aboveboard.open("editor", registry=file)
        with telemetry.use("editor.in_use"):
            aboveboard.open("editor", registry=file)
            opened.clock.move(timedelta(seconds=30))

            assert counted(opened, "editor.in_use") == 30
    assert registry.app == opened.telemetry.registry.app


def test_a_telemetry_on_disk_can_be_asked_as_well(file: bytes, tmp_path: Path) -> None:
    with strict(), aboveboard.open("editor", registry=file, home=tmp_path) as telemetry:
        telemetry.count("file.opened", by=2)

    assert counted(telemetry, "file.opened") == 2


def test_a_metric_that_a_newer_registry_has_lost_is_passed_over(registry: Registry) -> None:
    parts = MemoryParts(SetClock(), FakeCollector(registry))
    before = MemoryTelemetry(registry, parts)
    before.choose("on")
    before.count("file.opened", by=3)
    before.set("system.os", "linux")
    before.flush(now=True)
    newer = replace(registry, metrics={"file.opened": registry.metrics["file.opened"]})

    assert said(MemoryTelemetry(newer, parts)) == {"file.opened": 3}


@pytest.mark.parametrize(
    ("name", "key", "text"),
    [
        ("file.opend", None, r"'editor' has no metric 'file.opend' \(did you mean 'file.opened'"),
        ("quite.different", None, r"'editor' has no metric 'quite.different'$"),
        ("menu.used", "files", r"menu.used keeps nothing under 'files' \(did you mean 'file'\?\)"),
        ("menu.used", "view", "; it has: file, edit, other$"),
        ("file.opening", 120, "under '120' .*; it has: 0, 100, 1000$"),
        ("theme.dark", "dark", "it has: true, false"),
        ("app.version", "2.1.7", "app.version keeps nothing under '2.1.7'$"),
        ("file.opened", "x", "file.opened keeps nothing under 'x'$"),
        ("file.saved", {"how": "menus"}, r"no how=menus \(did you mean 'menu'\?\); it has: menu"),
        ("file.saved", {"why": "menu"}, "file.saved has no why=menu$"),
    ],
)
def test_a_misspelt_test_is_an_error_that_says_what_there_is(
    telemetry: MemoryTelemetry, name: str, key: Key | None, text: str
) -> None:
    with pytest.raises(MisuseError, match=text):
        counted(telemetry, name, key)
    if not isinstance(key, Mapping):
        with pytest.raises(MisuseError, match=text):
            assert_counted(telemetry, {name: 1 if key is None else {str(key): 1}})


def test_a_number_shows_everything_that_was_counted_but_is_a_number(full: MemoryTelemetry) -> None:
    number = counted(full, "menu.used", "other", day=date(2026, 11, 18))

    assert repr(number).startswith(
        "<0 of 'menu.used' 'other' on 2026-11-18; counted in all: "
        "menu.used edit 2 + file 1, app.version 2.1, "
    )
    assert repr(number).endswith("theme.dark True, week.opened 1>")
    assert f"{number} {number!s}" == "0 0"
    assert number + 1 == 1


def test_a_number_tells_that_nothing_was_counted_and_what_was_not_understood(
    registry: Registry,
) -> None:
    telemetry = memory_telemetry(registry, strict=False)
    telemetry.count("file.opend")
    telemetry.set("file.opened", 3)
    telemetry.choose("off")

    assert repr(counted(telemetry, "file.opened")) == (
        "<0 of 'file.opened'; counted in all: nothing; "
        "calls that were not understood: unknown_metric 1, wrong_kind 1; "
        "nothing is recorded now: off: chosen by you on 2026-11-18>"
    )


def test_what_no_run_of_a_program_understood_is_told(file: bytes) -> None:
    with instead(strict=False) as opened:
        for _ in range(2):
            aboveboard.open("editor", registry=file).count("file.opend")

    assert "unknown_metric 2" in repr(counted(opened, "file.opened"))


@pytest.mark.parametrize("look", SOURCES)
def test_what_is_expected_may_be_all_that_is_said(full: MemoryTelemetry, look: Look) -> None:
    assert_counted(look(full), ALL, nothing_else=True)
    assert_counted(look(full), {"menu.used": 3, "file.opening": {0: 1, 100: 1}, "file.saved": 2})


def test_what_is_not_expected_may_be_there(full: MemoryTelemetry) -> None:
    assert_counted(full, {"file.opened": 3})


@pytest.mark.parametrize("nothing", [pytest.param(None, id="none"), pytest.param(0, id="zero")])
def test_nothing_may_be_expected(telemetry: MemoryTelemetry, nothing: int | None) -> None:
    assert_counted(telemetry, {"file.opened": nothing, "menu.used": nothing}, nothing_else=True)


@pytest.mark.parametrize(
    ("name", "wanted", "text"),
    [
        ("file.opened", 2, "file.opened: expected 2, counted 3"),
        ("file.opened", None, "file.opened: expected nothing, counted 3"),
        ("menu.used", {"file": 2}, "menu.used: expected {'file': 2}, counted edit 2 + file 1"),
        ("menu.used", 4, "menu.used: expected 4, counted edit 2 + file 1"),
        ("menu.used", None, "menu.used: expected nothing, counted edit 2 + file 1"),
        ("theme.dark", False, "theme.dark: expected False, counted True"),
        ("theme.dark", 1, "theme.dark: expected 1, counted True"),
        ("system.os", "macos", "system.os: expected macos, counted linux"),
        ("file.count", 42, "file.count: expected 42, counted 10"),
    ],
)
def test_what_was_counted_otherwise_is_told_with_all_that_was_counted(
    full: MemoryTelemetry, name: str, wanted: int, text: str
) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_counted(full, {name: wanted})

    lines = str(caught.value).splitlines()
    assert lines[:3] == ["not counted as expected", f"  {text}", "counted in all:"]
    assert "  menu.used      edit 2 + file 1" in lines
    assert len(lines) == 3 + len(ALL)


def test_false_is_not_nothing(telemetry: MemoryTelemetry) -> None:
    with pytest.raises(AssertionError, match=r"theme\.dark: expected False, counted nothing"):
        assert_counted(telemetry, {"theme.dark": False})


def test_what_must_not_be_there_is_told(full: MemoryTelemetry) -> None:
    with pytest.raises(AssertionError, match=r"system\.os: expected nothing, counted linux"):
        assert_counted(full, {"file.opened": 3}, nothing_else=True)


def test_nothing_was_counted(telemetry: MemoryTelemetry, full: MemoryTelemetry) -> None:
    assert telemetry is full
    assert_nothing_counted(full, but=list(ALL))
    with pytest.raises(AssertionError, match=r"something was counted\n  theme.dark: counted True"):
        assert_nothing_counted(full, but=[name for name in ALL if name != "theme.dark"])
    with pytest.raises(MisuseError, match=r"did you mean 'app.version'"):
        assert_nothing_counted(full, but=["app.versions"])


def test_where_nothing_was_counted_nothing_is_told_of_it(registry: Registry) -> None:
    telemetry = memory_telemetry(registry)
    assert_nothing_counted(telemetry)

    with pytest.raises(AssertionError) as caught:
        assert_counted(telemetry, {"file.opened": 1})

    assert str(caught.value) == (
        "not counted as expected\n"
        "  file.opened: expected 1, counted nothing\n"
        "counted in all: nothing"
    )
