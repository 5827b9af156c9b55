from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import aboveboard
from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap.apps import apps
from aboveboard.bootstrap.device import assemble, known_registry
from aboveboard.bootstrap.late import home_parts
from aboveboard.cli.main import run
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Mode
from aboveboard.settings import account_settings, device_settings
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, with_collector

FILE = with_collector(EXAMPLE_REGISTRY, "https://telemetry.editor.example")
Use = Callable[..., None]


@pytest.fixture
def collector() -> FakeCollector:
    return FakeCollector(known_registry(FILE))


@pytest.fixture
def use(home: Path, collector: FakeCollector, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Give a function with which somebody uses the editor, before the tool itself counts."""
    monkeypatch.setenv("TMPDIR", str(home / "temporary"))
    monkeypatch.setenv("TZ", "UTC")

    def use(mode: str = "", place: Path | None = None, *, send: bool = False) -> None:
        settings = device_settings("editor", place)
        clock = SetClock(datetime(2026, 11, 18, 12, tzinfo=UTC))
        about = home_parts(settings, "2.1")
        telemetry: Telemetry = assemble(
            known_registry(FILE), settings, transport=collector, clock=clock, home=about
        )
        with telemetry:
            if mode:
                telemetry.choose(mode)
            telemetry.count("file.opened")
            telemetry.flush(now=send)

    return use


def mode_of(name: str) -> Mode:
    (found,) = [app for app in apps(account_settings()) if app.name == name]
    return found.consent.mode


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    capsys.readouterr()
    assert run(["apps", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_every_program_is_listed_with_its_mode_and_why(
    use: Use, capsys: pytest.CaptureFixture[str]
) -> None:
    use("on", send=True)
    run(["telemetry", "off"])
    shown = lines(capsys)
    assert shown[0].split() == ["APP", "MODE", "SINCE", "WAITING", "LAST", "SENT", "TITLE"]
    assert shown[1].startswith("aboveboard  off   ")
    assert shown[1].endswith("  0        -                     -")
    assert shown[2].startswith("            chosen by you on ")
    assert shown[3] == (
        "editor      on    2026-11-18  0        2026-11-18 12:00 UTC  An example editor"
    )
    assert shown[4] == "            chosen by you on 2026-11-18"
    assert max(map(len, shown)) <= 80


def test_nobody_is_listed_where_nothing_was_ever_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABOVEBOARD", "off")
    assert lines(capsys) == []
    run(["apps"])
    assert capsys.readouterr().err == "No program counts on this account.\n"
    assert lines(capsys, "--json") == ["[]"]


def test_the_list_is_there_for_programs_too(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    use("on", send=True)
    told: list[dict[str, Any]] = json.loads("\n".join(lines(capsys, "--json")))
    (editor,) = [app for app in told if app["app"] == "editor"]
    assert editor["mode"] == "on"
    assert editor["version"] == "2.1"
    assert editor["since"] == "2026-11-18"
    assert (editor["waiting"], editor["last_sent"]) == (0, "2026-11-18T12:00:00+00:00")
    (own,) = [app for app in told if app["app"] == "aboveboard"]
    assert (own["since"], own["rule"]) == ("", "undecided")


@pytest.mark.parametrize("mode", ["off", "local"])
def test_one_is_switched_and_says_how_to_take_back_what_was_sent(
    use: Use, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    use("on", send=True)
    said = lines(capsys, mode, "editor")
    assert said[0].startswith(f"editor: {mode}: chosen by you on ")
    assert said[1:] == [
        "  1 report had been sent. Have them deleted with its own command,",
        "  which often is `editor telemetry forget --all`.",
    ]
    assert mode_of("editor") is Mode(mode)


def test_all_are_switched_at_once(use: Use, capsys: pytest.CaptureFixture[str]) -> None:
    use("on")
    said = lines(capsys, "off", "--all")
    assert [line.partition(":")[0] for line in said] == ["aboveboard", "editor"]
    assert [app.consent.mode for app in apps(account_settings())] == [Mode.OFF, Mode.OFF]


def test_a_program_with_two_homes_is_meant_with_both_unless_one_is_named(
    use: Use, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use()
    use(place=home / "elsewhere")
    assert len(lines(capsys, "local", str(home / "elsewhere"))) == 1
    assert len(lines(capsys, "local", "editor", "editor")) == 2


def test_a_program_that_is_off_elsewhere_says_nothing_any_more(
    use: Use, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use(place=home / "elsewhere")
    assert len(lines(capsys, "off", "editor")) == 1
    assert [file.name for file in (home / "elsewhere").iterdir()] == ["choice.json"]
    assert "editor" not in "\n".join(lines(capsys))


def test_only_the_program_itself_can_ask_for_a_yes(
    use: Use, capsys: pytest.CaptureFixture[str]
) -> None:
    use()
    assert run(["apps", "on", "editor"]) == 1
    said = capsys.readouterr().err
    assert "only editor itself can ask whether it may send" in said
    assert "`editor telemetry on`" in said
    assert mode_of("editor") is Mode.LOCAL
    use("on")
    assert lines(capsys, "on", "editor") == ["editor: on: chosen by you on 2026-11-18"]


@pytest.mark.parametrize("mode", ["off", "local", "on"])
def test_it_must_be_said_which(use: Use, capsys: pytest.CaptureFixture[str], mode: str) -> None:
    use()
    for words in ([], ["editor", "--all"]):
        assert run(["apps", mode, *words]) == 2
        assert "Name some, or say --all." in capsys.readouterr().err
    assert run(["apps", mode, "editor", "nonsense"]) == 2
    assert "no program here is called 'nonsense'" in capsys.readouterr().err
    assert mode_of("editor") is Mode.LOCAL


def test_one_that_cannot_be_switched_is_told_and_the_others_are(
    use: Use, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use()
    (home / ".local/state/aboveboard/editor/choice.json").mkdir()
    run(["telemetry", "status"])
    assert run(["apps", "off", "--all"]) == 1
    written = capsys.readouterr()
    assert "editor: the choice cannot be kept" in written.err
    assert "aboveboard: off: " in written.out


def test_all_that_is_known_of_one_is_shown(
    use: Use, collector: FakeCollector, capsys: pytest.CaptureFixture[str]
) -> None:
    collector.will_answer(503, "cannot_keep", times=9)
    use("on", send=True)
    said = lines(capsys, "show", "editor")
    assert said[0] == "app: An example editor 2.1"
    assert "mode: on: chosen by you on 2026-11-18" in said
    assert "policy: https://editor.example/privacy" in said
    assert "- usage: Which parts of the editor are used." in said
    assert said[-2] == "waiting: 1 report"
    assert said[-1].endswith("  2026-W47  file.opened")
    assert run(["apps", "show", "nonsense"]) == 2


def test_what_cannot_be_read_is_told(
    use: Use, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use("on")
    (home / ".local/state/aboveboard/editor/choice.json").write_text("{")
    assert "the choice cannot be read, so nothing leaves" in "\n".join(lines(capsys))
    assert "problem: the choice cannot be read" in lines(capsys, "show", "editor")


def test_levels_are_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with aboveboard.open("editor", registry=EXAMPLE_REGISTRY) as telemetry:
        telemetry.choose("local", {"usage": "off"})
    assert home.exists()
    assert any("off for usage; chosen by you on" in line for line in lines(capsys))
