"""A program asks when that is due and polite, and the answer is what holds from then on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.adapters.memory_asked import MemoryAsked
from aboveboard.device.ask import mark
from aboveboard.device.asking import Asking
from aboveboard.device.parts import AskingParts
from aboveboard.device.question import Answer, Question
from aboveboard.device.reply import Reply, reply
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import StoreError
from aboveboard.model.consent import Mode
from aboveboard.model.surroundings import Surroundings
from aboveboard.registry.read import read

if TYPE_CHECKING:
    from tests.flow.conftest import Machine

Write = Callable[..., bytes]


class Window:
    """A dialog of the program's own, which answers what it is told to."""

    def __init__(self, answer: Answer = Answer.YES, **more: Any) -> None:  # noqa: ANN401 what reply takes
        self.answer = answer
        self.more = more
        self.asked: list[Asking] = []

    def __call__(self, asking: Asking) -> Reply:
        self.asked.append(asking)
        question = asking.question
        return reply(question, self.answer, question.short, **self.more)


class Terminal:
    """The terminal of a person who is there, or is not."""

    def __init__(self, *, there: bool) -> None:
        self.there = there
        self.asked: list[Question] = []

    def can_ask(self, _: Question) -> bool:
        return self.there

    def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        return reply(question, Answer.LOCAL, question.short)


@pytest.fixture
def memory() -> MemoryAsked:
    return MemoryAsked()


@pytest.fixture
def asks(machine: Machine, memory: MemoryAsked) -> Callable[..., Telemetry]:
    """Run a program that asks, after it has been used for a day."""

    def start(
        body: bytes | None = None,
        terminal: Terminal | None = None,
        **parts: Any,  # noqa: ANN401 the fields of DeviceParts
    ) -> Telemetry:
        parts = {"asking": lambda: AskingParts(memory, terminal), **parts}
        telemetry = machine.start(read(body) if body is not None else None, **parts)
        telemetry.count("file.opened", by=3)
        telemetry.set("system.os", "linux")
        machine.clock.move(days=1)
        return telemetry

    return start


def test_a_yes_is_kept_with_the_words_that_were_shown(
    asks: Callable[..., Telemetry], memory: MemoryAsked
) -> None:
    telemetry, window = asks(), Window()

    consent = telemetry.ask_if_due(window)

    assert consent.mode is Mode.ON
    choice = consent.choice
    assert choice is not None
    assert choice.wording == window.asked[0].question.short
    assert (choice.registry, choice.earlier) == (telemetry.registry.fingerprint, False)
    assert memory.book().apps["editor"].answered == mark(telemetry.registry)
    telemetry.ask_if_due(window)
    assert len(window.asked) == 1


def test_the_question_shows_all_that_was_counted_where_none_of_it_is_to_be_sent(
    asks: Callable[..., Telemetry],
) -> None:
    telemetry, window = asks(), Window()
    local = telemetry.preview(local=True)

    telemetry.ask_if_due(window)

    assert list(window.asked[0].question.data) == local
    assert telemetry.preview() == []
    assert telemetry.flush(now=True) == []


def test_the_question_shows_exactly_what_a_yes_sends(
    machine: Machine, asks: Callable[..., Telemetry], write: Write
) -> None:
    telemetry, window = asks(write(earlier=True)), Window()

    telemetry.ask_if_due(window)
    telemetry.flush(now=True)

    question = window.asked[0].question
    assert question.earlier
    bodies = [done.body for done in telemetry.journal()]
    assert len(bodies) == 2
    assert sorted(bodies) == sorted(question.data)
    assert [entry["value"] for entry in machine.official.entries("file.opened")] == [3]
    assert telemetry.consent.choice is not None
    assert telemetry.consent.choice.earlier


def test_what_was_counted_where_somebody_said_no_is_in_no_question_about_earlier(
    machine: Machine, asks: Callable[..., Telemetry], write: Write
) -> None:
    automatic = machine.start(read(write(earlier=True)), around=Surroundings(automation="CI"))
    automatic.count("menu.used", label="file")
    automatic.close()
    telemetry, window = asks(), Window()

    telemetry.ask_if_due(window)
    telemetry.flush(now=True)

    assert "menu.used" not in repr(window.asked[0].question.data)
    assert machine.official.entries("menu.used") == []


