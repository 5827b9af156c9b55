from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.question import Answer, Question, question
from aboveboard.device.reply import Reply, reply
from aboveboard.model.consent import Choice, Mode
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

REGISTRY = read(EXAMPLE_REGISTRY)
OPENED = REGISTRY.metrics["file.opened"]
TWO = replace(
    REGISTRY,
    levels={"usage": "Usage.", "system": "System."},
    metrics=MappingProxyType(
        {"file.opened": OPENED, "system.os": replace(OPENED, name="system.os", level="system")}
    ),
)
ASKED = question(TWO)
EARLIER = question(replace(TWO, asks_for_earlier=True))
AGREED = Choice(Mode.ON, date(2026, 11, 1), "f", levels={"usage": Mode.OFF, "gone": Mode.LOCAL})
GROWN = replace(
    ASKED,
    agreed=AGREED,
    answers={Answer.YES: "y", Answer.KEEP: "n", Answer.OFF: "o", Answer.LATER: "l"},
)


@pytest.mark.parametrize(
    ("asked", "answer", "expected"),
    [
        pytest.param(ASKED, Answer.YES, Reply(Answer.YES, Mode.ON, wording="W"), id="yes"),
        pytest.param(ASKED, Answer.LOCAL, Reply(Answer.LOCAL, Mode.LOCAL, wording="W"), id="no"),
        pytest.param(ASKED, Answer.OFF, Reply(Answer.OFF, Mode.OFF, wording="W"), id="off"),
        pytest.param(ASKED, Answer.LATER, Reply(Answer.LATER), id="later"),
        pytest.param(
            EARLIER, Answer.YES, Reply(Answer.YES, Mode.ON, wording="W", earlier=True), id="earlier"
        ),
        pytest.param(
            GROWN,
            Answer.YES,
            Reply(Answer.YES, Mode.ON, {"usage": Mode.OFF}, "W"),
            id="yes-to-what-is-new-keeps-what-was-chosen",
        ),
        pytest.param(GROWN, Answer.KEEP, Reply(Answer.KEEP, None, wording="W"), id="keep"),
        pytest.param(GROWN, Answer.OFF, Reply(Answer.OFF, Mode.OFF, wording="W"), id="stop-it-all"),
    ],
)
def test_an_answer_makes_a_choice(asked: Question, answer: Answer, expected: Reply) -> None:
    assert reply(asked, answer, "W") == expected


@pytest.mark.parametrize(
    ("levels", "mode", "others"),
    [
        pytest.param(
            {"usage": Mode.ON, "system": Mode.OFF}, Mode.ON, {"system": Mode.OFF}, id="on-and-off"
        ),
        pytest.param(
            {"usage": Mode.OFF, "system": Mode.LOCAL},
            Mode.LOCAL,
            {"usage": Mode.OFF},
            id="local-and-off",
        ),
        pytest.param({"usage": Mode.OFF, "system": Mode.OFF}, Mode.OFF, {}, id="all-alike"),
    ],
)
def test_the_widest_answer_is_the_mode_and_the_others_are_its_exceptions(
    levels: Mapping[str, Mode], mode: Mode, others: Mapping[str, Mode]
) -> None:
    assert reply(ASKED, Answer.LEVELS, "W", levels) == Reply(Answer.LEVELS, mode, others, "W")


@given(st.fixed_dictionaries({"usage": st.sampled_from(Mode), "system": st.sampled_from(Mode)}))
def test_every_part_gets_exactly_its_answer(levels: Mapping[str, Mode]) -> None:
    found = reply(ASKED, Answer.LEVELS, "W", levels)
    assert found.mode is not None
    choice = Choice(found.mode, date(2026, 11, 1), "f", levels=found.levels)
    assert {level: choice.of_level(level) for level in levels} == levels


BOTH = {"usage": Mode.ON, "system": Mode.LOCAL}


@pytest.mark.parametrize(
    ("answer", "levels", "said", "earlier"),
    [
        pytest.param(Answer.YES, None, True, True, id="yes-to-both"),
        pytest.param(Answer.YES, None, False, False, id="yes-from-now-on"),
        pytest.param(Answer.LEVELS, BOTH, None, False, id="levels-say-nothing"),
        pytest.param(Answer.LEVELS, BOTH, True, True, id="levels-and-earlier"),
        pytest.param(
            Answer.LEVELS,
            {"usage": Mode.LOCAL, "system": Mode.LOCAL},
            True,
            False,
            id="nothing-goes-anyway",
        ),
        pytest.param(Answer.LOCAL, None, True, False, id="no"),
        pytest.param(Answer.LATER, None, True, False, id="later"),
    ],
)
def test_what_was_counted_earlier_goes_only_with_a_yes(
    answer: Answer,
    levels: Mapping[str, Mode] | None,
    said: bool | None,  # noqa: FBT001 a column of the table
    earlier: bool,  # noqa: FBT001 a column of the table
) -> None:
    assert reply(EARLIER, answer, "W", levels, earlier=said).earlier is earlier


@pytest.mark.parametrize(
    ("asked", "answer", "levels", "earlier"),
    [
        pytest.param(ASKED, Answer.KEEP, None, None, id="keep-without-anything-new"),
        pytest.param(GROWN, Answer.LOCAL, None, None, id="an-answer-that-is-not-offered"),
        pytest.param(ASKED, Answer.LEVELS, None, None, id="levels-without-levels"),
        pytest.param(ASKED, Answer.YES, BOTH, None, id="levels-with-a-yes"),
        pytest.param(ASKED, Answer.LEVELS, {"usage": Mode.ON}, None, id="a-part-is-missing"),
        pytest.param(ASKED, Answer.LEVELS, {**BOTH, "x": Mode.ON}, None, id="a-part-too-many"),
        pytest.param(ASKED, Answer.YES, None, True, id="earlier-was-not-asked-for"),
    ],
)
def test_an_answer_to_something_else_is_refused(
    asked: Question,
    answer: Answer,
    levels: Mapping[str, Mode] | None,
    earlier: bool | None,  # noqa: FBT001 a column of the table
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        reply(asked, answer, "W", levels, earlier=earlier)
