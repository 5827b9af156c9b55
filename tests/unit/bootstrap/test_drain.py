from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from aboveboard.bootstrap.collector import collector
from aboveboard.bootstrap.drain import keeper
from aboveboard.collector.decoders import DECODERS, Messages
from aboveboard.collector.endless_items import endless_decoders
from aboveboard.collector.meters import Meters
from aboveboard.errors import SettingsError, SetupError
from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason, Refused
from aboveboard.settings.collector import LISTED, CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.wires.endless import EndlessWire
from aboveboard.wires.endless_catalogue_reader import read_catalogue
from aboveboard.wires.foreign import Answer, Understood
from aboveboard.wires.phone_home import PhoneHomeWire


def made(tmp_path: Path, drain: str, *lists: str) -> object:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    settings = CollectorSettings(
        data=tmp_path / "data", registry=tmp_path / "registry", drain=drain, drain_lists=lists
    )
    assert "secret" not in repr(settings)
    parts = collector(settings)
    parts.facts.close()
    parts.log.close()
    return parts.drain


def test_a_collector_drains_nothing_unless_it_is_told_to(tmp_path: Path) -> None:
    assert made(tmp_path, "", "reports") is None


def test_lists_may_name_their_wire_or_not(tmp_path: Path) -> None:
    url = "redis://:secret@localhost:6379/0"
    assert made(tmp_path, url, "reports", "a=b=native") is not None


@pytest.mark.parametrize("name", ["reports=klingon", "=native", "", "reports="])
def test_a_list_without_a_name_or_with_an_unknown_wire_is_refused(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(SettingsError, match=r"wires: endless-2, .*, native, unlike entry 1"):
        made(tmp_path, "redis://localhost", name)


def test_what_a_list_may_hold_is_what_can_be_read() -> None:
    events = EndlessWire(read_catalogue(b"format = 1", "none"))
    assert set(LISTED) == {*DECODERS, *endless_decoders(events, PhoneHomeWire())}


def test_a_queue_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="needs the name of a list"):
        made(tmp_path, "redis://localhost")


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="redis://"):
        made(tmp_path, "localhost:6379", "reports")


def test_what_a_foreign_item_dropped_is_counted_once_the_rest_is_kept() -> None:
    answers: list[Refused | None] = [Refused(Reason.CANNOT_KEEP, ""), None]

    async def keep(wire: str, said: Sequence[Said]) -> Refused | None:
        await asyncio.sleep(0)
        assert (wire, list(said)) == ("endless", [])
        return answers.pop(0)

    meters = Meters(["endless"])
    made = keeper(keep, meters)
    item = Messages("endless", Understood(Answer(200), [], Counter(past_event=2)))

    async def bring() -> Refused | None:
        return await made(item)

    for told in (Reason.CANNOT_KEEP, None):
        refused = asyncio.run(bring())
        assert (refused.reason if refused else None) == told
    assert meters.messages == {("past_event", "endless", "", ""): 2}
