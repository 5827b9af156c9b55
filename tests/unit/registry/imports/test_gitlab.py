from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import RegistryError
from aboveboard.registry.imports.gitlab import import_gitlab
from aboveboard.registry.imports.imported import About, Imported

TODAY = date(2026, 11, 21)
FULL: dict[str, object] = {
    "key_path": "counts.kanban_boards",
    "description": "Boards that projects have",
    "product_group": "project_management",
    "value_type": "number",
    "status": "active",
    "milestone": "13.10",
    "introduced_by_url": "https://git.example/forge/-/merge_requests/7",
    "time_frame": "all",
    "data_source": "database",
    "data_category": "operational",
    "performance_indicator_type": ["gmau"],
    "tiers": ["free"],
}


def _of(**said: object) -> Imported:
    return import_gitlab([("m.yml", {**FULL, **said})], About("x", "X"), TODAY)


def _table(**said: object) -> dict[str, Any]:
    (table,) = _of(**said).metrics.values()
    return dict(table)


def test_a_full_definition_leaves_its_reasons_and_its_end_open(
    untold: Callable[[Imported], list[str]], keys: Callable[[Imported], set[str]]
) -> None:
    about = About("forge", "A forge", "https://git.example", "The forum", "https://git.example/p")
    done = import_gitlab([("boards.yml", FULL)], about, TODAY)
    table = done.metrics["counts.kanban_boards"]
    assert table | {"kind": "quantity", "since": "13.10", "sensitivity": "technical"} == table
    assert table["owner"] == "Group project management"
    assert table["review"] == "https://git.example/forge/-/merge_requests/7"
    assert table["title"] == "Boards that projects have"
    assert done.notes["counts.kanban_boards"] == (
        "GitLab's counts.kanban_boards: Boards that projects have",
        "time frame all; source database; category operational; indicator gmau; tiers free",
    )
    assert keys(done) == {"question", "decision", "expires"}
    assert untold(done) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"time_frame": "none"}, {"kind": "quantity"}),
        ({"time_frame": None}, {"kind": "quantity"}),
        ({"time_frame": "7d"}, {"kind": "counter", "period": "week"}),
        ({"time_frame": "7d", "data_source": "redis_hll"}, {"kind": "quantity", "period": None}),
        ({"value_type": "boolean"}, {"kind": "flag"}),
        ({"value_type": "string"}, {"kind": "choice"}),
        ({"value_type": "string", "key_path": "gitaly.version"}, {"kind": "version"}),
        ({"data_category": "optional"}, {"sensitivity": "interaction"}),
        ({"data_category": None}, {"sensitivity": "interaction"}),
        ({"milestone": "<13.9"}, {"since": None}),
        ({"key_path": "counts.cache_mb"}, {"unit": "megabytes", "aliases": ["counts.cache_mb"]}),
        ({"key_path": "counts.cache_mb", "value_type": "boolean"}, {"unit": None}),
    ],
)
def test_a_value_becomes_the_kind_that_says_the_same(
    said: dict[str, object], expected: dict[str, object]
) -> None:
    table = _table(**said)
    assert {key: table.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"status": "removed", "milestone_removed": "15.1"}, "it was removed in 15.1"),
        ({"status": "removed"}, "it was removed"),
        ({"value_type": "object"}, "a nested object has no bounds"),
        ({"value_type": "guess"}, "there is no value_type 'guess'"),
        (
            {"value_type": "string", "key_path": "license.uuid"},
            "it is an identity: it makes every report recognizable for ever",
        ),
        ({"time_frame": "1y"}, "there is no time frame '1y'"),
        (
            {"time_frame": "28d"},
            "there are no months here: import the count of a week, or of all time",
        ),
    ],
)
def test_what_cannot_be_kept_is_left_out_with_a_reason(
    said: dict[str, object], reason: str
) -> None:
    done = _of(**said)
    assert done.metrics == {}
    assert done.skipped == ((str(said.get("key_path", FULL["key_path"])), reason),)


def test_a_definition_without_a_path_is_told_by_its_file() -> None:
    assert _of(key_path="").skipped == (("m.yml", "it has no key_path"),)


def test_several_time_frames_are_several_metrics() -> None:
    done = _of(time_frame=["7d", "28d", "all"])
    assert list(done.metrics) == ["counts.kanban_boards_weekly", "counts.kanban_boards"]
    assert [name for name, _ in done.skipped] == ["counts.kanban_boards_monthly"]


@pytest.mark.parametrize(
    ("group", "name"), [("analytics", "analytics.boards"), ("", "instance.boards")]
)
def test_a_path_of_one_part_gets_a_group(group: str, name: str) -> None:
    done = _of(key_path="boards", product_group=group)
    assert list(done.metrics) == [name]
    assert "aliases" not in done.metrics[name]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://git.example/1", "It is broken there: https://git.example/1"),
        (None, "It is broken there: nobody says why"),
    ],
)
def test_what_is_broken_there_is_told(url: str | None, told: str) -> None:
    done = _of(status="broken", repair_issue_url=url)
    assert done.notes["counts.kanban_boards"][-1] == told


def test_a_definition_with_no_more_than_it_needs_is_imported() -> None:
    files = [("m.yml", {"key_path": "a.b", "value_type": "boolean"})]
    done = import_gitlab(files, About("x", "X"), TODAY)
    assert done.notes["a.b"] == ("GitLab's a.b: no description",)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(RegistryError) as refused:
        import_gitlab([("m.yml", ["key_path"])], About("x", "X"), TODAY)
    assert [problem.code for problem in refused.value.problems] == ["wrong_shape"]


VALUES = st.none() | st.booleans() | st.integers(-1, 10**20) | st.text(max_size=12)


@given(
    st.fixed_dictionaries(
        {"value_type": st.sampled_from(["number", "boolean", "string"])},
        optional={
            key: VALUES | st.lists(VALUES, max_size=3)
            for key in (*FULL, "milestone_removed", "repair_issue_url")
            if key != "value_type"
        },
    )
)
def test_no_content_makes_it_fail(said: dict[str, object]) -> None:
    done = import_gitlab([("m.yml", said)], About("x", "X"), TODAY)
    assert all(table["status"] == "proposed" for table in done.metrics.values())
