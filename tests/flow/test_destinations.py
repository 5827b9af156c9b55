"""Reports go where the person wants them, and no destination holds up another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aboveboard.errors import StoreError
from aboveboard.model.report import COLLECTOR, Fate

if TYPE_CHECKING:
    from tests.flow.conftest import Machine

    from aboveboard.device.telemetry import Telemetry

OFFICIAL, MINE = "https://collector.example", "https://mine.example"


@pytest.fixture
def telemetry(machine: Machine) -> Telemetry:
    begun = machine.start()
    begun.choose("on")
    machine.collector(MINE)
    return begun


def ids(machine: Machine, url: str) -> list[str]:
    return sorted(report["id"] for report in machine.net.collectors[url].reports)


def test_a_redirect_sends_there_instead_and_back_again(
    machine: Machine, telemetry: Telemetry
) -> None:
    telemetry.count("file.opened")
    telemetry.person.redirect(MINE)
    telemetry.flush(now=True)

    assert machine.net.asked == [MINE]
    assert telemetry.journal()[0].url.startswith(f"{MINE}/reports/editor/")
    assert f"reports go: to {MINE}" in telemetry.person.status()

    telemetry.person.redirect("")
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert machine.net.asked == [MINE, OFFICIAL]


def test_what_waits_goes_to_where_it_is_redirected(machine: Machine, telemetry: Telemetry) -> None:
    machine.net.dead.add(OFFICIAL)
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    telemetry.person.redirect(MINE)
    telemetry.flush(now=True)

    assert len(ids(machine, MINE)) == 1
    assert ids(machine, OFFICIAL) == []


def test_each_copy_has_rows_of_its_own(machine: Machine, telemetry: Telemetry) -> None:
    telemetry.person.also(MINE)
    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.flush(now=True)

    rows = telemetry.journal()
    assert len(rows) == 4
    assert {(row.destination, row.url.partition("/reports")[0]) for row in rows} == {
        (COLLECTOR, OFFICIAL),
        (MINE, MINE),
    }
    assert ids(machine, MINE) == ids(machine, OFFICIAL)


def test_a_dead_copy_never_delays_the_collector(machine: Machine, telemetry: Telemetry) -> None:
    telemetry.person.also(MINE)
    machine.net.dead.add(MINE)
    for _ in range(60):
        telemetry.count("file.opened")
        machine.clock.move(days=1)
        telemetry.flush()

    rows = telemetry.journal()
    assert {row.fate for row in rows if row.destination == MINE} == {Fate.WAITING}
    official = [row for row in rows if row.destination == COLLECTOR]
    assert len(official) >= 6
    # Each left on the day on which its moment was, or on the next one: this program runs daily.
    late = [row for row in official if row.fate is Fate.WAITING]
    assert all(row.due > machine.clock.seconds() - 86_400 for row in late)
    assert {row.tries for row in official if row.fate is Fate.DELIVERED} == {1}
    assert machine.net.asked.count(MINE) < 60, "a dead destination rests"

    machine.net.dead.clear()
    machine.clock.move(days=2)
    telemetry.flush()
    assert set(ids(machine, MINE)) <= {row.report for row in rows}
    assert len(ids(machine, MINE)) >= 6


def test_a_dead_collector_never_delays_a_copy(machine: Machine, telemetry: Telemetry) -> None:
    telemetry.person.also(MINE)
    machine.net.dead.add(OFFICIAL)
    for _ in range(30):
        telemetry.count("file.opened")
        machine.clock.move(days=1)
        telemetry.flush()

    assert len(ids(machine, MINE)) >= 3


def test_while_a_destination_rests_nobody_looks_each_minute(
    machine: Machine, telemetry: Telemetry
) -> None:
    machine.net.dead.add(OFFICIAL)
    for name in ("file", "edit"):
        telemetry.count("menu.used", label=name)
    telemetry.count("file.opened")
    telemetry.set("system.os", "linux")
    telemetry.set("theme.dark", value=True)
    telemetry.flush(now=True)
    telemetry.flush(now=True)
    telemetry.flush(now=True)

    asked = len(machine.net.asked)
    looked = 0
    for _ in range(60):
        machine.clock.move(minutes=1)
        if machine.clock.seconds() >= machine.paper("next"):
            looked += 1
            telemetry.flush()

    assert looked < 20
    assert len(machine.net.asked) - asked < 20


def test_where_nobody_receives_nobody_looks_each_minute(machine: Machine) -> None:
    registry = machine.registry
    machine.registry = type(registry)(
        **{name: getattr(registry, name) for name in registry.__slots__} | {"collector": None}
    )
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    assert machine.paper("next") > machine.clock.seconds() + 600


def test_a_copy_that_is_added_later_gets_what_waits_and_what_comes(
    machine: Machine, telemetry: Telemetry
) -> None:
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    machine.net.dead.add(OFFICIAL)
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    telemetry.person.also(MINE)
    telemetry.flush(now=True)
    assert len(ids(machine, MINE)) == 1, "what was delivered before was not meant for it"
    assert ids(machine, MINE) == [each.report for each in telemetry.person.outbox()]

    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert len(ids(machine, MINE)) == 2


def test_a_copy_that_is_not_wanted_any_longer_gets_nothing(
    machine: Machine, telemetry: Telemetry
) -> None:
    telemetry.person.also(MINE)
    machine.net.dead |= {MINE, OFFICIAL}
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    telemetry.person.not_also(f"{MINE}/")
    machine.net.dead.clear()
    telemetry.flush(now=True)

    assert ids(machine, MINE) == []
    assert len(ids(machine, OFFICIAL)) == 1
    fates = {row.destination: row.fate for row in telemetry.journal()}
    assert fates == {COLLECTOR: Fate.DELIVERED, MINE: Fate.STRUCK}


def test_the_wishes_outlive_the_program_and_off(machine: Machine, telemetry: Telemetry) -> None:
    telemetry.person.also(MINE)
    telemetry.choose("off")

    assert [place.url for place in machine.start().person.wishes.also] == [MINE]


def test_who_asks_for_nonsense_is_told(telemetry: Telemetry) -> None:
    for ask in (telemetry.person.redirect, telemetry.person.also):
        with pytest.raises(ValueError, match="https"):
            ask("http://mine.example")
    with pytest.raises(ValueError, match="days"):
        telemetry.person.wait(1000)


def test_where_the_wishes_cannot_be_read_nothing_leaves(machine: Machine) -> None:
    class Unreadable:
        def wishes(self) -> None:
            message = "the wishes cannot be read"
            raise StoreError(message)

    machine.start().choose("on")
    telemetry = machine.start(wishes=Unreadable(), strict=False)
    telemetry.count("file.opened")

    assert telemetry.flush(now=True) == []
    assert machine.net.asked == []
    assert json.loads(telemetry.preview()[0])["entries"]
