from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aboveboard.errors import RegistryError
from aboveboard.model.registry import Registry
from aboveboard.model.said import Said
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.read import read
from aboveboard.registry.translate import Translator

HEAD = 'format = 1\napp = "mongooseim"\n'
RUN = '[[run]]\nname = "outgoing_pool"\nas = "pools"\n'


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read((Path(__file__).parents[3] / "registry" / "mongooseim.toml").read_bytes())


def test_runs_are_told_where_the_mapping_asks_for_them(registry: Registry) -> None:
    pools = [Said("mongooseim", "outgoing_pool")] * 2
    asks = Translator(registry, read_mapping(f"{HEAD}{RUN}batch = 25".encode(), registry))
    assert asks.runs([Said("mongooseim", "cluster"), *pools])[0].values == {"count": 2}
    assert Translator(registry).runs(pools) == []


def test_a_rule_may_be_for_some_senders_alone(registry: Registry) -> None:
    rule = '[[event]]\nname = "a"\nwho = "x-*"\nsay = "cluster.lasting"\nvalue = false\n'
    made = Translator(registry, read_mapping(f"{HEAD}{rule}".encode(), registry))
    day = date(2026, 11, 26)
    assert made.translate(Said("mongooseim", "a", who="x-7"), day)[0].counts
    assert not made.translate(Said("mongooseim", "a", who="7"), day)[0].counts


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (f"{RUN}more = 1", "run[1].more"),
        ('[[run]]\nname = "a"', "run[1]"),
        (f'{RUN}batch = "many"', "run[1].batch"),
    ],
)
def test_a_run_that_is_not_written_so_is_a_problem(
    registry: Registry, lines: str, place: str
) -> None:
    with pytest.raises(RegistryError) as caught:
        read_mapping(f"{HEAD}{lines}".encode(), registry)
    assert [problem.place for problem in caught.value.problems] == [place]
