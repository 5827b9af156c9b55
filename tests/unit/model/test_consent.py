from __future__ import annotations

from datetime import date

import pytest

from aboveboard.model.consent import Choice, Consent, Mode, Rule

CHOICE = Choice(Mode.ON, date(2026, 11, 18), "f" * 64)


@pytest.mark.parametrize(
    ("mode", "may_record", "may_send"),
    [
        pytest.param(Mode.OFF, False, False, id="off"),
        pytest.param(Mode.LOCAL, True, False, id="local"),
        pytest.param(Mode.ON, True, True, id="on"),
    ],
)
def test_a_mode_says_what_may_be_kept_and_sent(
    mode: Mode,
    may_record: bool,  # noqa: FBT001 a column of the table
    may_send: bool,  # noqa: FBT001 a column of the table
) -> None:
    consent = Consent(mode, Rule.CHOICE, CHOICE)

    assert (consent.may_record, consent.may_send) == (may_record, may_send)


@pytest.mark.parametrize(
    ("consent", "sentence"),
    [
        pytest.param(
            Consent(Mode.ON, Rule.ENVIRONMENT, source="on"),
            "on: the environment variable ABOVEBOARD is 'on'",
            id="environment",
        ),
        pytest.param(
            Consent(Mode.OFF, Rule.DO_NOT_TRACK, CHOICE),
            "off: the environment variable DO_NOT_TRACK is set",
            id="do-not-track",
        ),
        pytest.param(
            Consent(Mode.ON, Rule.CHOICE, CHOICE),
            "on: chosen by you on 2026-11-18",
            id="choice",
        ),
        pytest.param(
            Consent(Mode.LOCAL, Rule.UNDECIDED),
            "local: nobody has chosen yet, so everything stays on this machine",
            id="undecided",
        ),
        pytest.param(
            Consent(Mode.OFF, Rule.BROKEN, CHOICE),
            "off: telemetry could not be opened here, so nothing is counted",
            id="broken",
        ),
    ],
)
def test_explain_names_the_rule_that_decided(consent: Consent, sentence: str) -> None:
    assert consent.explain() == sentence
