"""Enters: what is published of an app. Leaves: what its page shows, one card per metric."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.analysis.answers import is_answered
from aboveboard.analysis.charts import as_text, spec
from aboveboard.analysis.headline import Headline, headline
from aboveboard.analysis.tables import Table, days, table
from aboveboard.registry.plan import Expected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import PublishedApp, PublishedMetric


MOST_CARDS = 60
"""A level with more metrics is a list: hundreds of charts take minutes to draw, and nobody looks
through them."""


@dataclass(frozen=True, slots=True)
class Card:
    """One metric as the page shows it.

    Attributes:
        metric: what it is and why it is measured.
        headline: its latest number.
        table: all its weekly numbers.
        days: those of its latest days, if it is a state of which somebody says days.
        description: its chart in words; empty where there is nothing to draw.
        spec: the chart's specification as JSON text that is safe inside HTML.
        svg: the drawn chart, or None where drawing failed.
        answered: whether its question is answered as surely as it must be, so that it may end.
    """

    metric: Metric
    headline: Headline
    table: Table
    days: Table
    description: str = ""
    spec: str = ""
    svg: str | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The cards of one level of consent.

    Attributes:
        level: its key.
        covers: what it is, in a sentence.
        cards: its metrics.
    """

    level: str
    covers: str
    cards: tuple[Card, ...]

    @property
    def listed(self) -> bool:
        """Whether they are too many for cards, so that each is a line."""
        return len(self.cards) > MOST_CARDS


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart is drawn from.

    Attributes:
        spec: its specification as JSON text.
        words: what it shows, in words.
    """

    spec: str
    words: str


def drawings(app: PublishedApp) -> list[Drawing | None]:
    """Give the drawing of each metric, or None where nothing is to be shown in a chart."""
    sizes = Counter(published.metric.level for published in app.metrics)
    found = [
        spec(published) if sizes[published.metric.level] <= MOST_CARDS else None
        for published in app.metrics
    ]
    return [
        None if each is None else Drawing(as_text(each), str(each["description"])) for each in found
    ]


def sections(
    app: PublishedApp, drawn: Sequence[Drawing | None], svgs: Mapping[str, str | None]
) -> list[Section]:
    """Put an app's metrics together, level by level, in the order of its registry.

    Args:
        app: its numbers.
        drawn: the drawing of each of its metrics.
        svgs: specification to drawn chart, or to None where drawing failed.
    """
    expected = Expected(app.registry.installs)
    cards = [
        _card(published, drawing, svgs, expected)
        for published, drawing in zip(app.metrics, drawn, strict=True)
    ]
    by_level = {
        level: tuple(card for card in cards if card.metric.level == level)
        for level in app.registry.levels
    }
    return [Section(level, app.registry.levels[level], by_level[level]) for level in by_level]


def _card(
    published: PublishedMetric,
    drawing: Drawing | None,
    svgs: Mapping[str, str | None],
    expected: Expected,
) -> Card:
    about = (published.metric, headline(published), table(published), days(published))
    if drawing is None:
        return Card(*about)
    safe = drawing.spec.replace("<", "\\u003c")
    done = is_answered(published, expected)
    return Card(*about, drawing.words, safe, svgs[drawing.spec], done)
