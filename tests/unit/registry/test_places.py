from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.places import lines, locate

TEXT = """# a comment = 1
format = 1
[product]
id = "editor"
levels.usage = "How it is used."
[metric."file.opened"]  # the first
kind = 'choice'
choices = [
    "linux",
]
approved = { on = 2026-01-15, by = "The council" }
[ metric . 'theme.dark' . translations.de ]
title = "Dunkel"
"""
FILES = {
    "editor.toml": lines(TEXT),
    "plugins/spell.toml": {"plugin": 1, "plugin.prefix": 3, "metric.spelling.used": 5},
}


@pytest.mark.parametrize(
    ("place", "name", "line"),
    [
        pytest.param("format", "editor.toml", 2, id="top"),
        pytest.param("product.id", "editor.toml", 4, id="key"),
        pytest.param("product.policy", "editor.toml", 3, id="missing-key"),
        pytest.param("product.levels.usage", "editor.toml", 5, id="dotted-key"),
        pytest.param("metric.file.opened", "editor.toml", 6, id="metric"),
        pytest.param("metric.file.opened.choices", "editor.toml", 8, id="list"),
        pytest.param("metric.file.opened.approved.by", "editor.toml", 11, id="inline-table"),
        pytest.param("metric.theme.dark.translations.de.title", "editor.toml", 13, id="quotes"),
        pytest.param("file", "editor.toml", 1, id="the-file"),
        pytest.param("metric.spelling.used.unit", "plugins/spell.toml", 5, id="plug-in"),
        pytest.param("plugins/spell.toml.plugin.prefix", "plugins/spell.toml", 3, id="its-key"),
        pytest.param("plugins/spell.toml", "plugins/spell.toml", 1, id="all-of-it"),
        pytest.param("plugins/spell.toml.colour", "plugins/spell.toml", 1, id="its-unknown-key"),
    ],
)
def test_a_problem_is_found_on_its_line(place: str, name: str, line: int) -> None:
    assert locate(place, FILES) == (name, line)


@given(st.text(), st.text())
def test_every_place_is_somewhere_in_every_text(text: str, place: str) -> None:
    known = lines(text)
    assert 1 <= locate(place, {"x": known})[1] <= max(1, len(text.splitlines()))
