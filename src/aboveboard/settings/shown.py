"""Enters: a collector's settings. Leaves: a table for people, without what is secret."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from aboveboard.settings.collector import SAYS, SETTINGS, default_of, kind_of

if TYPE_CHECKING:
    from dataclasses import Field

    from aboveboard.settings.sources import Effective

USUAL_WORDS = {"data": "`aboveboard/collector` in your data folder"}


def rows(found: Effective) -> list[tuple[str, str, str]]:
    """Give name, value and source of every setting."""
    return [
        (each.name, _shown(found.values[each.name].value, each), found.values[each.name].source)
        for each in SETTINGS
    ]


def _shown(value: object, setting: Field[Any]) -> str:
    return "(must be given)" if value is MISSING else kind_of(setting).shown(value)


def documentation() -> str:
    """Write the table of ``docs/settings.md``."""
    lines = ["| setting | value | default | meaning |", "|---|---|---|---|"]
    for each in SETTINGS:
        kind = kind_of(each)
        usual = USUAL_WORDS.get(each.name) or _shown(default_of(each), each).strip("()")
        lines.append(
            f"| `{each.name}` | {kind.words} | {usual or 'none'} | {each.metadata[SAYS]} |"
        )
    return "\n".join(lines) + "\n"
