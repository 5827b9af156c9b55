from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.errors import RegistryError
from aboveboard.registry.imports.glean import import_glean
from aboveboard.registry.imports.glean_kinds import KINDS, LEFT_OUT, closed, ranged
from aboveboard.registry.imports.imported import About, Imported
from aboveboard.registry.names import CHOICE_NAME

TODAY = date(2026, 11, 21)
FULL = {
    "type": "counter",
    "description": "Bookmarks that were made. Imported ones do not count.\n",
    "bugs": ["https://bugs.browser.example/show/17"],
    "data_reviews": ["https://bugs.browser.example/show/17#c4"],
    "notification_emails": ["somebody@gmail.com", "bookmarks@browser.example"],
    "expires": "2027-06-30",
    "data_sensitivity": ["technical", "interaction"],
    "lifetime": "ping",
}


def _of(**said: object) -> Imported:
    metric = {"type": "counter", "expires": "never", "data_sensitivity": ["technical"], **said}
    return import_glean([("m.yaml", {"toolbar": {"used": metric}})], About("x", "X"), TODAY)


def _table(**said: object) -> dict[str, Any]:
    return dict(_of(**said).metrics["toolbar.used"])


def test_a_full_metric_leaves_only_its_reasons_open(
    untold: Callable[[Imported], list[str]], keys: Callable[[Imported], set[str]]
) -> None:
    about = About(
        "browser", "A browser", "https://browser.example", "The forum", "https://browser.example/p"
    )
    done = import_glean([("m.yaml", {"bookmarks": {"made": FULL}})], about, TODAY)
    assert done.metrics == {
        "bookmarks.made": {
            "kind": "counter",
            "title": "Bookmarks that were made",
            "question": "TODO: what does it answer?",
            "decision": "TODO: say what will be decided with the answer.",
            "owner": "bookmarks@browser.example",
            "review": "https://bugs.browser.example/show/17#c4",
            "status": "proposed",
            "expires": date(2027, 6, 30),
            "level": "interaction",
            "sensitivity": "interaction",
            "example": 3,
        }
    }
    assert done.notes["bookmarks.made"] == (
        "Glean's counter bookmarks.made, lifetime ping.",
        "Bookmarks that were made. Imported ones do not count.",
        "See https://bugs.browser.example/show/17, https://bugs.browser.example/show/17#c4",
    )
    assert keys(done) == {"question", "decision"}
    assert untold(done) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"type": "boolean"}, {"kind": "flag", "example": True}),
        ({"type": "counter", "unit": "Tabs"}, {"kind": "counter", "unit": "tabs"}),
        ({"type": "counter", "unit": "5 tabs"}, {"kind": "counter", "unit": None}),
        ({"type": "quantity", "unit": "tabs"}, {"kind": "quantity", "unit": "tabs"}),
        ({"type": "denominator"}, {"kind": "counter"}),
        ({"type": "timespan"}, {"kind": "timing"}),
        ({"type": "timing_distribution"}, {"kind": "timing", "unit": None}),
        (
            {"type": "memory_distribution", "memory_unit": "kilobyte"},
            {"kind": "distribution", "unit": "kilobytes"},
        ),
        ({"type": "memory_distribution"}, {"kind": "distribution", "unit": "bytes"}),
        (
            {
                "type": "custom_distribution",
                "range_max": 100,
                "bucket_count": 5,
                "histogram_type": "linear",
                "unit": "ms",
            },
            {"kind": "distribution", "buckets": [0, 1, 34, 67, 100], "unit": "milliseconds"},
        ),
        (
            {"type": "custom_distribution", "unit": "%"},
            {"buckets": [0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000], "unit": None},
        ),
        ({"type": "labeled_counter", "labels": ["top", "side"]}, {"labels": ["top", "side"]}),
        ({"type": "labeled_boolean", "labels": ["top"]}, {"kind": "names", "names": ["top"]}),
        ({"type": "event"}, {"kind": "counter"}),
        (
            {"type": "event", "extra_keys": {"isPrivate": {"type": "boolean"}}},
            {
                "kind": "event",
                "extras": {"is_private": ["true", "false"]},
                "example": "is_private=true",
            },
        ),
        (
            {
                "type": "dual_labeled_counter",
                "dual_labels": {"key": {"labels": ["a"]}, "category": {"labels": ["b", "c"]}},
            },
            {"kind": "event", "extras": {"key": ["a"], "category": ["b", "c"]}},
        ),
    ],
)
def test_a_type_becomes_the_kind_that_says_the_same(
    said: dict[str, object], expected: dict[str, object]
) -> None:
    table = _table(**said)
    assert {key: table.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"type": "labeled_counter"}, "labels"),
        ({"type": "labeled_boolean"}, "names"),
        ({"type": "event", "extra_keys": {"how": {"type": "string"}}}, "extras.how"),
        ({"type": "event", "extra_keys": {"how": "a word"}}, "extras.how"),
        ({"type": "dual_labeled_counter"}, "extras.category"),
    ],
)
def test_a_list_that_glean_leaves_open_is_left_to_people(
    said: dict[str, object], key: str, untold: Callable[[Imported], list[str]]
) -> None:
    done = _of(**said)
    assert f"metric.toolbar.used.{key}" in dict(done.open)
    assert "metric.toolbar.used.example" in dict(done.open)
    assert untold(done) == []


