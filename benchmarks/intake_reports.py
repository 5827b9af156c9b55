"""Enters: nothing. Leaves: a registry, and reports of it: 1.1 KB of JSON, ten entries."""

from __future__ import annotations

import json
from datetime import date

from aboveboard.model.period import Week
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

APP = "editor"
ID = "ID" * 16
"""Where a report's id goes: as long as one."""
_METRIC = '[metric."file.opened"]\nkind = "counter"\n'
_COUNTS = {
    "window.opened_by_keyboard_shortcut": ("counter", "", 3),
    "window.opened_by_pointing_at_a_menu": ("counter", "", 41),
    "document.saved_as_copy_somewhere_else": ("counter", "", 7),
    "program.in_use": ("seconds", "", 5400),
    "menu.used": ("labelled", 'labels = ["file", "edit", "view"]', {"file": 4, "view": 1}),
    "document.opening_until_first_page": (
        "timing",
        "buckets = [0, 100, 1000, 10000]",
        {"0": 3, "100": 9, "1000": 2},
    ),
}
_STATES = {
    "appearance.theme_is_dark": ("flag", "", True),
    "environment.operating_system": ("choice", 'choices = ["linux", "macos", "windows"]', "linux"),
    "environment.program_version": ("version", "precision = 2", "4.2"),
    "document.kept_in_the_library": ("quantity", "buckets = [0, 10, 100]", 10),
}


def registry() -> bytes:
    """Give the registry file of the app whose reports are sent."""
    head, _, metric = EXAMPLE_REGISTRY.decode().partition(_METRIC)
    parts = [
        f'[metric."{name}"]\nkind = "{kind}"\n{bounds}\n{metric}'
        for name, (kind, bounds, _) in (_COUNTS | _STATES).items()
    ]
    return (head + "".join(parts)).encode()


def report(today: date) -> bytes:
    """Give a report with ``ID`` where its id belongs."""
    entries: list[dict[str, object]] = [
        {"metric": name, "day": today.isoformat(), "value": value}
        for name, (_, _, value) in _COUNTS.items()
    ]
    entries += [{"metric": name, "value": value} for name, (_, _, value) in _STATES.items()]
    content = {
        "format": 1,
        "id": ID,
        "app": APP,
        "period": str(Week.of(today)),
        "registry": read(registry()).fingerprint,
        "withdrawal": "0f" * 32,
        "entries": entries,
    }
    return json.dumps(content).encode()
