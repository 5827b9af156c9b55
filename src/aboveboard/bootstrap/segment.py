"""Enters: a collector's settings. Leaves: Segment's and RudderStack's wire, with its write keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.bootstrap.named import OFF, apps_of
from aboveboard.wires.segment import SegmentWire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings


def segment(settings: CollectorSettings, registries: Mapping[str, Registry]) -> SegmentWire:
    """Make the wire of Segment and RudderStack.

    Raises:
        SettingsError: with each key whose app is not there.
    """
    return SegmentWire(keys("segment_keys", settings.segment_keys, registries))


def keys(setting: str, texts: Sequence[str], apps: Iterable[str]) -> dict[str, str]:
    """Give the app of each key, ``""`` for one that is off; an app's own name is a key of it.

    Raises:
        SettingsError: as above.

    Example:
        >>> keys("segment_keys", ["KEY=editor", "OLD=-"], ["editor"])
        {'editor': 'editor', 'KEY': 'editor', 'OLD': ''}
    """
    found = {app: app for app in apps}
    known = {**found, OFF: ""}
    return found | {key: known[app] for key, app in apps_of(setting, texts, known)}
