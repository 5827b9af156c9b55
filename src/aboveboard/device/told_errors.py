"""Enters: errors as they happen, reports as they are made. Leaves: reports that say what broke.

The book of details lies in the store between the two; ``error_book`` has its rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.consent import Leave, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aboveboard.device.error_book import Noted
    from aboveboard.model.broke import Broke
    from aboveboard.model.consent import Consent
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import Report
    from aboveboard.ports.device import EventStore

PLACE = "errors"
"""Under which name a store keeps the book."""


class ToldErrors:
    """Keeps what fingerprints of errors stand for, and tells it with them.

    Args:
        store: where the book is kept; every call may raise StoreError.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def note(self, metric: Metric, broke: Broke, day: date, consent: Consent) -> None:
        """Note down what broke."""
        from aboveboard.device.error_book import Noted, note  # noqa: PLC0415 when something broke

        sendable = consent.leave(metric) is Leave.YES
        self._write(note(self._read(), [Noted(metric.name, broke, day, sendable=sendable)]))

    def explain(
        self, reports: list[Report], registry: Registry, consent: Consent, *, local: bool
    ) -> list[Report]:
        """Have reports say what their fingerprints stand for."""
        book = self._read()
        if not book:
            return reports
        from aboveboard.device import error_book  # noqa: PLC0415 as above

        speaking = error_book.speaking(registry, levels_on(registry, consent))
        return [error_book.explain(each, book, speaking, local=local) for each in reports]

    def forget(self, reports: Iterable[Report]) -> None:
        """Let go of what reports have told."""
        book = self._read()
        if not book:
            return
        from aboveboard.device import error_book  # noqa: PLC0415 as above

        for report in reports:
            book = error_book.forget(book, report)
        self._write(book)

    def follow(self, registry: Registry, consent: Consent) -> None:
        """Let what is noted follow a new choice: nothing of before leaves by it."""
        book = self._read()
        if not book:
            return
        from aboveboard.device import error_book  # noqa: PLC0415 as above

        gone = {m.name for m in registry.metrics.values() if not consent.records(m)}
        left = (line for line in error_book.withheld(book) if line.metric not in gone)
        speaking = error_book.speaking(registry, levels_on(registry, consent))
        self._write(error_book.silenced(left, speaking))

    def _read(self) -> list[Noted]:
        kept = self._store.kept(PLACE)
        if kept is None:
            return []
        from aboveboard.device.error_lines import read  # noqa: PLC0415 as above

        return read(kept)

    def _write(self, book: Iterable[Noted]) -> None:
        from aboveboard.device.error_lines import write  # noqa: PLC0415 as above

        self._store.keep(PLACE, write(book))


def levels_on(registry: Registry, consent: Consent) -> frozenset[str]:
    """Give the levels that may be sent now."""
    return frozenset(name for name in registry.levels if consent.of_level(name) is Mode.ON)
