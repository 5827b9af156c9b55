from __future__ import annotations

import inspect

import pytest

from aboveboard import errors
from aboveboard.errors import AboveboardError, Problem, RegistryError

TREE = [
    pytest.param(kind, id=name)
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, Exception)
]


@pytest.mark.parametrize("kind", TREE)
def test_every_error_can_be_caught_as_one(kind: type[Exception]) -> None:
    assert issubclass(kind, AboveboardError)


@pytest.mark.parametrize("kind", TREE)
def test_every_error_stands_in_the_tree_and_says_what_to_do(kind: type[Exception]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    assert "." in (kind.__doc__ or "")


def test_the_tree_shows_which_error_is_a_kind_of_which() -> None:
    tree = errors.__doc__ or ""
    depth = {
        name: line.index(name)
        for line in tree.splitlines()
        for name in [line.strip("│├└─ ").partition(" ")[0]]
        if name.endswith("Error")
    }

    assert depth["AboveboardError"] < depth["FactsError"] < depth["QueryError"]
    assert set(depth) == {str(param.id) for param in TREE}


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        pytest.param(1, "editor.toml: 1 problem\n", id="one"),
        pytest.param(3, "editor.toml: 3 problems\n", id="several"),
    ],
)
def test_a_registry_error_names_its_source_and_every_problem(number: int, heading: str) -> None:
    problems = [
        Problem("missing", f"place.{n}", "it is missing.", f"Add {n}.") for n in range(number)
    ]

    error = RegistryError("editor.toml", problems)

    assert error.source == "editor.toml"
    assert error.problems == tuple(problems)
    assert str(error).startswith(heading)
    for problem in problems:
        assert f"{problem.place}: it is missing. [missing] {problem.remedy}" in str(error)
