from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aboveboard.model.registry import Registry
from aboveboard.registry.reference.facts import Fact
from aboveboard.registry.reference.metric import MetricPage, metric_page


def _facts(page: MetricPage) -> dict[str, Fact]:
    return {fact.term: fact for part in page.parts for fact in part.facts}


def _page(registry: Registry, name: str) -> dict[str, Fact]:
    return _facts(metric_page(registry, registry.metrics[name]))


def test_a_page_answers_what_why_who_and_until_when(every_kind: Registry) -> None:
    page = metric_page(every_kind, every_kind.metrics["file.opened"])
    assert [part.anchor for part in page.parts] == ["what", "why", "whom", "agreed"]
    assert page.status == "Measured"
    facts = _facts(page)
    assert facts["Said as"].text == "A number of each day, at most 500."
    assert facts["Unit"].text == "files"
    assert facts["Question"].text == "What <b>of</b> file.opened?"
    assert facts["Discussion"].link == "https://editor.example/reviews/1"
    assert facts["Level"].text == "Usage: What is used."
    assert facts["Approved"] == Fact("Approved", "by The council", date(2026, 1, 15))
    assert facts["Last day"] == Fact("Last day", day=date(2027, 12, 31))


def test_everything_that_a_file_may_say_is_on_the_page(every_kind: Registry) -> None:
    facts = _page(every_kind, "new.thing")
    assert facts["Sensitivity"].text.startswith("Content. About what somebody made or keeps")
    assert facts["May travel with"].metrics == ("file.opened", "system.os")
    assert facts["How sure"].text.startswith("Within 5 points")
    assert facts["Former names"].words == ("young.thing",)
    assert facts["Measured by"].text == "Versions 2.0 to 2.4."
    assert facts["Check switched off"].code == "title_is_vague"
    assert facts["Hidden"].text.startswith("Nothing is hidden")


def test_a_message_is_told_with_the_level_that_it_belongs_to(every_kind: Registry) -> None:
    facts = _page(every_kind, "program.broke")
    assert facts["Messages"].text == ("Scrubbed, of who agreed to the level errors: What breaks.")
    assert facts["Said as"].text.endswith(", with a scrubbed message.")
    assert "Messages" not in _page(every_kind, "file.opened")


def test_a_setting_says_what_is_made_of_it(every_kind: Registry) -> None:
    taken = _page(every_kind, "theme.dark")["Taken from"]
    assert taken.text == "Whether ui.theme is set; its text never leaves the machine."


@pytest.mark.parametrize(
    ("name", "term", "words"),
    [
        ("system.os", "Words", ("linux", "macos", "other")),
        ("system.fonts", "Names", ("Serif", "Sans", "other")),
        ("command.run", "Labels", ("save", "print", "other")),
        ("file.saved", "Words of how", ("menu", "key", "other")),
        ("file.count", "Steps", ("0 to 9", "10 to 99", "100 or more")),
        ("file.size", "Steps", ("0 to 1,023", "1,024 or more")),
        ("file.opening", "Steps", ("below 100 ms", "from 100 ms", "from 1 s")),
    ],
)
def test_the_bounds_of_each_kind_are_listed(
    every_kind: Registry, name: str, term: str, words: tuple[str, ...]
) -> None:
    assert _page(every_kind, name)[term].words == words


def test_counts_by_label_say_how_far_they_go(every_kind: Registry) -> None:
    assert _page(every_kind, "command.run")["At most"].text == "1,000,000 of each per day."
    assert "At most" not in _page(every_kind, "system.os")


def test_what_may_travel_with_a_metric_that_is_gone_is_not_linked(every_kind: Registry) -> None:
    metric = replace(every_kind.metrics["new.thing"], correlates_with=("gone.thing",))
    fact = _facts(metric_page(every_kind, metric))["May travel with"]
    assert (fact.text, fact.metrics) == ("No other metric.", ())


def test_a_proposed_metric_says_how_many_must_sign(every_kind: Registry) -> None:
    page = metric_page(every_kind, every_kind.metrics["new.thing"])
    assert page.status == "Under discussion: not measured"
    assert _facts(page)["Approved"].text == "Not yet: 2 of 2 approvers must sign."


def test_without_a_committee_a_proposed_metric_is_simply_not_approved(
    every_kind: Registry,
) -> None:
    alone = replace(every_kind, committee=None)
    assert _page(alone, "new.thing")["Approved"] == Fact("Approved", "Not yet.")


def test_a_retired_metric_says_why_it_is_still_there(every_kind: Registry) -> None:
    facts = _page(every_kind, "old.thing")
    assert facts["Status"].text == "Retired: no longer measured."
    assert facts["Last day"].text == "None: It ended before."
    assert "old totals" in facts["Kept"].text


def test_a_metric_of_a_plug_in_names_it(every_kind: Registry) -> None:
    brought = _page(every_kind, "spelling.used")["Brought by"]
    assert (brought.text, brought.link) == ("Spell checker", "https://spelling.example")
