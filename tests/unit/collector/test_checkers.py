from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector.checkers import MOST_KNOWN, Checker, checkers
from aboveboard.collector.records import RecordFact
from aboveboard.model.registry import Registry
from aboveboard.model.report import EntryValue
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.read import read

HEAD = """
format = 1
[product]
id = "editor"
title = "Editor"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"
[product.levels]
usage = "What is used."
"""
METRIC = """
[metric."some.{kind}"]
kind = "{kind}"
title = "A title"
question = "A question?"
decision = "A decision."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/1" }}
expires = 2027-06-30
level = "usage"
{bounds}
"""
BOUNDS = {
    "counter": "largest = 100",
    "seconds": "",
    "flag": "",
    "choice": 'choices = ["linux", "macos"]',
    "version": "precision = 2",
    "quantity": "buckets = [0, 10, 100]",
    "names": 'names = ["Maps", "Web"]',
    "timing": "buckets = [0, 10, 100]",
    "distribution": "buckets = [0, 10, 100]",
    "labelled": 'labels = ["menu", "key"]\nlargest = 100',
    "event": 'extras = { how = ["menu", "key"] }\nlargest = 100',
    "error": "largest = 100",
}
GONE = METRIC.format(kind="flag", bounds='status = "retired"').replace("some.flag", "gone.flag")
REGISTRY = read(
    (HEAD + GONE + "".join(METRIC.format(kind=k, bounds=b) for k, b in BOUNDS.items())).encode()
)
MADE = checkers(REGISTRY)
KEYS = ["", "menu", "key", "other", "Maps", "0", "10", "100", "how=menu", "how=other", "0f" * 16]
VALUES = (
    st.booleans()
    | st.integers(0, 10**12)
    | st.sampled_from([1, 10, 100, 101, "linux", "macos", "3.11", "3.11.7", "x"])
    | st.dictionaries(
        st.sampled_from(KEYS) | st.text(max_size=5),
        st.integers(0, 200) | st.sampled_from([10**4, 10**4 + 1, 10**6, 10**6 + 1]),
        max_size=3,
    )
)


@pytest.mark.parametrize("kind", list(BOUNDS))
@given(value=VALUES)
def test_a_checker_says_what_the_bounds_of_its_metric_say(kind: str, value: EntryValue) -> None:
    made = MADE[f"some.{kind}"]
    facts: list[RecordFact] = []
    reason = made.add(value, "2026-11-18", facts)
    expected = bounds.counts(made.metric, value)
    if isinstance(expected, Reason):
        assert reason is expected
        assert facts == []
    else:
        assert reason is None
        assert [(f.m, f.d, f.k, f.c) for f in facts] == [
            (made.metric.name, "2026-11-18", key, count) for key, count in expected.items()
        ]


def test_a_checker_knows_until_when_its_metric_is_measured() -> None:
    flag: Checker = MADE["some.flag"]
    assert flag.last == str(date(2027, 6, 30))
    assert not flag.by_day
    assert MADE["some.counter"].by_day
    assert MADE["gone.flag"].last == str(date.min)


def test_a_version_is_judged_alike_however_many_were_named(registry: Registry) -> None:
    add = checkers(registry)["app.version"].add
    facts: list[RecordFact] = []
    for _ in range(2):
        for major in range(MOST_KNOWN + 10):
            assert add(f"{major}.1", None, facts) is None
    assert add("1.2.3", None, facts) is Reason.OUT_OF_BOUNDS
    assert len(facts) == 2 * (MOST_KNOWN + 10)
