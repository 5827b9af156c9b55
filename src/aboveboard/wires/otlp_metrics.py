"""Enters: one metric of OTLP. Leaves: what it says of a metric of the registry, or why nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from aboveboard.model.metric import Kind
from aboveboard.model.period import Week
from aboveboard.registry.bound_fields import OTHER
from aboveboard.registry.bounds import label
from aboveboard.wires.objects import objects
from aboveboard.wires.otlp_values import amount_of, attributes, moment, number, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aboveboard.model.metric import Metric

    Points = Sequence[dict[str, Any]]

CUMULATIVE = 2
UNSUPPORTED = "kind_of_data_not_kept"
NO_SENDER = "cumulative_without_instance"
EARLIER = "cumulative_since_another_week"
_MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "s": 1e3, "min": 6e4, "h": 3.6e6}
_FORMS = ("sum", "gauge", "histogram", "exponentialHistogram", "summary")


class Told(NamedTuple):
    """What a metric says.

    Attributes:
        value: as the registry's metric takes it.
        at: when, by the client's clock.
        since: from when on it is counted, if it is told as it stands so far; ``""`` if it is new.
    """

    value: object
    at: float | None
    since: str = ""


def data_of(metric: dict[str, Any]) -> tuple[str, dict[str, Any], Points]:
    """Give the form of a metric's data, the data, and its points.

    Example:
        >>> data_of({"name": "file.opened", "gauge": {"dataPoints": [{"asInt": "3"}]}})[0]
        'gauge'
    """
    for form in _FORMS:
        data = metric.get(form)
        if isinstance(data, dict):
            return form, data, objects(data.get("dataPoints"))
    return "", {}, []


def told_of(
    metric: dict[str, Any], known: Metric, received: float, *, has_sender: bool
) -> Told | str:
    """Tell what a metric says, or the code under which its points are rejected.

    Args:
        metric: as OTLP has it.
        known: what the registry calls by its name.
        received: when it came.
        has_sender: whether its sender tells by what it is known.
    """
    form, data, points = data_of(metric)
    adds = form == "histogram" or (form == "sum" and data.get("isMonotonic") is True)
    form = "state" if form in {"sum", "gauge"} and not adds else form
    if (form, known.kind) not in _VALUE:
        return UNSUPPORTED
    value = _VALUE[form, known.kind](known, points, metric.get("unit"))
    moments = [at for point in points if (at := moment(point.get("timeUnixNano"))) is not None]
    at = min(max(moments, default=received), received)
    if not adds or data.get("aggregationTemporality") != CUMULATIVE:
        return Told(value, at)
    if not has_sender:
        return NO_SENDER
    since = min((whole(point.get("startTimeUnixNano")) or 0 for point in points), default=0)
    began = moment(since)
    if began is None or _week(began) != _week(at):
        return EARLIER
    return Told(value, at, str(since))


def _week(at: float) -> Week:
    return Week.of(datetime.fromtimestamp(at, UTC).date())


def _total(known: Metric, points: Points, _unit: object) -> object:
    total = sum(amount_of(point) or 0 for point in points)
    return round(total) if known.kind is Kind.SECONDS else total


def _labels(known: Metric, points: Points, _unit: object) -> object:
    found: dict[str, float] = {}
    for point in points:
        texts = _texts(point)
        keys = (label(known, text) for text in texts)
        told = next((key for key in keys if key != OTHER), OTHER)
        found[told] = found.get(told, 0) + (amount_of(point) or 0)
    return found


def _number(_known: Metric, points: Points, _unit: object) -> object:
    return sum(amount_of(point) or 0 for point in points)


def _flag(_known: Metric, points: Points, _unit: object) -> object:
    return any(amount_of(point) for point in points)


def _word(_known: Metric, points: Points, _unit: object) -> object:
    """Give what the attribute of a point says that is not 0, as an information is told."""
    return next((text for point in points if amount_of(point) for text in _texts(point)), None)


def _words(_known: Metric, points: Points, _unit: object) -> object:
    return [text for point in points if amount_of(point) for text in _texts(point)]


def _texts(point: Mapping[str, Any]) -> list[str]:
    told = attributes(point).values()
    return [str(text).lower() if isinstance(text, bool) else str(text) for text in told]


def _buckets(known: Metric, points: Points, unit: object) -> object:
    """Count what was measured by the lower bound of its bucket."""
    factor = _MILLISECONDS.get(unit, 1) if isinstance(unit, str) else 1
    factor = factor if known.kind is Kind.TIMING else 1
    found: dict[float, int] = {}
    for point in points:
        edges, counts = point.get("explicitBounds"), point.get("bucketCounts")
        if not isinstance(edges, list) or not isinstance(counts, list):
            continue
        lower = [0, *(max(number(edge) or 0, 0) * factor for edge in edges)]
        for least, told in zip(lower, counts, strict=False):
            times = whole(told) or 0
            if times > 0:
                found[least] = found.get(least, 0) + times
    return found


_VALUE: Mapping[tuple[str, Kind], Callable[[Metric, Points, object], object]] = {
    ("sum", Kind.COUNTER): _total,
    ("sum", Kind.SECONDS): _total,
    ("sum", Kind.LABELLED): _labels,
    ("state", Kind.QUANTITY): _number,
    ("state", Kind.FLAG): _flag,
    ("state", Kind.CHOICE): _word,
    ("state", Kind.VERSION): _word,
    ("state", Kind.NAMES): _words,
    ("histogram", Kind.TIMING): _buckets,
    ("histogram", Kind.DISTRIBUTION): _buckets,
}
"""What is made of points, by the form of the data and the kind of the registry's metric."""
