from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.imports.shapes import day, first_link, number, text, texts
from aboveboard.registry.imports.wording import (
    LONGEST_NAME,
    cut,
    metric_name,
    part,
    plain,
    sentence,
    without_unit,
)
from aboveboard.registry.names import METRIC_NAME


@given(st.text("abcXYZ_.-09é ", min_size=1, max_size=40), st.text("abcXYZ_.-09é ", max_size=90))
def test_a_name_is_always_the_same_and_never_has_odd_letters(group: str, name: str) -> None:
    made = metric_name(group, name)
    assert made == metric_name(group, name)
    assert made.isascii()
    assert METRIC_NAME.fullmatch(made) or len(made) > LONGEST_NAME or "." not in made


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("WebServerMode", "web_server_mode"),
        ("enable_X_to_leave_channels_from_LHS", "enable_x_to_leave_channels_from_lhs"),
        ("2fa", "n2fa"),
        ("__", ""),
    ],
)
def test_a_part_of_a_name_is_lower_case_with_underscores(written: str, expected: str) -> None:
    assert part(written) == expected


def test_a_long_name_loses_words_of_its_group_first() -> None:
    name = metric_name("permissions_system_scheme", "system_manager_permissions_modified_twice")
    assert name == "permissions_system.system_manager_permissions_modified_twice"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("free_mb", ("free", "megabytes")),
        ("cache_in_minutes", ("cache", "minutes")),
        ("in_minutes", ("in", "minutes")),
        ("requests_per_sec", ("requests_per_second", "")),
        ("_ms", ("_ms", "")),
        ("ms", ("ms", "")),
        ("teams", ("teams", "")),
    ],
)
def test_a_unit_leaves_the_end_of_a_name(name: str, expected: tuple[str, str]) -> None:
    assert without_unit(name) == expected


def test_plain_words_hold_no_jargon_and_known_abbreviations() -> None:
    assert plain("url_retention_it") == "URL keeping it"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ""),
        ("Tabs.\n\nThat are open.", "Tabs"),
        ("Is it on? Yes.", "Is it on"),
        ("\x1b[31mred", ""),
    ],
)
def test_a_heading_is_a_short_first_sentence(written: str, expected: str) -> None:
    assert sentence(written) == expected


@given(st.text(max_size=200))
def test_a_cut_title_fits(written: str) -> None:
    assert len(cut(written)) <= 60


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" two\nlines ", "two lines"),
        (3, "3"),
        (True, ""),
        (None, ""),
        (["x"], ""),
        ("a\x1bb", "ab"),
    ],
)
def test_a_text_is_one_printable_line(value: object, expected: str) -> None:
    assert text({"key": value}, "key") == expected


def test_a_list_of_texts_may_be_one_text() -> None:
    assert texts({"key": ["a", 3, None, {}]}, "key") == ["a", "3"]
    assert texts({"key": "a"}, "key") == ["a"]
    assert texts({}, "key") == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("8", 8),
        (-7, None),
        ("seven", None),
        ("\u0667", None),
        ("9" * 16, None),
        (True, None),
    ],
)
def test_a_number_is_whole_and_not_negative(value: object, expected: int | None) -> None:
    assert number({"key": value}, "key") == expected


def test_a_day_is_written_in_full() -> None:
    assert day("2027-06-30") is not None
    assert day("20270630") is None
    assert day("2027-02-30") is None


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], ""),
        (["https://bugs.example"], ""),
        (["https://bugs.example/"], ""),
        (["N/A", "http://bugs.example/1", "https://bugs.example/1"], "https://bugs.example/1"),
    ],
)
def test_a_link_leads_to_a_page_and_not_to_a_front_page(links: list[str], expected: str) -> None:
    assert first_link(links) == expected
