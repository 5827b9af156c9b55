from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import zstandard

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer, new_private_key
from aboveboard.collector.receive import Limits, Request, Submission, receive
from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires import native

ID = "0123456789abcdef0123456789abcdef"
OTHER_ID = "f" * 32
BODY = b'{"secret": "mellon"}'
SMALL = Limits(largest_body=400, largest_inflated=1000)
Seal = Callable[..., Request]


def refusal(answer: Submission | Refused) -> Reason:
    assert isinstance(answer, Refused)
    assert "mellon" not in answer.detail
    return answer.reason


@pytest.mark.parametrize(
    "media_type",
    [
        pytest.param("", id="no-type"),
        pytest.param("application/json", id="json"),
        pytest.param("Application/JSON ; charset=utf-8", id="json-with-charset"),
        pytest.param("application/x-www-form-urlencoded", id="what-curl-says"),
    ],
)
def test_plain_json_is_received_as_it_is(media_type: str, opener: HpkeOpener) -> None:
    request = Request("editor", ID, BODY, media_type)
    assert receive(request, Limits(), opener) == Submission("editor", ID, BODY)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(BODY, "identity", id="identity"),
        pytest.param(gzip.compress(BODY), "gzip", id="gzip"),
        pytest.param(gzip.compress(BODY), " GZip ", id="gzip-in-any-case"),
        pytest.param(zstandard.compress(BODY), "zstd", id="zstd"),
    ],
)
def test_compression_is_undone(body: bytes, encoding: str, opener: HpkeOpener) -> None:
    request = Request("editor", ID, body, native.JSON_TYPE, encoding)
    assert receive(request, Limits(), opener) == Submission("editor", ID, BODY)


@pytest.mark.parametrize("key", [pytest.param(0, id="newest-key"), pytest.param(1, id="older-key")])
@pytest.mark.parametrize(
    "plain",
    [
        pytest.param(native.PLAIN_JSON + BODY, id="plain"),
        pytest.param(native.PLAIN_GZIP + gzip.compress(BODY), id="gzip"),
    ],
)
def test_a_seal_for_any_of_our_keys_opens(
    plain: bytes, key: int, sealed: Seal, opener: HpkeOpener
) -> None:
    request = sealed(plain, key=key)
    assert receive(request, Limits(), opener) == Submission("editor", ID, BODY)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"app": ""}, Reason.UNKNOWN_APP, id="no-app"),
        pytest.param({"app": "../etc"}, Reason.UNKNOWN_APP, id="no-name-of-an-app"),
        pytest.param({"app": "editor\n"}, Reason.UNKNOWN_APP, id="line-end-after-the-app"),
        pytest.param({"report_id": ""}, Reason.BAD_REPORT_ID, id="no-id"),
        pytest.param({"report_id": "A" * 32}, Reason.BAD_REPORT_ID, id="upper-case-id"),
        pytest.param({"report_id": ID[1:]}, Reason.BAD_REPORT_ID, id="short-id"),
        pytest.param({"report_id": ID + "\n"}, Reason.BAD_REPORT_ID, id="line-end-after-the-id"),
        pytest.param({"body": b"x" * 401}, Reason.TOO_LARGE, id="too-large"),
        pytest.param(
            {"body": gzip.compress(b"0" * 1001), "encoding": "gzip"},
            Reason.TOO_LARGE_INFLATED,
            id="too-large-after-inflating-gzip",
        ),
        pytest.param(
            {"body": zstandard.compress(b"0" * 10**6), "encoding": "zstd"},
            Reason.TOO_LARGE_INFLATED,
            id="too-large-after-inflating-zstd",
        ),
        pytest.param({"encoding": "compress"}, Reason.UNKNOWN_ENCODING, id="unknown-encoding"),
        pytest.param({"encoding": "gzip, gzip"}, Reason.UNKNOWN_ENCODING, id="two-encodings"),
        pytest.param({"media_type": "text/html"}, Reason.UNKNOWN_MEDIA_TYPE, id="unknown-type"),
        pytest.param({"encoding": "gzip"}, Reason.BROKEN_COMPRESSION, id="not-gzip"),
        pytest.param(
            {"encoding": "gzip", "body": gzip.compress(BODY)[:-1]},
            Reason.BROKEN_COMPRESSION,
            id="cut-gzip",
        ),
        pytest.param(
            {"encoding": "gzip", "body": gzip.compress(BODY) + BODY},
            Reason.BROKEN_COMPRESSION,
            id="more-after-gzip",
        ),
        pytest.param({"encoding": "zstd"}, Reason.BROKEN_COMPRESSION, id="not-zstd"),
        pytest.param({"media_type": native.SEALED_TYPE}, Reason.CANNOT_OPEN, id="not-sealed"),
        pytest.param(
            {"media_type": native.SEALED_TYPE, "body": b""}, Reason.CANNOT_OPEN, id="empty-seal"
        ),
    ],
)
def test_a_request_out_of_limits_is_refused(
    changes: dict[str, Any], reason: Reason, opener: HpkeOpener
) -> None:
    request = replace(Request("editor", ID, BODY, native.JSON_TYPE), **changes)
    assert refusal(receive(request, SMALL, opener)) is reason


