"""Enters: the example that a registry gives of a metric. Leaves: what a report would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.registry.bounds import bucket

if TYPE_CHECKING:
    from aboveboard.model.metric import Metric
    from aboveboard.model.report import EntryValue


def example_value(metric: Metric) -> EntryValue | None:
    """Give the value of a report's entry that the example stands for, whether it fits or not.

    A file gives one plain value: the amount itself of what is kept in buckets, one name, one label
    or one combination of what is kept by name.

    Returns:
        None if there is no example, or one that can stand for nothing of its kind.

    Example:
        >>> from types import SimpleNamespace
        >>> example_value(SimpleNamespace(kind=Kind.TIMING, buckets=(0, 100, 1000), example=180))
        {'100': 1}
    """
    example = metric.example
    whole = isinstance(example, int) and not isinstance(example, bool) and example >= 0
    match metric.kind:
        case Kind.TIMING | Kind.DISTRIBUTION:
            return {bucket(metric, int(example)): 1} if whole and example is not None else None
        case Kind.QUANTITY:
            return int(bucket(metric, int(example))) if whole and example is not None else None
        case Kind.NAMES | Kind.LABELLED | Kind.EVENT | Kind.ERROR:
            return {example: 1} if isinstance(example, str) else None
        case _:
            return example
