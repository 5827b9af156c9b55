"""Enters: names as programs write them. Leaves: names of the registry, units and plain words."""

from __future__ import annotations

import re

from aboveboard.registry.rules.words import ABBREVIATIONS

LONGEST_NAME = 60
LONGEST_TITLE = 60
MOST_WORDS = 10
UNITS = {
    "ms": "milliseconds",
    "msec": "milliseconds",
    "millis": "milliseconds",
    "milliseconds": "milliseconds",
    "sec": "seconds",
    "secs": "seconds",
    "seconds": "seconds",
    "min": "minutes",
    "mins": "minutes",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "bytes": "bytes",
    "kb": "kilobytes",
    "mb": "megabytes",
    "gb": "gigabytes",
    "tb": "terabytes",
    "kib": "kibibytes",
    "mib": "mebibytes",
    "gib": "gibibytes",
    "percent": "percent",
    "pct": "percent",
    "px": "pixels",
    "khz": "kilohertz",
    "mhz": "megahertz",
    "ghz": "gigahertz",
}
"""The last word of a name to the unit that it stands for."""
EVERYDAY = {"retention": "keeping", "latency": "delay", "throughput": "speed", "utilization": "use"}
_ENGLISH = frozenset({"IT", "US", "OK", "PIN"})
_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ELSE = re.compile(r"[^a-z0-9]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s")


def part(text: str) -> str:
    """Make one part of a name.

    Example:
        >>> part("CPUInfo"), part("enable_X_to_leave"), part("2fa-used")
        ('cpu_info', 'enable_x_to_leave', 'n2fa_used')
    """
    word = _ELSE.sub("_", _CASE.sub("_", text).lower()).strip("_")
    return f"n{word}" if word[:1].isdigit() else word


def metric_name(*parts: str) -> str:
    """Make a metric's name of a group and what is below it; a long one loses words of the group.

    Example:
        >>> metric_name("config_service", "enable_commands"), metric_name("a.b", "CPUInfo")
        ('config_service.enable_commands', 'a.b.cpu_info')
        >>> metric_name("permissions_system_scheme", "system_manager_permissions_modified_today")
        'permissions_system.system_manager_permissions_modified_today'
    """
    pieces = [piece for text in parts for each in text.split(".") if (piece := part(each))]
    for place in range(len(pieces)):
        while len(".".join(pieces)) > LONGEST_NAME and "_" in pieces[place]:
            pieces[place] = pieces[place].rpartition("_")[0]
    return ".".join(pieces)


def without_unit(name: str) -> tuple[str, str]:
    """Take the unit off the end of a name.

    Example:
        >>> without_unit("session_cache_in_minutes"), without_unit("minutes"), without_unit("users")
        (('session_cache', 'minutes'), ('minutes', ''), ('users', ''))
        >>> without_unit("requests_per_sec")
        ('requests_per_second', '')
    """
    rest, _, ending = name.rpartition("_")
    unit = UNITS.get(ending, "")
    if not rest or not unit:
        return name, ""
    if rest.rpartition("_")[2] == "per":
        return f"{rest}_{unit.removesuffix('s')}", ""
    return rest.removesuffix("_in"), unit


def plain(name: str) -> str:
    """Say a name in words; what everybody knows as an abbreviation is written as one.

    Example:
        >>> plain("site_url.message_retention"), plain("ShellAppAdded")
        ('site URL message keeping', 'shell app added')
    """
    words = [EVERYDAY.get(word, word) for word in part(name).split("_")]
    known = ABBREVIATIONS - _ENGLISH
    return " ".join(word.upper() if word.upper() in known else word for word in words)


def sentence(text: str) -> str:
    """Give the first sentence of a description as a heading, if it is short and printable.

    Example:
        >>> sentence("Tabs that were opened. Counted per window."), sentence("x" * 70)
        ('Tabs that were opened', '')
    """
    first = _SENTENCE.split(" ".join(text.split()), maxsplit=1)[0].rstrip(".!? ")
    return first if len(first) <= LONGEST_TITLE and first.isprintable() else ""


def cut(text: str) -> str:
    """Cut a title to the words that fit.

    Example:
        >>> cut("one two three four five six seven eight nine ten eleven")
        'one two three four five six seven eight nine ten'
    """
    words = text.split()[:MOST_WORDS]
    while len(" ".join(words)) > LONGEST_TITLE and len(words) > 1:
        words.pop()
    return " ".join(words)[:LONGEST_TITLE].rstrip(" ,:")
