"""Enters: attributes and numbers as OTLP writes them. Leaves: what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from aboveboard.wires.objects import objects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEEPEST = 4
"""How many values may stand in one another; what is deeper says nothing."""
LONGEST_NUMBER = 20
LARGEST = 1 << 64
"""No number of OTLP is larger; sums of such are still numbers."""
NANO = 1_000_000_000


class Source(NamedTuple):
    """What a resource says of itself, as far as anybody looks.

    Attributes:
        service: its name.
        instance: what it is known by.
    """

    service: str = ""
    instance: str = ""


def source(resource: object) -> Source:
    """Read a resource.

    Example:
        >>> source({"attributes": [{"key": "service.name", "value": {"stringValue": "editor"}}]})
        Source(service='editor', instance='')
    """
    told = attributes(resource)
    service, instance = told.get("service.name"), told.get("service.instance.id")
    return Source(
        service if isinstance(service, str) else "", instance if isinstance(instance, str) else ""
    )


def attributes(holder: object) -> dict[str, object]:
    """Give the attributes of a resource, a point or a record.

    Example:
        >>> attributes({"attributes": [{"key": "n", "value": {"intValue": "7"}}]})
        {'n': 7}
    """
    return _pairs(holder.get("attributes"), 0) if isinstance(holder, dict) else {}


def _pairs(told: object, depth: int) -> dict[str, object]:
    pairs = ((pair.get("key"), value_of(pair.get("value"), depth)) for pair in objects(told))
    return {key: value for key, value in pairs if isinstance(key, str) and value is not None}


def value_of(told: object, depth: int = 0) -> object:
    """Give what a value is, None for one of no known form.

    Example:
        >>> value_of({"arrayValue": {"values": [{"stringValue": "a"}, {"boolValue": True}]}})
        ['a', True]
    """
    if not isinstance(told, dict) or depth > DEEPEST:
        return None
    for form, read in _READ.items():
        if told.get(form) is not None:
            return read(told[form], depth + 1)
    return None


def whole(told: object) -> int | None:
    """Give a whole number, which JSON writes as a text.

    Example:
        >>> whole("-7"), whole(7), whole(7.5), whole("7 of 9"), whole(10**30)
        (-7, 7, None, None, None)
    """
    if isinstance(told, str) and len(told) <= LONGEST_NUMBER and told.isascii():
        told = int(told) if told.removeprefix("-").isdigit() else None
    if not isinstance(told, int) or isinstance(told, bool):
        return None
    return told if abs(told) <= LARGEST else None


def number(told: object) -> float | None:
    """Give a number that is no larger than one of OTLP's whole numbers."""
    if isinstance(told, float):
        return told if abs(told) <= LARGEST else None
    return whole(told)


def amount_of(point: Mapping[str, Any]) -> float | None:
    """Give the number of a point, of whichever form it is."""
    told = point.get("asInt")
    return whole(told) if told is not None else number(point.get("asDouble"))


def moment(told: object) -> float | None:
    """Give the seconds since the epoch; 0 is no moment.

    Example:
        >>> moment("1795660944000000000"), moment(0)
        (1795660944.0, None)
    """
    found = whole(told)
    return found / NANO if found is not None and found > 0 else None


def _inside(told: object) -> object:
    return told.get("values") if isinstance(told, dict) else None


_READ: Mapping[str, Callable[[object, int], object]] = {
    "stringValue": lambda told, _: told if isinstance(told, str) else None,
    "boolValue": lambda told, _: told if isinstance(told, bool) else None,
    "intValue": lambda told, _: whole(told),
    "doubleValue": lambda told, _: number(told),
    "arrayValue": lambda told, depth: [value_of(each, depth) for each in objects(_inside(told))],
    "kvlistValue": lambda told, depth: _pairs(_inside(told), depth),
}
