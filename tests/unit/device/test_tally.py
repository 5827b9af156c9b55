from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.tally import MOST_COUNT, LooseTally, merged, news, standing
from aboveboard.model.consent import Choice, Leave, Mode
from aboveboard.model.event import Event, from_label

DAY = date(2026, 11, 18)
OPENED = Event("file.opened", DAY, "")
LINUX = Event("system.os", DAY, "linux", adds_up=False)
MACOS = Event("system.os", DAY, "macos", adds_up=False)
EVENTS = st.builds(
    Event,
    metric=st.sampled_from(["file.opened", "system.os"]),
    day=st.dates(),
    key=st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])),
    count=st.just(1),
    adds_up=st.booleans(),
    leave=st.sampled_from(Leave),
    choice=st.integers(0, 9),
)


@given(EVENTS)
def test_a_label_holds_all_but_the_count(event: Event) -> None:
    assert from_label(event.label(), 1) == event


@given(st.text())
def test_no_text_makes_a_label_raise_anything_but_a_value_error(text: str) -> None:
    for label in (text, text.replace(" ", "\n"), OPENED.label() + text):
        assert len(news([(0, label, 1)], {})[0]) <= 1


def test_news_is_what_came_since_the_last_time() -> None:
    slots = [(0, OPENED.label(), 5), (1, OPENED.label(), 2), (2, OPENED.label(), 0)]

    events, changed = news(slots, {0: 3, 1: 2})

    assert [event.count for event in events] == [2]
    assert changed == {0: 5}


def test_of_the_states_of_a_day_the_latest_turn_is_news() -> None:
    slots = [(0, LINUX.label(), 3), (1, MACOS.label(), 4), (2, LINUX.label(), 2)]

    assert news(slots, {}) == ([MACOS], {0: 3, 1: 4, 2: 2})
    assert news([(0, LINUX.label(), 5), *slots[1:]], {0: 3, 1: 4, 2: 2}) == ([LINUX], {0: 5})


@pytest.mark.parametrize(
    "slot",
    [
        pytest.param((0, OPENED.label(), MOST_COUNT + 1), id="huge"),
        pytest.param((0, "no label", 1), id="no-label"),
        pytest.param((0, OPENED.label().replace("+", "*"), 1), id="no-kind"),
        pytest.param((0, OPENED.label().replace("2026", "soon"), 1), id="no-day"),
        pytest.param((0, OPENED.label().replace("\n0\n0", "\n7\n0"), 1), id="no-consent"),
    ],
)
def test_what_was_damaged_says_nothing(slot: tuple[int, str, int]) -> None:
    assert news([slot], {})[0] == []


def test_later_counts_are_added_and_later_states_replace() -> None:
    names = [Event("fonts", DAY, key, adds_up=False) for key in ("Sans", "Serif")]
    old = [OPENED, LINUX, *names]
    new = [OPENED, OPENED, MACOS, names[0]]

    found = merged(merged([], old), new)

    assert [(event.metric, event.key, event.count) for event in found] == [
        ("file.opened", "", 3),
        ("system.os", "macos", 1),
        ("fonts", "Sans", 1),
    ]


@pytest.mark.parametrize(
    ("choice", "leave"),
    [
        pytest.param(None, Leave.NEVER, id="undecided"),
        pytest.param(Choice(Mode.ON, DAY, "", 3), Leave.YES, id="the-same"),
        pytest.param(Choice(Mode.OFF, DAY, "", 3), Leave.YES, id="overridden"),
        pytest.param(Choice(Mode.ON, DAY, "", 4), Leave.NEVER, id="later"),
        pytest.param(Choice(Mode.OFF, DAY, "", 4), None, id="off"),
        pytest.param(Choice(Mode.OFF, DAY, "", 4, {"a": Mode.LOCAL}), Leave.NEVER, id="level"),
    ],
)
def test_what_was_recorded_stands_as_the_choice_lets_it(
    choice: Choice | None, leave: Leave | None
) -> None:
    assert standing(Event("a", DAY, "", leave=Leave.YES, choice=3), choice) is leave


def test_before_anybody_chose_everything_stands() -> None:
    assert standing(Event("a", DAY, "", leave=Leave.IF_ASKED), None) is Leave.IF_ASKED


def test_a_loose_tally_gives_each_count_once_also_after_it_was_closed() -> None:
    tally = LooseTally()
    slots, index = tally.place(OPENED.label())
    slots[index] += 2
    assert [event.count for event in tally.drain()] == [2]
    slots[index] += 1
    tally.close()

    assert [event.count for event in tally.drain()] == [1]
    assert tally.drain() == []
