from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import RegistryError
from aboveboard.model.metric import Kind, Sensitivity
from aboveboard.registry.imports.draft import Draft
from aboveboard.registry.imports.imported import About, Imported, Seed
from aboveboard.registry.imports.tables import UNFILLED
from aboveboard.registry.names import CHOICE_NAME, KNOWN_NAME
from aboveboard.registry.write import write

SEED = Seed("Made", "bookmarks.made", Kind.COUNTER, "Bookmarks", "made by hand")
SAYS = About(
    "browser",
    "A browser",
    homepage="https://browser.example",
    contact="The forum",
    policy="https://browser.example/privacy",
    owner="Release manager",
    review="https://browser.example/reviews/1",
    installs=5000,
)


def _of(about: About, *seeds: Seed) -> Imported:
    draft = Draft(about, date(2026, 11, 21))
    for seed in seeds:
        draft.add(seed)
    return draft.finish()


def test_what_a_person_says_of_the_product_is_not_open(
    untold: Callable[[Imported], list[str]],
) -> None:
    done = _of(SAYS, SEED)
    assert [place for place, _ in done.open] == [
        "metric.bookmarks.made.question",
        "metric.bookmarks.made.decision",
        "metric.bookmarks.made.expires",
    ]
    assert done.product["installs"] == 5000
    assert done.metrics["bookmarks.made"]["owner"] == "Release manager"
    assert untold(done) == []


def test_what_the_catalogue_says_counts_more() -> None:
    done = _of(SAYS, replace(SEED, owner="The bookmarks team"))
    assert done.metrics["bookmarks.made"]["owner"] == "The bookmarks team"


def test_only_levels_that_are_used_are_asked_about() -> None:
    done = _of(SAYS, SEED)
    assert done.product["levels"] == {
        "technical": "Which version runs, with which settings, on what, and how well."
    }


def test_what_the_registry_cannot_hold_is_left_out_with_a_reason() -> None:
    bad = replace(SEED, name="bookmarks.bad", says={"largest": 0})
    done = _of(SAYS, SEED, bad)
    assert list(done.metrics) == ["bookmarks.made"]
    reason = "a registry cannot hold it: largest: it must lie between 1 and 1000000000000."
    assert done.skipped == (("Made", reason),)


def test_problems_that_nobody_foresaw_are_open_as_well(
    untold: Callable[[Imported], list[str]],
) -> None:
    seeds = [replace(SEED, name=name) for name in ("misc.made", "bookmarks.made", "bookmarks.mado")]
    seeds.append(replace(SEED, name="disk.size", words="disk size"))
    done = _of(SAYS, *seeds)
    told = dict(done.open)
    assert told["metric.misc.made"].startswith("'misc' in its name says nothing.")
    assert told["metric.bookmarks.mado"].startswith("its name is nearly bookmarks.made.")
    assert told["metric.disk.size.unit"].startswith("a size needs a unit.")
    assert untold(done) == []


def test_problems_of_the_product_are_open_as_well(untold: Callable[[Imported], list[str]]) -> None:
    done = _of(replace(SAYS, policy=SAYS.homepage, contact="Somebody"), SEED)
    told = dict(done.open)
    assert told["product.policy"].startswith("it is the home page.")
    assert told["product.contact"].startswith("it does not say how to reach anybody.")
    assert untold(done) == []


def test_no_two_metrics_have_one_title() -> None:
    names = ["a.made_one", "b.made_two", "c.made_three", "d.made_four", "e.made_five", "f.made_six"]
    done = _of(SAYS, *(replace(SEED, name=name) for name in names))
    assert [table["title"] for table in done.metrics.values()] == [
        "Bookmarks: made by hand, how often",
        "Bookmarks: made by hand",
        "Made by hand, how often",
        "Made by hand",
        "Bookmarks: made by hand (2)",
        "Bookmarks: made by hand (3)",
    ]


def test_a_title_that_people_would_not_understand_is_not_taken() -> None:
    done = _of(SAYS, replace(SEED, heading="Histogram of XYZQ"))
    assert done.metrics["bookmarks.made"]["title"] == "Bookmarks: made by hand, how often"


def test_a_title_of_nothing_is_still_one(untold: Callable[[Imported], list[str]]) -> None:
    done = _of(SAYS, replace(SEED, about="", words=""))
    assert done.metrics["bookmarks.made"]["title"] == "How often"
    assert untold(done) == []


def test_words_about_a_person_raise_the_sensitivity_and_the_smallest_group() -> None:
    done = _of(SAYS, replace(SEED, words="country", least=Sensitivity.TECHNICAL))
    table = done.metrics["bookmarks.made"]
    assert (table["sensitivity"], table["level"], table["threshold"]) == ("sensitive",) * 2 + (50,)


def test_a_list_for_people_to_fill_fits_into_each_list_and_says_so() -> None:
    assert CHOICE_NAME.fullmatch(UNFILLED)
    assert KNOWN_NAME.fullmatch(UNFILLED)
    event = replace(SEED, kind=Kind.EVENT, fill={"extras.a": "the a", "extras.b": "the b"})
    done = _of(SAYS, event)
    assert done.metrics["bookmarks.made"]["extras"] == {"a": [UNFILLED], "b": [UNFILLED]}
    assert dict(done.open)["metric.bookmarks.made.extras.a"] == "write the a."


def test_an_import_of_nothing_has_no_metrics() -> None:
    done = _of(SAYS)
    assert done.metrics == {}
    assert tomllib.loads(write(done.table))["metric"] == {}


def test_what_a_stranger_wrote_is_told_in_one_printable_line() -> None:
    draft = Draft(SAYS, date(2026, 11, 21))
    draft.skip("a\nb\x1b[31m", "c" * 1000)
    assert draft.finish().skipped == (("a b?[31m", "c" * 300),)


@pytest.mark.parametrize(
    ("about", "place"),
    [
        (replace(SAYS, id="My Browser"), "product.id"),
        (replace(SAYS, title="x" * 61), "product.title"),
        (replace(SAYS, homepage="browser.example"), "product.homepage"),
        (replace(SAYS, owner="x" * 301), "options.owner"),
        (replace(SAYS, review="soon"), "options.review"),
    ],
)
def test_what_a_person_says_wrongly_is_an_error(about: About, place: str) -> None:
    with pytest.raises(RegistryError) as refused:
        _of(about, SEED)
    assert place in [problem.place for problem in refused.value.problems]


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.sampled_from(Kind))
def test_no_words_make_it_fail(heading: str, about: str, words: str, kind: Kind) -> None:
    seed = Seed("x", "group.name", kind, about, words, heading=heading)
    done = _of(SAYS, seed)
    assert len(done.metrics) + len(done.skipped) == 1
