from __future__ import annotations

import pytest

from aboveboard.model.many import many, noun


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("times", "time"),
        ("active installs", "active install"),
        ("entries", "entry"),
        ("cookies", "cookie"),
        ("matches", "match"),
        ("caches", "cache"),
        ("sizes", "size"),
        ("glass", "glass"),
        ("people", "person"),
        ("files per day", "files per day"),
    ],
)
def test_one_of_something_is_not_told_in_the_plural(plural: str, one: str) -> None:
    assert (noun(1, plural), noun(0, plural), noun(2, plural)) == (one, plural, plural)


def test_large_numbers_are_written_for_people() -> None:
    assert many(1_234_567, "report") == "1,234,567 reports"
