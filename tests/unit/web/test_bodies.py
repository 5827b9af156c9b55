from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.verdict import Reason, Refused
from aboveboard.web.bodies import SMALL_BYTES, body_of

MOST = 1_000_000
sizes = st.sampled_from([0, 1, 7, SMALL_BYTES - 1, SMALL_BYTES, SMALL_BYTES + 1, 3 * SMALL_BYTES])


def messages(parts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield {"type": "http.request", "body": part, "more_body": True}
    yield {"type": "http.request", "body": b"", "more_body": False}


def read(told: Iterator[dict[str, Any]], most: int = MOST) -> bytes | Refused:
    async def receive() -> dict[str, Any]:
        return next(told)

    return asyncio.run(body_of({"headers": []}, receive, most, None))


@given(st.lists(sizes, max_size=12))
def test_a_body_that_comes_in_parts_is_read_as_it_was_written(lengths: list[int]) -> None:
    parts = [bytes([number]) * length for number, length in enumerate(lengths)]
    assert read(messages(parts)) == b"".join(parts)


def test_a_body_that_grows_too_large_is_refused_before_its_end() -> None:
    told = messages([b"x" * 60] * 3)
    refused = read(told, most=100)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TOO_LARGE
    assert next(told)["more_body"]


def test_a_body_that_breaks_off_is_refused() -> None:
    told = iter([next(messages([b"half"])), {"type": "http.disconnect"}])
    refused = read(told)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INCOMPLETE_BODY


def test_a_body_that_drips_takes_little_more_room_than_its_bytes() -> None:
    tracemalloc.start()
    try:
        assert read(messages(b"x" for _ in range(100_000))) == b"x" * 100_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
