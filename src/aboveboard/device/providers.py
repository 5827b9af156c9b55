"""Enters: plug-ins that can tell something. Leaves: what each metric may be set to, or why not.

What a provider does wrong costs its own metrics only. Its values pass through the alter steps and
then through the metric's reducer, so that nothing gets past the reducer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from aboveboard.device.foreign import Foreign, altered, offers_of, value_of
from aboveboard.device.time_box import Done
from aboveboard.model.metric import Metric, Status
from aboveboard.model.provider import About, Offer, Telling, Told
from aboveboard.model.setting import MISSING
from aboveboard.model.verdict import Reason
from aboveboard.registry.plain import text_of
from aboveboard.registry.reducers import reduce_setting, unreduced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.device.foreign import Alter, Provider, Values
    from aboveboard.device.time_box import Run, TimeBox
    from aboveboard.model.registry import Registry

LONGEST_LABEL = 60
LONGEST_DESCRIPTION = 300


class Providers:
    """Asks providers, each within its time. None of its calls raises.

    Args:
        registry: says which metrics there are, and whose.
        box: what the providers run in.

    Attributes:
        registry: may be replaced by a newer one.

    Example:
        >>> from aboveboard.adapters.direct_box import DirectBox
        >>> from aboveboard.model.registry import Registry
        >>> Providers(Registry("editor", "", "", "", "", ""), DirectBox()).tell()
        []
    """

    def __init__(self, registry: Registry, box: TimeBox) -> None:
        self.registry = registry
        self._box = box
        self._providers: list[Foreign[Provider]] = []
        self._steps: list[Foreign[Alter]] = []

    def add(self, provider: Provider, name: str = "") -> None:
        """Ask a provider from now on; what an earlier one tells, it does not.

        Args:
            provider: whom to ask.
            name: its name for people; that of its class if it is left out.
        """
        self._providers.append(Foreign(provider, name or type(provider).__name__))

    def alter(self, step: Alter) -> None:
        """Let a function change or take away what the providers said, before it is told."""
        self._steps.append(Foreign(step))

    def about(self) -> list[About]:
        """Give what the providers can tell, in words for people."""
        with self._box.worker() as run:
            offered = list(self._offered(run))
        return [
            _about(one, one.found, one.offer) for one in offered if isinstance(one.found, Metric)
        ]

    def tell(self) -> list[Told]:
        """Ask the providers for everything that they can tell; waits for each, but not for long.

        Returns:
            What became of each metric; what was told may be set.
        """
        told: list[Told] = []
        said: dict[str, _Offered] = {}
        values: Values = {}
        with self._box.worker() as run:
            for one in self._offered(run):
                answer = one.ask(run)
                if isinstance(answer, Done):
                    said[one.name], values[one.name] = one, answer.value
                else:
                    told.append(Told(one.name, None, answer, provider=one.by.name))
            left = self._altered(run, values)
        if left is None:
            lost = Telling.ALTER_FAILED
            return told + [Told(name, None, lost, provider=said[name].by.name) for name in said]
        return [*told, *self._told(said, left)]

    def _offered(self, run: Run) -> Iterator[_Offered]:
        """Give everything that providers offer, with its metric or why it may not be told."""
        taken: set[str] = set()
        for by in tuple(self._providers):
            answer = by.call(run, offers_of)
            if isinstance(answer, Telling) or answer.value is None:
                lost = answer if isinstance(answer, Telling) else Telling.NONSENSE
                yield _Offered(by, "", Offer(), lost)
                continue
            plugin, offers = answer.value
            for name, offer in offers:
                found = self._find(name, plugin) if offer is not None else Telling.NONSENSE
                if isinstance(found, Metric):
                    found = Telling.TOLD_TWICE if name in taken else found
                    taken.add(name)
                yield _Offered(by, name, offer or Offer(), found)

    def _altered(self, run: Run, values: Values) -> Values | None:
        """Give what is left after every alter step; None if one of them failed."""
        for step in tuple(self._steps):
            answer = step.call(run, partial(altered, values))
            if isinstance(answer, Telling) or answer.value is None:
                return None
            values = answer.value
        return values

    def _told(self, said: dict[str, _Offered], left: Values) -> Iterator[Told]:
        for name, one in said.items():
            if name in left:
                yield self._reduced(name, left[name], one.offer.default, one.by.name)
            else:
                yield Told(name, None, Telling.ALTERED_AWAY, provider=one.by.name)
        for name in left:
            if name not in said:
                yield self._reduced(name, left[name], MISSING, "")

    def _reduced(self, name: str, value: object, default: object, by: str) -> Told:
        metric = self._find(name)
        if isinstance(metric, Telling):
            return Told(name, None, metric, provider=by)
        if metric.reducer is not None:
            found = reduce_setting(metric, value, default)
            if isinstance(found, Reason):
                return Told(name, None, Telling.NOT_REDUCED, found, by)
            return Told(name, found, Telling.TOLD, provider=by)
        plain = unreduced(value)
        if plain is None:
            lost = Telling.NOTHING if value is None else Telling.NONSENSE
            return Told(name, None, lost, provider=by)
        return Told(name, plain, Telling.TOLD, provider=by)

    def _find(self, name: str, plugin: str | None = None) -> Metric | Telling:
        """Find a metric that may be told, by a plug-in, by the product (``""``) or by anybody."""
        metric = self.registry.metrics.get(name)
        if metric is None or metric.status is Status.PROPOSED:
            return Telling.UNKNOWN_METRIC if name else Telling.NONSENSE
        owner = metric.plugin.id if metric.plugin is not None else ""
        if plugin is not None and plugin != owner:
            return Telling.NOT_OWNED
        if metric.status is Status.RETIRED:
            return Telling.NOT_MEASURED
        return Telling.NOT_A_STATE if metric.kind.adds_up else metric


@dataclass(frozen=True, slots=True)
class _Offered:
    by: Foreign[Provider]
    name: str
    offer: Offer
    found: Metric | Telling

    def ask(self, run: Run) -> Done[object] | Telling:
        if isinstance(self.found, Telling):
            return self.found
        return self.by.call(run, partial(value_of, self.name))


def _about(one: _Offered, metric: Metric, offer: Offer) -> About:
    label = _line(offer.label, LONGEST_LABEL) or metric.title
    description = _line(offer.description, LONGEST_DESCRIPTION) or metric.question
    return About(one.by.name, metric.name, label, description)


def _line(text: object, longest: int) -> str:
    """Give a text that can be shown; control characters could do anything to a terminal."""
    line = (text_of(text) or "").strip()
    return line if len(line) <= longest and line.isprintable() else ""
