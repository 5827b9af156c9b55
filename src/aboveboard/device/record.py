"""Step 1. Enters: a call of the host program. Leaves: an event, if the registry knows its name."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from aboveboard.errors import MisuseError
from aboveboard.model.event import Event
from aboveboard.model.metric import Kind, Status
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.bound_fields import LARGEST, OTHER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aboveboard.model.event import Value
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.ports import Clock


class Recorder:
    """Checks each call against the registry and sums it in memory until it is drained."""

    def __init__(self, registry: Registry, clock: Clock, *, strict: bool = False) -> None:
        self._misuse: Counter[Reason] = Counter()
        self._registry = registry
        self._clock = clock
        self._strict = strict
        self._lock = threading.Lock()
        self._sums: dict[tuple[str, date, str], int] = {}

    def count(self, name: str, by: int, label: str | None = None) -> None:
        """Add to a counter, or to one label of a labelled one."""
        metric = self._find(name, Kind.COUNTER if label is None else Kind.LABELLED)
        if metric is None or not self._fits(name, by, 1, metric.largest):
            return
        if label is None or label in metric.labels:
            self._add(metric, label or "", by)
        else:
            self._refuse(name, Reason.OUT_OF_BOUNDS)
            self._add(metric, OTHER, by)

    def event(self, name: str, said: Mapping[str, str]) -> None:
        """Count an event once, by the combination of what it says."""
        metric = self._find(name, Kind.EVENT)
        if metric is None:
            return
        key = bounds.combination(metric, said)
        unknown = any(word not in metric.extras.get(extra, ()) for extra, word in said.items())
        if isinstance(key, Reason) or unknown:
            self._refuse(name, Reason.OUT_OF_BOUNDS)
        if not isinstance(key, Reason):
            self._add(metric, key, 1)

    def set(self, name: str, value: Value) -> None:
        """Set a flag, a choice, a version or a quantity."""
        metric = self._find(name)
        if metric is None:
            return
        found = bounds.reduce(metric, value)
        if not isinstance(found, Reason):
            self._add(metric, found, 1)
            return
        self._refuse(name, found)
        rest = bounds.fallback(metric)
        if found is Reason.OUT_OF_BOUNDS and rest is not None:
            self._add(metric, rest, 1)

    def took(self, name: str, milliseconds: int) -> None:
        """Add to the bucket of a timing."""
        metric = self._find(name, Kind.TIMING)
        if metric is not None and self._is_number(name, milliseconds):
            self._add(metric, bounds.bucket(metric, milliseconds), 1)

    def observe(self, name: str, amount: int) -> None:
        """Add to the bucket of a distribution."""
        metric = self._find(name, Kind.DISTRIBUTION)
        if metric is not None and self._fits(name, amount, 0, LARGEST):
            self._add(metric, bounds.bucket(metric, amount), 1)

    def used(self, name: str, seconds: int) -> None:
        """Add to the seconds of a day."""
        metric = self._find(name, Kind.SECONDS)
        if metric is not None and self._fits(name, seconds, 1, metric.largest):
            self._add(metric, "", seconds)

    def drain(self) -> list[Event]:
        """Hand over what was summed since the last time."""
        with self._lock:
            sums, self._sums = self._sums, {}
        metrics = self._registry.metrics
        return [Event(metrics[name], day, key, count) for (name, day, key), count in sums.items()]

    def put_back(self, events: list[Event]) -> None:
        """Take back what was drained and could not be kept; newer states win over it."""
        with self._lock:
            for event in events:
                metric, day = event.metric, event.day
                place = (metric.name, day, event.key)
                if metric.kind.adds_up:
                    self._sums[place] = self._sums.get(place, 0) + event.count
                elif not any(key[:2] == (metric.name, day) for key in self._sums):
                    self._sums[place] = event.count

    def misuse(self) -> dict[str, int]:
        """Tell how often a call was not understood, by reason."""
        with self._lock:
            return {reason.value: times for reason, times in self._misuse.items()}

    def _add(self, metric: Metric, key: str, count: int) -> None:
        day = self._clock.now().date()
        if not metric.measured_on(day):
            self._note(Reason.EXPIRED_METRIC)
            return
        with self._lock:
            if metric.kind.adds_up:
                count += self._sums.get((metric.name, day, key), 0)
            else:
                # A later value of the day replaces an earlier one, whatever key it had.
                for other in [k for k in self._sums if k[0] == metric.name and k[1] == day]:
                    del self._sums[other]
            self._sums[metric.name, day, key] = count

    def _find(self, name: str, kind: Kind | None = None) -> Metric | None:
        metric = self._registry.metrics.get(name)
        if metric is not None and metric.status is Status.PROPOSED:
            metric = None
        if metric is None:
            self._refuse(name, Reason.UNKNOWN_METRIC)
        elif kind is not None and metric.kind is not kind:
            self._refuse(name, Reason.WRONG_KIND)
            metric = None
        return metric

    def _fits(self, name: str, number: int, lowest: int, highest: int) -> bool:
        if not self._is_number(name, number):
            return False
        if not lowest <= number <= highest:
            self._refuse(name, Reason.OUT_OF_BOUNDS)
            return False
        return True

    def _is_number(self, name: str, number: object) -> bool:
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not whole:
            self._refuse(name, Reason.WRONG_KIND)
        return whole

    def _refuse(self, name: str, reason: Reason) -> None:
        self._note(reason)
        if self._strict:
            message = f"{reason.value}: {name!r} is not used as its registry says"
            raise MisuseError(message)

    def _note(self, reason: Reason) -> None:
        with self._lock:
            self._misuse[reason] += 1
