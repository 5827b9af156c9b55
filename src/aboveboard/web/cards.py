"""Enters: what is published of an app. Leaves: what its page shows, one card per metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.analysis.answers import is_answered
from aboveboard.analysis.charts import as_text, spec
from aboveboard.analysis.headline import Headline, headline
from aboveboard.analysis.tables import Table, table
from aboveboard.registry.plan import Expected

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.total import PublishedApp
    from aboveboard.web.charts import ChartShelf


@dataclass(frozen=True, slots=True)
class Card:
    """One metric as the page shows it.

    Attributes:
        metric: what it is and why it is measured.
        headline: its latest number.
        table: all its weekly numbers.
        description: its chart in words; empty where there is nothing to draw.
        spec: the chart's specification as JSON text that is safe inside HTML.
        svg: the drawn chart, or None where drawing failed.
        answered: whether its question is answered as surely as it must be, so that it may end.
    """

    metric: Metric
    headline: Headline
    table: Table
    description: str = ""
    spec: str = ""
    svg: str | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The cards of one level of consent."""

    level: str
    covers: str
    cards: tuple[Card, ...]


async def sections(app: PublishedApp, shelf: ChartShelf) -> list[Section]:
    """Draw an app's metrics, level by level, in the order of its registry."""
    cards = await _cards(app, shelf)
    by_level = {
        level: tuple(card for card in cards if card.metric.level == level)
        for level in app.registry.levels
    }
    return [Section(level, app.registry.levels[level], by_level[level]) for level in by_level]


async def _cards(app: PublishedApp, shelf: ChartShelf) -> list[Card]:
    drawings = [spec(published) for published in app.metrics]
    texts = [as_text(drawing) for drawing in drawings if drawing is not None]
    svgs = dict(zip(texts, await shelf.svgs(texts), strict=True))
    cards = []
    expected = Expected(app.registry.installs)
    for published, drawing in zip(app.metrics, drawings, strict=True):
        number, numbers = headline(published), table(published)
        if drawing is None:
            cards.append(Card(published.metric, number, numbers))
            continue
        done = is_answered(published, expected)
        text, words = as_text(drawing), str(drawing["description"])
        safe = text.replace("<", "\\u003c")
        cards.append(Card(published.metric, number, numbers, words, safe, svgs[text], done))
    return cards
