"""Enters: a program's settings. Leaves: what each metric may be set to, its text left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aboveboard.model.metric import Status
from aboveboard.model.setting import MISSING
from aboveboard.model.verdict import Reason
from aboveboard.registry.reducers import reduce_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.model.setting import Reduced

Settings = Mapping[str, object]


def settings_of(
    registry: Registry, settings: Settings, defaults: Settings | None = None
) -> Iterator[tuple[str, Reduced | Reason]]:
    """Reduce every setting that a measured metric has as its ``source``; never raises.

    Args:
        registry: says which settings, and how each is reduced.
        settings: the program's settings, nested tables or one flat table. Only what a metric asks
            for is looked at.
        defaults: what the product ships with, in the same form. A setting that is not set is what
            its default is; without its default no metric can tell whether it was changed.

    Yields:
        Each metric's name, with what it may be set to or the reason why with nothing.
    """
    known = {} if defaults is None else defaults
    for name, metric in registry.metrics.items():
        if metric.source and metric.status is Status.APPROVED:
            yield name, _reduced(metric, settings, known)


def _reduced(metric: Metric, settings: Settings, defaults: Settings) -> Reduced | Reason:
    try:
        value, default = (look_up(table, metric.source) for table in (settings, defaults))
    except Exception:  # noqa: BLE001 a host's table may be of any class, and do anything
        return Reason.WRONG_KIND
    return reduce_setting(metric, value, default)


def look_up(table: object, source: str) -> object:
    """Find a setting by its dotted path, or MISSING.

    A key that is the whole of what is left of the path goes first; then the path is followed into
    tables, whose keys may hold dots as well.

    Example:
        >>> look_up({"mail": {"server": "a"}}, "mail.server"), look_up({"mail.server": "b"},
        ... "mail.server")
        ('a', 'b')
        >>> look_up({"plugin": {"org.example": {"on": True}}}, "plugin.org.example.on")
        True
    """
    if not isinstance(table, Mapping):
        return MISSING
    if source in table:
        return table[source]
    for place in (place for place, letter in enumerate(source) if letter == "."):
        if (head := source[:place]) in table:
            found = look_up(table[head], source[place + 1 :])
            if found is not MISSING:
                return found
    return MISSING
