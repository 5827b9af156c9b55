from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.receipts import Receipt, read, text

DAY = date(2026, 11, 20)
USUAL = text("editor", "1" * 32, DAY)


@given(
    app=st.from_regex(r"[a-z0-9-]+", fullmatch=True),
    report=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    day=st.dates(),
    backups=st.none() | st.dates(),
)
def test_what_was_written_is_read(app: str, report: str, day: date, backups: date | None) -> None:
    assert read(text(app, report, day, backups)) == Receipt(app, report, day, backups)


@given(st.text())
def test_anything_may_be_read(said: str) -> None:
    assert read(said) is None


def test_lines_that_are_not_known_may_follow() -> None:
    more = "kept by nobody\nbackups until 2026-12-20\nsealed\n"
    assert read(USUAL + more) == Receipt("editor", "1" * 32, DAY, date(2026, 12, 20))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        pytest.param("backups until then\n", "no day", id="no-day"),
        pytest.param("backups until 2026-13-01\n", "no month", id="no-such-day"),
        pytest.param("no backups until 2026-12-01\n", "other words", id="other-words"),
    ],
)
def test_a_line_on_backups_that_says_no_day_says_nothing(more: str, why: str) -> None:
    found = read(USUAL + more)
    assert found is not None, why
    assert found.backups is None


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing"),
        pytest.param(USUAL[:-1], id="without-its-end"),
        pytest.param(USUAL.replace("deleted", "kept"), id="another-word"),
        pytest.param(USUAL.replace("2026-11-20", "2026-02-30"), id="no-such-day"),
        pytest.param(USUAL + "\nmore\n", id="an-empty-line"),
    ],
)
def test_what_is_no_receipt_is_none(said: str) -> None:
    assert read(said) is None
