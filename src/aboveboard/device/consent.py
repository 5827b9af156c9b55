"""Step 2. Enters: the environment's word and the person's. Leaves: the consent in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.consent import Consent, Mode, Rule

if TYPE_CHECKING:
    from aboveboard.model.consent import Choice


def decide(choice: Choice | None, override: str = "", do_not_track: str = "") -> Consent:
    """Decide which rule is in force, strongest first.

    Args:
        choice: what the person chose, or None.
        override: the variable ``ABOVEBOARD``. A word that is none of the modes counts as ``off``:
            whoever mistyped it most likely wanted less, not more.
        do_not_track: the variable ``DO_NOT_TRACK``; anything but empty and ``0`` refuses
            (source: donottrack.sh).

    Example:
        >>> decide(None, do_not_track="1").mode.value
        'off'
        >>> decide(None).mode.value
        'local'
    """
    if override:
        word = override.strip().lower()
        mode = Mode(word) if word in list(Mode) else Mode.OFF
        return Consent(mode, Rule.ENVIRONMENT, choice)
    if do_not_track not in {"", "0"}:
        return Consent(Mode.OFF, Rule.DO_NOT_TRACK, choice)
    if choice is not None:
        return Consent(choice.mode, Rule.CHOICE, choice)
    return Consent(Mode.LOCAL, Rule.UNDECIDED)
