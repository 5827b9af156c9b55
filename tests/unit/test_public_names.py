from __future__ import annotations

from types import ModuleType

import pytest

import aboveboard


def public_names() -> list[str]:
    return sorted(
        name
        for name, value in vars(aboveboard).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    )


def test_the_public_names_are_one_sorted_list_of_what_can_be_imported() -> None:
    assert aboveboard.__all__ == public_names()


@pytest.mark.parametrize("name", aboveboard.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert (getattr(aboveboard, name).__doc__ or "").strip()
