from __future__ import annotations

import pytest

from aboveboard.adapters.country_file import MemoryCountries
from aboveboard.collector.country import CONTINENTS, LARGE, KnownCountries, asking, coarse
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY


@pytest.mark.parametrize(
    ("country", "continent", "said"),
    [
        ("DE", "EU", "DE"),
        ("LI", "EU", "europe"),
        ("NA", "AF", "africa"),
        ("", "SA", "south-america"),
        ("SA", "AS", "SA"),
        ("XX", "XX", ""),
    ],
)
def test_a_small_country_is_its_continent(country: str, continent: str, said: str) -> None:
    assert coarse(country, continent) == said


def test_no_continent_is_taken_for_a_country() -> None:
    assert not LARGE & set(CONTINENTS.values())
    assert all(len(code) == 2 and code.isupper() for code in LARGE)


def test_an_address_that_nobody_can_read_is_nowhere() -> None:
    known = KnownCountries(MemoryCountries({"198.51.100.7": ("DE", "EU")}), frozenset())
    assert known.name(bytes([198, 51, 100, 7])) == "DE"
    assert known.name(b"") == ""


def test_a_product_asks_by_its_registry() -> None:
    registry = read(EXAMPLE_REGISTRY)
    assert asking({"editor": registry}) == frozenset()
