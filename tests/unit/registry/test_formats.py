from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import Problem
from aboveboard.registry.checks import CHECKS
from aboveboard.registry.formats import (
    FORMATS,
    Located,
    as_github,
    as_json,
    as_sarif,
    as_text,
)

EXPIRED = Problem("expired", "metric.file.opened.expires", "it ended.", "Renew it.")
MISSING = Problem("missing", "product.title", "it is missing.", "Add text.")
FOUND = [
    Located("registry/an editor.toml", 7, EXPIRED),
    Located("/abs/editor.toml", 3, MISSING),
    Located("registry/an editor.toml", 9, EXPIRED),
]


def test_the_text_has_a_line_for_each() -> None:
    assert as_text(FOUND).splitlines()[0] == (
        "registry/an editor.toml:7: metric.file.opened.expires: it ended. [expired] Renew it."
    )
    assert as_text(FOUND).count("\n") == 3


def test_json_has_every_part_of_a_problem() -> None:
    assert json.loads(as_json(FOUND))["problems"][1] == {
        "file": "/abs/editor.toml",
        "line": 3,
        "code": "missing",
        "place": "product.title",
        "text": "it is missing.",
        "remedy": "Add text.",
    }


def test_sarif_names_rules_once_and_results_by_them() -> None:
    log = json.loads(as_sarif(FOUND))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["expired", "missing"]
    assert rules[0]["fullDescription"] == {"text": CHECKS["expired"].reason}
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "registry/an%20editor.toml",
        "file:///abs/editor.toml",
        "registry/an%20editor.toml",
    ]
    assert [place["region"]["startLine"] for place in places] == [7, 3, 9]


def test_an_annotation_of_github_stands_beside_its_line() -> None:
    assert as_github(FOUND[:1]) == (
        "::error file=registry/an editor.toml,line=7,title=expired"
        "::metric.file.opened.expires: it ended. Renew it.\n"
    )


def test_a_file_cannot_write_commands_of_github_of_its_own() -> None:
    evil = Located("a,line=1::b%.toml", 1, Problem("x", "p", "a\n::error::b %0A", "Mend it."))
    assert as_github([evil]) == (
        "::error file=a%2Cline=1%3A%3Ab%25.toml,line=1,title=x"
        "::p: a\\u000a::error::b %250A Mend it.\n"
    )


@pytest.mark.parametrize("form", ["text", "github"])
@given(place=st.text(), text=st.text())
def test_what_a_file_says_cannot_steer_a_terminal(form: str, place: str, text: str) -> None:
    page = FORMATS[form]([Located("editor.toml", 1, Problem("x", place, text, "Mend it."))])
    assert page.endswith("\n")
    assert page[:-1].isprintable()


@pytest.mark.parametrize("form", list(FORMATS))
def test_no_problem_is_said_in_every_form(form: str) -> None:
    page = FORMATS[form]([])
    assert page == "" if form in {"text", "github"} else json.loads(page)


def test_a_path_that_is_no_unicode_has_an_address() -> None:
    name = b"\xff.toml".decode("utf-8", "surrogateescape")
    log = json.loads(as_sarif([Located(name, 1, MISSING)]))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%FF.toml"
