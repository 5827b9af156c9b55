"""A mapping may cut off what texts begin with, and read a second metric out of them."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import pytest

from aboveboard.errors import RegistryError
from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.model.registry import Registry
from aboveboard.model.said import Said
from aboveboard.registry.mapping import Also, read_mapping
from aboveboard.registry.translate import Translator

AGREED = Approval(date(2026, 1, 1), "", "")
TODAY = date(2026, 11, 26)


def metric(name: str, kind: Kind, choices: tuple[str, ...] = ()) -> Metric:
    return Metric(name, kind, "", "", "", "", "", AGREED, None, "", "", choices)


METRICS = (
    metric("db.version", Kind.VERSION),
    metric("db.name", Kind.CHOICE, ("mysql", "mariadb")),
    metric("db.age", Kind.QUANTITY),
)
REGISTRY = Registry(
    "app", "", "", "", "", "", metrics=MappingProxyType({each.name: each for each in METRICS})
)
HEAD = 'format = 1\napp = "app"\n'
STRIP = '[strip]\n"db.version" = ["5.5.5-", "v"]\n'
ALSO = '[[also]]\nof = "db.version"\nsay = "db.name"\nwords = { MariaDB = "mariadb" }\n'


def told(mapping: str, value: object) -> dict[str, str]:
    translator = Translator(REGISTRY, read_mapping((HEAD + mapping).encode(), REGISTRY))
    [statement] = translator.translate(Said("app", "db", {"version": value}), TODAY)
    return {count.metric.name: count.key for count in statement.counts}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("5.5.5-10.6", "10.6"), ("v3.1", "3.1"), ("5.5.5", "5.5"), ("3.1", "3.1")],
)
def test_a_beginning_is_cut_off_where_a_digit_follows(sent: str, kept: str) -> None:
    assert told(STRIP, sent) == {"db.version": kept}


def test_a_word_in_a_text_tells_a_second_metric_in_any_case() -> None:
    assert told(ALSO, "10.6-mariaDB-log") == {"db.version": "10.6", "db.name": "mariadb"}


def test_without_the_word_nothing_is_told_unless_the_mapping_says_so() -> None:
    assert told(ALSO, "8.0") == {"db.version": "8.0"}
    otherwise = ALSO + 'otherwise = "mysql"\n'
    assert told(otherwise, "8.0") == {"db.version": "8.0", "db.name": "mysql"}


def test_only_a_text_that_tells_its_own_metric_tells_another() -> None:
    assert told(ALSO, "mariadb") == {}
    assert told(ALSO + 'otherwise = "mysql"\n', 8) == {"db.version": "8"}


def test_several_metrics_may_be_read_out_of_one() -> None:
    mapping = read_mapping((HEAD + ALSO + ALSO).encode(), REGISTRY)
    assert mapping.also == {"db.version": [Also("db.name", {"mariadb": "mariadb"})] * 2}


@pytest.mark.parametrize(
    ("mapping", "place"),
    [
        pytest.param('[strip]\n"db.other" = ["v"]\n', "strip.db.other", id="strip"),
        pytest.param(ALSO.replace("db.name", "db.other"), "also[1].say", id="say"),
        pytest.param(ALSO.replace("db.version", "db.other"), "also[1].of", id="of"),
        pytest.param('[[also]]\nof = "db.version"\n', "also[1].say", id="no say"),
        pytest.param(ALSO + "more = 1\n", "also[1].more", id="unknown key"),
    ],
)
def test_what_a_mapping_names_wrongly_is_told(mapping: str, place: str) -> None:
    with pytest.raises(RegistryError) as caught:
        read_mapping((HEAD + mapping).encode(), REGISTRY)
    assert [problem.place for problem in caught.value.problems] == [place]
