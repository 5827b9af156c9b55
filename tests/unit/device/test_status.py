from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.consent import decide
from aboveboard.device.growth import NO_GROWTH, Growth
from aboveboard.device.status import status
from aboveboard.model.consent import Choice, Consent, Mode, Rule
from aboveboard.model.registry import CollectorAddress, Registry, Sends
from aboveboard.model.surroundings import Surroundings, Word

DAY = date(2026, 11, 18)
ON = Choice(Mode.ON, DAY, "f")
modes = st.sampled_from(Mode)


def lines(registry: Registry, choice: Choice | None, around: Surroundings) -> list[str]:
    return status(decide(choice, around), registry, NO_GROWTH)


def test_a_person_who_agreed_sees_all_of_it(registry: Registry) -> None:
    sealed = replace(
        registry,
        levels={"usage": "Which parts are used.", "system": "Where it runs."},
        collector=CollectorAddress(("https://collector.example",), (b"k" * 32,)),
    )
    choice = replace(ON, levels={"system": Mode.OFF})
    consent = decide(choice, Surroundings())
    told = status(consent, sealed, NO_GROWTH, next_report=date(2026, 11, 23))
    assert told == [
        "on, off for system: chosen by you on 2026-11-18",
        "your own choice: on, but off for system, of 2026-11-18",
        "usage: counted and sent (Which parts are used.)",
        "system: not counted (Where it runs.)",
        "reports go: to https://collector.example, sealed, so that it alone can read them",
        "next report: on 2026-11-23 or later, then every week",
    ]


def test_what_was_not_shown_yet_is_told_with_its_level(registry: Registry) -> None:
    growth = Growth(frozenset({"file.opened", "file.saved"}), ("New: one.", "New: two."))
    consent = decide(ON, Surroundings(), growth.unseen)
    told = status(consent, replace(registry, sends=Sends.MONTH), growth, next_report=DAY)
    assert told[2:] == [
        (
            "usage: counted and sent, but for 2 metrics that you were not shown yet "
            "(Which parts are used.)"
        ),
        "since you chose, 2 things are new:",
        "- New: one.",
        "- New: two.",
        "reports go: to https://collector.example, not sealed",
        "next report: on 2026-11-18 or later, then every month",
    ]
    one = decide(ON, Surroundings(), frozenset({"file.opened", "gone.metric"}))
    assert "but for 1 metric that you" in status(one, registry, NO_GROWTH)[2]


def test_what_is_new_does_not_matter_where_nothing_is_sent(registry: Registry) -> None:
    growth = Growth(frozenset({"file.opened"}), ("New: one.",))
    local = replace(ON, mode=Mode.LOCAL)
    told = status(decide(local, Surroundings(), growth.unseen), registry, growth)
    assert told[2] == "usage: counted here, not sent (Which parts are used.)"
    overridden = decide(ON, Surroundings(override="on"), growth.unseen)
    assert "since you chose" not in "\n".join(status(overridden, registry, growth))


@given(
    st.none() | st.builds(Choice, modes, st.just(DAY), st.just("f")),
    st.builds(
        Surroundings,
        switch=st.none() | modes,
        override=st.sampled_from(["", "on", "off"]),
        do_not_track=st.sampled_from(["", "1"]),
        policy=st.none() | st.builds(Word, modes, st.just("/p.toml")),
        automation=st.sampled_from(["", "CI"]),
    ),
)
def test_the_status_never_hides_an_override(choice: Choice | None, around: Surroundings) -> None:
    consent = decide(choice, around)
    registry = Registry("editor", "", "", "", "", "f", levels={"usage": "Parts."})
    told = status(consent, registry, NO_GROWTH, next_report=DAY)
    assert told[0] == consent.explain()
    overridden = choice is not None and consent.rule is not Rule.CHOICE
    assert ("it is overridden" in told[1]) is overridden
    assert (choice.mode.value if choice is not None else "none yet") in told[1]
    assert told[-1].startswith("next report: on ") is (consent.mode is Mode.ON)
    assert ("counted and sent" in told[2]) is (consent.mode is Mode.ON)


@pytest.mark.parametrize(
    ("destinations", "line"),
    [
        pytest.param([], "reports go: nowhere", id="nowhere"),
        pytest.param(
            ["https://own.example", "https://copy.example"],
            "reports go: to https://own.example, https://copy.example",
            id="elsewhere",
        ),
    ],
)
def test_a_person_who_redirected_reports_sees_where_they_go(
    registry: Registry, destinations: list[str], line: str
) -> None:
    consent = decide(ON, Surroundings())
    assert line in status(consent, registry, NO_GROWTH, destinations=destinations)


def test_without_a_collector_nothing_goes_anywhere(registry: Registry) -> None:
    told = lines(replace(registry, collector=None), ON, Surroundings())
    assert told[-2:] == ["reports go: nowhere; no collector is named", "next report: none"]


def test_what_does_not_count_is_remarked(registry: Registry) -> None:
    told = status(decide(None, Surroundings()), registry, NO_GROWTH, remarks=["/p.toml, because …"])
    assert told[-1] == "not counted: /p.toml, because …"


def test_a_telemetry_that_could_not_be_opened_says_so(registry: Registry) -> None:
    told = status(Consent(Mode.OFF, Rule.BROKEN, ON), registry, NO_GROWTH)
    assert told[0] == "off: telemetry could not be opened here, so nothing is counted"
    assert told[1].endswith("it is overridden, as said above")
