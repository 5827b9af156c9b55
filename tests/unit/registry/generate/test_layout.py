from __future__ import annotations

import ast
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.generate.layout import WIDTH, bracketed, docstring, plain, spaced

LONG = "x" * 40


@pytest.mark.parametrize(
    ("items", "lines"),
    [
        pytest.param(["a", "b"], ["    f(a, b) -> int:"], id="on-one-line"),
        pytest.param(
            [LONG, "y" * 50],
            ["    f(", f"        {LONG}, {'y' * 50}", "    ) -> int:"],
            id="on-a-second",
        ),
        pytest.param(
            [LONG, LONG, LONG],
            ["    f(", *[f"        {LONG},"] * 3, "    ) -> int:"],
            id="on-a-line-each",
        ),
        pytest.param([], ["    f() -> int:"], id="nothing"),
    ],
)
def test_what_is_in_brackets_is_broken_as_late_as_can_be(
    items: list[str], lines: list[str]
) -> None:
    assert bracketed(1, "f(", items, ") -> int:") == lines


def test_a_method_that_takes_nothing_breaks_with_a_comma() -> None:
    lines = bracketed(1, f"def {LONG}(", ["self"], f") -> {LONG}{LONG}:")
    assert lines == [f"    def {LONG}(", "        self,", f"    ) -> {LONG}{LONG}:"]


def test_a_line_may_be_as_wide_as_the_bound_and_no_wider() -> None:
    fits = "x" * (WIDTH - 4)
    assert bracketed(0, "f((", [fits], ")") == [f"f(({fits})"]
    assert bracketed(0, "f(((", [fits], ")") == ["f(((", f"    {fits}", ")"]
    assert bracketed(0, "f(((", [f"{fits}x"], ")") == ["f(((", f"    {fits}x,", ")"]


def test_a_short_docstring_stands_on_one_line() -> None:
    assert docstring(1, "Files opened") == ['    """Files opened."""']


def test_a_long_one_is_wrapped_within_its_depth() -> None:
    lines = docstring(2, "Files", "how " * 60)
    assert lines[0] == '        """Files.'
    assert lines[1] == ""
    assert lines[-1] == '        """'
    assert all(line.startswith("        ") or not line for line in lines)
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("end", [".", "!", "?"])
def test_its_first_line_ends_as_a_sentence(end: str) -> None:
    assert docstring(0, f"Files{end}") == [f'"""Files{end}"""']


@given(st.lists(st.text(), min_size=1))
def test_nothing_that_somebody_wrote_ends_a_docstring(texts: list[str]) -> None:
    body = "\n".join(["class A:", *docstring(1, *texts, "end"), "    b = 1"])
    [node] = ast.parse(body).body
    assert isinstance(node, ast.ClassDef)
    assert [type(each) for each in node.body] == [ast.Expr, ast.Assign]
    said = " ".join(inspect.cleandoc(ast.get_docstring(node) or "").split())
    paragraphs = [text for text in map(plain, texts) if text]
    assert all(text in said for text in paragraphs)


def test_blocks_are_joined_with_empty_lines_between() -> None:
    assert spaced([["a"], ["b", "c"]], 2) == ["a", "", "", "b", "c"]
    assert spaced([], 2) == []
