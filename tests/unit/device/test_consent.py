from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.device.consent import BY_CHOICE, RULES, decide, mode_of
from aboveboard.model.consent import Choice, Consent, Mode, Rule
from aboveboard.model.surroundings import Surroundings, Word

DAY = date(2026, 11, 18)
ORDER = (Mode.OFF, Mode.LOCAL, Mode.ON)
LEVELS = ("usage", "errors")

modes = st.sampled_from(Mode)
levels = st.dictionaries(st.sampled_from(LEVELS), modes)
words = st.builds(Word, modes, st.just("/etc/aboveboard/policy.toml"), levels)
choices = st.builds(Choice, modes, st.just(DAY), st.just("f" * 64), levels=levels)
around = st.builds(
    Surroundings,
    switch=st.none() | modes,
    override=st.sampled_from(["", "off", "local", "on", " ON ", "yes", "1", " "]),
    do_not_track=st.sampled_from(["", "0", "1", "true", "false", " "]),
    policy=st.none() | words,
    project=st.none() | words,
    automation=st.sampled_from(["", "CI"]),
)


def of(consent: Consent) -> dict[str, Mode]:
    """Give the mode of each level, and of one that nobody names."""
    return {level: consent.of_level(level) for level in (*LEVELS, "other")}


def expected(choice: Choice | None, there: Surroundings) -> tuple[Rule, dict[str, Mode]]:
    """Say the order of precedence once more, as plainly as can be."""
    word = there.override.strip().lower()
    named = Mode(word) if word in {"off", "local", "on"} else Mode.OFF
    chosen = _each(choice) if choice is not None else _all(Mode.LOCAL)
    lowered = {k: min(mode, Mode.LOCAL, key=ORDER.index) for k, mode in chosen.items()}
    refused = set(chosen.values()) == {Mode.OFF}
    own = _each(choice) if choice is not None else _all(Mode.ON)
    project = {k: min(mode, own[k], key=ORDER.index) for k, mode in _each(there.project).items()}
    asks = there.project is not None and project != own
    if choice is None or there.automation:
        project = {k: min(mode, Mode.LOCAL, key=ORDER.index) for k, mode in project.items()}
    order = [
        (there.switch is not None, Rule.SWITCH, _all(there.switch or Mode.OFF)),
        (there.override != "", Rule.ENVIRONMENT, _all(named)),
        (there.do_not_track not in {"", "0"}, Rule.DO_NOT_TRACK, _all(Mode.OFF)),
        (there.policy is not None, Rule.POLICY, _each(there.policy)),
        (asks, Rule.PROJECT, project),
        (there.automation != "" and not refused, Rule.AUTOMATION, lowered),
        (choice is not None, Rule.CHOICE, chosen),
        (True, Rule.UNDECIDED, chosen),
    ]
    return next((rule, said) for says, rule, said in order if says)


def _all(mode: Mode) -> dict[str, Mode]:
    return dict.fromkeys((*LEVELS, "other"), mode)


def _each(word: Word | Choice | None) -> dict[str, Mode]:
    return {**_all(word.mode), **word.levels} if word is not None else {}


@settings(max_examples=500)
@given(st.none() | choices, around)
def test_the_strongest_rule_decides_for_every_level(
    choice: Choice | None, there: Surroundings
) -> None:
    consent = decide(choice, there)

    assert (consent.rule, of(consent)) == expected(choice, there)
    assert consent.choice == choice
    assert all(mode is not consent.mode for mode in consent.levels.values())


@pytest.mark.parametrize("said", list(product([False, True], repeat=6)))
@pytest.mark.parametrize("chosen", [None, *Mode], ids=str)
def test_every_combination_of_rules_goes_by_their_order(
    said: tuple[bool, ...], chosen: Mode | None
) -> None:
    switch, override, refusal, policy, project, automation = said
    there = Surroundings(
        switch=Mode.ON if switch else None,
        override="on" if override else "",
        do_not_track="1" if refusal else "",
        policy=Word(Mode.ON, "p") if policy else None,
        project=Word(Mode.LOCAL, "q") if project else None,
        automation="CI" if automation else "",
    )
    choice = Choice(chosen, DAY, "f") if chosen is not None else None
    consent = decide(choice, there)

    assert (consent.rule, of(consent)) == expected(choice, there)


