from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.consent import decide
from aboveboard.device.explain import explain_all, steps
from aboveboard.model.consent import Choice, Mode, Rule
from aboveboard.model.surroundings import Surroundings, Word

DAY = date(2026, 11, 18)
ON = Choice(Mode.ON, DAY, "f")
modes = st.sampled_from(Mode)
levels = st.dictionaries(st.sampled_from(["usage", "errors"]), modes)
words = st.builds(Word, modes, st.just("/p.toml"), levels)
around = st.builds(
    Surroundings,
    switch=st.none() | modes,
    override=st.sampled_from(["", "on", "nonsense"]),
    do_not_track=st.sampled_from(["", "0", "1"]),
    policy=st.none() | words,
    project=st.none() | words,
    automation=st.sampled_from(["", "CI"]),
)
choices = st.none() | st.builds(Choice, modes, st.just(DAY), st.just("f"), levels=levels)


@given(choices, around)
def test_the_order_never_contradicts_what_is_in_force(
    choice: Choice | None, there: Surroundings
) -> None:
    consent, told = decide(choice, there), steps(choice, there)

    (deciding,) = [step for step in told if step.decided]
    assert (deciding.rule, deciding.word) == (consent.rule, consent.mode)
    assert [step.rule for step in told] == [rule for rule in Rule if rule is not Rule.BROKEN]
    before, after = told[: told.index(deciding)], told[told.index(deciding) + 1 :]
    assert all(step.word is None and not step.overridden for step in before)
    assert all(
        step.overridden == (step.word is not None and step.rule is not Rule.UNDECIDED)
        for step in after
    )


def test_every_rule_has_a_line_with_its_word() -> None:
    there = Surroundings(
        switch=None,
        override="on",
        do_not_track="1",
        policy=Word(Mode.LOCAL, "/etc/p.toml", {"usage": Mode.OFF}),
        project=Word(Mode.OFF, "/p/.aboveboard.toml"),
        automation="CI",
    )
    assert explain_all(Choice(Mode.ON, DAY, "f", levels={"errors": Mode.OFF}), there) == [
        "1. the program itself, for this run: says nothing",
        "2. the variable ABOVEBOARD: on (this decides)",
        "3. the variable DO_NOT_TRACK: off (overridden)",
        "4. whoever runs this machine: local, but off for usage, in /etc/p.toml (overridden)",
        "5. the project that it runs in: off, in /p/.aboveboard.toml (overridden)",
        (
            "6. signs that no person sits here: local, but off for errors at most, because CI is "
            "set, and what you refused stays refused (overridden)"
        ),
        "7. your own choice: on, but off for errors, of 2026-11-18 (overridden)",
        "8. as long as nobody has chosen: local",
    ]


def test_where_nothing_is_said_the_last_rule_decides() -> None:
    lines = explain_all(None, Surroundings())
    assert lines[5] == "6. signs that no person sits here: none is seen"
    assert lines[6] == "7. your own choice: says nothing"
    assert lines[7] == "8. as long as nobody has chosen: local (this decides)"


def test_automation_that_lowers_nothing_says_why_the_choice_decides() -> None:
    lines = explain_all(Choice(Mode.OFF, DAY, "f"), Surroundings(automation="CI"))
    assert lines[5].endswith(": CI is set, so local at most; your own choice asks for less")
    assert lines[6] == "7. your own choice: off, of 2026-11-18 (this decides)"
    assert explain_all(ON, Surroundings())[5].endswith("none is seen")


def test_automation_without_a_choice_says_local_at_most() -> None:
    line = explain_all(None, Surroundings(automation="GITLAB_CI"))[5]
    assert line.endswith(": local at most, because GITLAB_CI is set (this decides)")


def test_a_word_that_is_no_mode_is_told_as_such() -> None:
    line = explain_all(ON, Surroundings(override="yes\x1b[2J"))[1]
    assert line == (
        "2. the variable ABOVEBOARD: off, because 'yes\\x1b[2J' is no mode (this decides)"
    )


def test_what_was_found_and_does_not_count_is_told() -> None:
    there = Surroundings(remarks=("/etc/p.toml, because others can change it",))
    assert explain_all(None, there)[-1] == (
        "Not counted: /etc/p.toml, because others can change it"
    )
