"""Enters: the id of a system image. Leaves: what it says of the machine, if it can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

_ID = re.compile(
    r"(?P<product>[^-]+)-(?P<branch>[^-]+)-(?P<arch>[^-]+)-(?P<platform>[^-.]+)"
    r"\.(?P<day>\d{6}|\d{8})-(?P<time>\d{6})\.(?P<personality>[^.]+)(\.[^.]+)*"
)
_VERSION = re.compile(r"\d+(\.\d+)*$")
_SECONDS_OF_A_MONTH = 365.25 * 86_400 / 12
_LONG = 8
IMAGES = 64
"""Moments that are remembered: most machines have one of the same few images."""
NO_IMAGE = frozenset({"", "unknown", "[Invalid UTF-8]"})


def read_image(text: str, now: float) -> dict[str, object]:
    """Read an image's id; one of another distribution says its product alone.

    Args:
        text: the id.
        now: seconds since the epoch.

    Example:
        >>> found = read_image("eos-eos3.7-amd64-amd64.190419-225606.base", 1600000000.0)
        >>> found["product"], found["branch"], found["personality"], found["age"]
        ('eos', '3.7', 'base', 16)
        >>> read_image("fedora-40", 0.0), read_image("unknown", 0.0)
        ({'product': 'fedora'}, {})
    """
    if text in NO_IMAGE:
        return {}
    parts = _ID.fullmatch(text)
    if parts is None:
        return {"product": text.partition("-")[0].lower()}
    found: dict[str, object] = {
        name: parts[name] for name in ("product", "arch", "platform", "personality")
    }
    if version := _VERSION.search(parts["branch"]):
        found["branch"] = version[0]
    if (made := _made(parts["day"], parts["time"])) is not None:
        found["age"] = max(0, int((now - made) // _SECONDS_OF_A_MONTH))
    return found


@lru_cache(IMAGES)
def _made(day: str, time: str) -> float | None:
    form = "%Y%m%d%H%M%S" if len(day) == _LONG else "%y%m%d%H%M%S"
    try:
        return datetime.strptime(day + time, form).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
