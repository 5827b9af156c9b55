"""Enters: what Glean says of one metric. Leaves: kinds and bounds that say the same, or why not.

Glean's types: https://mozilla.github.io/glean/book/reference/metrics/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from aboveboard.model.metric import Kind
from aboveboard.registry.bound_fields import MOST_CHOICES, MOST_EXTRAS, MOST_NAMES
from aboveboard.registry.imports.shapes import inner, number, text, texts
from aboveboard.registry.imports.tables import COUNTS, MANY, SIZES, TIMES
from aboveboard.registry.imports.wording import UNITS, part
from aboveboard.registry.names import CHOICE_NAME, EXTRA_NAME, KNOWN_NAME, UNIT

MOST_BUCKETS = 20
FEWEST_BUCKETS = 3
WIDEST_RANGE = 10**12
_OTHER = frozenset({"other", "__other__"})
_COUNTED = frozenset({Kind.COUNTER, Kind.QUANTITY, Kind.DISTRIBUTION, Kind.LABELLED})


@dataclass(frozen=True, slots=True)
class Says:
    """What becomes of one metric, or of one part of it.

    Attributes:
        kind: its kind.
        says: its bounds.
        fill: lists that only people can fill, to what belongs into them.
        unit: what is counted; ``""`` if Glean does not say.
        dropped: parts that do not fit, each with the reason.
        is_part: whether the description tells of more than this.
    """

    kind: Kind
    says: Mapping[str, object] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    dropped: tuple[tuple[str, str], ...] = ()
    is_part: bool = False

    @property
    def counts(self) -> bool:
        """Whether a unit belongs to it."""
        return self.kind in _COUNTED


Parts: TypeAlias = "Iterator[tuple[str, Says]]"
"""What is added to the name, and what becomes of that part."""
Said: TypeAlias = "Mapping[str, object]"


def closed(words: list[str], shape: re.Pattern[str], most: int) -> tuple[list[str], list[str]]:
    """Part words into those that a closed list can hold, and the others."""
    fitting = [w for w in dict.fromkeys(words) if shape.fullmatch(w) and w not in _OTHER][:most]
    return fitting, [w for w in dict.fromkeys(words) if w not in fitting and w not in _OTHER]


def ranged(low: int, high: int, count: int, *, linear: bool) -> list[int]:
    """Give the lower bounds of a range's buckets, 0 first and no more than people can read.

    Example:
        >>> ranged(1, 100, 5, linear=True), ranged(1, 1000, 4, linear=False)
        ([0, 1, 34, 67, 100], [0, 1, 32, 1000])
    """
    low, steps = max(low, 1), max(min(count, MOST_BUCKETS), FEWEST_BUCKETS) - 2
    high = max(high, low + 1)
    if linear:
        inside = [low + (high - low) * step // steps for step in range(steps + 1)]
    else:
        inside = [round(low * (high / low) ** (step / steps)) for step in range(steps + 1)]
    return sorted({0, *inside})


def _plain(kind: Kind, **says: object) -> Callable[[Said], Parts]:
    def parts(said: Said) -> Parts:
        unit = text(said, "unit").lower()
        yield "", Says(kind, says, unit=unit if UNIT.fullmatch(unit) else "")

    return parts


def _listed(kind: Kind, key: str, most: int) -> Callable[[Said], Parts]:
    def parts(said: Said) -> Parts:
        shape = KNOWN_NAME if key == "names" else CHOICE_NAME
        words, others = closed(texts(said, "labels"), shape, most)
        dropped = tuple((word, "a closed list cannot hold this label") for word in others)
        if words:
            yield "", Says(kind, {key: words}, dropped=dropped)
        else:
            fill = {key: f"the {key}: Glean lets a program make them up"}
            yield "", Says(kind, fill=fill, dropped=dropped)

    return parts


def _memory(said: Said) -> Parts:
    unit = text(said, "memory_unit")
    yield "", Says(Kind.DISTRIBUTION, {"buckets": SIZES}, unit=f"{unit}s" if unit else "bytes")


def _custom(said: Said) -> Parts:
    high, count = number(said, "range_max"), number(said, "bucket_count")
    linear = text(said, "histogram_type") == "linear"
    if high is None or count is None or high > WIDEST_RANGE:
        buckets = MANY
    else:
        low = min(number(said, "range_min") or 1, high)
        buckets = ranged(low, high, count, linear=linear)
    unit = text(said, "unit").lower()
    unit = UNITS.get(unit, unit)
    yield (
        "",
        Says(Kind.DISTRIBUTION, {"buckets": buckets}, unit=unit if UNIT.fullmatch(unit) else ""),
    )


def _event(said: Said) -> Parts:
    wanted = inner(said.get("extra_keys")) or {}
    names = {part(key): key for key in wanted}
    kept = [name for name in names if EXTRA_NAME.fullmatch(name)][:MOST_EXTRAS]
    why = f"an event has at most {MOST_EXTRAS} extras, each with a name of its own"
    dropped = tuple((key, why) for key in wanted if key not in {names[name] for name in kept})
    if not kept:
        yield "", Says(Kind.COUNTER, dropped=dropped)
        return
    lists: dict[str, object] = {}
    fill: dict[str, str] = {}
    for name in kept:
        told = inner(wanted[names[name]]) or {}
        if text(told, "type") == "boolean":
            lists[name] = ["true", "false"]
        else:
            fill[f"extras.{name}"] = f"the words that {names[name]} may be"
    yield "", Says(Kind.EVENT, {"extras": lists} if lists else {}, fill, dropped=dropped)


def _two_labels(said: Said) -> Parts:
    lists: dict[str, object] = {}
    fill: dict[str, str] = {}
    dropped: list[tuple[str, str]] = []
    told = inner(said.get("dual_labels")) or {}
    for name in ("key", "category"):
        words, others = closed(texts(inner(told.get(name)) or {}, "labels"), CHOICE_NAME, 30)
        dropped += [(word, "a closed list cannot hold this label") for word in others]
        if words:
            lists[name] = words
        else:
            fill[f"extras.{name}"] = "the labels: Glean lets a program make them up"
    yield "", Says(Kind.EVENT, {"extras": lists} if lists else {}, fill, dropped=tuple(dropped))


def _rate(said: Said) -> Parts:
    yield "_hits", Says(Kind.COUNTER, is_part=True)
    if not text(said, "denominator_metric"):
        yield "_chances", Says(Kind.COUNTER, is_part=True)


KINDS: Mapping[str, Callable[[Said], Parts]] = {
    "boolean": _plain(Kind.FLAG),
    "counter": _plain(Kind.COUNTER),
    "custom_distribution": _custom,
    "denominator": _plain(Kind.COUNTER),
    "dual_labeled_counter": _two_labels,
    "event": _event,
    "labeled_boolean": _listed(Kind.NAMES, "names", MOST_NAMES),
    "labeled_counter": _listed(Kind.LABELLED, "labels", MOST_CHOICES),
    "memory_distribution": _memory,
    "quantity": _plain(Kind.QUANTITY, buckets=COUNTS),
    "rate": _rate,
    "timespan": _plain(Kind.TIMING, buckets=TIMES),
    "timing_distribution": _plain(Kind.TIMING, buckets=TIMES),
}
"""Glean's type to what becomes of it."""

_FREE_TEXT = "it is free text, which can say anything"
_PER_LABEL = "there is no kind that keeps numbers per label: import one label, or the whole"
LEFT_OUT: Mapping[str, str] = {
    "datetime": "a moment tells one install from all others, and the day is known already",
    "jwe": "it is encrypted for somebody else, so nobody could check it",
    "labeled_custom_distribution": _PER_LABEL,
    "labeled_memory_distribution": _PER_LABEL,
    "labeled_quantity": _PER_LABEL,
    "labeled_string": _FREE_TEXT,
    "labeled_timing_distribution": _PER_LABEL,
    "object": "a nested object has no bounds",
    "string": _FREE_TEXT,
    "string_list": _FREE_TEXT,
    "text": _FREE_TEXT,
    "url": "an address says what somebody looked at",
    "uuid": "it is an identity: it makes every report recognizable for ever",
}
"""Glean's type to why it is left out."""
