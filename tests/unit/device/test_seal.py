from __future__ import annotations

import gzip

import pytest

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer
from aboveboard.device.seal import seal
from aboveboard.errors import SealError
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.wires import native

ID = "1" * 32
BODY = b'{"format":1}' * 20


class NoSealer:
    def seal(self, *_: object, **__: object) -> bytes:
        raise SealError


def test_without_a_key_a_report_travels_compressed() -> None:
    parcel = seal("editor", ID, BODY, CollectorAddress(("https://collector.example",)), NoSealer())

    assert parcel.url == f"https://collector.example/reports/editor/{ID}"
    assert parcel.headers == {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert gzip.decompress(parcel.body) == BODY


def test_with_a_key_only_the_collector_can_open_it(sealed: Registry, opener: HpkeOpener) -> None:
    assert sealed.collector is not None

    parcel = seal("editor", ID, BODY, sealed.collector, HpkeSealer())

    key_id, rest = parcel.body[:8], parcel.body[8:]
    plain = opener.open(rest, key_id, native.seal_info("editor", ID))
    assert parcel.headers == {"Content-Type": "application/vnd.aboveboard.sealed"}
    assert BODY not in parcel.body
    assert plain[:1] == native.PLAIN_GZIP
    assert gzip.decompress(plain[1:]) == BODY


def test_a_seal_opens_at_its_own_address_only(sealed: Registry, opener: HpkeOpener) -> None:
    assert sealed.collector is not None

    parcel = seal("editor", ID, BODY, sealed.collector, HpkeSealer())

    with pytest.raises(SealError):
        opener.open(parcel.body[8:], parcel.body[:8], native.seal_info("writer", ID))


def test_with_a_key_and_no_sealing_nothing_travels(sealed: Registry) -> None:
    assert sealed.collector is not None

    with pytest.raises(SealError):
        seal("editor", ID, BODY, sealed.collector, NoSealer())
