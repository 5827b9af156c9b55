from __future__ import annotations

import pytest

from aboveboard.analysis.sorting import GoneRecord, sort
from aboveboard.errors import FactsError

GONE = b'{"kind":"gone","id":"1","app":"editor","week":"2026-W47","day":"2026-11-18","w":"ab"}'


def test_reports_are_told_from_what_is_none_and_fillers_are_passed_over() -> None:
    unread = b'{"kind":"unread"}'
    found = sort([b'{"id":"1"}', GONE, b'{"kind":"erased"}   ', unread, b"not looked into"])
    assert found.others == [unread]
    assert found.reports == [b'{"id":"1"}', b"not looked into"]
    assert found.gone == [GoneRecord("editor", "1", "2026-W47", "2026-11-18", "ab")]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        pytest.param(b'{"kind":"newer"}', "'newer': update Aboveboard", id="of-a-newer-version"),
        pytest.param(b'{"kind":', "cannot be read", id="broken"),
    ],
)
def test_a_record_that_is_not_understood_stops_the_loading(record: bytes, why: str) -> None:
    with pytest.raises(FactsError, match=why):
        sort([b"{}", record])
