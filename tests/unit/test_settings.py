from __future__ import annotations

import os.path
import sys
from pathlib import Path

import pytest

from aboveboard.errors import SetupError
from aboveboard.settings import (
    CollectorSettings,
    default_data,
    device_settings,
    in_container,
)


def test_the_folder_that_the_embedder_chose_wins(tmp_path: Path) -> None:
    settings = device_settings("editor", tmp_path, {"XDG_STATE_HOME": "/elsewhere"})

    assert settings.home == tmp_path


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

    assert device_settings("editor", None, environment).home == Path(state)
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

    assert device_settings("editor", None, environment).home == Path(home, "aboveboard", "editor")
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

    assert settings.home == Path("/state/aboveboard/editor")
    assert (settings.override, settings.do_not_track) == ("local", "1")
    assert default_data("demo") == Path("/data/aboveboard/demo")
    assert in_container()


def test_variables_that_are_not_set_say_nothing() -> None:
    settings = device_settings("editor", Path("home"), {})

    assert (settings.override, settings.do_not_track, settings.strict) == ("", "", False)


def test_a_mark_of_a_container_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    present: set[str] = set()
    monkeypatch.setattr(Path, "exists", lambda path: str(path) in present)

    assert not in_container({})

    present.add("/run/.containerenv")

    assert in_container({})


def test_a_machine_without_a_home_still_has_a_usual_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)

    settings = device_settings("editor", None, {"XDG_STATE_HOME": "/state"})

    assert settings.home == Path("/state/aboveboard/editor")


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
