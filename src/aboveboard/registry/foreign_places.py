"""Enters: a mapping, a registry's metrics. Leaves: what a property is, remembered.

Whatever strangers ask, what is remembered has a bound: a table that is full is begun anew.
"""

from __future__ import annotations

import re
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.model.metric import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.metric import Metric
    from aboveboard.registry.mapping import Gather, ProductMapping, Rule

LONGEST_PART = 100
MOST_REMEMBERED = 4096
"""Properties, and texts, that are remembered."""
MOST_NAMES = 1024
"""Names of events that are remembered."""
ERROR_PLACE = "error.fingerprint"
"""What a wire of errors says; where a registry has one metric of errors alone, it is that one."""
_ODD = re.compile(r"[^a-z0-9_.]")


class Place(NamedTuple):
    """What a property is.

    Attributes:
        name: ``event.property``.
        metric: that it tells something of; None where nobody knows any.
        form: how its value is written, if not as it is.
        ignored: whether it is dropped on purpose.
        gather: the metric whose names such properties are; None if it is none of them.
        ends: the last day on which the metric is measured.
        single: whether one value of the metric holds.
        adds: whether its values add up.
        by_day: whether its counts carry their day.
        buckets: of whole numbers, if no number stands for something else.
    """

    name: str
    metric: Metric | None = None
    form: str = ""
    ignored: bool = False
    gather: Gather | None = None
    ends: date = date.max
    single: bool = False
    adds: bool = False
    by_day: bool = False
    buckets: tuple[int, ...] = ()


class Places:
    """Tells what properties are.

    Args:
        metrics: of the product.
        mapping: of it.

    Attributes:
        known: by name, and by the names that they had before, the metrics as places.
    """

    def __init__(self, metrics: Iterable[Metric], mapping: ProductMapping) -> None:
        self.known = _by_name(metrics, mapping)
        self._mapping = mapping
        self._found: dict[tuple[str, str, tuple[str, ...]], Place] = {}

    def __len__(self) -> int:
        return len(self._found)

    def of(self, event: str, name: str, ignore: tuple[str, ...]) -> Place:
        """Tell what a property is.

        Args:
            event: as it is called when its properties are looked up.
            name: of the property, as it was said.
            ignore: patterns of properties that a rule does not look up.
        """
        key = (event, name, ignore)
        place = self._found.get(key)
        if place is None:
            place = self._look(event, name, ignore)
            if len(name) <= LONGEST_PART:
                if len(self._found) >= MOST_REMEMBERED:
                    self._found.clear()
                self._found[key] = place
        return place

    def _look(self, event: str, name: str, ignore: tuple[str, ...]) -> Place:
        place = f"{event}.{slug(name)}"
        if any(fnmatchcase(name, pattern) for pattern in ignore):
            return Place(place, ignored=True)
        if any(fnmatchcase(place, pattern) for pattern in self._mapping.ignore):
            return Place(place, ignored=True)
        known = self.known.get(self._mapping.rename.get(place, place))
        if known is None:
            return Place(place, gather=self._gather(event, name))
        forms = self._mapping.forms.items()
        form = next((form for pattern, form in forms if fnmatchcase(place, pattern)), "")
        return known._replace(form=form)

    def _gather(self, event: str, name: str) -> Gather | None:
        return next(
            (
                gather
                for gather in self._mapping.gathers
                if gather.event == event and name.startswith(gather.before)
            ),
            None,
        )


class EventRules:
    """Tells which rules of a mapping are about an event.

    Args:
        mapping: of the product.
    """

    def __init__(self, mapping: ProductMapping) -> None:
        self._rules = mapping.rules
        self._found: dict[str, tuple[bool, tuple[Rule, ...]]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def of(self, event: str) -> tuple[bool, tuple[Rule, ...]]:
        """Tell whether its tables are events of their own, and which rules have its name."""
        found = self._found.get(event)
        if found is None:
            named = [rule for rule in self._rules if fnmatchcase(event, rule.name)]
            each = any(rule.each for rule in named)
            if len(self._found) >= MOST_NAMES:
                self._found.clear()
            found = each, tuple(rule for rule in named if not rule.each)
            self._found[event] = found
        return found


def slug(text: str) -> str:
    """Write a text as it may stand in a metric's name.

    Example:
        >>> slug("File Saved")
        'file_saved'
    """
    return _slug(text[:LONGEST_PART])


@lru_cache(MOST_REMEMBERED)
def _slug(text: str) -> str:
    return _ODD.sub("_", text.lower())


def _by_name(metrics: Iterable[Metric], mapping: ProductMapping) -> dict[str, Place]:
    known = [_of_metric(each, mapping) for each in metrics if each.status is not Status.PROPOSED]
    former = {alias: place for metric, place in known for alias in metric.aliases}
    errors = [place for metric, place in known if metric.kind is Kind.ERROR]
    if len(errors) == 1:
        former.setdefault(ERROR_PLACE, errors[0])
    return former | {metric.name: place for metric, place in known}


def _of_metric(metric: Metric, mapping: ProductMapping) -> tuple[Metric, Place]:
    # Never, for what is not approved (any more).
    ends = (metric.expires or date.max) if metric.status is Status.APPROVED else date.min
    adds = metric.kind.adds_up
    return metric, Place(
        metric.name,
        metric,
        ends=ends,
        single=metric.kind.one_key and not adds,
        adds=adds,
        by_day=metric.by_day,
        buckets=()
        if metric.name in mapping.values or not metric.kind.in_buckets
        else metric.buckets,
    )
