"""A card shows where its metric stands, and every kind of number."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aboveboard.analysis.publish import publish
from aboveboard.analysis.tables import MOST_ROWS
from aboveboard.analysis.words import day_label, reports
from aboveboard.model.metric import Approval, Kind, Metric, Rate, Status
from aboveboard.model.registry import Registry
from aboveboard.model.total import Total
from aboveboard.web import cards
from aboveboard.web.cards import Card, drawings, sections

WEEK = "2026-W47"
APPROVED = Metric(
    "file.opened",
    Kind.COUNTER,
    *("Files opened", "Really?", "What comes next.", "Lead", "https://editor.example/r"),
    Approval(date(2026, 11, 2), "The founders", "https://editor.example/approved"),
    date(2027, 12, 31),
    "usage",
)
COUNTED = Total("file.opened", "week", WEEK, "", 40, 20, 20)


def card(metric: Metric, *totals: Total) -> Card:
    registry = Registry(
        *("editor", "Editor", "", "", "", ""),
        levels={"usage": "Use."},
        metrics=MappingProxyType({metric.name: metric}),
    )
    app = publish(registry, totals, 20)
    drawn = drawings(app)
    svgs = {each.spec: "<svg></svg>" for each in drawn if each is not None}
    [section] = sections(app, drawn, svgs)
    [found] = section.cards
    return found


def html(found: Card) -> str:
    templates = Environment(
        loader=FileSystemLoader(Path(cards.__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    templates.filters |= {"day": day_label, "reports": reports, "drawn": str}
    macros = templates.get_template("card.html").module
    return str(macros.card_of(found, "editor"))  # type: ignore[attr-defined]  # a macro


def words(found: Card) -> str:
    """Give what a person reads of a card."""
    return " ".join(re.sub(r"<[^>]+>", " ", html(found)).split())


def test_a_proposed_metric_is_under_discussion_and_not_measured() -> None:
    found = words(card(replace(APPROVED, status=Status.PROPOSED, approved=None)))
    assert "Under discussion: not measured. Nothing of it is recorded, sent or accepted." in found
    assert "Approved Not yet. Under discussion: not measured" in found
    assert "Review Discussion" in found


def test_a_retired_metric_keeps_its_numbers() -> None:
    found = words(card(replace(APPROVED, status=Status.RETIRED), COUNTED))
    assert "40 times from 20 reports" in found
    assert "Retired: no longer measured." in found
    assert "Retired No longer measured; its numbers stay" in found
    assert "Approved 2 Nov 2026 by The founders" in found


def test_a_metric_that_signatures_approved_says_so() -> None:
    found = words(card(replace(APPROVED, approved=None), COUNTED))
    assert "Approved By signatures" in found
    assert "Under discussion" not in found


def test_a_table_that_is_cut_says_where_the_rest_is() -> None:
    labels = tuple(f"l{number}" for number in range(MOST_ROWS + 1))
    many = replace(APPROVED, kind=Kind.LABELLED, labels=labels)
    totals = [Total("file.opened", "week", WEEK, label, 20, 20, 20) for label in labels]
    assert "The table is cut here." in words(card(many, *totals))
    assert "The table is cut here." not in words(card(many, *totals[:3]))


def test_a_single_number_stands_in_the_line_of_its_week() -> None:
    hidden = replace(COUNTED, period="2026-W48", count=3, n=3, all_n=3)
    found = words(card(APPROVED, COUNTED, hidden))
    assert "Week from Count Reports 23 Nov 2026 hidden: fewer than 10 reports" in found
    assert "reports 16 Nov 2026 40 20" in found


def test_the_values_of_a_week_stand_below_it() -> None:
    menu = replace(APPROVED, kind=Kind.LABELLED, labels=("open", "other"))
    shown = replace(COUNTED, key="open")
    hidden = replace(shown, period="2026-W48", count=3, n=3, all_n=3)
    found = card(menu, shown, hidden)
    assert "Label Count Share Reports Week from 23 Nov 2026 hidden: fewer than" in words(found)
    assert "Week from 16 Nov 2026 open 40 100 % 20" in words(found)
    assert '<td class="word">open</td><td>40</td>' in html(found)


def test_the_latest_days_of_a_state_stand_in_a_table_of_their_own() -> None:
    dark = replace(APPROVED, kind=Kind.FLAG)
    state = Total("file.opened", "week", WEEK, "true", 20, 20, 20)
    days = [
        Total("file.opened", "day", f"2026-11-{day}", "true", n, n, n)
        for day, n in ((16, 3), (17, 12), (18, 15))
    ]
    assert "Latest days" not in words(card(dark, state))
    found = words(card(dark, state, *days))
    assert "Latest days of Files opened" in found
    assert "Day Value Share Reports" not in found
    assert "Day 18 Nov 2026 yes 100 % 15 of 15" in found
    assert "Day 17 Nov 2026 hidden: fewer than 10 reports" in found


def test_a_question_that_is_answered_says_that_it_may_end() -> None:
    dark = replace(APPROVED, kind=Kind.FLAG, accuracy=0.1)
    few, many = (Total("file.opened", "week", WEEK, "true", n, n, n) for n in (20, 200))
    assert "Answered" not in words(card(dark, few))
    assert "Answered: as surely as it must be." in words(card(dark, many))
    assert "Answered" not in words(card(replace(dark, accuracy=None), many))


def test_a_share_has_a_card_of_its_own_before_the_metric_that_it_is_published_with() -> None:
    rate = Rate("file.opened", "Files that open", "How many files open?", rest=True)
    failed = replace(APPROVED, name="file.failed", title="Files that do not open", rate=rate)
    registry = Registry(
        *("editor", "Editor", "", "", "", ""),
        levels={"usage": "Use."},
        metrics=MappingProxyType({each.name: each for each in (APPROVED, failed)}),
    )
    lost = replace(COUNTED, metric="file.failed", count=10, n=10, all_n=10)
    app = publish(registry, [COUNTED, lost], 20)
    drawn = drawings(app)
    svgs = {each.spec: "<svg></svg>" for each in drawn if each is not None}
    [section] = sections(app, drawn, svgs)
    opened, share, metric = section.cards
    anchors = [each.anchor for each in section.cards]
    assert anchors == ["file.opened", "file.failed-rate", "file.failed"]
    assert (share.title, share.question) == ("Files that open", "How many files open?")
    assert (metric.title, opened.rate, share.rate) == ("Files that do not open", None, rate)
    found = words(share)
    assert "75.0 % of 40 times from 20 reports, week from 16 Nov 2026" in found
    assert "Likely 53.1 to 88.8 %." in found
    assert 'id="file.failed-rate"' in html(share)
    assert share.svg == "<svg></svg>"
    assert len(set(svgs)) == 3
