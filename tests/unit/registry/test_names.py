from __future__ import annotations

import re

import pytest

from aboveboard.registry import names


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        pytest.param(names.APP_NAME, "my-editor-2", id="app"),
        pytest.param(names.METRIC_NAME, "command.sql_query.v2", id="metric"),
        pytest.param(names.METRIC_NAME, "a.b", id="shortest-metric"),
        pytest.param(names.METRIC_NAME, f"a.{'b' * 58}", id="longest-metric"),
        pytest.param(names.LEVEL_NAME, "usage", id="level"),
        pytest.param(names.CHOICE_NAME, "Ubuntu 24.04 +x/y_z-1", id="choice"),
        pytest.param(names.VERSION, "3.11.7", id="version"),
        pytest.param(names.REPORT_ID, "0123456789abcdef" * 2, id="report"),
    ],
)
def test_a_good_name_fits(shape: re.Pattern[str], text: str) -> None:
    assert shape.fullmatch(text)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        pytest.param(names.APP_NAME, "Editor", id="app-with-a-capital"),
        pytest.param(names.APP_NAME, "2editor", id="app-that-begins-with-a-digit"),
        pytest.param(names.APP_NAME, "a" * 41, id="long-app"),
        pytest.param(names.APP_NAME, "../etc", id="app-that-climbs"),
        pytest.param(names.METRIC_NAME, "sql", id="metric-without-a-group"),
        pytest.param(names.METRIC_NAME, "a..b", id="metric-with-an-empty-part"),
        pytest.param(names.METRIC_NAME, "a.b\n", id="metric-with-a-line-break"),
        pytest.param(names.METRIC_NAME, f"a.{'b' * 59}", id="long-metric"),
        pytest.param(names.METRIC_NAME, "a.b'; drop", id="metric-with-more"),
        pytest.param(names.LEVEL_NAME, "a", id="short-level"),
        pytest.param(names.CHOICE_NAME, "", id="empty-choice"),
        pytest.param(names.CHOICE_NAME, " linux", id="choice-with-a-space-before"),
        pytest.param(names.CHOICE_NAME, "ana@example.org", id="choice-that-is-an-address"),
        pytest.param(names.CHOICE_NAME, "x" * 41, id="long-choice"),
        pytest.param(names.VERSION, "3.11rc1", id="version-with-letters"),
        pytest.param(names.VERSION, "1.2.3.4", id="version-with-four-parts"),
        pytest.param(names.VERSION, "\u0663.1", id="version-with-other-digits"),
        pytest.param(names.VERSION, "1234567", id="version-with-a-long-part"),
        pytest.param(names.REPORT_ID, "0" * 31, id="short-report"),
        pytest.param(names.REPORT_ID, "A" * 32, id="report-in-capitals"),
    ],
)
def test_a_bad_name_does_not(shape: re.Pattern[str], text: str) -> None:
    assert not shape.fullmatch(text)
