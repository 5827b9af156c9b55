"""Enters: what is published of an app. Leaves: what its page shows, one card per metric."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.analysis.answers import is_answered
from aboveboard.analysis.charts import as_text, spec
from aboveboard.analysis.headline import Headline, headline
from aboveboard.analysis.rate_chart import rate_headline, rate_spec, rate_table
from aboveboard.analysis.tables import Table, days, table
from aboveboard.registry.plan import Expected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboveboard.analysis.charts import Spec
    from aboveboard.model.metric import Metric, Rate
    from aboveboard.model.total import PublishedApp, PublishedMetric, PublishedRate


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
        rate: the share of it that the card is about, or None for the metric itself.
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
    rate: Rate | None = None

    @property
    def anchor(self) -> str:
        """What the card is called in addresses; no metric's name has a hyphen."""
        return self.metric.name if self.rate is None else f"{self.metric.name}-rate"

    @property
    def title(self) -> str:
        """Its heading."""
        return self.metric.title if self.rate is None else self.rate.title

    @property
    def question(self) -> str:
        """The question that it answers."""
        return self.metric.question if self.rate is None else self.rate.question


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
    """Give the drawing of each card, or None where nothing is to be shown in a chart."""
    sizes = Counter(published.metric.level for published in app.metrics)
    found = [
        None if sizes[published.metric.level] > MOST_CARDS else _spec(published, rate)
        for published, rate in _shown(app)
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
        drawn: the drawing of each card.
        svgs: specification to drawn chart, or to None where drawing failed.
    """
    expected = Expected(app.registry.installs)
    cards = [
        _card(published, rate, drawing, svgs, expected)
        for (published, rate), drawing in zip(_shown(app), drawn, strict=True)
    ]
    by_level = {
        level: tuple(card for card in cards if card.metric.level == level)
        for level in app.registry.levels
    }
    return [Section(level, app.registry.levels[level], by_level[level]) for level in by_level]


def _shown(app: PublishedApp) -> Iterator[tuple[PublishedMetric, PublishedRate | None]]:
    """Give what has a card: a share stands before the metric that it is published with."""
    for published in app.metrics:
        if published.rate is not None:
            yield published, published.rate
        yield published, None


def _spec(published: PublishedMetric, rate: PublishedRate | None) -> Spec | None:
    return spec(published) if rate is None else rate_spec(rate)


def _card(
    published: PublishedMetric,
    rate: PublishedRate | None,
    drawing: Drawing | None,
    svgs: Mapping[str, str | None],
    expected: Expected,
) -> Card:
    if rate is not None:
        number, numbers, about = rate_headline(rate), rate_table(rate), rate.rate
        latest = Table((), ())
    else:
        number, numbers, about = headline(published), table(published), None
        latest = days(published)
    card = Card(published.metric, number, numbers, latest, rate=about)
    if drawing is None:
        return card
    return replace(
        card,
        description=drawing.words,
        spec=drawing.spec.replace("<", "\\u003c"),
        svg=svgs[drawing.spec],
        answered=rate is None and is_answered(published, expected),
    )
