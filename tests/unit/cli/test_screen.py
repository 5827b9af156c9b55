from __future__ import annotations

import io
import json
import re

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.cli.screen import Screen
from aboveboard.model.consent import Mode


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.getvalue())


@pytest.fixture(params=[io.StringIO, Terminal], ids=["a-file", "a-terminal"])
def stream(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    kind: type[io.StringIO] = request.param
    return kind()


def _shown(stream: io.StringIO) -> str:
    return stream.text() if isinstance(stream, Terminal) else stream.getvalue()


def test_steps_are_numbered_in_their_order(stream: io.StringIO) -> None:
    with Screen(2, stream) as screen:
        screen.step("Count something")
        screen.say("It was counted.")
        screen.step("See it")
        screen.finish()
    shown = _shown(stream)
    places = [
        shown.index(text) for text in ("1/2 Count something", "    It was counted.", "2/2 See it")
    ]
    assert places == sorted(places)


def test_a_file_gets_no_colours_and_no_movements() -> None:
    stream = io.StringIO()
    with Screen(1, stream) as screen:
        screen.step("See it")
        screen.json(b'{"a":[1,true,null,"[red]"]}', "27 bytes")
        bar = screen.bar("Installs", 3)
        for _ in range(3):
            bar.advance()
        screen.finish()
    assert "\x1b" not in stream.getvalue()
    assert "\r" not in stream.getvalue()


def test_a_long_line_is_not_broken_in_a_file() -> None:
    stream = io.StringIO()
    address = "http://127.0.0.1:8790/" + "x" * 200
    with Screen(1, stream) as screen:
        screen.say(address)
    assert address in stream.getvalue()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=3))
def test_shown_json_is_the_json_that_was_given(content: dict[str, object]) -> None:
    stream = io.StringIO()
    with Screen(1, stream) as screen:
        screen.json(json.dumps(content).encode(), "a title")
    heading, _, text = stream.getvalue().partition("\n")
    assert heading == "    a title"
    assert json.loads(text) == content


def test_a_terminal_shows_every_part_of_the_json_in_a_frame() -> None:
    stream = Terminal()
    with Screen(1, stream) as screen:
        screen.json(b'{"metric":"system.os","value":"[b]linux"}', "41 bytes")
    assert "41 bytes" in stream.text()
    assert '"metric": "system.os"' in stream.text()
    assert "[b]linux" in stream.text()


@pytest.mark.parametrize(
    ("total", "lines"),
    [
        pytest.param(3, 3, id="few"),
        pytest.param(100, 10, id="many"),
        pytest.param(10, 10, id="ten"),
    ],
)
def test_progress_in_a_file_is_a_line_every_tenth_of_the_way(total: int, lines: int) -> None:
    stream = io.StringIO()
    with Screen(1, stream) as screen:
        bar = screen.bar("Installs", total)
        for _ in range(total):
            bar.advance()
    said = stream.getvalue().splitlines()
    assert len(said) == lines
    assert said[-1].strip() == f"Installs: {total} of {total}"


def test_progress_on_a_terminal_is_a_bar_that_goes_away() -> None:
    stream = Terminal()
    with Screen(1, stream) as screen:
        bar = screen.bar("Installs", 20)
        for _ in range(20):
            bar.advance()
        screen.finish()
    assert "20/20" in stream.text()
    assert "Installs: " not in stream.text()


@pytest.mark.parametrize("mode", list(Mode), ids=[mode.value for mode in Mode])
def test_the_answer_is_the_mode(mode: Mode) -> None:
    with CliRunner().isolation(input=f"{mode.value}\n"), Screen(1, io.StringIO()) as screen:
        assert screen.ask() is mode


def test_the_question_is_asked_until_it_is_answered() -> None:
    typed = "\nyes\nlocal\n"
    with CliRunner().isolation(input=typed) as streams, Screen(1, io.StringIO()) as screen:
        assert screen.ask() is Mode.LOCAL
        asked = streams[0].getvalue().decode()
    assert asked.count("Send it to your own collector?") == 3
    assert "'yes' is not one of 'on', 'local', 'off'" in asked


def test_no_answer_is_preselected() -> None:
    with CliRunner().isolation(input="off\n") as streams, Screen(1, io.StringIO()) as screen:
        screen.ask()
        asked = streams[0].getvalue().decode()
    assert not re.search(r"\[(on|local|off)\]", asked)


@pytest.mark.parametrize("text", ["/tmp/[b]x", "/tmp/[/]x", "a[red]"])  # noqa: S108 never opened
def test_a_line_says_brackets_as_they_are(text: str) -> None:
    stream = io.StringIO()
    with Screen(1, stream) as screen:
        screen.say(text)
    assert text in stream.getvalue()
