"""Labels that are versions, and shares of two metrics, wherever a registry is read."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector.checkers import checkers
from aboveboard.errors import MisuseError, RegistryError
from aboveboard.model.metric import ACTIVE, Kind, Metric, Rate
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.approval_words import told
from aboveboard.registry.change import Code, Effect
from aboveboard.registry.checks import check
from aboveboard.registry.difference import difference
from aboveboard.registry.difference_words import words
from aboveboard.registry.foreign_values import foreign_counts
from aboveboard.registry.generate.module import generate
from aboveboard.registry.notices.german_form import form as german_form
from aboveboard.registry.read import read
from aboveboard.registry.reference.metric import metric_page
from aboveboard.registry.reference.table import as_table
from aboveboard.registry.rules.together import VALUES, VERSIONS_IN_USE
from aboveboard.testing import EXAMPLE_REGISTRY, memory_telemetry

ROOT = Path(__file__).parents[3]
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "registry.1.json").read_text())
HEAD, _, ABOUT = EXAMPLE_REGISTRY.decode().partition('[metric."file.opened"]\n')
REASONS = "\n".join(
    line for line in ABOUT.splitlines() if not line.startswith(("kind", "title", "largest"))
)
STARTED = """
[metric."session.started"]
kind = "labelled"
title = "Sessions"
precision = 2
"""
CRASHED = """
[metric."session.crashed"]
kind = "labelled"
title = "Crashes"
precision = 2
"""
RATE = """
[metric."session.crashed".rate]
of = "session.started"
title = "Sessions without a crash"
question = "How many sessions end without a crash?"
rest = true
"""
FILE = f"{HEAD}{STARTED}{REASONS}{CRASHED}{REASONS}{RATE}"
REGISTRY = read(FILE.encode())
BY_VERSION = REGISTRY.metrics["session.started"]
RATED = REGISTRY.metrics["session.crashed"]


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(RegistryError) as caught:
        read(text.encode())
    return [(found.code, found.place) for found in caught.value.problems]


def changed(**changes: Any) -> Registry:  # noqa: ANN401 any field
    metrics = {**REGISTRY.metrics, RATED.name: replace(RATED, **changes)}
    return replace(REGISTRY, metrics=MappingProxyType(metrics))


def test_labels_may_be_versions_and_a_metric_a_part_of_another() -> None:
    assert BY_VERSION.by_version
    assert (BY_VERSION.labels, BY_VERSION.precision) == ((), 2)
    assert RATED.rate == Rate(
        "session.started",
        "Sessions without a crash",
        "How many sessions end without a crash?",
        rest=True,
    )
    assert BY_VERSION.rate is None


def test_the_schema_knows_both() -> None:
    table = json.loads(json.dumps(tomllib.loads(FILE), default=str))
    jsonschema.Draft202012Validator(SCHEMA).validate(table)


def test_the_data_of_a_registry_tells_both() -> None:
    table: Any = as_table(REGISTRY)
    started, crashed = (table["metric"][name] for name in ("session.started", "session.crashed"))
    assert started["precision"] == 2
    assert "labels" not in started
    assert crashed["rate"] == {
        "of": "session.started",
        "title": "Sessions without a crash",
        "question": "How many sessions end without a crash?",
        "rest": True,
    }
    table = as_table(changed(rate=Rate("session.started", "Share", "How much?")))
    assert "rest" not in table["metric"]["session.crashed"]["rate"]


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        pytest.param("labels = ['1']", "bound_of_another_kind", "precision", id="list-as-well"),
        pytest.param("rate = 3", "wrong_type", "rate", id="no-table"),
        pytest.param("rate = {}", "missing", "rate.of", id="of-nothing"),
        pytest.param("rate = { left = true }", "unknown_key", "rate.left", id="no-such-key"),
        pytest.param("rate = { rest = 'yes' }", "wrong_type", "rate.rest", id="neither"),
    ],
)
def test_what_cannot_be_meant_is_a_problem(lines: str, code: str, place: str) -> None:
    text = f"{HEAD}{STARTED}{lines}\n{REASONS}"
    assert (code, f"metric.session.started.{place}") in problems(text)


def test_what_is_so_is_no_part_of_anything() -> None:
    flag = CRASHED.replace("labelled", "flag").replace("precision = 2", "")
    text = f"{HEAD}{STARTED}{REASONS}{flag}{REASONS}{RATE}"
    assert problems(text) == [("rate_of_another_kind", "metric.session.crashed.rate")]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"rate": Rate("session.gone", "S", "Q?")}, id="gone"),
        pytest.param({"rate": Rate("session.crashed", "S", "Q?")}, id="itself"),
        pytest.param({"precision": 3}, id="finer"),
        pytest.param({"labels": ("1", "other")}, id="list"),
        pytest.param({"kind": Kind.COUNTER}, id="kind"),
    ],
)
def test_a_share_of_what_is_counted_in_another_way_is_found(changes: dict[str, Any]) -> None:
    found = {each.code: each.place for each in check(changed(**changes), date(2026, 11, 21))}
    assert found["rate_of_another_form"] == "metric.session.crashed.rate.of"


def test_a_share_of_what_is_counted_alike_is_well() -> None:
    codes = {each.code for each in check(REGISTRY, date(2026, 11, 21))}
    assert "rate_of_another_form" not in codes


def test_all_three_parts_of_a_version_tell_more_apart_than_few_installs_allow() -> None:
    few = replace(changed(precision=3), installs=100)
    assert "version_too_precise" in {each.code for each in check(few, date(2026, 11, 21))}
    assert VALUES[Kind.LABELLED](BY_VERSION) == VERSIONS_IN_USE[2]


LISTED = {"labels": ("1.0", "other")}


@pytest.mark.parametrize(
    ("before", "after", "code", "effect", "sentence"),
    [
        ({}, {"rate": None}, Code.RATE, Effect.NEUTRAL, "Crashes: the share that is published"),
        (LISTED, {}, Code.KIND, Effect.WIDENS, "a number of each day for each version, by 2 parts"),
        ({}, LISTED, Code.KIND, Effect.WIDENS, "of: 1.0, other, instead of a number for each ver"),
        ({}, {"precision": 3}, Code.PRECISION_HIGHER, Effect.WIDENS, "by 3 parts of it instead of"),
        ({"precision": 3}, {}, Code.PRECISION_LOWER, Effect.NARROWS, "by 2 parts of it instead of"),
    ],
)
def test_what_changes_is_told(
    before: dict[str, Any], after: dict[str, Any], code: Code, effect: Effect, sentence: str
) -> None:
    found = difference(changed(**before), changed(**after))
    assert [(each.code, each.effect) for each in found.changes] == [(code, effect)]
    assert sentence in words(found)[0]


def test_the_reference_says_what_is_kept_and_what_is_published_with_it() -> None:
    facts = {fact.term: fact for part in metric_page(REGISTRY, RATED).parts for fact in part.facts}
    assert facts["Said as"].text == "A number of each day for each version, by 2 parts of it."
    assert facts["At most"].text == "1,000,000 of each per day."
    assert facts["Published with it"].text == (
        "Sessions without a crash (what it leaves of session.started): "
        "How many sessions end without a crash?"
    )
    assert facts["Published with it"].metrics == ("session.started",)


def test_a_share_of_a_metric_that_is_gone_is_not_linked() -> None:
    registry = changed(rate=Rate("session.gone", "Share", "How much?"))
    page = metric_page(registry, registry.metrics["session.crashed"])
    facts = {fact.term: fact for part in page.parts for fact in part.facts}
    assert facts["Published with it"].metrics == ()
    assert "its part of session.gone" in facts["Published with it"].text


def test_who_signs_sees_both() -> None:
    lines = told(REGISTRY, "metric session.crashed")
    assert any("for each version, by 2 parts of it" in line for line in lines)
    assert any("share     Sessions without a crash" in line for line in lines)


def test_both_are_said_in_german() -> None:
    assert german_form(BY_VERSION).endswith("für jede Version, nach 2 Teil(en) davon")


def test_a_module_takes_a_version_and_has_one_class_for_all_of_them() -> None:
    text = generate(REGISTRY, "editor.toml")
    assert text.count("class CounterByVersion(_Metric)") == 1
    made: dict[str, Any] = {}
    exec(compile(text, "made", "exec"), made)  # noqa: S102 it is our own
    telemetry = memory_telemetry(REGISTRY)
    metrics = made["Metrics"](telemetry)
    metrics.session.started.add("1.4.2")
    metrics.session.started.add("1.4.3-rc.1", by=2)
    assert b'"value":{"1.4":3}' in b"".join(telemetry.preview(local=True))


def test_a_program_names_any_version_and_nothing_else() -> None:
    telemetry = memory_telemetry(REGISTRY)
    for label in ("1.4.2", "1.5", "other"):
        telemetry.count("session.started", label=label)
    with pytest.raises(MisuseError):
        telemetry.count("session.started", label="my secret")
    assert telemetry.misuse == {"out_of_bounds": 1}
    report = b"".join(telemetry.preview(local=True))
    assert b'"value":{"1.4":1,"1.5":1,"other":1}' in report


def test_of_very_many_versions_a_report_names_those_that_are_told_of_most() -> None:
    telemetry = memory_telemetry(REGISTRY)
    for major in range(60):
        telemetry.count("session.started", 1 + (major > 9), label=f"{major}.0")
    [report] = [json.loads(body) for body in telemetry.preview(local=True)]
    [entry] = report["entries"]
    assert set(entry["value"]) == {f"{major}.0" for major in range(10, 59)} | {"other"}
    assert sum(entry["value"].values()) == 60 + 50


def test_no_list_of_versions_is_a_list_of_who_is_active() -> None:
    assert not replace(BY_VERSION, name=ACTIVE).counts_active


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("1.4.2", "1.4"),
        ("7", "7"),
        ("1.4.2 (4711)", "1.4"),
        ("1.4.2+build.5", "1.4"),
        ("2.0rc1", "2.0"),
        ("2.0.dev3", "2.0"),
        ("5.3.2.RELEASE", "5.3"),
        ("1.2.3456789", "other"),
        ("v1.4", "1.4"),
        ("1.4RC1", "1.4"),
        ("3fa9c0b1d2e45f60718293a4b5c6d7e8", "other"),
        ("20261126", "other"),
        ("1.4.2secret", "other"),
        ("", "other"),
    ],
)
def test_a_release_is_cut_to_its_first_parts_when_it_arrives(said: str, key: str) -> None:
    assert foreign_counts(BY_VERSION, {said: 3}) == {key: 3}


def test_what_is_cut_to_the_same_version_is_added_up() -> None:
    assert foreign_counts(BY_VERSION, {"1.4.1": 1, "1.4.2": 2}) == {"1.4": 3}


def test_a_message_names_no_more_versions_than_a_report() -> None:
    many = {f"{major}.0": 1 for major in range(bounds.MOST_MARKS + 1)}
    assert foreign_counts(BY_VERSION, many) is Reason.OUT_OF_BOUNDS
    assert bounds.counts(BY_VERSION, many) is Reason.OUT_OF_BOUNDS


def test_what_is_no_text_is_no_version() -> None:
    assert bounds.label(BY_VERSION, 1.4) == "other"


@given(st.text(max_size=20))
def test_no_text_of_a_stranger_becomes_a_key(said: str) -> None:
    found = bounds.label(BY_VERSION, said)
    assert bounds.is_key(BY_VERSION, found)
    assert found == "other" or said.lower().removeprefix("v").startswith(found)


@pytest.mark.parametrize(
    ("value", "kept"), [({"1.4": 2, "other": 1}, 2), ({"1.4.2": 1}, 0), ({"menu": 1}, 0), (3, 0)]
)
def test_a_collector_takes_what_a_device_has_cut(value: Any, kept: int) -> None:  # noqa: ANN401 any JSON
    facts: list[Any] = []
    reason = checkers(REGISTRY)["session.started"].add(value, "2026-11-18", facts)
    assert (len(facts), reason is None) == (kept, kept > 0)


def test_a_list_of_labels_takes_its_words_alone(metric: Any) -> None:  # noqa: ANN401 a fixture
    listed: Metric = metric(Kind.LABELLED, labels=("1.0", "other"))
    assert [bounds.label(listed, said) for said in ("1.0", "2.0")] == ["1.0", "other"]
