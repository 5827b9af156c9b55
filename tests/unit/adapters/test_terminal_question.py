from __future__ import annotations

import codecs
import contextlib
import io
import os
import pty
import select
import sys
import termios
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters import terminal_keys
from aboveboard.adapters.terminal_keys import LineKeys, keys_of
from aboveboard.adapters.terminal_question import TerminalQuestion
from aboveboard.device.question import Answer, Question, question
from aboveboard.device.question_screen import screen
from aboveboard.device.reply import Reply
from aboveboard.model.consent import Mode
from aboveboard.model.registry import CollectorAddress
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

EXAMPLE = replace(
    read(EXAMPLE_REGISTRY),
    collector=CollectorAddress(("https://telemetry.editor.example",)),
    languages=("en", "de"),
)
OPENED = EXAMPLE.metrics["file.opened"]
TWO = replace(
    EXAMPLE,
    levels={"usage": "Usage.", "system": "System."},
    metrics=MappingProxyType(
        {"file.opened": OPENED, "system.os": replace(OPENED, name="system.os", level="system")}
    ),
)
DATA = b'{"format":1,"entries":[{"metric":"file.opened","value":4}]}'
ASKED = question(TWO, data=[DATA])
PROMPT = "One key: "


class Person:
    """Somebody at a terminal: reads what is shown, presses a key when it is time."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.seen = ""
        self._from = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.seen[self._from :]:
            assert time.monotonic() < end, f"{words!r} never came:\n{self.seen}"
            self._look(0.05)
        self._from = self.seen.index(words, self._from) + len(words)

    def press(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def rest(self) -> None:
        while self._look(0.05):
            pass

    def _look(self, seconds: float) -> bool:
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return False
        self.seen += self._decoder.decode(os.read(self.descriptor, 65_536)).replace("\r", "")
        return True


class Desk:
    """A terminal with a program on the one side and a person on the other."""

    def __init__(self) -> None:
        ours, self.theirs = pty.openpty()
        self.person = Person(ours)
        self.terminal = os.fdopen(os.dup(self.theirs), "r+b", buffering=0)
        self.stream = io.TextIOWrapper(self.terminal, "utf-8", write_through=True)
        self.asker = TerminalQuestion("xterm", self.stream, self.stream, self.stream)
        self.reply: Reply | None = None

    def waits(self) -> bool:
        """Whether nothing was answered yet."""
        time.sleep(0.2)
        return self.reply is None

    def size(self, columns: int, rows: int) -> None:
        termios.tcsetwinsize(self.theirs, (rows, columns))

    @contextlib.contextmanager
    def asking(self, asked: Question = ASKED) -> Iterator[Person]:
        """Ask in another thread; the person is this one."""

        def ask() -> None:
            self.reply = self.asker.ask(asked)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        yield self.person
        thread.join(PATIENCE)
        assert not thread.is_alive()
        self.person.rest()

    def close(self) -> None:
        self.stream.close()
        os.close(self.theirs)
        os.close(self.person.descriptor)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(terminal_keys, "SETTLED_SECONDS", 0.05)
    made = Desk()
    made.size(80, 24)
    yield made
    made.close()


def screen_of(asked: Question = ASKED) -> str:
    lines = screen(asked, 80, 24)
    assert lines is not None
    return "\n".join(lines)


# Whether to ask.


def test_a_person_at_a_terminal_can_be_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    assert desk.asker.can_ask(ASKED)


def test_in_the_background_nobody_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not desk.asker.can_ask(ASKED)  # this terminal is not ours to control
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp() + 1)
    assert not desk.asker.can_ask(ASKED)


def test_where_there_is_no_background_it_does_not_matter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "tcgetpgrp")
    assert desk.asker.can_ask(ASKED)


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_terminal_that_can_do_nothing_is_not_asked_on(
    desk: Desk, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    asker = TerminalQuestion(term, desk.stream, desk.stream, desk.stream)
    assert not asker.can_ask(ASKED)
    monkeypatch.setattr(sys, "platform", "win32")  # which sets no TERM
    assert asker.can_ask(ASKED)


@pytest.mark.parametrize("place", range(3), ids=["stdin", "stdout", "stderr"])
def test_a_pipe_at_any_end_and_nobody_is_asked(
    desk: Desk, place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    with (tmp_path / "pipe").open("w+") as pipe:
        closed = (tmp_path / "closed").open("w+")
        closed.close()
        for other in (pipe, closed, io.StringIO()):
            streams: list[TextIO] = [desk.stream] * 3
            streams[place] = other
            assert not TerminalQuestion("xterm", *streams).can_ask(ASKED)


def test_a_program_without_any_streams_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert not TerminalQuestion("xterm").can_ask(ASKED)


def test_a_terminal_that_is_too_small_is_not_asked_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    desk.size(80, 10)
    assert not desk.asker.can_ask(ASKED)
    desk.size(0, 0)  # nobody told its size: the usual one
    assert desk.asker.can_ask(ASKED)


# What is asked and answered.


@pytest.mark.parametrize(
    ("key", "answer", "mode"),
    [
        pytest.param("y", Answer.YES, Mode.ON, id="yes"),
        pytest.param("n", Answer.LOCAL, Mode.LOCAL, id="no"),
        pytest.param("o", Answer.OFF, Mode.OFF, id="nothing"),
        pytest.param("Y", Answer.YES, Mode.ON, id="with-shift"),
        pytest.param("y\n", Answer.YES, Mode.ON, id="with-enter"),
    ],
)
def test_an_answer_is_a_key_and_the_receipt_is_what_was_shown(
    desk: Desk, key: str, answer: Answer, mode: Mode
) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        person.press(key)
    assert desk.reply == Reply(answer, mode, wording=screen_of())
    assert desk.reply.wording in person.seen
    assert f"Your answer: {ASKED.answers[answer]}\n" in person.seen
    assert "\x1b" not in person.seen


@pytest.mark.parametrize("key", ["l", "\x04"], ids=["later", "end-of-input"])
def test_later_is_no_answer(desk: Desk, key: str) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        person.press(key)
    assert desk.reply == Reply(Answer.LATER)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("\n", id="enter"),
        pytest.param("x", id="another-key"),
        pytest.param("\x1b[A", id="an-arrow"),
        pytest.param("\x1b", id="escape"),
        pytest.param("yes please", id="pasted"),
        pytest.param("yarn install\n", id="the-next-command"),
        pytest.param("ü", id="a-letter-of-two-bytes"),
    ],
)
def test_what_is_no_single_key_of_an_answer_answers_nothing(desk: Desk, typed: str) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        person.press(typed)
        assert desk.waits()
        person.press("n")
    assert desk.reply is not None
    assert desk.reply.answer is Answer.LOCAL


def test_what_was_typed_before_the_question_answers_nothing(desk: Desk) -> None:
    desk.person.press("y")
    desk.person.wait_for("y")  # its echo: the terminal has it
    with desk.asking() as person:
        person.wait_for(PROMPT)
        assert desk.waits()
        person.press("n")
    assert desk.reply is not None
    assert desk.reply.answer is Answer.LOCAL


def test_the_exact_data_is_one_key_away(desk: Desk) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        person.press("d")
        person.wait_for('"value": 4')
        person.wait_for("Any key leads back to the question. (1/1) ")
        person.press(" ")
        person.wait_for(PROMPT)
        person.press("y")
    assert desk.reply == Reply(Answer.YES, Mode.ON, wording=screen_of())


def test_the_whole_text_is_read_page_by_page_and_belongs_to_the_receipt(desk: Desk) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        person.press("t")
        person.wait_for("Any key turns the page. (1/")
        person.press(" ")
        person.wait_for("Any key turns the page. (2/")
        person.press(" ")
        person.wait_for("Any key leads back to the question. (3/3) ")
        person.press(" ")
        person.wait_for(PROMPT)
        person.press("n")
    assert desk.reply is not None
    assert desk.reply.wording == f"{screen_of()}\n\n{ASKED.text}"


def test_each_part_may_have_its_own_answer(desk: Desk) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        person.press("p")
        person.wait_for("usage: Usage. (1 count)\n  y  count and send")
        person.wait_for(PROMPT)
        person.press("y")
        person.wait_for("system: System. (1 count)")
        person.wait_for(PROMPT)
        person.press("o")
    assert desk.reply is not None
    assert (desk.reply.mode, desk.reply.levels) == (Mode.ON, {"system": Mode.OFF})
    assert desk.reply.wording.startswith(f"{screen_of()}\n")
    assert "\nsystem: System. (1 count)\n  y  count and send\n" in desk.reply.wording


@pytest.mark.parametrize(("key", "earlier"), [("y", True), ("n", False)])
def test_part_by_part_what_was_counted_earlier_is_asked_for_apart(
    desk: Desk,
    key: str,
    earlier: bool,  # noqa: FBT001 a column of the table
) -> None:
    asked = question(replace(TWO, asks_for_earlier=True), data=[DATA])
    with desk.asking(asked) as person:
        for pressed in ("p", "y", "n"):
            person.wait_for(PROMPT)
            person.press(pressed)
        person.wait_for("And what was counted here until now?")
        person.wait_for(PROMPT)
        person.press(key)
    assert desk.reply is not None
    assert desk.reply.earlier is earlier


def test_where_nothing_goes_it_is_not_asked_what_was_counted_earlier(desk: Desk) -> None:
    asked = question(replace(TWO, asks_for_earlier=True), data=[DATA])
    with desk.asking(asked) as person:
        for pressed in ("p", "n", "o"):
            person.wait_for(PROMPT)
            person.press(pressed)
    assert desk.reply is not None
    assert (desk.reply.mode, desk.reply.earlier) == (Mode.LOCAL, False)


def test_whoever_leaves_in_the_middle_has_not_answered(desk: Desk) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        person.press("p")
        person.wait_for(PROMPT)
        person.press("y")
        person.wait_for(PROMPT)
        person.press("\x04")
    assert desk.reply == Reply(Answer.LATER)


def test_the_question_is_asked_in_german(desk: Desk) -> None:
    asked = question(TWO, "de", [DATA])
    with desk.asking(asked) as person:
        person.wait_for("Eine Taste: ")
        person.press("j")
    assert desk.reply == Reply(Answer.YES, Mode.ON, wording=screen_of(asked))


def test_a_terminal_without_umlauts_shows_what_it_can(desk: Desk) -> None:
    ascii_stream = io.TextIOWrapper(desk.terminal, "ascii", write_through=True)
    desk.asker = TerminalQuestion("xterm", ascii_stream, ascii_stream, ascii_stream)
    asked = question(TWO, "de")
    with desk.asking(asked) as person:
        person.wait_for("Eine Taste: ")
        person.press("g")
    assert "l?schen, was gez?hlt wurde" in desk.person.seen
    assert desk.reply is not None
    assert "löschen, was gezählt wurde" in desk.reply.wording
    ascii_stream.detach()


def test_the_terminal_is_afterwards_as_it_was(desk: Desk) -> None:
    before = termios.tcgetattr(desk.theirs)
    with desk.asking() as person:
        person.wait_for(PROMPT)
        assert termios.tcgetattr(desk.theirs) != before
        person.press("l")
    assert termios.tcgetattr(desk.theirs) == before


def test_ctrl_c_is_no_answer_and_no_end_of_the_program(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    before = termios.tcgetattr(desk.theirs)
    monkeypatch.setattr(os, "read", interrupted)
    assert desk.asker.ask(ASKED) == Reply(Answer.LATER)
    assert termios.tcgetattr(desk.theirs) == before


def test_a_terminal_that_is_gone_is_no_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", gone)
    assert desk.asker.ask(ASKED) == Reply(Answer.LATER)


def test_a_person_who_goes_away_while_they_type_has_not_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = iter([b"y", b""])
    monkeypatch.setattr(os, "read", lambda *_: next(pieces))
    monkeypatch.setattr(select, "select", lambda *_: ([1], [], []))
    assert desk.asker.ask(ASKED) == Reply(Answer.LATER)


def test_a_window_that_shrinks_while_it_is_asked_still_shows_the_question(desk: Desk) -> None:
    with desk.asking() as person:
        person.wait_for(PROMPT)
        desk.size(20, 5)
        person.press("d")
        person.wait_for("Any key turns the page.")
        for _ in range(12):
            person.press(" ")
            time.sleep(0.1)
        person.wait_for(PROMPT)
        person.press("n")
    assert desk.reply is not None
    assert desk.reply.wording.endswith("  l  Answer later\n")
    assert max(map(len, desk.reply.wording.split("\n"))) < 40


# Where there are no single keys.


def test_where_keys_cannot_be_had_a_letter_and_enter_will_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "termios", None)
    shown, typed = io.StringIO(), io.StringIO("\nyes\n Y \n")
    asker = TerminalQuestion("", typed, shown, shown)
    assert asker.ask(ASKED) == Reply(Answer.YES, Mode.ON, wording=screen_of())
    assert "One letter, then Enter: " in shown.getvalue()


def test_the_end_of_lines_is_no_answer() -> None:
    with pytest.raises(EOFError):
        LineKeys(io.StringIO("yes\n")).read()


def test_what_gives_keys_does_not_need_a_question(desk: Desk) -> None:
    with keys_of(desk.stream) as keys:
        desk.person.press("K")
        assert keys.read() == "k"
        assert not keys.enter
