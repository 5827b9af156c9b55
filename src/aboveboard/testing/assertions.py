"""Enters: what was counted, and what a test expects. Leaves: a number, or a failure that tells all.

Whatever is asked for must be in the registry: a misspelt name in a test is an error, and never the
reason why it passes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from aboveboard.testing.counts import key_of, look, matching
from aboveboard.testing.words import Count, line, lines, value

if TYPE_CHECKING:
    from datetime import date
    from typing import TypeAlias

    from aboveboard.model.report import EntryValue
    from aboveboard.testing.counts import Counts, Key, Source

    Expected: TypeAlias = int | str | Mapping[str, int] | Mapping[int, int] | None


def counted(source: Source, name: str, key: Key | None = None, *, day: date | None = None) -> Count:
    """Tell how often something was counted.

    Args:
        source: a telemetry, what :func:`aboveboard.testing.instead` gave, or a
            :class:`aboveboard.testing.FakeCollector`; of a collector, what has reached it.
        name: of the metric.
        key: which of its values: a label, a word, a version as it is kept, ``True``, the lower
            bound of a bucket, or some of an event's words, ``{"how": "menu"}``. Without it all of
            them together.
        day: only what was counted on one day.

    Raises:
        MisuseError: the registry has no such metric, or the metric no such key.

    Example:
        >>> from aboveboard.testing import memory_telemetry
        >>> telemetry = memory_telemetry()
        >>> telemetry.count("command.sql", by=2)
        >>> telemetry.set("system.os", "linux")
        >>> counted(telemetry, "command.sql") == 2
        True
        >>> counted(telemetry, "system.os", "macos")
        <0 of 'system.os' 'macos'; counted in all: system.os linux, command.sql 2>
    """
    counts = look(source)
    metric = counts.metric(name)
    found = counts.keys(name, day)
    what = repr(name)
    if key is not None:
        means = matching(metric, key)
        found = {word: times for word, times in found.items() if means(word)}
        what += f" {key!r}"
    if day is not None:
        what += f" on {day.isoformat()}"
    return Count.made(sum(found.values()), what, line(counts, name))


def said(source: Source) -> dict[str, EntryValue]:
    """Give everything that was counted: metric to a number, a state, or counts per key.

    Example:
        >>> from aboveboard.testing import memory_telemetry
        >>> telemetry = memory_telemetry()
        >>> telemetry.count("command.sql", by=2)
        >>> telemetry.set("system.os", "linux")
        >>> telemetry.set("system.container", False)
        >>> said(telemetry)
        {'command.sql': 2, 'system.container': False, 'system.os': 'linux'}
    """
    counts = look(source)
    return {name: counts.value(name) for name in counts.names}


def assert_counted(
    source: Source, expected: Mapping[str, Expected], *, nothing_else: bool = False
) -> None:
    """Fail unless everything was counted as expected, and then show all that was counted.

    Args:
        source: as for :func:`counted`.
        expected: metric to what :func:`said` gives of it. Where there are counts per key, a number
            means all of them together; ``None`` means that nothing was counted.
        nothing_else: whether other metrics must not have been counted.

    Raises:
        AssertionError: something was counted otherwise.
        MisuseError: the registry has no such metric, or the metric no such key.

    Example:
        >>> from aboveboard.testing import memory_telemetry
        >>> telemetry = memory_telemetry()
        >>> telemetry.count("command.sql", by=2)
        >>> assert_counted(telemetry, {"command.sql": 2, "system.os": None}, nothing_else=True)
        >>> assert_counted(telemetry, {"command.sql": 3})
        Traceback (most recent call last):
        ...
        AssertionError: not counted as expected
          command.sql: expected 3, counted 2
        counted in all:
          command.sql  2
    """
    counts = look(source)
    wrong = [
        f"  {name}: expected {_shown(wanted)}, counted {_counted(counts, name)}"
        for name, wanted in expected.items()
        if not _is(counts, name, wanted)
    ]
    if nothing_else:
        others = [name for name in counts.names if name not in expected]
        wrong += [f"  {name}: expected nothing, counted {value(counts, name)}" for name in others]
    _fail_if(wrong, "not counted as expected", counts)


def assert_nothing_counted(source: Source, *, but: Collection[str] = ()) -> None:
    """Fail if anything was counted.

    Args:
        source: as for :func:`counted`.
        but: metrics that may have been counted, as ``app.version`` is when a program begins.

    Raises:
        AssertionError: something was counted.
        MisuseError: the registry has no metric that ``but`` names.

    Example:
        >>> from aboveboard.testing import memory_telemetry
        >>> telemetry = memory_telemetry()
        >>> telemetry.set("system.os", "linux")
        >>> assert_nothing_counted(telemetry, but=["system.os"])
    """
    counts = look(source)
    for name in but:
        counts.metric(name)
    names = [name for name in counts.names if name not in but]
    wrong = [f"  {name}: counted {value(counts, name)}" for name in names]
    _fail_if(wrong, "something was counted", counts)


def _is(counts: Counts, name: str, wanted: Expected) -> bool:
    metric = counts.metric(name)
    if isinstance(wanted, Mapping):
        return counts.keys(name) == {key_of(metric, key): times for key, times in wanted.items()}
    if name not in counts.names:
        return wanted is None or (wanted == 0 and not isinstance(wanted, bool))
    found = counts.value(name)
    if isinstance(found, dict):
        return wanted == sum(found.values())
    return type(found) is type(wanted) and found == wanted


def _counted(counts: Counts, name: str) -> str:
    return value(counts, name) if name in counts.names else "nothing"


def _shown(wanted: Expected) -> str:
    return "nothing" if wanted is None else f"{wanted}"


def _fail_if(wrong: list[str], head: str, counts: Counts) -> None:
    if wrong:
        raise AssertionError("\n".join([head, *wrong, lines(counts)]))
