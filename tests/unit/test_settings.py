from __future__ import annotations

import os.path
import sys
from pathlib import Path

import pytest

from aboveboard.errors import SetupError
from aboveboard.settings import (
    AUTOMATION,
    account_settings,
    automation,
    default_data,
    device_settings,
    in_container,
)
from aboveboard.settings.collector import CollectorSettings


def test_the_folder_that_the_embedder_chose_wins(tmp_path: Path) -> None:
    settings = device_settings("editor", tmp_path, {"XDG_STATE_HOME": "/elsewhere"})

    assert settings.home == str(tmp_path)


@pytest.mark.parametrize("chosen", [pytest.param("", id="empty"), pytest.param(".", id="dot")])
def test_a_folder_without_a_name_is_the_one_that_the_program_works_in(chosen: str) -> None:
    assert device_settings("editor", chosen, {}).home == "."


@pytest.mark.parametrize(
    ("environment", "state", "data"),
    [
        pytest.param(
            {"HOME": "/home/ana"},
            "/home/ana/.local/state/aboveboard/editor",
            "/home/ana/.local/share/aboveboard/editor",
            id="usual-place",
        ),
        pytest.param(
            {"HOME": "/home/ana", "XDG_STATE_HOME": "/s", "XDG_DATA_HOME": "/d"},
            "/s/aboveboard/editor",
            "/d/aboveboard/editor",
            id="xdg",
        ),
        pytest.param(
            {"HOME": "/home/ana", "XDG_STATE_HOME": "s", "XDG_DATA_HOME": "d"},
            "/home/ana/.local/state/aboveboard/editor",
            "/home/ana/.local/share/aboveboard/editor",
            id="a-relative-xdg-path-is-ignored",
        ),
        pytest.param(
            {"USERPROFILE": "/users/ana"},
            "/users/ana/.local/state/aboveboard/editor",
            "/users/ana/.local/share/aboveboard/editor",
            id="userprofile",
        ),
    ],
)
def test_the_usual_place_follows_the_xdg_rules(
    environment: dict[str, str], state: str, data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")

    assert device_settings("editor", None, environment).home == state
    assert default_data("editor", environment) == Path(data)


@pytest.mark.parametrize(
    ("platform", "environment", "home"),
    [
        pytest.param("darwin", {"HOME": "/h"}, "/h/Library/Application Support", id="macos"),
        pytest.param("win32", {"LOCALAPPDATA": "/local"}, "/local", id="windows"),
        pytest.param("win32", {"USERPROFILE": "/u"}, "/u/AppData/Local", id="windows-by-profile"),
    ],
)
def test_other_systems_have_their_own_usual_place(
    platform: str, environment: dict[str, str], home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)

    assert device_settings("editor", None, environment).home == f"{home}/aboveboard/editor"
    assert default_data("editor", environment) == Path(home, "aboveboard", "editor")


def test_the_process_environment_is_read_if_no_other_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("ABOVEBOARD", "local")
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    monkeypatch.setenv("container", "podman")

    settings = device_settings("editor", None)

    assert settings.home == "/state/aboveboard/editor"
    assert (settings.override, settings.do_not_track) == ("local", "1")
    assert default_data("demo") == Path("/data/aboveboard/demo")
    assert in_container()


def test_variables_that_are_not_set_say_nothing() -> None:
    settings = device_settings("editor", Path("home"), {})

    assert (settings.override, settings.do_not_track, settings.strict) == ("", "", False)


@pytest.mark.parametrize("name", AUTOMATION)
def test_builds_and_tests_are_seen(name: str) -> None:
    assert device_settings("editor", Path("home"), {name: "true"}).automation == name
    for no in ("", "0", "false", "False"):
        assert automation({name: no}) == ""


def test_a_variable_of_automation_that_says_no_does_not_hide_another() -> None:
    assert automation({"CI": "false", "JENKINS_URL": "https://ci.example"}) == "JENKINS_URL"


@pytest.mark.parametrize(
    ("platform", "environment", "place"),
    [
        pytest.param("linux", {}, "/etc/aboveboard/policy.toml", id="linux"),
        pytest.param("freebsd14", {}, "/etc/aboveboard/policy.toml", id="freebsd"),
        pytest.param(
            "darwin", {}, "/Library/Application Support/Aboveboard/policy.toml", id="macos"
        ),
        pytest.param(
            "win32", {"PROGRAMDATA": "/data"}, "/data/Aboveboard/policy.toml", id="windows"
        ),
        pytest.param(
            "win32", {}, "C:/ProgramData/Aboveboard/policy.toml", id="windows-without-a-variable"
        ),
    ],
)
def test_whoever_runs_the_machine_has_a_place_for_a_policy(
    platform: str, environment: dict[str, str], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    environment = {"HOME": "/h", **environment}
    assert device_settings("editor", Path("home"), environment).policy == place


def test_all_programs_of_an_account_share_a_memory_wherever_their_own_folder_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    environment = {"HOME": "/home/ana", "XDG_STATE_HOME": "/state", "TERM": "xterm"}
    settings = device_settings("editor", Path("elsewhere"), environment)
    assert settings.asked == "/state/aboveboard/asked.json"
    assert settings.person == "/home/ana"
    assert settings.term == "xterm"


def test_an_account_without_a_home_has_no_such_memory_and_still_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    settings = device_settings("editor", Path("elsewhere"), {})
    assert (settings.asked, settings.person) == (None, None)
    with pytest.raises(SetupError, match="this account has no home folder"):
        device_settings("editor", None, {})


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"LANG": "de_AT.UTF-8"}, "de-AT", id="lang"),
        pytest.param({"LANG": "de"}, "de", id="without-a-region"),
        pytest.param({"LANG": "sr_RS@latin"}, "sr-RS", id="with-a-script"),
        pytest.param({"LANG": "C.UTF-8"}, "", id="c"),
        pytest.param({"LANG": "POSIX", "LANGUAGE": "de"}, "", id="language-does-not-lift-c"),
        pytest.param({"LANG": "en_US.UTF-8", "LC_MESSAGES": "de_DE"}, "de-DE", id="messages"),
        pytest.param({"LANG": "en_US", "LC_ALL": "de_DE"}, "de-DE", id="all"),
        pytest.param({"LANG": "en_US", "LANGUAGE": "pt_BR:pt:en"}, "pt-BR", id="language"),
        pytest.param({"LANG": "en_US", "LANGUAGE": "C"}, "", id="language-is-none"),
    ],
)
def test_the_person_s_language_is_the_one_of_their_programs(
    environment: dict[str, str], language: str
) -> None:
    assert device_settings("editor", Path("home"), environment).language == language


