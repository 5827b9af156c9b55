from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from aboveboard.registry.checks import check
from aboveboard.registry.imports.imported import About, Imported
from aboveboard.registry.read import read
from aboveboard.registry.write import write

TODAY = date(2026, 11, 21)


@pytest.fixture
def about() -> About:
    return About("product", "A product")


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def catalogues() -> Mapping[str, str]:
    """Give the text of each full catalogue."""
    folder = Path(__file__).parents[3] / "data"
    names = ("endless_events.json", "mattermost_catalog.tsv")
    return {name: (folder / name).read_text(encoding="utf-8") for name in names}


@pytest.fixture(scope="session")
def untold() -> Callable[[Imported], list[str]]:
    """Give a function that finds the problems of an import that it does not leave open."""

    def find(imported: Imported) -> list[str]:
        plugins = [(name, write(file).encode()) for name, file in imported.plugins.items()]
        body = write(imported.table, imported.notes).encode()
        problems = check(read(body, "product.toml", plugins), TODAY)
        told = {place for place, _ in imported.open}
        return [
            str(problem)
            for problem in problems
            if problem.place not in told
            and not (problem.place.endswith(".expires.never") and problem.place[:-6] in told)
        ]

    return find


@pytest.fixture(scope="session")
def keys() -> Callable[[Imported], set[str]]:
    """Give a function that tells which keys an import leaves open."""

    def find(imported: Imported) -> set[str]:
        names = sorted(imported.notes, key=len, reverse=True)
        found = set()
        for place, _ in imported.open:
            name = next((n for n in names if place.startswith(f"metric.{n}.")), None)
            found.add(place.removeprefix(f"metric.{name}.") if name else place)
        return found

    return find