def test_a_body_of_exactly_the_largest_size_is_received(opener: HpkeOpener) -> None:
    body = gzip.compress(b"0" * 1000)
    limits = Limits(largest_body=len(body), largest_inflated=1000)
    request = Request("editor", ID, body, native.JSON_TYPE, "gzip")
    assert receive(request, limits, opener) == Submission("editor", ID, b"0" * 1000)


def test_a_seal_for_a_stranger_s_key_is_refused(opener: HpkeOpener) -> None:
    stranger = HpkeOpener([new_private_key()]).public_keys[0]
    parcel = HpkeSealer().seal(b"\x00" + BODY, stranger, native.seal_info("editor", ID))
    request = Request("editor", ID, native.sealed_body(stranger, parcel), native.SEALED_TYPE)
    assert refusal(receive(request, Limits(), opener)) is Reason.CANNOT_OPEN


def test_a_seal_for_a_stranger_s_key_under_the_name_of_ours_is_refused(opener: HpkeOpener) -> None:
    stranger = HpkeOpener([new_private_key()]).public_keys[0]
    parcel = HpkeSealer().seal(b"\x00" + BODY, stranger, native.seal_info("editor", ID))
    body = native.sealed_body(opener.public_keys[0], parcel)
    request = Request("editor", ID, body, native.SEALED_TYPE)
    assert refusal(receive(request, Limits(), opener)) is Reason.CANNOT_OPEN


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(0, id="the-key-s-name"),
        pytest.param(8, id="the-shared-secret"),
        pytest.param(40, id="the-text"),
        pytest.param(-1, id="the-tag"),
    ],
)
def test_a_sealed_body_with_one_bit_changed_is_refused(
    place: int, sealed: Seal, opener: HpkeOpener
) -> None:
    request = sealed(native.PLAIN_JSON + BODY)
    changed = bytearray(request.body)
    changed[place] ^= 1
    request = replace(request, body=bytes(changed))
    assert refusal(receive(request, Limits(), opener)) is Reason.CANNOT_OPEN


@pytest.mark.parametrize(
    "address",
    [
        pytest.param({"report_id": OTHER_ID}, id="under-another-id"),
        pytest.param({"app": "viewer"}, id="under-another-app"),
    ],
)
def test_a_sealed_body_cannot_be_replayed(
    address: dict[str, Any], sealed: Seal, opener: HpkeOpener
) -> None:
    request = replace(sealed(native.PLAIN_JSON + BODY), **address)
    assert refusal(receive(request, Limits(), opener)) is Reason.CANNOT_OPEN


@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        pytest.param(b"", Reason.UNKNOWN_ENCODING, id="nothing-sealed"),
        pytest.param(b"\x02" + BODY, Reason.UNKNOWN_ENCODING, id="unknown-compression"),
        pytest.param(native.PLAIN_GZIP + BODY, Reason.BROKEN_COMPRESSION, id="not-gzip"),
        pytest.param(
            native.PLAIN_GZIP + gzip.compress(b"0" * 1001), Reason.TOO_LARGE_INFLATED, id="bomb"
        ),
    ],
)
def test_what_was_sealed_is_held_to_the_same_limits(
    plain: bytes, reason: Reason, sealed: Seal, opener: HpkeOpener
) -> None:
    assert refusal(receive(sealed(plain), SMALL, opener)) is reason


def test_a_sealed_body_that_was_compressed_afterwards_is_refused(
    sealed: Seal, opener: HpkeOpener
) -> None:
    request = replace(sealed(native.PLAIN_JSON + BODY), encoding="gzip")
    assert refusal(receive(request, Limits(), opener)) is Reason.UNKNOWN_ENCODING


def test_a_sealed_body_may_call_itself_not_compressed(sealed: Seal, opener: HpkeOpener) -> None:
    request = replace(sealed(native.PLAIN_JSON + BODY), encoding="identity")
    assert receive(request, Limits(), opener) == Submission("editor", ID, BODY)
