from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.cli.lines import WIDEST, folded, room, say
from aboveboard.cli.progress import progress, working
from aboveboard.cli.tables import fitted


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


def test_what_a_terminal_has_no_room_for_stays_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch)
    assert (room(40), room(41)) == (40, WIDEST)
    assert room(err=True) == WIDEST


def test_long_cells_of_a_table_are_folded_and_days_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch)
    table = fitted(["day", "metric"], [["2026-11-26", "file.opened.with.a.very.long.name"]])
    lines = table.splitlines()
    assert {len(line) for line in lines} == {40}
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines[3:-1]]
    assert [day for day, _ in cells] == ["2026-11-26", ""]
    assert "".join(name for _, name in cells) == "file.opened.with.a.very.long.name"


def test_a_table_that_nobody_could_read_folded_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch)
    table = fitted(["a"] * 9, [["long" * 9] * 9])
    assert "long" * 9 in table


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
