from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.cli.lines import WIDEST, folded, room, say
from aboveboard.cli.progress import progress, working


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in the place of standard output; pytest would do so after a fixture."""
    made = Terminal()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", made)
    return made


LONG = "aboveboard: a sentence that has more words than fit into one line"


def test_a_terminal_gets_whole_words(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    say(LONG)
    assert screen.getvalue().splitlines() == [
        "aboveboard: a sentence that has more",
        "words than fit into one line",
    ]


def test_a_pipe_gets_the_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say(LONG, err=True)
    assert capsys.readouterr().err == f"{LONG}\n"


def test_a_table_with_too_many_columns_for_a_terminal_stays_wide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal(monkeypatch)
    assert (room(5), room(6)) == (40, WIDEST)
    assert room(err=True) == WIDEST


@given(st.text("ab -/\n", max_size=200), st.integers(1, 40))
def test_folding_changes_nothing_but_white_space(text: str, width: int) -> None:
    assert folded(text, width).split() == text.split()


def test_long_work_shows_itself_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with working("Making the backup"):
        pass
    with progress("Loading", 10) as piece:
        piece(10)
    assert "Making the backup" in screen.getvalue()
    assert "Loading" in screen.getvalue()


def test_long_work_says_nothing_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with working("Making the backup"), progress("Loading", 3, files=True) as piece:
        piece(3)
    assert capsys.readouterr() == ("", "")
