"""Enters: the person's word and all that is said around it. Leaves: the whole order, in sentences.

``Consent.explain`` says which rule decided; here stands what every rule says, which of them decided
and which were overridden. Both come from the table that decides, so they cannot contradict it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.device.consent import RULES, decide
from aboveboard.model.consent import Mode, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.consent import Choice, Consent
    from aboveboard.model.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule says.

    Attributes:
        rule: which.
        text: the rule and its word, for people.
        word: the mode it asks for, or None if it says nothing.
        decided: whether it is the one in force.
        overridden: whether it says something and a stronger rule decided.
    """

    rule: Rule
    text: str
    word: Mode | None
    decided: bool = False
    overridden: bool = False

    def __str__(self) -> str:
        mark = " (this decides)" if self.decided else ""
        return f"{self.text}{' (overridden)' if self.overridden else mark}"


def steps(choice: Choice | None, around: Surroundings) -> list[Step]:
    """Say what every rule says, strongest first."""
    deciding = decide(choice, around).rule
    found = []
    for rule, ask in RULES.items():
        said = ask(choice, around)
        found.append(
            Step(
                rule=rule,
                text=f"{_NAMES[rule]}: {_word(rule, said, choice, around)}",
                word=said.mode if said is not None else None,
                decided=rule is deciding,
                overridden=said is not None and rule not in {deciding, Rule.UNDECIDED},
            )
        )
    return found


def explain_all(choice: Choice | None, around: Surroundings) -> list[str]:
    """Say the whole order, a line for each rule, and what was found but does not count.

    Example:
        >>> from aboveboard.model.surroundings import Surroundings
        >>> for line in explain_all(None, Surroundings(override="on", do_not_track="1"))[:3]:
        ...     print(line)
        1. the program itself, for this run: says nothing
        2. the variable ABOVEBOARD: on (this decides)
        3. the variable DO_NOT_TRACK: off (overridden)
    """
    lines = [f"{place}. {step}" for place, step in enumerate(steps(choice, around), 1)]
    return [*lines, *(f"Not counted: {remark}" for remark in around.remarks)]


def said(mode: Mode, levels: Mapping[str, Mode]) -> str:
    """Say a mode, and for which levels it is another.

    Example:
        >>> said(Mode.ON, {"usage": Mode.OFF})
        'on, but off for usage'
    """
    others = [f"{other.value} for {level}" for level, other in sorted(levels.items())]
    return f"{mode.value}, but {', '.join(others)}" if others else mode.value


def _word(rule: Rule, consent: Consent | None, choice: Choice | None, around: Surroundings) -> str:
    if consent is None:
        return _SILENT.get(rule, _nothing)(choice, around)
    word = said(consent.mode, consent.levels)
    return f"{word}{_SOURCES.get(rule, _no_source)(consent)}"


def _nothing(_: Choice | None, __: Surroundings) -> str:
    return "says nothing"


def _refused_already(choice: Choice | None, around: Surroundings) -> str:
    if choice is None or not around.automation:
        return "none is seen"
    return f"{around.automation} is set, so local at most; your own choice asks for less"


def _no_source(_: Consent) -> str:
    return ""


def _variable(consent: Consent) -> str:
    known = consent.source.strip().lower() in list(Mode)
    return "" if known else f", because {consent.source!r} is no mode"


def _file(consent: Consent) -> str:
    return f", in {consent.source}"


def _set(consent: Consent) -> str:
    refused = ", and what you refused stays refused" if _keeps_refusals(consent) else ""
    return f" at most, because {consent.source} is set{refused}"


def _keeps_refusals(consent: Consent) -> bool:
    return Mode.OFF in {consent.mode, *consent.levels.values()}


def _day(consent: Consent) -> str:
    return f", of {consent.choice.day.isoformat()}" if consent.choice is not None else ""


_NAMES: Mapping[Rule, str] = {
    Rule.SWITCH: "the program itself, for this run",
    Rule.ENVIRONMENT: "the variable ABOVEBOARD",
    Rule.DO_NOT_TRACK: "the variable DO_NOT_TRACK",
    Rule.POLICY: "whoever runs this machine",
    Rule.PROJECT: "the project that it runs in",
    Rule.AUTOMATION: "signs that no person sits here",
    Rule.CHOICE: "your own choice",
    Rule.UNDECIDED: "as long as nobody has chosen",
}
_SOURCES: Mapping[Rule, Callable[[Consent], str]] = {
    Rule.ENVIRONMENT: _variable,
    Rule.POLICY: _file,
    Rule.PROJECT: _file,
    Rule.AUTOMATION: _set,
    Rule.CHOICE: _day,
}
_SILENT: Mapping[Rule, Callable[[Choice | None, Surroundings], str]] = {
    Rule.AUTOMATION: _refused_already,
}
