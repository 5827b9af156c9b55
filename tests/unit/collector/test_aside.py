from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector.aside import (
    MOST_ENTRY,
    MOST_REPORT,
    NO_NAME,
    REPLAYABLE,
    Asides,
    entry_of,
)
from aboveboard.collector.records import RecordAside
from aboveboard.model.verdict import Reason
from aboveboard.wires import native_reader
from aboveboard.wires.native_reader import QuickEntry, WireDetail

MARK = "0f" * 16
ENTRIES = st.builds(
    QuickEntry,
    metric=st.just("made.up"),
    value=st.one_of(
        st.booleans(),
        st.integers(0, 10**12),
        st.text(max_size=60),
        st.dictionaries(st.text(max_size=20), st.integers(0, 9), max_size=5),
    ),
    day=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(str),
)


def kept(*entries: QuickEntry, reason: Reason = Reason.UNKNOWN_METRIC) -> list[str | None]:
    asides = Asides()
    for entry in entries:
        asides.add(entry, reason)
    return [aside.e for aside in asides.found]


@given(ENTRIES)
def test_an_entry_comes_back_as_it_was(entry: QuickEntry) -> None:
    [text] = kept(entry)
    assert entry_of(RecordAside("made.up", "unknown_metric", text)) == entry


def test_what_is_kept_is_what_stood_in_the_report(write: Callable[..., bytes]) -> None:
    told = {"type": ["builtins.OSError"], "frames": ["editor:main:12"]}
    said: dict[str, Any] = {
        "metric": "made.up",
        "value": {MARK: 1},
        "day": "2026-11-16",
        "detail": {MARK: told},
    }
    found = native_reader.glance(write(said))
    assert found is not None
    [text] = kept(*found.entries)
    assert text is not None
    assert json.loads(text) == said


@pytest.mark.parametrize("reason", [*Reason])
def test_only_what_another_registry_may_accept_is_kept(reason: Reason) -> None:
    [text] = kept(QuickEntry("made.up", 7), reason=reason)
    assert (text is not None) == (reason in REPLAYABLE)


def test_nothing_is_kept_of_an_entry_whose_metric_is_no_name() -> None:
    asides = Asides()
    asides.add(QuickEntry("ana@example.org", "mellon"), Reason.UNKNOWN_METRIC)
    assert asides.found == [RecordAside(NO_NAME, "unknown_metric")]


@pytest.mark.parametrize(
    ("message", "stays"),
    [
        pytest.param("no such file or directory: <quoted>", True, id="scrubbed"),
        pytest.param("mellon", False, id="not-scrubbed"),
    ],
)
def test_a_message_is_kept_if_it_is_scrubbed(message: str, stays: bool) -> None:  # noqa: FBT001 expected
    told = WireDetail(["builtins.OSError"], ["editor:main:12"], message)
    [text] = kept(QuickEntry("made.up", {MARK: 1}, None, {MARK: told}))
    assert (text is not None) == stays


def test_a_large_entry_is_not_kept() -> None:
    fits = {"x" * 190 + f"{number:03}": 1 for number in range(10)}
    assert kept(QuickEntry("made.up", fits)) != [None]
    assert kept(QuickEntry("made.up", fits | {"y" * MOST_ENTRY: 1})) == [None]


def test_a_report_keeps_no_more_than_its_room() -> None:
    entry = QuickEntry("made.up", {"x" * 190 + f"{number:03}": 1 for number in range(9)})
    texts = kept(*[entry] * 20)
    assert 0 < sum(len(text) for text in texts if text) <= MOST_REPORT
    assert texts[-1] is None


def test_where_nothing_is_to_be_kept_nothing_is() -> None:
    asides = Asides(keeps=False)
    asides.add(QuickEntry("made.up", 7), Reason.UNKNOWN_METRIC)
    assert asides.found == [RecordAside("made.up", "unknown_metric")]


@pytest.mark.parametrize("text", [None, "", "{", "{}", "[]", '{"metric":7,"value":1}'])
def test_a_text_that_is_no_entry_gives_none(text: str | None) -> None:
    assert entry_of(RecordAside("made.up", "unknown_metric", text)) is None
