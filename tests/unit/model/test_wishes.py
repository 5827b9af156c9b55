from __future__ import annotations

from aboveboard.model.registry import CollectorAddress
from aboveboard.model.report import COLLECTOR
from aboveboard.model.wishes import Place, Wishes

OFFICIAL = CollectorAddress(("https://collector.example",), (bytes(32),))
MINE = Place("https://mine.example")


def test_without_a_wish_reports_go_to_the_collector_that_the_registry_names() -> None:
    assert Wishes().destinations == (COLLECTOR,)
    assert Wishes().address(COLLECTOR, OFFICIAL) is OFFICIAL
    assert Wishes().address(COLLECTOR, None) is None


def test_a_redirect_stands_in_the_place_of_the_collector() -> None:
    wishes = Wishes(redirect=Place("https://mine.example", bytes(32)))
    assert wishes.destinations == (COLLECTOR,)
    found = wishes.address(COLLECTOR, OFFICIAL)
    assert found == CollectorAddress(("https://mine.example",), (bytes(32),))


def test_a_copy_goes_to_its_own_address_as_well() -> None:
    wishes = Wishes(also=(MINE,))
    assert wishes.destinations == (COLLECTOR, MINE.url)
    assert wishes.address(MINE.url, OFFICIAL) == CollectorAddress((MINE.url,))
    assert wishes.address("https://other.example", OFFICIAL) is None


def test_a_waiting_time_counts_from_when_a_report_would_have_left() -> None:
    assert Wishes(wait_days=2).leaves_at(100, tries=0) == 100 + 2 * 86400
    assert Wishes(wait_days=2).leaves_at(100, tries=1) == 100
    assert Wishes().leaves_at(100, tries=0) == 100
