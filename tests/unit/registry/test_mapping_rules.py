"""Forms, gathered names, daily statements, lists of metrics and last rules of a mapping."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from aboveboard.errors import RegistryError
from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.read import read
from aboveboard.registry.translate import Statement, Translator

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = date(2026, 11, 26)
ABOUT = """title = "A"
question = "B?"
decision = "C."
owner = "D"
review = "https://shop.example/1"
approved = { on = 2026-01-15, by = "E", where = "https://shop.example/2" }
expires = { never = "It is the base." }
level = "usage"
"""
REGISTRY = """
format = 1
[product]
id = "shop"
title = "A shop"
homepage = "https://shop.example"
contact = "Its makers"
policy = "https://shop.example/privacy"
[product.levels]
usage = "How it is used."
""" + "".join(
    f'[metric."{name}"]\nkind = "{kind}"\n{more}\n{ABOUT}'
    for name, kind, more in [
        ("till.plugins", "names", 'names = ["stock", "mail"]'),
        ("till.open", "flag", ""),
        ("till.rights", "labelled", 'unit = "times"\nlabels = ["sell", "buy"]\nlargest = 9'),
        ("till.names", "names", 'names = ["sell", "buy"]'),
        ("till.limit", "quantity", 'unit = "coins"\nbuckets = [0, 1, 10]'),
        ("till.sales", "distribution", 'unit = "sales"\nbuckets = [0, 10, 100]'),
        ("acts.paid", "labelled", 'unit = "times"\nlabels = ["card", "cash"]\nlargest = 9'),
        ("acts.rest", "labelled", 'unit = "times"\nlabels = ["look"]\nlargest = 9'),
        ("acts.voucher", "counter", 'unit = "times"\nlargest = 9'),
    ]
)
registry = read(REGISTRY.encode(), "shop.toml")


def tell(mapping: str, event: str, values: Mapping[str, object]) -> list[Statement]:
    content = f'format = 1\napp = "shop"\n{mapping}'.encode()
    translator = Translator(registry, read_mapping(content, registry))
    return translator.translate(Said("shop", event, values, who="w"), DAY)


def counts(found: list[Statement]) -> dict[str, dict[str, int]]:
    told: dict[str, dict[str, int]] = {}
    for statement in found:
        for count in statement.counts:
            told.setdefault(count.metric.name, {})[count.key] = count.times
    return told


def asides(found: list[Statement]) -> list[tuple[str, Reason]]:
    return [aside for statement in found for aside in statement.asides]


GATHER = '[[gather]]\nevent = "till"\nproperty = "has_*"\ninto = "till.plugins"\n'


def test_names_of_properties_that_say_yes_are_gathered() -> None:
    values = {"has_stock": True, "has_mail": "false", "has_own": "true", "open": True}
    found = counts(tell(GATHER, "till", values))
    assert found == {"till.plugins": {"stock": 1, "other": 1}, "till.open": {"true": 1}}


def test_a_property_that_has_a_metric_of_its_own_is_not_gathered() -> None:
    mapping = GATHER.replace("has_*", "*")
    assert counts(tell(mapping, "till", {"open": True})) == {"till.open": {"true": 1}}


def test_names_of_another_event_are_not_gathered() -> None:
    found = tell(GATHER, "desk", {"has_stock": True})
    assert counts(found) == {}
    assert asides(found) == [("desk.has_stock", Reason.UNKNOWN_METRIC)]


def test_names_that_all_say_no_are_none() -> None:
    found = tell(GATHER, "till", {"has_stock": False, "has_mail": "some text"})
    assert (counts(found), asides(found)) == ({}, [])


def test_many_words_of_one_text_are_names_and_labels() -> None:
    mapping = '[form]\n"till.*s" = "words"\n'
    found = counts(tell(mapping, "till", {"rights": "sell buy lend", "names": "buy lend"}))
    assert found == {
        "till.rights": {"sell": 1, "buy": 1, "other": 1},
        "till.names": {"buy": 1, "other": 1},
    }


@pytest.mark.parametrize(
    ("said", "key"), [(-1, "10"), ("many", "10"), (True, "1"), (5, "1"), ("", None), (0, None)]
)
def test_any_plain_value_may_stand_for_another(said: object, key: str | None) -> None:
    mapping = '[values."till.limit"]\n-1 = 99\nmany = 12\ntrue = 1\n0 = ""\n'
    found = counts(tell(mapping, "till", {"limit": said}))
    assert found == ({} if key is None else {"till.limit": {key: 1}})


def test_of_several_metrics_the_first_that_knows_a_word_says_it_or_else_the_last() -> None:
    mapping = '[[event]]\nname = "act"\nsay = ["acts.paid", "acts.rest"]\nvalue = "{what}"\n'
    assert counts(tell(mapping, "act", {"what": "cash"})) == {"acts.paid": {"cash": 1}}
    assert counts(tell(mapping, "act", {"what": "look"})) == {"acts.rest": {"look": 1}}
    assert counts(tell(mapping, "act", {"what": "Ana"})) == {"acts.rest": {"other": 1}}


def test_no_rule_behind_the_last_one_applies() -> None:
    mapping = """
[[event]]
name = "act"
when = { what = "voucher" }
say = "acts.voucher"
last = true
[[event]]
name = "act"
say = "acts.rest"
value = "{what}"
"""
    assert counts(tell(mapping, "act", {"what": "voucher"})) == {"acts.voucher": {"": 1}}
    assert counts(tell(mapping, "act", {"what": "look"})) == {"acts.rest": {"look": 1}}


def test_a_daily_statement_replaces_what_adds_up_on_its_day_and_the_state_of_the_week() -> None:
    mapping = '[[event]]\nname = "till"\ndaily = true\n'
    state, daily = tell(mapping, "till", {"limit": 3, "sales": 20})
    assert (state.part, state.daily, counts([state])) == ("till", False, {"till.limit": {"1": 1}})
    assert (daily.part, daily.daily) == ("till 2026-11-26", True)
    assert counts([daily]) == {"till.sales": {"10": 1}}


def test_a_part_may_be_told_by_the_names_of_properties() -> None:
    mapping = '[[event]]\nname = "till"\npart = "{event}/{*}"\n'
    (only,) = tell(mapping, "till", {"open": True, "Limit": 3})
    assert only.part == "till/limit_open"


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ('[form]\n"till.open" = "sideways"', "form.till.open"),
        ('[[gather]]\nevent = "till"\nproperty = "has_*"\ninto = "till.open"', "gather[1].into"),
        ('[[gather]]\nevent = "till"\nproperty = "has_*"\ninto = "till.ghost"', "gather[1].into"),
        ('[[gather]]\nevent = "till"\nproperty = "has"\ninto = "till.plugins"', "gather[1]"),
        ('[[gather]]\nproperty = "*"\ninto = "till.plugins"', "gather[1]"),
        (f"{GATHER}colour = 1", "gather[1].colour"),
        ('[[event]]\nname = "a"\nsay = ["acts.paid", "acts.ghost"]', "event[1].say"),
    ],
)
def test_what_a_mapping_cannot_mean_is_refused(mapping: str, problem: str) -> None:
    with pytest.raises(RegistryError) as refused:
        read_mapping(f'format = 1\napp = "shop"\n{mapping}'.encode(), registry)
    assert [each.place for each in refused.value.problems] == [problem]
