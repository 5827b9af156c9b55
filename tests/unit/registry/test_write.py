from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.canonical import fingerprint
from aboveboard.registry.read import read
from aboveboard.registry.write import WIDEST, write

ROOT = Path(__file__).parents[3]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PLAIN = (
    st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | TEXTS | st.dates()
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
METRICS = st.fixed_dictionaries(
    {},
    optional={
        "kind": TEXTS,
        "approved": st.dictionaries(TEXTS, PLAIN, max_size=3),
        "expires": st.dates() | st.fixed_dictionaries({"never": TEXTS}),
        "choices": st.lists(TEXTS, max_size=60),
        "outcomes": st.lists(st.dictionaries(TEXTS, PLAIN, max_size=4), max_size=4),
        "extras": st.dictionaries(TEXTS, st.lists(TEXTS, max_size=20), max_size=4),
    },
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "format": st.integers(0, 9),
        "product": st.dictionaries(TEXTS, VALUES, max_size=6),
        "metric": st.dictionaries(TEXTS, METRICS, max_size=4),
    },
)


@given(FILES, st.dictionaries(TEXTS, st.lists(TEXTS, max_size=3), max_size=3))
def test_what_was_written_is_read_again(
    content: dict[str, object], notes: dict[str, list[str]]
) -> None:
    assert tomllib.loads(write(content, notes)) == content


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_any_table_is_read_again(content: dict[str, object]) -> None:
    assert tomllib.loads(write(content)) == content


def test_our_own_registry_keeps_its_meaning() -> None:
    content = tomllib.loads((ROOT / "registry" / "aboveboard.toml").read_text(encoding="utf-8"))
    text = write(content)
    assert tomllib.loads(text) == content
    assert read(text.encode()).fingerprint == fingerprint(content)


def test_the_layout_is_that_of_the_documentation() -> None:
    content = {
        "format": 1,
        "product": {"id": "editor", "levels": {"usage": "Which parts are used."}},
        "metric": {
            "file.opened": {
                "kind": "event",
                "approved": {"on": date(2026, 1, 15), "by": "The council"},
                "expires": {"never": "A reason."},
                "extras": {"how": ["menu", "key"]},
                "outcomes": [{"on": date(2026, 5, 1), "learnt": "Much."}] * 2,
                "labels": [f"label {number}" for number in range(20)],
                "accuracy": 0.05,
            }
        },
    }
    assert (
        write(content, {"file.opened": ["A note\nof two lines.", ""]})
        == """\
format = 1

[product]
id = "editor"

[product.levels]
usage = "Which parts are used."

[metric."file.opened"]
# A note of two lines.
#
kind = "event"
approved = { on = 2026-01-15, by = "The council" }
expires = { never = "A reason." }
outcomes = [{ on = 2026-05-01, learnt = "Much." }, { on = 2026-05-01, learnt = "Much." }]
labels = [
    "label 0", "label 1", "label 2", "label 3", "label 4", "label 5", "label 6", "label 7",
    "label 8", "label 9", "label 10", "label 11", "label 12", "label 13", "label 14", "label 15",
    "label 16", "label 17", "label 18", "label 19",
]
accuracy = 0.05

[metric."file.opened".extras]
how = ["menu", "key"]
"""
    )


def test_long_tables_of_a_list_have_a_line_each() -> None:
    content = {"outcomes": [{"learnt": "x" * 60}, {"learnt": "y" * 60}]}
    assert write(content).splitlines() == [
        "outcomes = [",
        f'    {{ learnt = "{"x" * 60}" }},',
        f'    {{ learnt = "{"y" * 60}" }},',
        "]",
    ]


@given(st.lists(st.text("ab", min_size=1, max_size=40), max_size=80))
def test_no_line_of_a_list_is_too_wide(words: list[str]) -> None:
    assert all(len(line) <= WIDEST for line in write({"choices": words}).splitlines())


@pytest.mark.parametrize("content", [{}, {"product": {}}, {"a": {"b": {"c": {}}}}])
def test_empty_tables_are_kept(content: dict[str, object]) -> None:
    assert tomllib.loads(write(content)) == content


@pytest.mark.parametrize("value", [None, b"bytes", datetime(2026, 1, 1, tzinfo=UTC), {1}])
def test_what_a_registry_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="a registry file cannot hold"):
        write({"key": value})
