from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.cli.main import run
from aboveboard.cli.own import own_telemetry
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Mode
from aboveboard.model.period import Week
from aboveboard.model.renewal import Renewal, Renewed
from aboveboard.model.report import Delivery, Fate
from aboveboard.settings import device_settings


@pytest.mark.parametrize("mode", list(Mode), ids=[mode.value for mode in Mode])
def test_a_choice_is_kept_and_said(mode: Mode, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["telemetry", mode.value]) == 0
    assert capsys.readouterr().out.startswith(f"{mode.value}: chosen by you on ")
    with own_telemetry() as own:
        assert own.mode is mode
    run(["telemetry", "status"])
    status = capsys.readouterr().out
    assert f"your own choice: {mode.value} on " in status
    assert "reports go to: nowhere" in status


def test_what_is_shown_is_what_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with own_telemetry() as own:
        own.count("command.key", 5)
        expected = json.loads(own.preview(local=True)[0])["entries"]
    assert run(["telemetry", "show"]) == 0
    shown = json.loads(capsys.readouterr().out)["entries"]
    assert [entry for entry in shown if entry["metric"] == "command.key"] == [
        entry for entry in expected if entry["metric"] == "command.key"
    ]


def test_off_shows_that_nothing_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    run(["telemetry", "off"])
    capsys.readouterr()
    run(["telemetry", "show"])
    assert capsys.readouterr().out == "Nothing is counted.\n"


def test_the_journal_holds_every_report_with_its_exact_bytes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["telemetry", "journal"])
    assert capsys.readouterr().out == "No report was ever made.\n"
    body = b'{"format":1,"id":"0"}'
    day = date(2026, 11, 18)
    store = SqliteEventStore(device_settings("aboveboard", None).home)
    waiting = Delivery("0", Week(2026, 46), Fate.WAITING, "", body, 0, day)
    store.take([], waiting, [])
    store.settle(replace(waiting, fate=Fate.DELIVERED, answer="201 kept", sealed=300))
    store.close()
    assert run(["telemetry", "journal"]) == 0
    assert capsys.readouterr().out == f"2026-11-18 delivered 201 kept\n{body.decode()}\n"


def test_nobody_is_asked_for_a_newer_list_unless_the_person_said_yes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["telemetry", "renew"]) == 0
    assert capsys.readouterr().out == "not_asked: Nothing may leave this machine.\n"
    run(["telemetry", "on"])
    capsys.readouterr()
    assert run(["telemetry", "renew"]) == 0
    assert capsys.readouterr().out == "no_log: The registry names no transparency log.\n"
    assert run(["telemetry", "agree"]) == 0
    assert capsys.readouterr().out == "Nothing waits for an agreement.\n"


def test_a_newer_list_is_told_with_its_changes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = ("New: Files opened.", "Removed: Dark theme.")
    waiting = Renewed(Renewal.WAITING, "A newer registry asks for more.", changes)
    monkeypatch.setattr(Telemetry, "renew", lambda _: waiting)
    assert run(["telemetry", "renew"]) == 0
    assert capsys.readouterr().out == (
        "waiting: A newer registry asks for more.\n"
        "- New: Files opened.\n"
        "- Removed: Dark theme.\n"
        "Until you run `aboveboard telemetry agree`, everything stays as it was.\n"
    )
    monkeypatch.setattr(Telemetry, "renew", lambda _: Renewed(Renewal.NOT_REACHED))
    run(["telemetry", "renew"])
    assert capsys.readouterr().out == "not_reached\n"
