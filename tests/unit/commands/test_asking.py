from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.memory_asked import MemoryAsked
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.device.ask import mark
from aboveboard.device.growth import Growth
from aboveboard.device.parts import AskingParts
from aboveboard.device.question import Answer, Question
from aboveboard.device.reply import Reply, reply
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Mode
from aboveboard.model.registry import CollectorAddress
from aboveboard.model.renewal import Renewal, Renewed
from aboveboard.model.surroundings import Surroundings
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

Run = Callable[..., Any]


class Person:
    """Sits at a terminal, or does not, and always answers the same."""

    def __init__(self, answer: Answer, *, there: bool = True) -> None:
        self.answer = answer
        self.there = there

    def can_ask(self, _: Question) -> bool:
        return self.there

    def ask(self, question: Question) -> Reply:
        return reply(question, self.answer, question.short)


def asked_by(person: Person, asked: MemoryAsked | None = None, **parts: object) -> Telemetry:
    asking = AskingParts(asked or MemoryAsked(), person)
    registry = replace(
        read(EXAMPLE_REGISTRY), collector=CollectorAddress(("https://telemetry.editor.example",))
    )
    return Telemetry(registry, memory_parts(asking=lambda: asking, **parts))


def test_who_wants_to_be_asked_is_asked(run_with: Callable[[Telemetry], Run]) -> None:
    telemetry = asked_by(Person(Answer.YES))
    said = run_with(telemetry)("ask")
    assert (said.status, said.out) == (0, "on: chosen by you on 2026-11-18\n")
    assert telemetry.consent.choice is not None
    assert telemetry.consent.choice.wording.startswith("May An example editor send")


def test_who_answers_later_has_changed_nothing(run_with: Callable[[Telemetry], Run]) -> None:
    telemetry = asked_by(Person(Answer.LATER))
    assert run_with(telemetry)("ask").out == "Nothing was changed.\n"
    assert telemetry.consent.choice is None


@pytest.mark.parametrize("answer", [Answer.LOCAL, Answer.LATER], ids=["answered", "later"])
def test_what_was_answered_is_not_asked_again(
    run_with: Callable[[Telemetry], Run], answer: Answer
) -> None:
    asked = MemoryAsked()
    asked.claim("editor", date(2026, 11, 1))
    telemetry = asked_by(Person(answer), asked)
    run_with(telemetry)("ask")
    known = asked.book().apps["editor"].answered
    assert known == (mark(telemetry.registry) if answer is Answer.LOCAL else "")


@pytest.mark.parametrize("someone", ["nobody", "memory"])
def test_without_a_terminal_it_is_said_how_else(
    run_with: Callable[[Telemetry], Run], telemetry: Telemetry, someone: str
) -> None:
    nobody = asked_by(Person(Answer.YES, there=False))
    said = run_with(nobody if someone == "nobody" else telemetry)("ask")
    assert said.status == 1
    assert "there is no terminal here on which you could be asked" in said.err
    assert "`editor telemetry ask --json`" in said.err


def test_an_answer_that_something_overrides_is_told(run_with: Callable[[Telemetry], Run]) -> None:
    telemetry = asked_by(Person(Answer.YES), around=Surroundings(override="off"))
    assert "`editor telemetry explain` says what is stronger now" in run_with(telemetry)("ask").out


def test_another_program_asks_in_its_window(
    run_with: Callable[[Telemetry], Run], tmp_path: Path
) -> None:
    store = MemoryEventStore()

    def start() -> Telemetry:
        return asked_by(Person(Answer.LATER), store=store)

    first = start()
    first.count("file.opened")
    question = json.loads(run_with(first)("ask", "--json").out)
    assert question["title"] == "May An example editor send usage counts?"
    first.count("file.opened")  # what was counted meanwhile does not make it another question

    file = tmp_path / "answer.json"
    said = {"format": 1, "question": question["id"], "answer": "yes", "shown": "text"}
    file.write_text(json.dumps(said))
    second = start()
    assert run_with(second)("ask", "--answer", str(file)).status == 0
    assert second.mode is Mode.ON
    assert second.consent.choice is not None
    assert second.consent.choice.wording == question["text"]


def test_an_answer_comes_from_a_pipe(
    run_with: Callable[[Telemetry], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    telemetry = asked_by(Person(Answer.LATER))
    run = run_with(telemetry)
    question = json.loads(run("ask", "--json").out)
    said = {"format": 1, "question": question["id"], "answer": "off"}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(said).encode())))
    assert run("ask", "--answer", "-").out == "off: chosen by you on 2026-11-18\n"


def test_an_answer_that_is_none_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    assert run("ask", "--answer", str(file)).status == 1
    file.write_text("{}")
    said = run("ask", "--answer", str(file))
    assert said.status == 2
    assert "it is no answer to this question" in said.err


def test_what_is_new_is_said_and_agreed_to(
    run_with: Callable[[Telemetry], Run],
) -> None:
    store = MemoryEventStore()
    before = replace(
        read(EXAMPLE_REGISTRY), collector=CollectorAddress(("https://telemetry.editor.example",))
    )
    first = Telemetry(before, memory_parts(store=store))
    run = run_with(first)
    assert run("news").out == "Nothing is new: you have not chosen yet.\n"
    run("on")
    assert run("news").out == "Nothing is new since you chose.\n"

    more = EXAMPLE_REGISTRY + EXAMPLE_REGISTRY.partition(b'[metric."file.opened"]')[2].join(
        [b'[metric."file.saved"]', b""]
    )
    grown = replace(read(more), collector=before.collector)
    second = Telemetry(grown, memory_parts(store=store))
    run = run_with(second)
    said = run("news")
    assert said.lines[0] == "Since you chose, 1 thing is new:"
    assert said.lines[-1].endswith("`editor telemetry agree`.")
    said = run("agree")
    assert said.lines[0] == "What is new is in force."
    assert said.lines[1].startswith("- New: Files opened (a number of each day")
    assert second.consent.unseen == frozenset()
    assert second.consent.choice is not None
    assert second.consent.choice.wording.startswith("New: Files opened (a number of each day")
    assert run("agree").out == "Nothing waits for an agreement.\n"


def test_nobody_is_asked_for_a_newer_list_unless_the_person_said_yes(run: Run) -> None:
    assert run("renew").out == "not_asked: Nothing may leave this machine.\n"
    run("on")
    said = run("renew")
    assert (said.status, said.out) == (0, "no_log: The registry names no transparency log.\n")


def test_a_newer_list_is_told_with_its_changes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = ("New: Files opened.", "Removed: Dark theme.")
    waiting = Renewed(Renewal.WAITING, "A newer registry asks for more.", changes)
    monkeypatch.setattr(Telemetry, "renew", lambda _: waiting)
    said = run("renew")
    assert said.status == 0
    assert said.lines == [
        "waiting: A newer registry asks for more.",
        "- New: Files opened.",
        "- Removed: Dark theme.",
        "Until you run `editor telemetry agree`, everything stays as it was.",
    ]
    monkeypatch.setattr(Telemetry, "news", lambda _: Growth(waiting=changes))
    assert run("news").lines == [
        "A newer list of what is counted waits. It says differently:",
        "- New: Files opened.",
        "- Removed: Dark theme.",
        "Until you run `editor telemetry agree`, everything stays as it was.",
    ]
    monkeypatch.setattr(Telemetry, "renew", lambda _: Renewed(Renewal.NOT_REACHED))
    said = run("renew")
    assert (said.status, said.out) == (1, "not_reached\n")