@pytest.mark.parametrize(
    ("answer", "more", "sent"),
    [
        pytest.param(Answer.YES, {"earlier": False}, 0, id="yes-from-now-on"),
        pytest.param(Answer.YES, {"earlier": True}, 1, id="yes-and-earlier"),
        pytest.param(Answer.LOCAL, {}, 0, id="no"),
        pytest.param(Answer.OFF, {}, 0, id="off"),
        pytest.param(Answer.LATER, {}, 0, id="later"),
        pytest.param(
            Answer.LEVELS,
            {
                "levels": {"environment": Mode.ON, "usage": Mode.OFF, "errors": Mode.LOCAL},
                "earlier": True,
            },
            0,
            id="another-level",
        ),
        pytest.param(
            Answer.LEVELS,
            {
                "levels": {"environment": Mode.OFF, "usage": Mode.ON, "errors": Mode.LOCAL},
                "earlier": True,
            },
            1,
            id="its-level-and-earlier",
        ),
    ],
)
def test_what_was_counted_before_leaves_only_with_a_yes_to_it(  # noqa: PLR0913, PLR0917 a row of the table
    machine: Machine,
    asks: Callable[..., Telemetry],
    write: Write,
    answer: Answer,
    more: dict[str, Any],
    sent: int,
) -> None:
    telemetry = asks(write(earlier=True))

    telemetry.ask_if_due(Window(answer, **more))
    telemetry.flush(now=True)

    assert len(machine.official.entries("file.opened")) == sent


def test_a_registry_that_grows_is_asked_about_and_a_no_keeps_what_was_agreed(
    machine: Machine, asks: Callable[..., Telemetry], memory: MemoryAsked, write: Write
) -> None:
    first = asks(write(without="theme.dark"))
    first.ask_if_due(Window())
    machine.clock.move(days=40)
    telemetry, window = asks(write()), Window(Answer.KEEP)

    telemetry.ask_if_due(window)

    (asking,) = window.asked
    assert len(asking.question.news) == 1
    assert telemetry.mode is Mode.ON
    assert telemetry.news().summary == "1 thing is new"
    assert memory.book().apps["editor"].answered == mark(telemetry.registry)
    machine.clock.move(days=40)
    telemetry.ask_if_due(window)
    assert len(window.asked) == 1, "whoever said no is not asked again"

    telemetry.count("file.opened")
    telemetry.set("theme.dark", value=False)
    telemetry.flush(now=True)
    assert machine.official.entries("theme.dark") == []
    assert machine.official.entries("file.opened")


def test_another_collector_is_asked_about_although_the_registry_is_the_same(
    machine: Machine, asks: Callable[..., Telemetry], write: Write
) -> None:
    asks().ask_if_due(Window())
    machine.clock.move(days=40)
    other = machine.collector("https://other.example")
    telemetry, window = asks(write(collector='url = "https://other.example"')), Window()

    telemetry.ask_if_due(window)

    assert len(window.asked) == 1
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert [entry["value"] for entry in other.entries("file.opened")] == [1]


NOT_DUE: dict[str, Any] = {
    "overridden": {"around": Surroundings(override="local")},
    "automation": {"around": Surroundings(automation="CI")},
    "nobody-can-be-asked": {"asking": None},
}


@pytest.mark.parametrize("parts", NOT_DUE.values(), ids=NOT_DUE)
def test_nobody_is_asked_where_it_makes_no_sense(
    asks: Callable[..., Telemetry], memory: MemoryAsked, parts: dict[str, Any]
) -> None:
    window = Window()

    asks(**parts).ask_if_due(window)

    assert window.asked == []
    assert memory.book().apps == {}


def test_nobody_is_asked_on_the_first_day_nor_before_anything_was_counted(
    machine: Machine, memory: MemoryAsked
) -> None:
    telemetry, window = machine.start(asking=lambda: AskingParts(memory)), Window()
    telemetry.ask_if_due(window)
    telemetry.count("file.opened")
    telemetry.ask_if_due(window)
    assert window.asked == []

    machine.clock.move(days=1)
    telemetry.ask_if_due(window)
    assert len(window.asked) == 1