def test_a_mark_of_a_container_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    present: set[str] = set()
    monkeypatch.setattr(os.path, "exists", present.__contains__)

    assert not in_container({})

    present.add("/run/.containerenv")

    assert in_container({})


def test_a_machine_without_a_home_still_has_a_usual_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)

    settings = device_settings("editor", None, {"XDG_STATE_HOME": "/state"})

    assert settings.home == "/state/aboveboard/editor"


def test_the_defaults_of_a_collector_are_within_bounds(tmp_path: Path) -> None:
    settings = CollectorSettings(tmp_path, tmp_path)

    assert settings.host == "127.0.0.1"


def test_every_number_out_of_bounds_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        CollectorSettings(
            tmp_path,
            tmp_path,
            port=65_536,
            largest_body=1,
            largest_inflated=0,
            oldest_weeks=0,
        )

    for name in ("port", "largest_body", "largest_inflated", "oldest_weeks"):
        assert f"{name} must lie between" in str(caught.value)


@pytest.mark.parametrize(
    "store",
    [
        "",
        "duckdb:///srv/facts",
        "postgresql://ana@db.example/counts",
        "postgresql:///counts?host=/run/postgresql",
    ],
)
def test_tables_may_be_in_either_store(store: str, tmp_path: Path) -> None:
    assert CollectorSettings(tmp_path, tmp_path, store=store).store == store


@pytest.mark.parametrize("store", ["mysql://ana:hunter2@db/x", "ana:hunter2@db/x", "facts"])
def test_another_store_is_refused_with_what_to_write_and_not_shown(
    store: str, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match="that begins with duckdb:// or postgresql://") as caught:
        CollectorSettings(tmp_path, tmp_path, store=store)
    assert "hunter2" not in str(caught.value)


def test_a_store_s_password_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    settings = CollectorSettings(tmp_path, tmp_path, store="postgresql://ana:hunter2@db/x")
    assert "hunter2" not in repr(settings)


ANA = {"HOME": "/home/ana", "XDG_STATE_HOME": "/s"}


@pytest.mark.parametrize(
    ("home", "more", "noted"),
    [
        pytest.param(None, {}, None, id="usual"),
        pytest.param("/s/aboveboard/editor", {}, None, id="usual-and-said"),
        pytest.param("/s//aboveboard/./editor/", {}, None, id="usual-and-said-otherwise"),
        pytest.param("/srv/editor", {}, "/s/aboveboard/homes", id="elsewhere"),
        pytest.param("/tmp/x/editor", {}, None, id="temporary"),  # noqa: S108 nothing is written
        pytest.param("/t/editor", {"TMPDIR": "/t"}, None, id="temporary-by-variable"),
        pytest.param("/t2/editor", {"TMPDIR": "/t"}, "/s/aboveboard/homes", id="not-temporary"),
    ],
)
def test_where_a_home_lies_is_noted_down_if_nobody_would_look_there(
    home: str | None, more: dict[str, str], noted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    found = device_settings("editor", Path(home) if home else None, ANA | more).homes
    assert found == noted


def test_an_account_has_one_place_for_all_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    account = account_settings(ANA)
    assert account.usual == Path("/s/aboveboard")
    assert account.homes == Path("/s/aboveboard/homes")


def test_without_an_account_nothing_is_noted_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert device_settings("editor", Path("/srv/editor"), {}).homes is None
    with pytest.raises(SetupError):
        account_settings({})
