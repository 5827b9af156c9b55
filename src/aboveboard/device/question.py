"""Enters: a registry, what was counted, what is new. Leaves: the question that a person is asked.

It is a value: a terminal, a graphical program and a test show the same one. Its whole text is the
one that stands in the collector's transparency log, to the letter.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.model.consent import Mode
from aboveboard.model.digest import hex_digest
from aboveboard.registry.notices.consent_text import consent_text
from aboveboard.registry.notices.languages import LANGUAGES, base_of
from aboveboard.registry.notices.plain import plain
from aboveboard.registry.notices.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.device.growth import Growth
    from aboveboard.model.consent import Choice
    from aboveboard.model.registry import Registry
    from aboveboard.registry.change import Change
    from aboveboard.registry.notices.words import QuestionWords


class Answer(enum.StrEnum):
    """What a person may answer."""

    YES = "yes"
    """To all of it."""
    LOCAL = "local"
    """No: count, but do not send."""
    KEEP = "keep"
    """No to what is new; what was agreed to goes on."""
    OFF = "off"
    """No: do not count either, and delete what was counted."""
    LEVELS = "levels"
    """Each part its own."""
    LATER = "later"
    """No answer: it stays as it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the question that can have an answer of its own.

    Attributes:
        level: the level of consent.
        text: what it covers, and how many metrics.
        metrics: their titles.
    """

    level: str
    text: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked, in their language.

    Attributes:
        app: the product's id.
        registry: fingerprint of the registry that it is about.
        language: of its words.
        title: the question in a line.
        intro: what a yes means.
        news: what is new since the person agreed, a sentence each; empty if they never did.
        parts: what it is about.
        terms: what is in no report, and what is never sent, a sentence each.
        answers: the answers, alike in weight, in their order.
        markdown: the whole text.
        data: what was counted until now, as the exact JSON of reports.
        data_head: what the data is.
        earlier: whether a yes is also about the data.
        agreed: the choice that goes on, if the question is about what is new.
        words: what a dialog says besides.
    """

    app: str
    registry: str
    language: str
    title: str
    intro: str
    news: tuple[str, ...]
    parts: tuple[Part, ...]
    terms: tuple[str, ...]
    answers: Mapping[Answer, str]
    markdown: str
    data: tuple[bytes, ...]
    data_head: str
    earlier: bool
    agreed: Choice | None
    words: QuestionWords

    @property
    def lines(self) -> tuple[str, ...]:
        """The question in short; what begins with ``- `` is an item of a list."""
        about = self.news or tuple(part.text for part in self.parts)
        items = tuple(f"- {line}" for line in about)
        return (self.title, "", self.intro, *items, *self.terms)

    @property
    def short(self) -> str:
        """The question in short, as one text."""
        return "\n".join(self.lines)

    @property
    def text(self) -> str:
        """The whole text without markup."""
        return plain(self.markdown)

    @property
    def digest(self) -> str:
        """The name of the whole text in the collector's transparency log."""
        return hex_digest(self.markdown.encode())


def question(
    registry: Registry,
    language: str = "",
    data: Sequence[bytes] = (),
    growth: Growth | None = None,
    choice: Choice | None = None,
) -> Question:
    """Make the question.

    Args:
        registry: what it is about.
        language: the person's, such as ``de-AT``; the registry's own if it cannot be spoken.
        data: what was counted until now, as reports; where the registry asks for that too, exactly
            what a yes would send of it.
        growth: what is new, fresh from ``device.growth.growth``; None if nobody agreed before.
        choice: what was agreed to before.

    Example:
        >>> from aboveboard.registry.read import read
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> question(read(EXAMPLE_REGISTRY)).title
        'May An example editor send usage counts?'
    """
    voice = Voice(registry, spoken(registry, language))
    words = voice.words.question
    changes = growth.widening if growth is not None else ()
    agreed = choice if changes else None
    grown = agreed is not None
    title = words.grown_title if grown else voice.words.consent.title
    earlier = registry.asks_for_earlier and not grown
    head = words.data_earlier if earlier else words.data_shown
    parts = _parts(voice)
    return Question(
        app=registry.app,
        registry=registry.fingerprint,
        language=voice.language,
        title=plain(title.format(product=voice.product)),
        intro=_intro(voice, grown=grown),
        news=_news(voice, changes, agreed) if agreed is not None else (),
        parts=parts,
        terms=(words.never, *_before(voice, grown=grown), words.change),
        answers=_answers(words, grown=grown, several=len(parts) > 1),
        markdown=consent_text(registry, voice.language),
        data=tuple(data),
        data_head=head if data else words.data_none,
        earlier=earlier,
        agreed=agreed,
        words=words,
    )


def spoken(registry: Registry, wanted: str) -> str:
    """Give the language to ask in: the person's, if the registry and the notices speak it.

    Example:
        >>> from types import SimpleNamespace
        >>> spoken(SimpleNamespace(languages=("en", "de")), "de-AT")
        'de'
    """
    known = [each for each in registry.languages if base_of(each) in LANGUAGES]
    same = [each for each in known if base_of(each) == base_of(wanted)]
    return wanted if wanted in same else (*same, *known, "en")[0]


def _intro(voice: Voice, *, grown: bool) -> str:
    words, collector = voice.words.question, voice.registry.collector
    if grown:
        return plain(words.grown.format(product=voice.product))
    if collector is None:
        return voice.words.common.nobody
    return words.would.format(often=voice.often, receiver=collector.url)


def _before(voice: Voice, *, grown: bool) -> tuple[str, ...]:
    words = voice.words.consent
    if grown:
        return ()
    return (words.before_asked if voice.registry.asks_for_earlier else words.before,)


def _parts(voice: Voice) -> tuple[Part, ...]:
    words, parts = voice.words.question, []
    for level, titles in voice.by_level().items():
        text = words.part_one if len(titles) == 1 else words.part
        said = text.format(level=plain(voice.level(level)), number=len(titles))
        parts.append(Part(level, said, tuple(map(plain, titles))))
    return tuple(parts)


def _news(voice: Voice, changes: Sequence[Change], choice: Choice) -> tuple[str, ...]:
    """Say what is new, but for the parts that the person keeps here anyway."""
    metrics, say = voice.registry.metrics, voice.words.question.change_said
    titles = {name: plain(voice.title(metric)) for name, metric in metrics.items()}
    return tuple(
        say(_titled(change, titles), titles)
        for change in changes
        if change.metric is None or choice.of_level(change.metric.level) is Mode.ON
    )


def _titled(change: Change, titles: Mapping[str, str]) -> Change:
    if change.metric is None:
        return change
    title = titles.get(change.metric.name, change.metric.title)
    return replace(change, metric=replace(change.metric, title=title))


def _answers(words: QuestionWords, *, grown: bool, several: bool) -> Mapping[Answer, str]:
    said = words.answers
    no = Answer.KEEP if grown else Answer.LOCAL
    answers = {
        Answer.YES: words.grown_yes if grown else said[Answer.YES],
        no: said[no],
        Answer.OFF: said[Answer.OFF],
    }
    if several:
        answers[Answer.LEVELS] = said[Answer.LEVELS]
    answers[Answer.LATER] = said[Answer.LATER]
    return MappingProxyType(answers)
