from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.bootstrap.ga4 import ga4, streams, universal
from aboveboard.errors import SettingsError
from aboveboard.settings.collector import CollectorSettings
from aboveboard.wires.foreign import Asked
from aboveboard.wires.ga4 import Stream

APPS = {"editor": None, "phone": None}


@pytest.fixture
def settings(tmp_path: Path) -> CollectorSettings:
    return CollectorSettings(registry=tmp_path, data=tmp_path)


def test_a_stream_has_an_id_secrets_and_an_app() -> None:
    texts = ["G-1:one=editor", "G-1:two==editor", "1:22:web:ab:s=phone", "UA-1=phone"]
    assert streams(texts, APPS) == {
        "G-1": Stream("editor", ("one", "two=")),
        "1:22:web:ab": Stream("phone", ("s",)),
    }


@pytest.mark.parametrize("text", ["G-1:s=other", "editor=G-1:s", "UA-1=other"])
def test_a_stream_without_an_app_ends_the_start_and_shows_no_secret(text: str) -> None:
    with pytest.raises(SettingsError, match="entry 1 of ga4_streams names an app") as caught:
        streams([text], APPS)
    assert ":s" not in str(caught.value)


def test_a_stream_is_of_one_app() -> None:
    with pytest.raises(SettingsError, match=r"entry 2 .* there already, for another app"):
        streams(["G-1:s=editor", "G-1:t=phone"], APPS)


def test_both_wires_are_made_of_the_same_setting(settings: CollectorSettings) -> None:
    given = replace(settings, ga4_streams=("G-1:s=editor", "UA-1=phone"))
    body = b'{"client_id":"7","events":[{"name":"a"}]}'
    asked = Asked("POST", "/mp/collect", "api_secret=s&measurement_id=G-1", body=body)
    assert [said.app for said in ga4(given, APPS).read(asked).said] == ["editor"]  # type: ignore[arg-type]
    hit = b"tid=UA-1&t=event&cid=7&ec=a&ea=b"
    said = universal(given, APPS).read(Asked("POST", "/batch", body=hit)).said  # type: ignore[arg-type]
    assert [each.app for each in said] == ["phone"]
    assert "G-1" not in repr(given)
