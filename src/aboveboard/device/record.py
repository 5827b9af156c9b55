"""Step 1. Enters: a call of the host program. Leaves: a count in a slot, if the registry knows it.

A metric's rules are looked at once: then its slot is remembered, and the next call only adds to it.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from aboveboard.device.slots import Slots
from aboveboard.errors import MisuseError
from aboveboard.model.consent import Consent, Mode, Rule
from aboveboard.model.event import Event
from aboveboard.model.metric import Kind, Status
from aboveboard.model.verdict import Reason
from aboveboard.registry import bounds
from aboveboard.registry.bound_fields import LARGEST, OTHER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from aboveboard.model.event import Value
    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.ports.device import EventStore
    from aboveboard.ports.surroundings import Clock

MISUSE = "telemetry.misuse"
"""If the registry has a labelled metric of this name, misuse is counted there, by its reason."""
LOST = "telemetry.lost"
"""If the registry has a labelled metric of this name, what had to go is counted there."""
LOOK_AGAIN_SECONDS = 60.0
"""How long a slot is used before the day and the consent are looked at again."""


class Recorder:
    """Checks each call against the registry and counts it where it survives this process.

    Attributes:
        hot: what the next calls need.
        tick: called now and then in a program that counts.
        kept: called when something was kept on these terms for the first time.
    """

    def __init__(
        self,
        registry: Registry,
        clock: Clock,
        store: EventStore,
        consent: Callable[[], Consent],
        *,
        strict: bool = False,
    ) -> None:
        self._slots = Slots(store, clock.seconds, lambda: consent() == self._consent)
        self.hot = self._slots.hot
        self._misuse: Counter[Reason] = Counter()
        self._registry = registry
        self._clock = clock
        self._ask = consent
        self._consent = Consent(Mode.OFF, Rule.BROKEN)
        self._strict = strict
        self._day: date = clock.now().date()
        self.tick: Callable[[], None] = lambda: None
        self.kept: Callable[[], None] = lambda: None
        self._told = False

    def count(self, name: str, by: int, label: str | None = None) -> None:
        """Add to a counter, or to one label of a labelled one."""
        metric = self._find(name, Kind.COUNTER if label is None else Kind.LABELLED)
        if metric is None or not self._fits(name, by, 1, metric.largest):
            return
        if label is None or label in metric.labels:
            self._add(metric, label or "", by, name if label is None else (name, label))
            return
        key = bounds.label(metric, label)
        if key == OTHER != label:
            self.refuse(name, Reason.OUT_OF_BOUNDS)
        self._add(metric, key, by)

    def event(self, name: str, said: Mapping[str, str]) -> None:
        """Count an event once, by the combination of what it says."""
        metric = self._find(name, Kind.EVENT)
        if metric is None:
            return
        key = bounds.combination(metric, said)
        unknown = any(word not in metric.extras.get(extra, ()) for extra, word in said.items())
        if isinstance(key, Reason) or unknown:
            self.refuse(name, Reason.OUT_OF_BOUNDS)
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
        self.refuse(name, found)
        rest = bounds.fallback(metric)
        if found is Reason.OUT_OF_BOUNDS and rest is not None:
            self._add(metric, rest, 1)

    def names(self, name: str, found: Iterable[str]) -> None:
        """Tell which of the known names are there; the others are counted together."""
        metric = self._find(name, Kind.NAMES)
        if metric is None:
            return
        there = list(found)
        if not all(isinstance(word, str) for word in there):
            self.refuse(name, Reason.WRONG_KIND)
            return
        known = sorted(set(there) & set(metric.names) - {OTHER})
        counts = dict.fromkeys(known, 1)
        # A list whose unknown names were reduced to ``other`` already says it for each of them.
        if unknown := len(set(there) - {*known, OTHER}) + there.count(OTHER):
            counts[OTHER] = min(unknown, bounds.most_per_key(metric, OTHER))
        self._put(metric, counts or {OTHER: 0})

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

    def used(self, name: str, seconds: int, day: date | None = None) -> None:
        """Add to the seconds of today, or of a day on which they were measured here."""
        metric = self._find(name, Kind.SECONDS)
        if metric is None:
            return
        most = metric.largest if day is None else LARGEST
        if self._fits(name, seconds, 1, most):
            self._add(metric, "", seconds, day=day)

    def broke(self, name: str, fingerprint: str) -> bool:
        """Count one place in the code where it broke; tell whether it was counted."""
        metric = self._find(name, Kind.ERROR)
        return metric is not None and self._add(metric, fingerprint, 1)

    def renew(self, registry: Registry) -> None:
        """Count by another registry from now on."""
        with self._slots.lock:
            self.let_go()
            self._registry = registry

    def gather(self) -> None:
        """Bring everything that was counted into the store.

        Raises:
            StoreError: it cannot be; what it could not take is kept for the next time.
        """
        self._slots.gather()
        self._tell_lost()

    def rescue(self) -> None:
        """Bring to the store what no tally could hold; what is in a tally is safe already.

        Raises:
            StoreError: it cannot be.
        """
        self._slots.rescue()
        self._tell_lost()

    def let_go(self) -> None:
        """Let nobody count with what was remembered; the next call looks at everything anew."""
        self._slots.let_go()

    def forget(self) -> None:
        """Let go of what no store has taken yet: the person wants nothing kept."""
        self._slots.forget()

    def after_fork(self) -> None:
        """Count on in a child; what was counted is its parent's."""
        self._slots.after_fork()

    def misuse(self) -> dict[str, int]:
        """Tell how often a call was not understood, by reason."""
        with self._slots.lock:
            return {reason.value: times for reason, times in self._misuse.items()}

    def overflow(self, times: int) -> None:
        """Count days on which more was counted than a metric's largest number."""
        if times:
            self.note(Reason.OVERFLOW, times)

    def lost(self, what: str, times: int) -> None:
        """Count what had to go to keep the store within its bounds, or was found broken."""
        metric = self._registry.metrics.get(LOST)
        if times and metric is not None and metric.kind is Kind.LABELLED:
            self._add(metric, what if what in metric.labels else OTHER, times)

    def _add(
        self,
        metric: Metric,
        key: str,
        count: int,
        call: object = None,
        *,
        day: date | None = None,
    ) -> bool:
        with self._slots.lock:
            self._look_again()
            event = self._event(metric, key, day or self._day, count)
            if event is not None:
                self._slots.add(event, metric.largest, call)
                self._tell_kept()
            return event is not None

    def _put(self, metric: Metric, counts: Mapping[str, int]) -> None:
        with self._slots.lock:
            self.hot.until = 0.0  # the store is written at once: the consent must be of now
            self._look_again()
            made = [self._event(metric, key, self._day, count) for key, count in counts.items()]
            events = [event for event in made if event is not None]
            if events:
                self._slots.put(events)
                self._tell_kept()

    def _tell_kept(self) -> None:
        if not self._told:
            self._told = True
            self.kept()

    def _tell_lost(self) -> None:
        if lost := self._slots.take_lost():
            self.note(Reason.CANNOT_KEEP, lost)

    def _event(self, metric: Metric, key: str, day: date, count: int) -> Event | None:
        if not metric.measured_on(day):
            self.note(Reason.EXPIRED_METRIC)
            return None
        consent = self._consent
        if not consent.records(metric):
            return None
        leave, number = consent.leave(metric), consent.number
        return Event(metric.name, day, key, count, metric.kind.adds_up, leave, number)

    def _look_again(self) -> None:
        """Look at the day and the consent, unless that was done a moment ago."""
        hot = self.hot
        self._slots.check()
        if hot.holds:
            return
        now, moment = self._clock.now(), hot.now()
        consent = self._ask()
        if consent != self._consent:
            self.let_go()
            self._told = False
        elif now.date() != self._day:
            hot.cells = {}
        self._day, self._consent = now.date(), consent
        tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        hot.since = moment
        while_broken = 0.0 if consent.rule is Rule.BROKEN else LOOK_AGAIN_SECONDS
        hot.until = min(moment + while_broken, moment + (tomorrow - now).total_seconds())
        self.tick()

    def _find(self, name: str, kind: Kind | None = None) -> Metric | None:
        metric = self._registry.metrics.get(name)
        if metric is not None and metric.status is Status.PROPOSED:
            metric = None
        if metric is None:
            self.refuse(name, Reason.UNKNOWN_METRIC)
        elif kind is not None and metric.kind is not kind:
            self.refuse(name, Reason.WRONG_KIND)
            metric = None
        return metric

    def _fits(self, name: str, number: int, lowest: int, highest: int) -> bool:
        if not self._is_number(name, number):
            return False
        if not lowest <= number <= highest:
            self.refuse(name, Reason.OUT_OF_BOUNDS)
            return False
        return True

    def _is_number(self, name: str, number: object) -> bool:
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not whole:
            self.refuse(name, Reason.WRONG_KIND)
        return whole

    def refuse(self, name: str, reason: Reason) -> None:
        """Count that a call was not understood; under strict it raises."""
        self.note(reason)
        if self._strict:
            message = f"{reason.value}: {name!r} is not used as its registry says"
            raise MisuseError(message)

    def note(self, reason: Reason, times: int = 1) -> None:
        """Count that something was not as the registry says."""
        with self._slots.lock:
            self._misuse[reason] += times
            self._look_again()
            metric = self._registry.metrics.get(MISUSE)
            if metric is None or metric.kind is not Kind.LABELLED:
                return
            if metric.measured_on(self._day):
                known = reason.value in metric.labels
                self._add(metric, reason.value if known else OTHER, times)