def test_a_rate_becomes_two_counters_unless_its_denominator_is_a_metric() -> None:
    assert list(_of(type="rate").metrics) == ["toolbar.used_hits", "toolbar.used_chances"]
    done = _of(type="rate", denominator_metric="toolbar.shown")
    assert list(done.metrics) == ["toolbar.used_hits"]


@pytest.mark.parametrize("kind", sorted(LEFT_OUT))
def test_what_cannot_be_bounded_is_left_out_with_a_reason(kind: str) -> None:
    assert _of(type=kind).skipped == (("toolbar.used", LEFT_OUT[kind]),)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"disabled": True}, "it is disabled"),
        ({"expires": "expired"}, "it has expired"),
        ({"type": "guess"}, "there is no kind for 'guess'"),
        ({"type": None}, "there is no kind for ''"),
    ],
)
def test_what_is_not_measured_any_more_is_left_out(said: dict[str, object], reason: str) -> None:
    assert _of(**said).skipped == (("toolbar.used", reason),)


def test_a_metric_that_is_no_table_is_left_out() -> None:
    done = import_glean([("m.yaml", {"toolbar": {"used": "often"}})], About("x", "X"), TODAY)
    assert done.skipped == (("toolbar.used", "it is no table"),)


@pytest.mark.parametrize(
    ("expires", "text"),
    [
        ("never", "write why it is measured for ever, or its last day."),
        (130, "write its last day: it ended with version 130."),
        ("2026-12-01", "write a later day, if it is still needed: it ends on 2026-12-01."),
        ("2020-01-01", "write a later day, if it is still needed: it ends on 2020-01-01."),
    ],
)
def test_an_end_that_is_none_is_left_to_people(
    expires: object, text: str, untold: Callable[[Imported], list[str]]
) -> None:
    done = _of(expires=expires)
    assert dict(done.open)["metric.toolbar.used.expires"] == text
    assert untold(done) == []


def test_a_version_that_ends_it_names_the_last_one_before() -> None:
    assert _table(expires="130")["until"] == "129"
    assert "until" not in _table(expires="0")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["technical"], "technical"),
        (["interaction", "technical"], "interaction"),
        (["stored_content"], "content"),
        (["web_activity"], "content"),
        (["highly_sensitive"], "sensitive"),
    ],
)
def test_the_closest_category_counts(said: list[str], expected: str) -> None:
    assert _table(data_sensitivity=said)["sensitivity"] == expected


def test_words_about_a_person_count_more_than_the_category() -> None:
    table = _table(description="Languages of the dictionary.")
    assert (table["sensitivity"], table["threshold"]) == ("sensitive", 50)


def test_a_sensitivity_that_nobody_says_is_left_to_people(
    untold: Callable[[Imported], list[str]],
) -> None:
    done = _of(data_sensitivity=["secret"])
    assert "sensitivity" not in done.metrics["toolbar.used"]
    assert dict(done.open)["metric.toolbar.used.sensitivity"]
    assert untold(done) == []


def test_a_private_address_owns_nothing_and_a_front_page_is_no_review() -> None:
    table = _table(notification_emails=["me@gmail.com"], bugs=["https://bugs.example"])
    assert table["owner"] == "TODO: name who answers for it."
    assert table["review"] == "https://example.invalid/TODO"


