from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector.seen import SeenIds


def test_an_id_that_was_added_is_known_for_its_app_alone() -> None:
    seen = SeenIds()
    seen.add("editor", 7)
    assert ("editor", 7) in seen
    assert ("viewer", 7) not in seen
    assert ("editor", 8) not in seen


@given(ids=st.lists(st.integers(0, 2**128 - 1), unique=True, max_size=30))
def test_the_latest_ids_are_always_known_and_never_more_than_two_generations(
    ids: list[int],
) -> None:
    seen = SeenIds(most=5)
    for number in ids:
        seen.add("editor", number)
    known = [number for number in ids if ("editor", number) in seen]
    assert known == ids[len(ids) - len(known) :]
    assert min(len(ids), 5) <= len(known) <= 10


def test_many_ids_are_remembered_in_two_generations_too() -> None:
    seen = SeenIds(most=2)
    for first in (1, 3, 5):
        seen.add_many("editor", {first, first + 1})
    assert [seen.knows_any("editor", {number}) for number in (1, 3, 5)] == [False, True, True]
    assert not seen.knows_any("viewer", {5})
