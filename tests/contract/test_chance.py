"""The contract of the port Chance, run over all its adapters."""

from __future__ import annotations

import pytest

from aboveboard.adapters.memory import CountingChance
from aboveboard.adapters.system import SystemChance
from aboveboard.ports import Chance
from aboveboard.registry.names import REPORT_ID


@pytest.fixture(
    params=[pytest.param(SystemChance, id="system"), pytest.param(CountingChance, id="counting")],
)
def chance(request: pytest.FixtureRequest) -> Chance:
    made: Chance = request.param()
    return made


def test_an_id_has_the_form_that_a_collector_expects(chance: Chance) -> None:
    assert all(REPORT_ID.fullmatch(chance.report_id()) for _ in range(100))


def test_no_id_comes_twice(chance: Chance) -> None:
    assert len({chance.report_id() for _ in range(1000)}) == 1000


def test_the_systems_ids_use_all_of_their_bits() -> None:
    chance = SystemChance()
    ids = [int(chance.report_id(), 16) for _ in range(200)]

    set_somewhere, set_everywhere = 0, 2**128 - 1
    for each in ids:
        set_somewhere |= each
        set_everywhere &= each
    assert (set_somewhere, set_everywhere) == (2**128 - 1, 0)


def test_counted_ids_can_be_foreseen() -> None:
    chance = CountingChance()

    assert [int(chance.report_id(), 16) for _ in range(3)] == [1, 2, 3]