@pytest.mark.parametrize("answer", [Answer.LATER, None], ids=["later", "closed"])
def test_who_does_not_answer_is_asked_again_after_a_month(
    machine: Machine,
    asks: Callable[..., Telemetry],
    memory: MemoryAsked,
    answer: Answer | None,
) -> None:
    telemetry, window = asks(), Window(answer or Answer.LATER)

    def ask(asking: Asking) -> Reply | None:
        found = window(asking)
        return found if answer is not None else None

    telemetry.ask_if_due(ask)
    machine.clock.move(days=29)
    telemetry.ask_if_due(ask)
    assert len(window.asked) == 1
    assert memory.book().apps["editor"].answered == ""
    assert telemetry.consent.choice is None

    machine.clock.move(days=1)
    telemetry.ask_if_due(ask)
    assert len(window.asked) == 2


def test_two_programs_of_an_account_ask_on_different_days(
    machine: Machine, asks: Callable[..., Telemetry], memory: MemoryAsked, write: Write
) -> None:
    telemetry, window = asks(), Window()
    other = type(machine)("other")
    other.clock = machine.clock
    body = write().replace(b'id = "editor"', b'id = "viewer"')
    viewer = other.start(read(body), asking=lambda: AskingParts(memory))
    viewer.count("file.opened")
    machine.clock.move(days=1)

    telemetry.ask_if_due(window)
    viewer.ask_if_due(window)
    assert len(window.asked) == 1

    machine.clock.move(days=timedelta(days=1).days)
    viewer.ask_if_due(window)
    assert [asking.question.app for asking in window.asked] == ["editor", "viewer"]
    assert set(memory.book().apps) == {"editor", "viewer"}


def test_an_answer_that_cannot_be_kept_counts_as_none(
    machine: Machine,
    asks: Callable[..., Telemetry],
    memory: MemoryAsked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telemetry = asks(strict=False)

    def full(_: object) -> None:
        message = "the disk is full"
        raise StoreError(message)

    monkeypatch.setattr(machine.store, "choose", full)

    assert telemetry.ask_if_due(Window()).choice is None
    assert memory.book().apps["editor"].answered == ""


def test_a_program_without_a_window_or_a_terminal_asks_nobody(
    asks: Callable[..., Telemetry], memory: MemoryAsked
) -> None:
    assert asks().ask_if_due().choice is None
    assert memory.book().apps == {}


def test_of_two_programs_that_are_both_due_one_asks(
    asks: Callable[..., Telemetry], memory: MemoryAsked, monkeypatch: pytest.MonkeyPatch
) -> None:
    telemetry, window = asks(), Window()
    monkeypatch.setattr(memory, "claim", lambda *_: False)  # the other one was faster

    telemetry.ask_if_due(window)

    assert window.asked == []


def test_a_dialog_that_breaks_never_reaches_the_program(asks: Callable[..., Telemetry]) -> None:
    def broken(_: Asking) -> Reply:
        raise ZeroDivisionError

    telemetry = asks(strict=False)

    assert telemetry.ask_if_due(broken).choice is None


@pytest.mark.parametrize("there", [True, False])
def test_without_a_window_a_terminal_asks_if_somebody_is_there(
    asks: Callable[..., Telemetry],
    memory: MemoryAsked,
    there: bool,  # noqa: FBT001 a column of the table
) -> None:
    terminal = Terminal(there=there)
    telemetry = asks(terminal=terminal)

    consent = telemetry.ask_if_due()

    assert len(terminal.asked) == there
    assert (consent.choice is not None) == there
    assert ("editor" in memory.book().apps) == there


def test_a_graphical_program_asks_by_json(asks: Callable[..., Telemetry]) -> None:
    telemetry, seen = asks(), list[dict[str, Any]]()

    def window(asking: Asking) -> Reply:
        seen.append(json.loads(asking.as_json()))
        answer = {"format": 1, "question": seen[0]["id"], "answer": "local", "shown": "short"}
        return asking.from_answer(json.dumps(answer))

    consent = telemetry.ask_if_due(window)

    assert seen
    assert consent.mode is Mode.LOCAL
