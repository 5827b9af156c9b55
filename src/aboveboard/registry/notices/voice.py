"""Enters: a registry and a language. Leaves: what the file says, in that language and as Markdown.

Where nobody translated a text, it stands in the file's own language and is marked with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from aboveboard.model.metric import Kind, Status
from aboveboard.registry.notices.languages import base_of, words_of
from aboveboard.registry.notices.markdown import bullets, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry

T = TypeVar("T")


class Voice:
    """Says what a registry says.

    Args:
        registry: which.
        language: the language wanted; ``""`` for the file's own.

    Attributes:
        words: the sentences of the language.
        language: the language.

    Raises:
        RegistryError: there are no sentences in that language.
    """

    def __init__(self, registry: Registry, language: str = "") -> None:
        self.registry = registry
        self.language = language or registry.languages[0]
        self.words = words_of(self.language)
        self._own = registry.languages[0]

    @property
    def product(self) -> str:
        """The product's name."""
        said = self._in_language(self.registry.translations)
        return escape(said.title) if said is not None else escape(self.registry.title)

    def title(self, metric: Metric) -> str:
        """Give a metric's title, by which people know it."""
        said = self._in_language(metric.translations)
        return escape(said.title) if said is not None else self.own(metric.title)

    def question(self, metric: Metric) -> str:
        """Give its question."""
        said = self._in_language(metric.translations)
        return escape(said.question) if said is not None else self.own(metric.question)

    def level(self, level: str) -> str:
        """Give a level with what it covers."""
        said = self._in_language(self.registry.translations)
        covers = said.levels.get(level) if said is not None else None
        words = escape(covers) if covers else self.own(self.registry.levels.get(level, ""))
        return f"{level}: {words}" if words else level

    def own(self, text: str) -> str:
        """Give a text that the file has in its own language alone."""
        if not text or base_of(self._own) == base_of(self.language):
            return escape(text)
        return f"{escape(text)} ({self._own})"

    def form(self, metric: Metric) -> str:
        """Say what a metric's values look like."""
        return escape(self.words.common.form(metric))

    def end(self, metric: Metric) -> str:
        """Say until when it is measured."""
        common = self.words.common
        if metric.expires is not None:
            return common.until.format(day=metric.expires.isoformat())
        return common.endless.format(reason=self.own(metric.never_expires_because))

    def closeness(self, metric: Metric) -> str:
        """Say how close it comes to a person."""
        return self.words.common.sensitivity[metric.sensitivity]

    def blank(self, what: str) -> str:
        """Mark what only the controller knows."""
        return self.words.common.blank.format(what=what)

    def blanks(self, texts: tuple[str, ...]) -> str:
        """Mark several, as a list."""
        return bullets(self.blank(what) for what in texts)

    def of(self, status: Status) -> list[Metric]:
        """Give the metrics of a status, in the file's order."""
        return [each for each in self.registry.metrics.values() if each.status is status]

    def by_level(self) -> dict[str, list[str]]:
        """Give the titles of what is measured, by the level that people agree to it by."""
        told: dict[str, list[str]] = {}
        for metric in self.of(Status.APPROVED):
            told.setdefault(metric.level, []).append(self.title(metric))
            if metric.message_level:
                said = self.words.common.message.format(title=self.title(metric))
                told.setdefault(metric.message_level, []).append(said)
        return told

    @property
    def often(self) -> str:
        """How often reports leave."""
        return self.words.common.often[self.registry.sends]

    def receivers(self) -> list[str]:
        """Say who receives reports, and whether others can read them on their way."""
        common, collector = self.words.common, self.registry.collector
        if collector is None:
            return [common.nobody]
        addresses = [common.address.format(url=escape(url)) for url in collector.urls]
        return [*addresses, common.sealed if collector.keys else common.unsealed]

    def kept(self) -> list[str]:
        """Say what a collector keeps."""
        return [*self.words.common.kept, *self.kept_of_errors()]

    def kept_of_errors(self) -> list[str]:
        """Say what it keeps beside, if errors are measured."""
        common, measured, said = self.words.common, self.of(Status.APPROVED), []
        if any(metric.kind is Kind.ERROR for metric in measured):
            said.append(common.kept_errors)
        if any(metric.message_level for metric in measured):
            said.append(common.kept_messages)
        return said

    def measures(self) -> list[str]:
        """Say what protects people."""
        common, collector = self.words.common, self.registry.collector
        asked = self.registry.asks_for_earlier
        before = common.measure_before_asked if asked else common.measure_before
        said = [*common.measures, before]
        if collector is not None and all(url.startswith("https:") for url in collector.urls):
            said.append(common.measure_tls)
        if collector is not None and collector.keys:
            said.append(common.sealed)
        return said

    def others(self, head: str) -> str:
        """Name the metrics that are not measured, under a heading; ``""`` if there are none."""
        common, parts = self.words.common, []
        for words, status in ((common.proposed, Status.PROPOSED), (common.retired, Status.RETIRED)):
            if self.of(status):
                parts.append(f"{words}\n\n{bullets(map(self.title, self.of(status)))}")
        return "\n\n".join([f"## {head}", *parts]) if parts else ""

    def foot(self) -> str:
        """Say what the text was made from, and what the marks mean."""
        common = self.words.common
        lines = [common.source.format(fingerprint=self.registry.fingerprint)]
        if base_of(self._own) != base_of(self.language):
            lines.append(common.marked.format(language=self._own))
        return "\n".join(lines)

    def _in_language(self, translations: Mapping[str, T]) -> T | None:
        base = base_of(self.language)
        return translations.get(self.language) or translations.get(base)
