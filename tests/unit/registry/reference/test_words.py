from __future__ import annotations

import ast
import inspect
from dataclasses import replace

import pytest

from aboveboard.model import metric as model
from aboveboard.model.metric import Kind, Metric, Period, Reducer, Sensitivity, Status
from aboveboard.model.registry import Registry
from aboveboard.registry.reference.words import (
    KINDS,
    SENSITIVITIES,
    STATUSES,
    hidden_below,
    how_sure,
    in_short,
    in_time,
    list_title,
    reduced,
    steps,
    versions,
)


def _defined(name: str) -> list[str]:
    """Read the words below each member of an enumeration of the model."""
    tree = ast.parse(inspect.getsource(model))
    (found,) = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name]
    return [
        " ".join(line.value.value.replace("``", "").split())
        for line in found.body[1:]
        if isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    ]


def test_a_kind_is_said_in_the_words_that_define_it() -> None:
    assert list(KINDS) == list(Kind)
    assert list(KINDS.values()) == _defined("Kind")


def test_a_sensitivity_is_said_in_the_words_that_define_it() -> None:
    assert list(SENSITIVITIES) == list(Sensitivity)
    assert list(SENSITIVITIES.values()) == _defined("Sensitivity")


def test_every_status_has_words() -> None:
    assert list(STATUSES) == list(Status)


@pytest.mark.parametrize("reducer", Reducer)
def test_every_reducer_says_what_becomes_of_the_setting(
    every_kind: Registry, reducer: Reducer
) -> None:
    dark = replace(every_kind.metrics["theme.dark"], reducer=reducer)
    assert "ui.theme" in reduced(dark)
    assert "the setting" in reduced(replace(dark, source=""))


def test_of_a_list_the_known_names_are_told(every_kind: Registry) -> None:
    fonts = replace(every_kind.metrics["system.fonts"], reducer=Reducer.ONE_OF, source="ui.fonts")
    assert reduced(fonts).startswith("Which of the known names ui.fonts lists")


def test_what_the_host_reduces_itself_takes_nothing_from_a_setting(every_kind: Registry) -> None:
    assert reduced(every_kind.metrics["file.opened"]) == ""


def _listing(every_kind: Registry, name: str, **lists: object) -> Metric:
    metric = every_kind.metrics[name]
    known = {field: getattr(metric, field) for field in metric.__slots__}
    return Metric(**{**known, **lists})


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("system.os", "choices", "one of 6 words"),
        ("system.fonts", "names", "which of 6 names"),
        ("command.run", "labels", "a number for each of 6 labels"),
    ],
)
def test_a_long_list_is_said_by_its_length(
    every_kind: Registry, name: str, key: str, said: str
) -> None:
    assert in_short(_listing(every_kind, name, **{key: tuple("abcdef")})) == said


def test_an_event_with_long_lists_is_said_by_their_names(every_kind: Registry) -> None:
    extras = {"how": ("menu", "key", "other"), "what": ("text", "picture", "other")}
    assert in_short(_listing(every_kind, "file.saved", extras=extras)) == "a number by how and what"


def test_a_short_list_is_said_whole(every_kind: Registry) -> None:
    assert in_short(every_kind.metrics["system.os"]) == "one of: linux, macos, other"


def test_a_timing_with_one_step_says_that_it_tells_nothing(every_kind: Registry) -> None:
    opening = every_kind.metrics["file.opening"]
    assert steps(replace(opening, buckets=(0,))) == ("any",)
    assert steps(replace(opening, kind=Kind.DISTRIBUTION, buckets=(0,))) == ("0 or more",)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (Period.DAY, "Kept per day; no time of day is noted down."),
        (Period.WEEK, "Kept per week; no day is noted down."),
    ],
)
def test_what_adds_up_says_how_finely_it_is_kept(
    every_kind: Registry, period: Period, said: str
) -> None:
    assert in_time(replace(every_kind.metrics["file.opened"], period=period)) == said


def test_a_state_is_said_once_a_week(every_kind: Registry) -> None:
    assert in_time(every_kind.metrics["theme.dark"]) == "Said once a week."


def test_a_threshold_of_one_hides_nothing() -> None:
    assert hidden_below(1) == "Nothing is hidden: a single report may be shown."
    assert hidden_below(2) == "Groups of fewer than 2 reports are never shown."


def test_how_sure_an_answer_must_be_is_said_for_means_and_shares(every_kind: Registry) -> None:
    opened, dark = every_kind.metrics["file.opened"], every_kind.metrics["theme.dark"]
    assert how_sure(opened) == ""
    assert "10 % of its mean" in how_sure(replace(opened, accuracy=0.1))
    assert "2.5 points of a hundred" in how_sure(replace(dark, accuracy=0.025))


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("", "", "All versions of the program."),
        ("2.0", "", "Version 2.0 and later."),
        ("", "3", "Up to version 3."),
        ("2.0", "3", "Versions 2.0 to 3."),
    ],
)
def test_the_versions_that_measure_it_are_said(
    every_kind: Registry, since: str, until: str, said: str
) -> None:
    dark = every_kind.metrics["theme.dark"]
    assert versions(replace(dark, since=since, until=until)) == said


def test_each_list_has_a_heading(every_kind: Registry) -> None:
    places = {place for metric in every_kind.metrics.values() for place in metric.lists}
    assert {list_title(place) for place in places} == {"Words", "Labels", "Names", "Words of how"}
