"""Enters: a collector's settings. Leaves: Segment's and RudderStack's wire, with its write keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.bootstrap.named import named
from aboveboard.errors import SetupError
from aboveboard.wires.segment import SegmentWire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings

OFF = "-"
"""What a key stands for that is known and switched off."""


def segment(settings: CollectorSettings, registries: Mapping[str, Registry]) -> SegmentWire:
    """Make the wire of Segment and RudderStack.

    Raises:
        SetupError: a key is not written as it must be, or names an app that is not there.
    """
    return SegmentWire(keys(settings.segment_keys, registries))


def keys(texts: Sequence[str], apps: Iterable[str], what: str = "a write key") -> dict[str, str]:
    """Give the app of each key, ``""`` for one that is off; an app's own name is a key of it.

    Raises:
        SetupError: as above.

    Example:
        >>> keys(["KEY=editor", "OLD=-"], ["editor"])
        {'editor': 'editor', 'KEY': 'editor', 'OLD': ''}
    """
    found = {app: app for app in apps}
    known = {**found, OFF: ""}
    for text in texts:
        key, app = named(text, f"{what} must be written KEY=APP")
        if app not in known:
            message = f"{what} stands for {app!r}, which has no registry"
            raise SetupError(message)
        found[key] = known[app]
    return found
