"""Enters: a day. Leaves: a registry, and reports of it that vary as those of real installs do.

Ten entries and 1.1 KB each, as a device writes them. Counts are log-normal (sigma 1.5), each entry
has a day of its own, tables hold any of their keys, and the rest is as uneven as systems and
versions are. The same day gives the same reports.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 the same reports every time

from aboveboard.model.period import Week
from aboveboard.model.report import Entry, EntryValue, Report
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.wires import native

APP = "editor"
ID = "ID" * 16
"""Where a report's id goes: as long as one."""
VARIANTS = 20_000
SIGMA = 1.5
USUAL = 3
"""The median of the counts in a table."""
_METRIC = '[metric."file.opened"]\nkind = "counter"\n'
_LABELS = ("copy", "edit", "file", "format", "help", "search", "tools", "view")
_BOUNDS = (0, 10, 50, 100, 500, 1000, 5000, 10000)
_MOST = {"counter": 1_000_000, "seconds": 24 * 3600}
_COUNTS = {
    "window.opened_by_keyboard_shortcut": ("counter", "", 3),
    "window.opened_by_pointing_at_a_menu": ("counter", "", 41),
    "document.saved_as_copy_somewhere_else": ("counter", "", 7),
    "program.in_use_with_a_window_in_front": ("seconds", "", 5400),
}
"""Metric to its kind, its bounds and its median."""
_TABLES = {
    "menu.entries_used_by_their_top_menu": ("labelled", f"labels = {list(_LABELS)}", _LABELS),
    "document.opening_until_first_page": (
        "timing",
        f"buckets = {list(_BOUNDS)}",
        tuple(map(str, _BOUNDS)),
    ),
}
"""Metric to its kind, its bounds and its keys."""
_STATES: dict[str, tuple[str, str, dict[EntryValue, int]]] = {
    "appearance.theme_is_dark_everywhere": ("flag", "", {False: 7, True: 3}),
    "environment.operating_system_family": (
        "choice",
        'choices = ["linux", "macos", "windows"]',
        {"linux": 60, "windows": 30, "macos": 10},
    ),
    "environment.version_of_the_program": (
        "version",
        "precision = 2",
        {"4.2": 60, "4.1": 20, "4.0": 9, "3.9": 5, "3.8": 3, "3.7": 2, "2.14": 1},
    ),
    "document.kept_in_the_own_library_now": (
        "quantity",
        "buckets = [0, 10, 100, 1000]",
        {0: 10, 10: 50, 100: 35, 1000: 5},
    ),
}
"""Metric to its kind, its bounds, and how often each value is said."""


def registry() -> bytes:
    """Give the registry file of the app whose reports are sent."""
    head, _, metric = EXAMPLE_REGISTRY.decode().partition(_METRIC)
    parts = [
        f'[metric."{name}"]\nkind = "{kind}"\n{bounds}\n{metric}'
        for name, (kind, bounds, *_) in (_COUNTS | _TABLES | _STATES).items()
    ]
    return (head + "".join(parts)).encode()


def reports(today: date, many: int = VARIANTS) -> Iterator[bytes]:
    """Give reports of the week before a day's, with ``ID`` where each one's id belongs."""
    chance = Random(many)  # noqa: S311 to vary, not to hide
    week = Week.of(today - timedelta(weeks=1))
    fingerprint = read(registry()).fingerprint
    for _ in range(many):
        entries = tuple(sorted(_entries(chance, week), key=lambda entry: entry.metric))
        token = f"{chance.getrandbits(256):064x}"
        yield native.write(Report(ID, APP, week, fingerprint, entries, token))


class Pool:
    """Reports to send: those of a file over and over, each time with an id that nobody sent.

    Args:
        file: a report a line, with ``ID`` where its id belongs.
    """

    def __init__(self, file: Path) -> None:
        parts = [line.split(ID.encode()) for line in file.read_bytes().splitlines()]
        first = secrets.randbelow(len(parts))
        self._parts = itertools.cycle(parts[first:] + parts[:first])
        self._number = int.from_bytes(secrets.token_bytes(8)) << 64

    def next(self) -> tuple[bytes, bytes]:
        """Give an id, and the report that has it."""
        self._number += 1
        name = b"%032x" % self._number
        before, after = next(self._parts)
        return name, before + name + after


def _entries(chance: Random, week: Week) -> Iterator[Entry]:
    for name, (kind, _, median) in _COUNTS.items():
        count = min(_count(chance, median), _MOST[kind])
        yield Entry(name, count, _day(chance, week))
    for name, (_, _, keys) in _TABLES.items():
        said = sorted(chance.sample(keys, chance.randint(2, len(keys))), key=keys.index)
        yield Entry(name, {key: _count(chance, USUAL) for key in said}, _day(chance, week))
    for name, (_, _, values) in _STATES.items():
        (value,) = chance.choices(list(values), list(values.values()))
        yield Entry(name, value)


def _count(chance: Random, median: int) -> int:
    return max(1, round(median * chance.lognormvariate(0, SIGMA)))


def _day(chance: Random, week: Week) -> date:
    return week.first + timedelta(days=chance.randrange(7))
