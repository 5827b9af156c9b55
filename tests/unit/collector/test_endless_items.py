from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.endless_vectors import EMPTY_3, FULL_2, FULL_3

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.collector.decoders import Messages
from aboveboard.collector.endless_items import endless_decoders
from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires.endless import EndlessWire
from aboveboard.wires.endless_catalogue_reader import read_catalogue
from aboveboard.wires.phone_home import PhoneHomeWire

CATALOGUE = read_catalogue((shipped_folder() / "mappings" / "endless-events.toml").read_bytes())
DECODERS = endless_decoders(EndlessWire(CATALOGUE), PhoneHomeWire())
MACHINE = {"image": "unknown", "vendor": "Dell Inc.", "product": "x", "release": "5.1.0"}


def stamped(body: bytes, seconds: float = 1_600_000_000.0) -> bytes:
    return int(seconds * 1_000_000).to_bytes(8, "little") + body


def messages(name: str, item: bytes) -> Messages:
    found = DECODERS[name](item)
    assert isinstance(found, Messages)
    return found


def test_records_of_the_proxy_are_read_as_of_when_it_had_them() -> None:
    found = messages("endless-3", stamped(FULL_3))
    assert found.wire == "endless"
    assert found.understood.said[0].event == "startup_finished"
    assert found.understood.said[0].at == 1_599_999_999.5
    late = messages("endless-3", stamped(FULL_3, 1_600_001_000.0))
    assert late.understood.said[0].at == 1_600_000_999.5
    assert [said.id for said in late.understood.said] == [said.id for said in found.understood.said]


def test_records_of_the_second_form_and_the_census_are_read() -> None:
    assert len(messages("endless-2", stamped(FULL_2)).understood.said) == 2
    record = json.dumps(MACHINE | {"created_at": "2026-11-25T08:00:00Z"}).encode()
    for name, event in {"endless-ping": "ping", "endless-activation": "activation"}.items():
        found = messages(name, record)
        assert found.wire == "phone-home"
        assert [said.event for said in found.understood.said] == [event]


def test_a_heartbeat_says_nothing() -> None:
    assert not messages("endless-3", stamped(EMPTY_3)).understood.said


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("item", [b"", b"1234567", b"12345678", stamped(b"\0"), b"{}"])
def test_what_cannot_be_read_is_put_aside(name: str, item: bytes) -> None:
    found = DECODERS[name](item)
    assert isinstance(found, Refused)
    assert found.reason is Reason.UNREADABLE_ITEM


@given(st.sampled_from(sorted(DECODERS)), st.binary(max_size=60))
def test_no_item_makes_it_raise(name: str, item: bytes) -> None:
    assert isinstance(DECODERS[name](item), Messages | Refused)