@given(choices, around)
def test_without_a_word_of_anybody_a_person_s_no_is_never_raised(
    choice: Choice, there: Surroundings
) -> None:
    """Automation may only lower what the person chose, whole or level by level."""
    there = Surroundings(automation=there.automation)
    chosen, now = Consent(choice.mode, Rule.CHOICE, choice, choice.levels), decide(choice, there)
    for level in (*LEVELS, "other"):
        assert ORDER.index(now.of_level(level)) <= ORDER.index(chosen.of_level(level))


@given(around)
def test_no_project_says_yes_for_a_person_who_has_not_chosen(there: Surroundings) -> None:
    consent = decide(None, there)

    assert consent.rule is not Rule.PROJECT or not consent.may_send


@given(choices, around)
def test_no_project_says_yes_where_nobody_sits(choice: Choice, there: Surroundings) -> None:
    consent = decide(choice, replace(there, automation="CI"))

    assert consent.rule is not Rule.PROJECT or not consent.may_send


@given(st.none() | choices, around)
def test_what_was_not_shown_matters_where_what_leaves_does_so_by_the_person_s_word(
    choice: Choice | None, there: Surroundings
) -> None:
    unseen = frozenset({"file.opened"})
    consent = decide(choice, there, unseen)

    assert consent.unseen == (unseen if consent.rule in BY_CHOICE else frozenset())


@pytest.mark.parametrize("refusal", ["1", "true", "false", " ", "no"])
def test_any_value_but_empty_and_0_refuses(refusal: str) -> None:
    assert decide(None, Surroundings(do_not_track=refusal)).mode is Mode.OFF


@pytest.mark.parametrize("refusal", ["", "0"])
def test_empty_and_0_refuse_nothing(refusal: str) -> None:
    assert decide(None, Surroundings(do_not_track=refusal)).rule is Rule.UNDECIDED


@given(st.text(min_size=1))
def test_a_word_that_is_no_mode_never_means_more_than_off(word: str) -> None:
    known = word.strip().lower() in {"off", "local", "on"}
    expected = word.strip().lower() if known else "off"

    assert mode_of(word).value == expected
    assert decide(None, Surroundings(override=word)).mode.value == expected


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        pytest.param(
            Surroundings(Mode.LOCAL), "local: the program was told so for this run", id="switch"
        ),
        pytest.param(
            Surroundings(override="yes"),
            "off: the environment variable ABOVEBOARD is 'yes'",
            id="environment",
        ),
        pytest.param(
            Surroundings(do_not_track="1"),
            "off: the environment variable DO_NOT_TRACK is set",
            id="do-not-track",
        ),
        pytest.param(
            Surroundings(policy=Word(Mode.LOCAL, "/etc/p.toml", {"usage": Mode.OFF})),
            "local, off for usage: whoever runs this machine said so in /etc/p.toml",
            id="policy",
        ),
        pytest.param(
            Surroundings(project=Word(Mode.OFF, "/home/ana/p/.aboveboard.toml")),
            "off: the project that it runs in says so in /home/ana/p/.aboveboard.toml",
            id="project",
        ),
        pytest.param(
            Surroundings(automation="CI"),
            "local: no person sits here (CI is set), so everything stays here",
            id="automation",
        ),
    ],
)
def test_the_consent_says_where_the_deciding_word_stands(
    there: Surroundings, sentence: str
) -> None:
    assert decide(Choice(Mode.ON, DAY, "f"), there).explain() == sentence


def test_every_rule_that_can_be_in_force_is_in_the_table() -> None:
    assert list(RULES) == [rule for rule in Rule if rule is not Rule.BROKEN]