def test_labels_that_a_list_cannot_hold_are_told() -> None:
    done = _of(type="labeled_counter", labels=["top", "__other__", "a,b"])
    assert done.metrics["toolbar.used"]["labels"] == ["top"]
    assert done.skipped == (("toolbar.used: a,b", "a closed list cannot hold this label"),)
    done = _of(type="dual_labeled_counter", dual_labels={"key": {"labels": ["a,b"]}})
    assert done.skipped == (("toolbar.used: a,b", "a closed list cannot hold this label"),)


def test_more_extras_than_an_event_has_are_told() -> None:
    keys = {f"key{number}": {"type": "boolean"} for number in range(5)}
    done = _of(type="event", extra_keys=keys)
    why = "an event has at most 4 extras, each with a name of its own"
    assert done.skipped == (("toolbar.used: key4", why),)


def test_an_event_whose_extras_have_no_names_is_a_counter() -> None:
    done = _of(type="event", extra_keys={"%": {"type": "boolean"}})
    assert done.metrics["toolbar.used"]["kind"] == "counter"
    assert [name for name, _ in done.skipped] == ["toolbar.used: %"]


def test_a_unit_leaves_the_name_and_the_old_name_stays_as_an_alias() -> None:
    metric = {**FULL, "type": "quantity"}
    done = import_glean([("m.yaml", {"cache": {"free_mb": metric}})], About("x", "X"), TODAY)
    table = done.metrics["cache.free"]
    assert (table["unit"], table["aliases"]) == ("megabytes", ["cache.free_mb"])


def test_several_files_become_one() -> None:
    files: list[tuple[str, object]] = [
        ("a.yaml", {"$schema": "moz://mozilla.org/schemas/glean/metrics/2-0-0", "a": {"b": FULL}}),
        ("b.yaml", {"$tags": ["Front"], "no_lint": ["X"], "a": {"b": FULL, "c": FULL}}),
    ]
    done = import_glean(files, About("x", "X"), TODAY)
    assert list(done.metrics) == ["a.b", "a.c"]
    assert done.skipped == (("a.b", "its name would be a.b, which a.b has already"),)
    titles = [table["title"] for table in done.metrics.values()]
    assert titles == ["Bookmarks that were made", "A: c, how often"]


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"toolbar": []},
        {"$schema": "moz://mozilla.org/schemas/glean/pings/2-0-0"},
    ],
)
def test_what_is_no_metrics_file_is_refused(content: object) -> None:
    with pytest.raises(RegistryError) as refused:
        import_glean([("m.yaml", content)], About("x", "X"), TODAY)
    assert [problem.code for problem in refused.value.problems] == ["wrong_shape"]


@pytest.mark.parametrize("linear", [True, False])
@given(low=st.integers(0, 10**12), high=st.integers(0, 10**12), count=st.integers(0, 200))
def test_a_range_has_rising_buckets_that_people_can_read(
    *, low: int, high: int, count: int, linear: bool
) -> None:
    buckets = ranged(low, high, count, linear=linear)
    assert buckets[0] == 0
    assert buckets == sorted(set(buckets))
    assert len(buckets) <= 20


@given(st.lists(st.text(max_size=8)))
def test_a_closed_list_holds_what_fits_and_tells_the_rest(words: list[str]) -> None:
    kept, others = closed(words, CHOICE_NAME, 3)
    assert len(kept) <= 3
    assert all(CHOICE_NAME.fullmatch(word) for word in kept)
    assert {*kept, *others} == set(words) - {"other", "__other__"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**14) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = (
    "description", "bugs", "expires", "labels", "extra_keys", "unit", "memory_unit", "range_min",
    "range_max", "bucket_count", "dual_labels", "data_sensitivity", "notification_emails",
    "data_reviews",
)  # fmt: skip
METRICS = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(KINDS))}, optional=dict.fromkeys(KEYS, VALUES)
)


@settings(max_examples=30)  # each runs every check
@given(st.dictionaries(st.text(max_size=8), st.dictionaries(st.text(max_size=8), METRICS | VALUES)))
def test_no_content_makes_it_fail_but_with_its_own_error(content: dict[str, object]) -> None:
    try:
        done = import_glean([("m.yaml", content)], About("x", "X"), TODAY)
    except RegistryError:
        return
    assert all(table["status"] == "proposed" for table in done.metrics.values())
