"""Step 2. Enters: the person's word and all that is said around it. Leaves: the consent in force.

The rules stand in one table, strongest first; ``explain`` tells people the same table.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.model.consent import Consent, Mode, Rule
from aboveboard.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.consent import Choice
    from aboveboard.model.surroundings import Surroundings, Word


def decide(
    choice: Choice | None, around: Surroundings, unseen: frozenset[str] = frozenset()
) -> Consent:
    """Decide which rule is in force: the strongest that says anything.

    Args:
        choice: what the person chose, or None.
        around: what else is said about it.
        unseen: the metrics that the person was not shown when they chose; they stay on the machine
            where their choice decides.

    Example:
        >>> from aboveboard.model.surroundings import Surroundings
        >>> decide(None, Surroundings(do_not_track="1")).mode.value
        'off'
        >>> decide(None, Surroundings()).explain()
        'local: nobody has chosen yet, so everything stays on this machine'
    """
    words = (rule(choice, around) for rule in RULES.values())
    found = next(word for word in words if word is not None)
    return replace(found, unseen=unseen) if found.rule in BY_CHOICE else found


def mode_of(word: str) -> Mode:
    """Give the mode that a variable names; a word that is none counts as ``off``.

    Whoever mistyped it most likely wanted less, not more.

    Example:
        >>> mode_of(" ON "), mode_of("yes")
        (<Mode.ON: 'on'>, <Mode.OFF: 'off'>)
    """
    known = word.strip().lower()
    return Mode(known) if known in list(Mode) else Mode.OFF


def _switch(choice: Choice | None, around: Surroundings) -> Consent | None:
    return Consent(around.switch, Rule.SWITCH, choice) if around.switch is not None else None


def _environment(choice: Choice | None, around: Surroundings) -> Consent | None:
    if not around.override:
        return None
    mode = mode_of(around.override)
    return Consent(mode, Rule.ENVIRONMENT, choice, source=around.override)


def _do_not_track(choice: Choice | None, around: Surroundings) -> Consent | None:
    """Refuse for any value but empty and 0 (source: donottrack.sh)."""
    if around.do_not_track in {"", "0"}:
        return None
    return Consent(Mode.OFF, Rule.DO_NOT_TRACK, choice, source="DO_NOT_TRACK")


def _policy(choice: Choice | None, around: Surroundings) -> Consent | None:
    return _said(around.policy, Rule.POLICY, choice)


def _project(choice: Choice | None, around: Surroundings) -> Consent | None:
    """Let a project ask for less than the person said; what it brings along is not their word."""
    word = around.project
    if word is None:
        return None
    chosen = choice.mode if choice is not None else Mode.ON
    own = choice.levels if choice is not None else {}
    mode = min(word.mode, chosen, key=ORDER.index)
    levels = {
        level: min(word.levels.get(level, word.mode), own.get(level, chosen), key=ORDER.index)
        for level in {*word.levels, *own}
    }
    if mode is chosen and levels == {level: own.get(level, chosen) for level in levels}:
        return None  # the project asks for no less
    if choice is None or around.automation:  # a project says yes for nobody
        mode = _at_most_local(mode)
        levels = {level: _at_most_local(said) for level, said in levels.items()}
    return Consent(mode, Rule.PROJECT, choice, _others(mode, levels), word.source)


def _said(word: Word | None, rule: Rule, choice: Choice | None) -> Consent | None:
    if word is None:
        return None
    return Consent(word.mode, rule, choice, _others(word.mode, word.levels), word.source)


def _automation(choice: Choice | None, around: Surroundings) -> Consent | None:
    """Keep everything here where nobody sits; what the person refused stays refused."""
    if not around.automation:
        return None
    if choice is None:
        return Consent(Mode.LOCAL, Rule.AUTOMATION, source=around.automation)
    mode = _at_most_local(choice.mode)
    lowered = {level: _at_most_local(said) for level, said in choice.levels.items()}
    if {mode, *lowered.values()} == {Mode.OFF}:
        return None  # the person refused all of it: there is nothing left to lower
    levels = _others(mode, lowered)
    return Consent(mode, Rule.AUTOMATION, choice, levels, around.automation)


def _at_most_local(mode: Mode) -> Mode:
    return Mode.LOCAL if mode is Mode.ON else mode


def _choice(choice: Choice | None, _: Surroundings) -> Consent | None:
    if choice is None:
        return None
    return Consent(choice.mode, Rule.CHOICE, choice, _others(choice.mode, choice.levels))


def _undecided(choice: Choice | None, _: Surroundings) -> Consent:
    return Consent(Mode.LOCAL, Rule.UNDECIDED, choice)


def _others(mode: Mode, levels: Mapping[str, Mode]) -> Mapping[str, Mode]:
    return MappingProxyType({level: said for level, said in levels.items() if said is not mode})


BY_CHOICE = frozenset({Rule.CHOICE, Rule.PROJECT})
"""The rules under which what leaves, leaves by the person's own word."""
ORDER = (Mode.OFF, Mode.LOCAL, Mode.ON)
RULES: Mapping[Rule, Callable[[Choice | None, Surroundings], Consent | None]] = MappingProxyType(
    {
        Rule.SWITCH: _switch,
        Rule.ENVIRONMENT: _environment,
        Rule.DO_NOT_TRACK: _do_not_track,
        Rule.POLICY: _policy,
        Rule.PROJECT: _project,
        Rule.AUTOMATION: _automation,
        Rule.CHOICE: _choice,
        Rule.UNDECIDED: _undecided,
    }
)
"""Every rule with what it would say alone, strongest first."""
