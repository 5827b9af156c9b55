"""The contract of the port Chance, run over all its adapters."""

from __future__ import annotations

import os
import re

import pytest

from aboveboard.adapters.dice import Dice
from aboveboard.adapters.memory import CountingChance
from aboveboard.adapters.stocked_chance import StockedChance
from aboveboard.adapters.system import SystemChance
from aboveboard.ports.surroundings import Chance
from aboveboard.registry.names import REPORT_ID

TOKEN = re.compile("[0-9a-f]{64}")


@pytest.fixture(
    params=[
        pytest.param(SystemChance, id="system"),
        pytest.param(StockedChance, id="stocked"),
        pytest.param(CountingChance, id="counting"),
        pytest.param(lambda: Dice("a seed"), id="dice"),
    ],
)
def chance(request: pytest.FixtureRequest) -> Chance:
    made: Chance = request.param()
    return made


def test_an_id_has_the_form_that_a_collector_expects(chance: Chance) -> None:
    assert all(REPORT_ID.fullmatch(chance.report_id()) for _ in range(100))


def test_a_token_has_twice_as_many_bits(chance: Chance) -> None:
    assert all(TOKEN.fullmatch(chance.token()) for _ in range(100))


def test_a_draw_lies_between_nothing_and_one(chance: Chance) -> None:
    assert all(0 <= chance.draw() < 1 for _ in range(1000))


def test_the_systems_draws_are_spread_out() -> None:
    draws = [SystemChance().draw() for _ in range(1000)]

    assert 0.4 < sum(draws) / len(draws) < 0.6
    assert len(set(draws)) > 990


def test_no_token_comes_twice(chance: Chance) -> None:
    assert len({chance.token() for _ in range(1000)}) == 1000


def test_no_id_comes_twice(chance: Chance) -> None:
    assert len({chance.report_id() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("kind", [SystemChance, StockedChance])
def test_the_systems_ids_use_all_of_their_bits(kind: type[SystemChance]) -> None:
    chance = kind()
    ids = [int(chance.report_id(), 16) for _ in range(200)]

    set_somewhere, set_everywhere = 0, 2**128 - 1
    for each in ids:
        set_somewhere |= each
        set_everywhere &= each
    assert (set_somewhere, set_everywhere) == (2**128 - 1, 0)


def test_counted_ids_can_be_foreseen() -> None:
    chance = CountingChance()

    assert [int(chance.report_id(), 16) for _ in range(3)] == [1, 2, 3]


def test_a_process_that_was_forked_off_draws_ids_of_its_own() -> None:
    chance = StockedChance()
    chance.report_id()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, chance.report_id().encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 32).decode()
    os.close(reader)
    os.close(writer)

    assert REPORT_ID.fullmatch(theirs)
    assert theirs not in {chance.report_id() for _ in range(1000)}
