from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.bootstrap import endless as module
from aboveboard.bootstrap.endless import EVENTS, endless, phone_home
from aboveboard.errors import RegistryError, SetupError
from aboveboard.settings.collector import CollectorSettings

UPLOAD = "/3/" + "0" * 128


def settings(tmp_path: Path, app: str = "endless", prefix: str = "") -> CollectorSettings:
    return CollectorSettings(
        data=tmp_path, registry=tmp_path, endless_app=app, endless_prefix=prefix
    )


def test_machines_are_heard_where_their_app_is(tmp_path: Path) -> None:
    for apps, heard in ({"endless"}, True), ({"editor"}, False):
        assert endless(settings(tmp_path), apps).takes("PUT", UPLOAD) is heard
        assert phone_home(settings(tmp_path), apps).takes("PUT", "/v1/ping") is heard
    other = settings(tmp_path, "fedora", "/base")
    assert endless(other, {"fedora"}).takes("PUT", f"/base{UPLOAD}")


def test_a_catalogue_of_the_own_folder_goes_before_the_one_that_is_shipped(
    tmp_path: Path,
) -> None:
    own = tmp_path / EVENTS
    own.parent.mkdir()
    own.write_text("format = 2")
    with pytest.raises(RegistryError):
        endless(settings(tmp_path), {"endless"})
    own.write_text("format = 1")
    assert endless(settings(tmp_path), {"endless"}).takes("PUT", UPLOAD)


def test_a_catalogue_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "shipped_folder", lambda: tmp_path / "nowhere")
    with pytest.raises(SetupError, match="No such file"):
        endless(settings(tmp_path), {"endless"})
