from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires import ndjson
from aboveboard.wires.ndjson import SealedLine

ID = "0123456789abcdef0123456789abcdef"


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    for line in ndjson.lines(body, 200) or []:
        assert b"\n" not in line[:-1]
        assert ndjson.sealed(line) is None


@given(st.text("ab \r\n\x0b\x0c").map(str.encode), st.integers(0, 9))
def test_lines_are_what_stands_between_line_breaks(body: bytes, most: int) -> None:
    expected = [line.strip() for line in body.split(b"\n")]
    found = ndjson.lines(body, most)
    if body.count(b"\n") > most:
        assert found is None
    else:
        assert found is not None
        assert [line.strip() for line in found] == [line for line in expected if line]


@pytest.mark.parametrize("ends", range(9))
def test_a_body_may_have_so_many_line_breaks_and_no_more(ends: int) -> None:
    assert ndjson.lines(b"\n" * ends, 4) == ([] if ends <= 4 else None)


@given(st.binary(max_size=50))
def test_a_sealed_line_gives_what_was_put_in(body: bytes) -> None:
    line = json.dumps({"id": ID, "sealed": base64.b64encode(body).decode()}).encode()
    assert ndjson.sealed(line) == SealedLine(ID, body)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'{"sealed":"AAEC"}', id="no-id"),
        pytest.param(b'{"id":"7","sealed":"AAEC"}', id="no-good-id"),
        pytest.param(b'{"id":"%b","sealed":"#"}' % ID.encode(), id="no-base64"),
        pytest.param(b'{"id":"%b","sealed":"AAEC","more":1}' % ID.encode(), id="more"),
        pytest.param(b'{"sealed":', id="no-json"),
        pytest.param(b'{"labels":{"sealed":1}}', id="a-report-with-such-a-word"),
    ],
)
def test_anything_else_is_no_sealed_line(line: bytes) -> None:
    assert ndjson.sealed(line) is None
