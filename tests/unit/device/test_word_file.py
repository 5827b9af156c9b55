from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.word_file import MOST_BYTES, Said, read
from aboveboard.model.consent import Mode


def said(text: str, app: str = "editor") -> Said | None:
    return read(text.encode(), app)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_file_says_a_mode(mode: Mode) -> None:
    assert said(f'mode = "{mode.value}"') == (mode, {})


def test_a_file_says_another_mode_for_single_levels() -> None:
    assert said('mode = "on"\n[levels]\nusage = "off"\nerrors = "local"') == (
        Mode.ON,
        {"usage": Mode.OFF, "errors": Mode.LOCAL},
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("# nothing\n", id="a-comment"),
        pytest.param("[levels]\n[apps]\n", id="empty-tables"),
        pytest.param('[apps.viewer]\nmode = "off"', id="another-app"),
    ],
)
def test_a_file_may_say_nothing_about_an_app(text: str) -> None:
    assert said(text) is None


APPS = """
mode = "local"
[levels]
errors = "on"
[apps.editor]
mode = "off"
[apps.viewer]
mode = "on"
levels = { usage = "local" }
[apps.player]
levels = { usage = "off" }
"""


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        pytest.param("other", (Mode.LOCAL, {"errors": Mode.ON}), id="all-apps"),
        pytest.param("editor", (Mode.OFF, {}), id="a-mode-of-its-own-takes-nothing-from-above"),
        pytest.param("viewer", (Mode.ON, {"usage": Mode.LOCAL}), id="with-levels"),
        pytest.param(
            "player", (Mode.LOCAL, {"errors": Mode.ON, "usage": Mode.OFF}), id="levels-alone"
        ),
    ],
)
def test_an_app_may_have_a_word_of_its_own(app: str, expected: Said) -> None:
    assert said(APPS, app) == expected


def test_one_app_alone_may_be_named() -> None:
    assert said('[apps.editor]\nmode = "off"') == (Mode.OFF, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("mode = ", "it is not TOML: ", id="not-toml"),
        pytest.param("mode = \x00", "it is not TOML: ", id="a-zero"),
        pytest.param("x = " + "[" * 10_000, "it is not TOML: ", id="nested"),
        pytest.param("#" * (MOST_BYTES + 1), "it is too long", id="too-long"),
        pytest.param('mdoe = "off"', "'mdoe' means nothing there", id="a-slip-of-the-pen"),
        pytest.param('mode = "maybe"', "'mode' is none of off, local and on", id="no-mode"),
        pytest.param("mode = true", "'mode' is none of off, local and on", id="yes-or-no"),
        pytest.param('mode = ["on"]', "'mode' is none of off, local and on", id="a-list"),
        pytest.param('levels = "off"', "'levels' is no table", id="levels-are-a-word"),
        pytest.param('mode = "on"\n[levels]\nusage = 1', "'usage' is none of off,", id="level"),
        pytest.param(
            'mode = "on"\n[levels]\n"\\u001b[2J" = "off"',
            "no level can be called '\\x1b[2J'",
            id="a-level-that-would-wipe-the-screen",
        ),
        pytest.param(
            '[levels]\nusage = "off"',
            "levels are named, and no mode for the rest",
            id="no-mode-for-the-rest",
        ),
        pytest.param("apps = 1", "'apps' is no table", id="apps-are-a-number"),
        pytest.param("[apps]\nviewer = 1", "'viewer' is no table", id="another-app-is-a-number"),
        pytest.param(
            '[apps.viewer]\nmoed = "off"', "'moed' means nothing below apps", id="slip-below-apps"
        ),
    ],
)
def test_a_file_that_cannot_be_understood_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        said(text)
    assert str(caught.value).startswith(reason)


def test_a_file_that_is_no_text_cannot_be_understood() -> None:
    with pytest.raises(ValueError, match="it is not UTF-8 text"):
        read(b"\xff", "editor")


toml = st.dictionaries(
    st.sampled_from(["mode", "levels", "apps", "x"]), st.sampled_from(['"on"', "{}", "1"])
).map(lambda table: "\n".join(f"{key} = {value}" for key, value in table.items()).encode())


@given(st.binary(max_size=200) | toml)
def test_no_bytes_raise_anything_but_a_value_error(body: bytes) -> None:
    try:
        found = read(body, "editor")
    except ValueError:
        return
    assert found is None or found[0] in Mode
