"""The contract of the ports Sealer and Opener, run over all their adapters."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer, new_private_key
from aboveboard.adapters.late_seal import LateSealer
from aboveboard.errors import SealError
from aboveboard.ports.collector import Opener
from aboveboard.ports.device import Sealer
from aboveboard.wires.native import key_id

PRIVATE = [bytes(range(32)), bytes(range(1, 33))]
INFO = b"aboveboard report 1\x00editor\x0001"
FIXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=[pytest.param(HpkeSealer, id="hpke"), pytest.param(LateSealer, id="late")])
def sealer(request: pytest.FixtureRequest) -> Sealer:
    made: Sealer = request.param()
    return made


@pytest.fixture
def opener() -> Opener:
    return HpkeOpener(PRIVATE)


@FIXED
@given(plain=st.binary(max_size=500))
def test_what_was_sealed_is_opened(sealer: Sealer, opener: Opener, plain: bytes) -> None:
    for key in opener.public_keys:
        sealed = sealer.seal(plain, key, INFO)

        assert opener.open(sealed, key_id(key), INFO) == plain
        assert len(plain) < 8 or plain not in sealed


def test_the_same_bytes_are_sealed_differently_each_time(sealer: Sealer, opener: Opener) -> None:
    key = opener.public_keys[0]

    assert len({sealer.seal(b"same", key, INFO) for _ in range(10)}) == 10


def test_another_address_does_not_open_it(sealer: Sealer, opener: Opener) -> None:
    key = opener.public_keys[0]
    sealed = sealer.seal(b"plain", key, INFO)

    with pytest.raises(SealError):
        opener.open(sealed, key_id(key), INFO + b"2")


def test_another_key_does_not_open_it(sealer: Sealer, opener: Opener) -> None:
    first, second = opener.public_keys
    sealed = sealer.seal(b"plain", first, INFO)

    with pytest.raises(SealError):
        opener.open(sealed, key_id(second), INFO)
    with pytest.raises(SealError):
        HpkeOpener([new_private_key()]).open(sealed, key_id(first), INFO)


@FIXED
@given(data=st.data())
def test_what_was_changed_or_cut_is_not_opened(
    sealer: Sealer, opener: Opener, data: st.DataObject
) -> None:
    key = opener.public_keys[0]
    sealed = bytearray(sealer.seal(b"plain", key, INFO))
    place = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    # Curve25519 ignores the highest bit of a point (RFC 7748, section 5), HPKE does not.
    changed[place] ^= data.draw(st.integers(1, 255))

    for broken in (bytes(changed), bytes(sealed[:place]), bytes(sealed) + b"x"):
        with pytest.raises(SealError):
            opener.open(broken, key_id(key), INFO)


@FIXED
@given(st.binary(max_size=100), st.binary(max_size=10), st.binary(max_size=10))
def test_no_bytes_make_an_opener_raise_anything_but_a_seal_error(
    opener: Opener, sealed: bytes, name: bytes, info: bytes
) -> None:
    for key in (name, key_id(opener.public_keys[0])):
        with pytest.raises(SealError):
            opener.open(sealed, key, info)


@FIXED
@given(key=st.binary(max_size=40).filter(lambda key: len(key) != 32))
@example(key=bytes(32))
@example(key=b"\x01" + bytes(31))
def test_a_key_that_is_none_is_a_seal_error(sealer: Sealer, key: bytes) -> None:
    with pytest.raises(SealError):
        sealer.seal(b"plain", key, INFO)


def test_an_opener_names_the_public_halves_of_its_keys(opener: Opener) -> None:
    assert len(set(opener.public_keys)) == len(PRIVATE)
    assert opener.public_keys == HpkeOpener(PRIVATE).public_keys
    assert opener.public_keys[0] == HpkeOpener(PRIVATE[:1]).public_keys[0]
    assert not set(opener.public_keys) & set(PRIVATE)


def test_a_new_key_is_different_each_time() -> None:
    assert len({new_private_key() for _ in range(10)}) == 10
