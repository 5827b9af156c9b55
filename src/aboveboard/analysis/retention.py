"""Enters: the day, how long things are kept. Leaves: what is older is in no table and no log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from aboveboard.model.period import DAY_GRACE, GRACE
from aboveboard.ports.keeping import Ages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from aboveboard.ports.collector import KeptLog, LogPosition
    from aboveboard.ports.keeping import AgingStore

MARGIN = timedelta(days=2)
"""An id is known a little longer than its report would be accepted: clocks and loaders differ."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things are kept.

    Attributes:
        raw_days: what reports say, in the facts and in the log.
        raw_days_of: the same for the facts of single apps.
        waiting_days: what waits in quarantine; 0 keeps nothing of it.
        most_waiting: how many rows of it an app may have.
        oldest_weeks: how many weeks back a report is accepted, and so its id must be known.
    """

    raw_days: int = 60
    raw_days_of: Mapping[str, int] = field(default_factory=dict)
    waiting_days: int = 30
    most_waiting: int = 100_000
    oldest_weeks: int = 53

    def ages(self, today: date) -> Ages:
        """Tell what is too old on a day."""
        return Ages(
            facts=today - timedelta(days=self.raw_days),
            facts_of={app: today - timedelta(days=n) for app, n in self.raw_days_of.items()},
            waiting=self.waits_since(today),
            ids=today - timedelta(weeks=self.oldest_weeks) - MARGIN,
            most_waiting=self.most_waiting if self.waiting_days else 0,
            senders=today - GRACE - MARGIN,
            days=today - DAY_GRACE - MARGIN,
        )

    def waits_since(self, today: date) -> date:
        """Tell since which day things may wait: no longer than the log has them."""
        return today - timedelta(days=min(self.waiting_days, self._log_days))

    def log_before(self, today: date) -> date:
        """Tell from before which day no record is kept: the apps share their log."""
        return today - timedelta(days=self._log_days)

    @property
    def _log_days(self) -> int:
        return max(self.raw_days, *self.raw_days_of.values()) if self.raw_days_of else self.raw_days


class Retention:
    """Deletes what is too old.

    Args:
        terms: how long things are kept.
        store: has the tables.
        logs: gives every log.
    """

    def __init__(
        self, terms: Terms, store: AgingStore, logs: Callable[[], Sequence[KeptLog]]
    ) -> None:
        self._terms = terms
        self._store = store
        self._logs = logs

    def run(self, today: date) -> dict[str, int]:
        """Delete what is too old on a day from the tables.

        Returns:
            How many rows of which tables.

        Raises:
            FactsError: the tables cannot follow; the next run goes on.
        """
        return self._store.age(self._terms.ages(today))

    def clear_logs(self, today: date) -> dict[str, int]:
        """Delete what is too old on a day from the logs.

        Returns:
            How many segments, and how many torn ends.

        Raises:
            LogError: a segment cannot be removed.
            FactsError: nobody knows what is loaded; the next run goes on.
        """
        dropped = sum(self._drop(log, today) for log in self._logs())
        torn = sum(log.drop_torn(self._terms.log_before(today)) for log in self._logs())
        return {"segments": dropped, "torn": torn}

    def _drop(self, log: KeptLog, today: date) -> int:
        """Remove the segments of a log that are old, closed and loaded, oldest first."""
        before, dropped = self._terms.log_before(today), 0
        first_needed = _first_needed(log, self._store.position(log.name))
        # What was taken back is found there, so that its counts can be taken out as well.
        wanted = [each.segment for each in self._store.erasures() if each.log == log.name]
        first_needed = min([first_needed, *wanted])
        segments = log.segments()
        while segments and segments[0].sealed and segments[0].newest < before:
            if segments[0].segment >= first_needed:
                break
            log.drop(segments.pop(0).segment)
            dropped += 1
        if segments:
            # Also after a run that was killed between the two.
            self._store.forget_places(log.name, segments[0].segment)
        return dropped


def _first_needed(log: KeptLog, loaded: LogPosition) -> int:
    """Give the first segment of which something is not loaded yet."""
    part = log.read(loaded, 1)
    unread = part.records and part.end.segment == loaded.segment
    return loaded.segment if unread else loaded.segment + 1
