from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.ask import DAYS_OF_ONE_APP, Due, due, mark, within_limits
from aboveboard.model.asked import Asked, AskedBook
from aboveboard.model.consent import Choice, Consent, Mode, Rule
from aboveboard.model.metric import Status
from aboveboard.model.registry import CollectorAddress, Registry

TODAY = date(2026, 11, 18)
YESTERDAY = TODAY - timedelta(days=1)
NOBODY = AskedBook()
UNDECIDED = Consent(Mode.LOCAL, Rule.UNDECIDED)
ON = Choice(Mode.ON, date(2026, 10, 1), "0" * 64)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def book(**apps: int) -> AskedBook:
    return AskedBook({app: Asked(days_ago(days)) for app, days in apps.items()})


def chosen(choice: Choice, *unseen: str) -> Consent:
    return Consent(choice.mode, Rule.CHOICE, choice, levels=choice.levels, unseen=frozenset(unseen))


def test_a_person_who_has_not_chosen_is_asked_from_the_second_day_on(registry: Registry) -> None:
    assert due(UNDECIDED, registry, NOBODY, TODAY, YESTERDAY) is Due.DUE
    assert due(UNDECIDED, registry, NOBODY, TODAY, TODAY) is Due.FIRST_DAY
    assert due(UNDECIDED, registry, NOBODY, TODAY, TODAY + timedelta(days=3)) is Due.FIRST_DAY
    assert due(UNDECIDED, registry, NOBODY, TODAY, None) is Due.NOTHING_TO_SHOW


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule not in {Rule.CHOICE, "undecided"}])
def test_nobody_is_asked_where_a_stronger_rule_decides(registry: Registry, rule: Rule) -> None:
    for mode in Mode:
        consent = Consent(mode, rule, ON, unseen=frozenset({"file.opened"}))
        assert due(consent, registry, NOBODY, TODAY, YESTERDAY) is Due.OVERRIDDEN


def test_nobody_is_asked_where_nothing_could_be_sent(registry: Registry) -> None:
    alone = replace(registry, collector=None)
    assert due(UNDECIDED, alone, NOBODY, TODAY, YESTERDAY) is Due.NOBODY_RECEIVES


@pytest.mark.parametrize("mode", list(Mode))
def test_a_choice_is_not_asked_for_again(registry: Registry, mode: Mode) -> None:
    consent = chosen(replace(ON, mode=mode))
    assert due(consent, registry, NOBODY, TODAY, YESTERDAY) is Due.DECIDED


def test_what_is_new_is_asked_of_those_who_agreed(registry: Registry) -> None:
    assert due(chosen(ON, "file.opened"), registry, NOBODY, TODAY, None) is Due.DUE
    today = replace(ON, day=TODAY)
    assert due(chosen(today, "file.opened"), registry, NOBODY, TODAY, None) is Due.FIRST_DAY


@pytest.mark.parametrize(
    ("choice", "unseen"),
    [
        pytest.param(replace(ON, mode=Mode.LOCAL), "file.opened", id="local"),
        pytest.param(replace(ON, mode=Mode.OFF), "file.opened", id="off"),
        pytest.param(replace(ON, levels={"usage": Mode.LOCAL}), "file.opened", id="level"),
        pytest.param(ON, "gone.metric", id="gone"),
    ],
)
def test_a_no_is_not_asked_again_because_of_what_is_new(
    registry: Registry, choice: Choice, unseen: str
) -> None:
    consent = chosen(choice, unseen)
    assert due(consent, registry, NOBODY, TODAY, YESTERDAY) is Due.DECIDED


def test_what_is_new_and_not_measured_is_not_asked_for(registry: Registry) -> None:
    metrics = dict(registry.metrics)
    metrics["file.opened"] = replace(metrics["file.opened"], status=Status.RETIRED)
    registry = replace(registry, metrics=MappingProxyType(metrics))
    consent = chosen(ON, "file.opened")
    assert due(consent, registry, NOBODY, TODAY, YESTERDAY) is Due.DECIDED


def test_what_was_answered_is_not_asked_again_about_the_same_registry(registry: Registry) -> None:
    consent = chosen(ON, "file.opened")
    answered = AskedBook({"editor": Asked(days_ago(400), mark(registry))})
    assert due(consent, registry, answered, TODAY, YESTERDAY) is Due.ANSWERED
    newer = replace(registry, fingerprint="1" * 64)
    assert due(consent, newer, answered, TODAY, YESTERDAY) is Due.DUE
    elsewhere = replace(registry, collector=CollectorAddress(("https://other.example",)))
    assert due(consent, elsewhere, answered, TODAY, YESTERDAY) is Due.DUE


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(book(editor=0), Due.ASKED_LATELY, id="today"),
        pytest.param(book(editor=29), Due.ASKED_LATELY, id="29-days-ago"),
        pytest.param(book(editor=30), Due.DUE, id="30-days-ago"),
        pytest.param(book(viewer=0), Due.OTHERS_ASKED, id="another-today"),
        pytest.param(book(viewer=1), Due.DUE, id="another-yesterday"),
        pytest.param(book(viewer=-1), Due.OTHERS_ASKED, id="another-in-a-zone-ahead"),
        pytest.param(book(viewer=-2), Due.DUE, id="another-by-a-wrong-clock"),
        pytest.param(book(editor=-400), Due.DUE, id="by-a-wrong-clock"),
    ],
)
def test_programs_ask_little(registry: Registry, asked: AskedBook, expected: Due) -> None:
    assert due(UNDECIDED, registry, asked, TODAY, YESTERDAY) is expected


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 3)), max_size=200))
def test_whatever_programs_do_there_is_one_question_a_day_and_one_a_month_of_each(
    starts: list[tuple[str, int]],
) -> None:
    asked, day, questions = AskedBook(), TODAY, list[tuple[str, date]]()
    for app, days in starts:
        day += timedelta(days=days)
        if within_limits(asked, app, day) is Due.DUE:
            asked = asked.with_question(app, day)
            questions.append((app, day))
    assert len({day for _, day in questions}) == len(questions)
    for app in "abcde":
        mine = [day for name, day in questions if name == app]
        assert all((b - a).days >= DAYS_OF_ONE_APP for a, b in pairwise(mine))


def test_an_answer_stays_known_when_the_app_asks_again() -> None:
    asked = book(editor=60).with_answer("editor", "f").with_question("editor", TODAY)
    assert asked.apps["editor"] == Asked(TODAY, "f")
    assert book(editor=60).with_answer("viewer", "f") == book(editor=60)
