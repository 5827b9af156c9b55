"""Enters: a question, and what a person answered. Leaves: the choice that it makes, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.device.question import Answer
from aboveboard.model.consent import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.device.question import Question

ORDER = (Mode.ON, Mode.LOCAL, Mode.OFF)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, as ``Telemetry.choose`` takes it.

    Attributes:
        answer: what was answered.
        mode: the mode that it makes, or None if the choice stays what it was.
        levels: the levels for which something else was answered.
        wording: the text that was shown, to the letter.
        earlier: whether what was counted until now may be sent, too.
    """

    answer: Answer
    mode: Mode | None = None
    levels: Mapping[str, Mode] = field(default_factory=lambda: MappingProxyType({}))
    wording: str = ""
    earlier: bool = False


def reply(
    question: Question,
    answer: Answer,
    wording: str,
    levels: Mapping[str, Mode] | None = None,
    *,
    earlier: bool | None = None,
) -> Reply:
    """Make what was answered a choice.

    Args:
        question: what was asked.
        answer: one of its answers.
        wording: the text that was shown.
        levels: level to mode, each part of the question; for the answer ``levels`` alone.
        earlier: whether what was counted until now goes, too; None for what the answer says.

    Raises:
        ValueError: the question has no such answer.
    """
    _check(answer in question.answers, "the question has no such answer")
    _check((levels is not None) is (answer is Answer.LEVELS), "levels are for their answer alone")
    _check(question.earlier or not earlier, "the question is not about what was counted earlier")
    if answer in {Answer.LATER, Answer.KEEP}:
        return Reply(answer, wording=wording if answer is Answer.KEEP else "")
    if levels is not None:
        return _by_level(question, wording, levels, earlier=earlier is True)
    if answer is not Answer.YES:
        return Reply(answer, Mode(answer.value), wording=wording)
    agreed = question.agreed
    if agreed is not None:
        known = {part.level for part in question.parts}
        kept = {level: mode for level, mode in agreed.levels.items() if level in known}
        return Reply(answer, agreed.mode, MappingProxyType(kept), wording)
    return Reply(
        answer, Mode.ON, wording=wording, earlier=question.earlier and earlier is not False
    )


def _by_level(
    question: Question, wording: str, levels: Mapping[str, Mode], *, earlier: bool
) -> Reply:
    """Make the widest answer the mode, and the others its exceptions.

    What comes later and belongs to no level of now stays here anyway, until it was shown.
    """
    known = {part.level for part in question.parts}
    _check(set(levels) == known, "each part of the question needs its answer")
    mode = next(mode for mode in ORDER if mode in levels.values())
    others = {level: other for level, other in levels.items() if other is not mode}
    sent = earlier and mode is Mode.ON
    return Reply(Answer.LEVELS, mode, MappingProxyType(others), wording, earlier=sent)


def _check(right: bool, text: str) -> None:  # noqa: FBT001 what is checked comes first
    if not right:
        raise ValueError(text)
