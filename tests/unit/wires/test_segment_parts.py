from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.segment_parts import NO_CONTEXT, read_batch, read_context, read_message

NESTED = b'{"properties":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"text"', b'{"event": "\xff"}', b'{"event": 1e999}', NESTED]
)
def test_what_is_no_message_is_none(content: bytes) -> None:
    assert read_message(content) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"batch": 7}', b'{"batch": [tru]}', b'{"batch":' + NESTED[14:], b"{} {}"],
)
def test_what_is_no_batch_is_none(content: bytes) -> None:
    assert read_batch(content) is None


@pytest.mark.parametrize("content", [b"null", b"[]", b'"x"', NESTED])
def test_a_context_of_the_wrong_form_is_an_empty_one(content: bytes) -> None:
    if content is NESTED:
        content = b'{"library":' + NESTED[14:]
    assert read_context(msgspec.Raw(content)) == NO_CONTEXT


def test_what_is_not_looked_at_is_not_made() -> None:
    content = b'{"userId": "u", "context": {"ip": "192.0.2.1", "device": {"id": "d"}}}'
    message = read_message(content)
    assert message is not None
    assert read_context(message.context) == NO_CONTEXT


@given(st.binary())
def test_no_bytes_make_them_raise(content: bytes) -> None:
    read_message(content)
    read_batch(content)
    read_context(msgspec.Raw(content))
