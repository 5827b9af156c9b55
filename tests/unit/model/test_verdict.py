from __future__ import annotations

import re
from http import HTTPStatus

import pytest

from aboveboard.model.verdict import Reason

PASSES = {
    Reason.CANNOT_KEEP,
    Reason.CANNOT_LOOK_UP,
    Reason.TOO_BUSY,
    Reason.TOO_MANY_REQUESTS,
    Reason.TOO_SLOW,
}


@pytest.mark.parametrize("reason", [pytest.param(r, id=r.value) for r in Reason])
def test_a_reason_is_one_stable_word_with_an_http_error_status(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.value)
    assert HTTPStatus(reason.status).value >= 400


@pytest.mark.parametrize("reason", [pytest.param(r, id=r.value) for r in Reason])
def test_only_what_passes_asks_to_come_back_later(reason: Reason) -> None:
    later = reason.status >= 500 or reason.status in {408, 425, 429}

    assert later is (reason in PASSES)


def test_the_codes_that_were_released_never_change() -> None:
    """A code is an answer, a log field and a label: whoever renames one breaks all three."""
    released = {
        "address_mismatch",
        "bad_report_id",
        "broken_compression",
        "cannot_keep",
        "cannot_open",
        "expired_metric",
        "headers_too_large",
        "incomplete_body",
        "method_not_allowed",
        "no_such_address",
        "not_a_report",
        "out_of_bounds",
        "period_in_future",
        "period_too_old",
        "said_twice",
        "too_busy",
        "too_large",
        "too_large_inflated",
        "too_many_reports",
        "too_many_requests",
        "too_slow",
        "unknown_app",
        "unknown_encoding",
        "unknown_media_type",
        "unknown_metric",
        "wrong_day",
        "wrong_kind",
    }

    assert released <= {reason.value for reason in Reason}
