"""Enters: parts of a mapping, messages. Leaves: what rules say, how long runs are.

Some clients tell the same several times in a row, once for each of what they have: the length of
such a run is a number of its own. Some spread what they tell over several requests; a run that may
go on in the next one has no length that anybody knows.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from aboveboard.model.said import Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboveboard.registry.mapping import Run

PLACE = re.compile(r"\{([^{}]+)\}")
COUNT = "count"
"""The property of a run that holds its length."""


def runs(messages: Sequence[Said], known: Sequence[Run]) -> list[Said]:
    """Give the messages that tell how long the runs of one request are.

    Args:
        messages: in the order in which the request has them.
        known: the runs that a product asks for.

    Example:
        >>> from aboveboard.registry.mapping import Run
        >>> pools = [Said("chat", name) for name in ("cluster", "pool", "pool")]
        >>> [(run.event, dict(run.values)) for run in runs(pools, [Run("pool", "pools")])]
        [('pools', {'count': 2})]
        >>> runs(pools, [Run("pool", "pools", batch=3)])
        []
    """
    wanted = {run.name: run for run in known}
    found: list[Said] = []
    end = 0
    for (event, who), group in groupby(messages, key=lambda said: (said.event, said.who)):
        several = list(group)
        start, end = end, end + len(several)
        run = wanted.get(event)
        if run is None or (run.batch and (start == 0 or end == len(messages) >= run.batch)):
            continue
        first = several[0]
        values = {COUNT: len(several)}
        found.append(Said(first.app, run.named, values, who, at=first.at, version=first.version))
    return found


def replaced(value: object, words: Mapping[str, object]) -> object:
    """Put something else in the place of a value, or of each of a list, that stands for it.

    Example:
        >>> replaced(["a", "b"], {"b": "c"}), replaced(True, {"true": 1})
        (['a', 'c'], 1)
    """
    if isinstance(value, list):
        return [replaced(item, words) for item in value if not isinstance(item, list)]
    if isinstance(value, bool | int | str):
        return words.get(str(value).lower() if isinstance(value, bool) else str(value), value)
    return value


def said_value(template: object, event: str, values: Mapping[str, object]) -> object:
    """Give what a rule says: itself, a property as it is, or a table of such.

    Example:
        >>> said_value({"{type}": "{sent}"}, "stanzas", {"type": "iq", "sent": -3})
        {'iq': -3}
        >>> said_value("{backend}", "module", {}) is None
        True
    """
    if isinstance(template, dict):
        pairs = _pairs(template, event, values)
        return {name: value for name, value in pairs if isinstance(name, str) and value is not None}
    if not isinstance(template, str):
        return template
    whole = PLACE.fullmatch(template)
    if whole is None:
        return PLACE.sub(lambda place: str(_property(place[1], event, values)), template)
    return _property(whole[1], event, values)


def _pairs(
    template: Mapping[str, object], event: str, values: Mapping[str, object]
) -> Iterator[tuple[object, object]]:
    for name, value in template.items():
        yield said_value(name, event, values), said_value(value, event, values)


def _property(name: str, event: str, values: Mapping[str, object]) -> object:
    return values.get(name, event) if name == "event" else values.get(name)
