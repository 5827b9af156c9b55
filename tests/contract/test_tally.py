"""The contract of the port Tally, run over all its adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters.tally_file import TallyFile
from aboveboard.device.tally import LooseTally
from aboveboard.model.event import Event
from aboveboard.ports.device import Tally

DAY = date(2026, 11, 18)
LABEL = Event("file.opened", DAY, "").label()


@pytest.fixture(
    params=[pytest.param("memory", id="memory"), pytest.param("file", id="file")],
)
def tally(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tally]:
    made: Tally = LooseTally() if request.param == "memory" else TallyFile.create(tmp_path / "live")
    yield made
    made.close()


def slot(tally: Tally, label: str = LABEL) -> tuple[memoryview, int]:
    found = tally.slot(label)
    assert found is not None
    return found


def test_a_new_slot_holds_nothing(tally: Tally) -> None:
    slots, index = slot(tally)

    assert slots[index] == 0


def test_each_slot_counts_by_itself_also_under_one_label(tally: Tally) -> None:
    places = [slot(tally), slot(tally), slot(tally, "other")]
    for by, (slots, index) in enumerate(places):
        slots[index] += by + 1

    assert [slots[index] for slots, index in places] == [1, 2, 3]


def test_turns_only_grow(tally: Tally) -> None:
    assert [tally.turn() for _ in range(3)] == [1, 2, 3]


def test_a_tally_is_full_at_some_time(tally: Tally) -> None:
    made = 0
    while tally.slot(f"{LABEL}{made}") is not None:
        made += 1

    assert 500 < made < 5000
    assert tally.slot("one more" * 20) is None
    assert not tally.lost()


def test_a_label_may_be_long(tally: Tally) -> None:
    slots, index = slot(tally, "é" * 2000)

    assert slots[index] == 0


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda slots, index: slots.__setitem__(index, 1), id="set"),
        pytest.param(lambda slots, index: slots.__getitem__(index), id="read"),
    ],
)
def test_whoever_counts_in_a_closed_tally_is_told(
    tally: Tally, write: Callable[[memoryview, int], object]
) -> None:
    slots, index = slot(tally)
    assert not tally.lost()

    tally.close()

    assert tally.lost()
    assert tally.slot(LABEL) is None
    with pytest.raises(ValueError, match="released"):
        write(slots, index)
    tally.close()
