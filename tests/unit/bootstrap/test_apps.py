from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import aboveboard
from aboveboard.adapters.memory import SetClock
from aboveboard.bootstrap.apps import App, apps, switch
from aboveboard.bootstrap.device import assemble, known_registry
from aboveboard.bootstrap.late import home_parts
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import StoreError
from aboveboard.model.consent import Mode, Rule
from aboveboard.settings import AccountSettings, account_settings, device_settings
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, with_collector

FILE = with_collector(EXAMPLE_REGISTRY, "https://telemetry.editor.example")
TODAY = date(2026, 11, 19)
Start = Callable[..., Telemetry]


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AccountSettings:
    """Give an account of its own, whose temporary files lie elsewhere."""
    for name in ("ABOVEBOARD", "DO_NOT_TRACK", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    return account_settings()


@pytest.fixture
def collector() -> FakeCollector:
    return FakeCollector(known_registry(FILE))


@pytest.fixture
def start(account: AccountSettings, collector: FakeCollector) -> Iterator[Start]:
    """Give a function that starts the editor, perhaps with a home of its own."""
    assert account.usual.name == "aboveboard"
    opened: list[Telemetry] = []

    def begin(home: Path | None = None) -> Telemetry:
        settings = device_settings("editor", home)
        telemetry = assemble(
            known_registry(FILE),
            settings,
            "2.1",
            transport=collector,
            clock=SetClock(datetime(2026, 11, 18, 12, tzinfo=UTC)),
            home=home_parts(settings, "2.1"),
            detach=lambda: False,  # nothing is sent beside what a test does
        )
        opened.append(telemetry)
        return telemetry

    yield begin
    for telemetry in opened:
        telemetry.close()


def one(account: AccountSettings) -> App:
    (found,) = apps(account)
    return found


def test_on_a_new_account_nothing_counts_and_looking_leaves_nothing(
    account: AccountSettings,
) -> None:
    assert apps(account) == []
    assert not account.usual.exists()


def test_a_program_that_counts_is_found_with_all_that_it_says(
    account: AccountSettings, start: Start
) -> None:
    with start() as telemetry:
        telemetry.count("file.opened")
    app = one(account)
    assert (app.name, app.about.title, app.about.version) == ("editor", "An example editor", "2.1")
    assert (app.consent.mode, app.consent.rule) == (Mode.LOCAL, Rule.UNDECIDED)
    assert app.home == account.usual / "editor"
    assert (app.waiting, app.last_sent, app.broken) == ((), "", "")


def test_what_waits_and_what_was_sent_is_found(
    account: AccountSettings, start: Start, collector: FakeCollector
) -> None:
    with start() as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
        telemetry.flush(now=True)
        telemetry.count("file.opened")
        collector.will_answer(503, "cannot_keep")
        telemetry.flush(now=True)
    app = one(account)
    assert len(app.waiting) == 1
    assert app.last_sent == "2026-11-18T12:00:00+00:00"


@pytest.mark.parametrize("place", ["usual", "elsewhere"])
def test_off_leaves_the_choice_alone(
    account: AccountSettings, start: Start, tmp_path: Path, place: str
) -> None:
    home = tmp_path / "elsewhere" / "editor" if place == "elsewhere" else None
    with start(home) as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
    app = one(account)
    after = switch(app, Mode.OFF, TODAY, account)
    assert (after.consent.mode, after.consent.number) == (Mode.OFF, 2)
    assert [file.name for file in app.home.iterdir()] == ["choice.json"]
    assert [found.name for found in apps(account)] == (["editor"] if place == "usual" else [])
    assert start(home).mode is Mode.OFF


def test_off_leaves_nothing_of_what_was_taken_back(account: AccountSettings, start: Start) -> None:
    with start() as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
        telemetry.flush(now=True)
        (kept,) = telemetry.person.forget()
    app = one(account)
    after = switch(app, Mode.OFF, TODAY, account)
    assert after.deliveries == ()
    assert sorted(file.name for file in app.home.iterdir()) == [
        "choice.json",
        "withdrawals.ndjson",
    ]
    assert start().person.withdrawals() == [kept]


def test_local_withdraws_what_waits_and_keeps_what_was_counted(
    account: AccountSettings, start: Start, collector: FakeCollector
) -> None:
    with start() as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
        collector.will_answer(503, "cannot_keep")
        telemetry.flush(now=True)
        telemetry.count("file.opened")
    after = switch(one(account), Mode.LOCAL, TODAY, account)
    assert (after.consent.mode, after.waiting) == (Mode.LOCAL, ())
    assert after.about.title == "An example editor"
    with start() as telemetry:
        assert b'"file.opened"' in telemetry.preview(local=True)[0]
        telemetry.choose("on")
        assert telemetry.preview() == []


def test_a_program_that_runs_on_follows_at_once(account: AccountSettings, start: Start) -> None:
    telemetry = start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    switch(one(account), Mode.OFF, TODAY, account)
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert telemetry.mode is Mode.OFF
    assert [file.name for file in (account.usual / "editor").iterdir()] == ["choice.json"]


def test_what_nobody_can_read_can_still_be_switched_off(
    account: AccountSettings, start: Start
) -> None:
    with start() as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
        telemetry.flush()
    home = account.usual / "editor"
    (home / "choice.json").write_text("{")
    (home / "papers" / "about.json").write_text("nonsense")
    (home / "counts.sqlite").write_bytes(b"no database" * 1000)
    app = one(account)
    assert (app.name, app.about.title) == ("editor", "")
    assert app.broken == "the choice cannot be read"
    assert switch(app, Mode.OFF, TODAY, account).consent.mode is Mode.OFF
    assert [file.name for file in home.iterdir()] == ["choice.json"]


def test_a_journal_that_cannot_be_read_is_told(account: AccountSettings, start: Start) -> None:
    with start() as telemetry:
        telemetry.count("file.opened")
        telemetry.flush()
    (account.usual / "editor" / "counts.sqlite").write_bytes(b"no database" * 1000)
    assert "store" in one(account).broken


def test_a_choice_that_cannot_be_kept_is_told(account: AccountSettings, start: Start) -> None:
    with start() as telemetry:
        telemetry.count("file.opened")
    app = one(account)
    (app.home / "choice.json").mkdir()
    with pytest.raises(StoreError):
        switch(app, Mode.OFF, TODAY, account)


def test_what_a_stronger_rule_says_is_told(
    account: AccountSettings, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start() as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    assert one(account).consent.rule is Rule.DO_NOT_TRACK


def test_a_program_that_is_opened_as_usual_is_found(
    account: AccountSettings, tmp_path: Path
) -> None:
    home = tmp_path / "elsewhere" / "editor"
    with aboveboard.open("editor", registry=EXAMPLE_REGISTRY, home=home) as telemetry:
        telemetry.count("file.opened")
    assert one(account).home == home
