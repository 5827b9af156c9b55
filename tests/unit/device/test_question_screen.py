from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.question import Answer, Question, question
from aboveboard.device.question_screen import (
    data_lines,
    earlier_lines,
    keys,
    pages,
    part_lines,
    screen,
    text_lines,
)
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

EXAMPLE = replace(
    read(EXAMPLE_REGISTRY),
    collector=CollectorAddress(("https://telemetry.editor.example",)),
    languages=("en", "de"),
)
LONG = "What is done with a part of the program whose description takes more than a line of text."


def with_levels(number: int) -> Registry:
    opened = EXAMPLE.metrics["file.opened"]
    names = [f"level{chr(97 + place)}" for place in range(number)]
    metrics = {f"a.{name}": replace(opened, name=f"a.{name}", level=name) for name in names}
    return replace(EXAMPLE, levels=dict.fromkeys(names, LONG), metrics=MappingProxyType(metrics))


def shown(asked: Question, columns: int = 80, rows: int = 24) -> list[str]:
    lines = screen(asked, columns, rows)
    assert lines is not None
    return lines


def test_the_question_and_its_answers_stand_on_a_screen() -> None:
    assert (
        "\n".join(shown(question(with_levels(2))))
        == f"""\
May An example editor send usage counts?

If you say yes, it sends reports with counts once a week, to
https://telemetry.editor.example.
- levela: What is done with a part of the program whose description takes more
  than a line of text. (1 count)
- levelb: What is done with a part of the program whose description takes more
  than a line of text. (1 count)

No report holds a name, an address, a number that stands for you or your
machine, or text that somebody wrote.
Nothing is sent before you answer, and nothing that was counted before you
agreed is ever sent.
You can change each answer at any time.

  y  Yes: count and send
  n  No: count, but do not send
  o  Nothing at all: do not count, and delete what was counted
  p  Answer part by part
  d  See the exact data
  t  Read the whole text (SHA-256 {question(with_levels(2)).digest[:16]})
  l  Answer later
"""
    )


def test_a_list_that_is_too_long_is_cut_line_by_line_and_then_at_its_end() -> None:
    four = "\n".join(shown(question(with_levels(4)), 80, 23))
    assert "- leveld: What is done with a part of the program whose description takes more…" in four
    nine = "\n".join(shown(question(with_levels(9))))
    assert "… and 5 more lines in the whole text" in nine
    assert "leveld" in nine
    assert "levele" not in nine


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("earlier", [False, True], ids=["from-now-on", "earlier-too"])
@pytest.mark.parametrize("levels", [1, 2, 5, 26])
def test_no_question_takes_more_than_a_screen_of_80_by_24(
    language: str,
    earlier: bool,  # noqa: FBT001 a column of the table
    levels: int,
) -> None:
    asked = question(replace(with_levels(levels), asks_for_earlier=earlier), language)
    lines = shown(asked)
    assert len(lines) < 24
    assert max(map(len, lines)) < 80
    for answer, label in asked.answers.items():
        assert f"  {asked.words.keys[answer]}  {label}" in lines


@given(st.integers(1, 300), st.integers(1, 100), st.integers(1, 26))
def test_whatever_the_screen_nothing_runs_over_it(columns: int, rows: int, levels: int) -> None:
    lines = screen(question(with_levels(levels)), columns, rows)
    if lines is not None:
        assert len(lines) < rows
        assert max(map(len, lines)) < columns


def test_a_screen_that_is_too_small_is_not_asked_on() -> None:
    asked = question(with_levels(5))
    assert screen(asked, 39, 60) is None
    assert screen(asked, 80, 16) is None


def test_a_large_screen_has_room_for_an_empty_line() -> None:
    lines = shown(question(with_levels(1)), 80, 50)
    assert lines[lines.index("  than a line of text. (1 count)") + 1] == ""


def test_each_key_stands_for_one_thing() -> None:
    asked = question(with_levels(2))
    assert keys(asked) == {
        "y": Answer.YES,
        "n": Answer.LOCAL,
        "o": Answer.OFF,
        "p": Answer.LEVELS,
        "l": Answer.LATER,
        "d": "data",
        "t": "text",
    }
    assert "p" not in keys(question(EXAMPLE))


def test_a_part_is_asked_about_alone() -> None:
    asked = question(EXAMPLE)
    assert part_lines(asked, asked.parts[0], 80) == [
        "",
        "usage: Which parts of the editor are used. (1 count)",
        "  y  count and send",
        "  n  count, do not send",
        "  o  do not count at all",
    ]
    assert earlier_lines(asked, 80) == [
        "",
        "And what was counted here until now?",
        "  y  send it, too",
        "  n  do not send it",
    ]


def test_the_whole_text_begins_with_what_is_new() -> None:
    asked = replace(question(EXAMPLE), news=("One thing.", "Another."))
    lines = text_lines(asked, 80)
    assert lines[:4] == [
        "- One thing.",
        "- Another.",
        "",
        "May An example editor send usage counts?",
    ]
    assert text_lines(question(EXAMPLE), 80)[0] == "May An example editor send usage counts?"
    assert " ".join(" ".join(lines).split()).endswith(question(EXAMPLE).text.split()[-1])


def test_the_data_is_the_report_value_by_value() -> None:
    body = '{"format":1,"entries":[{"metric":"file.opened","value":"ü\x1b[2J"}]}'
    body = body.replace("\x1b", "\\u001b")
    head, empty, *lines = data_lines(question(EXAMPLE, data=[body.encode()]), 200)
    assert head.startswith("Reports look like this.")
    assert empty == ""
    assert json.loads("\n".join(lines)) == json.loads(body)
    assert "\x1b" not in "".join(lines)


def test_without_data_it_is_said_that_there_is_none() -> None:
    assert data_lines(question(EXAMPLE), 80) == ["Nothing was counted until now."]


def test_a_page_leaves_a_line_for_the_key_that_turns_it() -> None:
    assert pages(["a", "b", "c", "d", "e"], 3) == [["a", "b"], ["c", "d"], ["e"]]
    assert pages(["a", "b"], 1) == [["a"], ["b"]]
