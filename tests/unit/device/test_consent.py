from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.device.consent import decide
from aboveboard.model.consent import Choice, Mode, Rule

DAY = date(2026, 11, 18)
CHOICES = {
    "nothing": None,
    "off": Choice(Mode.OFF, DAY, "f"),
    "local": Choice(Mode.LOCAL, DAY, "f"),
    "on": Choice(Mode.ON, DAY, "f"),
}
OVERRIDES = {
    "": None,
    "off": Mode.OFF,
    "local": Mode.LOCAL,
    "on": Mode.ON,
    " ON ": Mode.ON,
    "yes": Mode.OFF,
    "1": Mode.OFF,
    " ": Mode.OFF,
}
REFUSALS = {"": False, "0": False, "1": True, "true": True, "false": True, " ": True}


@pytest.mark.parametrize("chosen", CHOICES)
@pytest.mark.parametrize("override", [pytest.param(k, id=f"ABOVEBOARD={k!r}") for k in OVERRIDES])
@pytest.mark.parametrize("refusal", [pytest.param(k, id=f"DO_NOT_TRACK={k!r}") for k in REFUSALS])
def test_the_strongest_rule_decides(chosen: str, override: str, refusal: str) -> None:
    choice = CHOICES[chosen]
    overridden = OVERRIDES[override]

    consent = decide(choice, override, refusal)

    if overridden is not None:
        assert (consent.mode, consent.rule) == (overridden, Rule.ENVIRONMENT)
    elif REFUSALS[refusal]:
        assert (consent.mode, consent.rule) == (Mode.OFF, Rule.DO_NOT_TRACK)
    elif choice is not None:
        assert (consent.mode, consent.rule) == (choice.mode, Rule.CHOICE)
    else:
        assert (consent.mode, consent.rule) == (Mode.LOCAL, Rule.UNDECIDED)
    assert consent.choice == choice


@settings(deadline=None)
@given(st.text(min_size=1))
def test_a_word_that_is_no_mode_never_means_more_than_off(word: str) -> None:
    consent = decide(CHOICES["on"], word)

    known = word.strip().lower() in {"off", "local", "on"}
    assert consent.mode.value == (word.strip().lower() if known else "off")
