from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import pytest

import aboveboard


def offered() -> list[str]:
    """Give the names that the module imports where only a type checker looks."""
    tree = ast.parse(inspect.getsource(aboveboard))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return sorted(
        alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )


def test_the_public_names_are_one_sorted_list_of_what_can_be_imported() -> None:
    assert aboveboard.__all__ == sorted(aboveboard.__all__) == offered() == dir(aboveboard)


@pytest.mark.parametrize("name", aboveboard.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert (getattr(aboveboard, name).__doc__ or "").strip()


def test_what_is_no_public_name_is_none() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = aboveboard.nonsense


def test_importing_it_imports_nothing_else() -> None:
    code = (
        "import sys; before = set(sys.modules); import aboveboard;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"aboveboard", "__future__"}
