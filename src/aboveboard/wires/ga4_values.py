"""Enters: values of the Measurement Protocol. Leaves: what is wrong with them, and moments."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from aboveboard.wires import ga4_limits as limits
from aboveboard.wires.ga4_limits import Code

if TYPE_CHECKING:
    from aboveboard.wires.ga4_judged import Judged

MICROS = 1_000_000
LONGEST_NUMBER = 20
LARGEST = sys.float_info.max
"""No float is larger; JSON may hold whole numbers that are."""
_GRANTS = {"GRANTED", "DENIED"}
_BEHAVIOURS = {"RELAXED", "ENFORCE_RECOMMENDATIONS"}
_LOCATION = {"city", "region_id", "country_id", "subcontinent_id", "continent_id"}
_DEVICE = {
    "category",
    "language",
    "screen_resolution",
    "operating_system",
    "operating_system_version",
    "model",
    "brand",
    "browser",
    "browser_version",
}
_CONSENT = {"ad_user_data", "ad_personalization"}
_SIMPLE: dict[str, type] = {
    "user_id": str,
    "non_personalized_ads": bool,
    "user_data": dict,
    "ip_override": str,
    "user_agent": str,
}
_TABLES = {"consent": _CONSENT, "user_location": _LOCATION, "device": _DEVICE}
FIELDS = {
    "client_id",
    "app_instance_id",
    "timestamp_micros",
    "user_properties",
    "validation_behavior",
    "events",
    *_SIMPLE,
    *_TABLES,
}


def is_scalar(value: object) -> bool:
    """Whether a value is text, a number, yes or no."""
    return isinstance(value, str | int | float)


def moment(value: object, received: float) -> tuple[float | None, Code | None]:
    """Read a ``timestamp_micros``: when it was, and what is wrong with it.

    What is too old is dated back as far as is allowed, what lies ahead is dated at its arrival.

    Example:
        >>> moment(1_000_000_000_000, 1_000_100), moment("1000000000000", 1_000_100)
        ((1000000.0, None), (1000000.0, None))
        >>> moment(0, 1_000_100)
        (740900, <Code.VALUE_OUT_OF_BOUNDS: 'VALUE_OUT_OF_BOUNDS'>)
    """
    if value is None:
        return None, None
    if isinstance(value, str):
        numeric = value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER
        value = int(value) if numeric else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        return None, Code.VALUE_INVALID
    at = value / MICROS
    if at < received - limits.OLDEST_SECONDS:
        return received - limits.OLDEST_SECONDS, Code.VALUE_OUT_OF_BOUNDS
    return (at, None) if at <= received + limits.AHEAD_SECONDS else (None, Code.VALUE_OUT_OF_BOUNDS)


def tell_time(code: Code, path: str, found: Judged) -> None:
    """Note what is wrong with a moment."""
    what = "is no number" if code is Code.VALUE_INVALID else "is not within the last 72 hours"
    found.tell(f"{path}timestamp_micros", code, f"The timestamp_micros {what}.")


def check_fields(content: dict[str, object], found: Judged) -> None:
    """Check what a request says besides its events: none of it is kept, all of it is validated."""
    for name in content:
        if name not in FIELDS:
            found.tell(name[:40], Code.VALUE_INVALID, _unknown(name))
    for name, kind in _SIMPLE.items():
        if not isinstance(content.get(name, kind()), kind):
            found.tell(name, Code.VALUE_INVALID, f"The {name} has the wrong type.")
    user_id = content.get("user_id")
    if isinstance(user_id, str) and len(user_id) > limits.LONGEST_USER_ID:
        sentence = f"The user_id must be {limits.LONGEST_USER_ID} characters or fewer."
        found.tell("user_id", Code.VALUE_OUT_OF_BOUNDS, sentence)
    for name, known in _TABLES.items():
        if name in content:
            _check_table(name, content[name], known, found)
    behaviour = content.get("validation_behavior", "RELAXED")
    if not isinstance(behaviour, str) or behaviour not in _BEHAVIOURS:
        sentence = "The validation_behavior must be RELAXED or ENFORCE_RECOMMENDATIONS."
        found.tell("validation_behavior", Code.VALUE_INVALID, sentence)


def _check_table(name: str, table: object, known: set[str], found: Judged) -> None:
    if not isinstance(table, dict):
        found.tell(name, Code.VALUE_INVALID, f"The {name} must be an object.")
        return
    for key, value in table.items():
        path = f"{name}.{key[:40]}"
        if key not in known:
            found.tell(path, Code.VALUE_INVALID, _unknown(key))
        elif not isinstance(value, str):
            found.tell(path, Code.VALUE_INVALID, f"The {path} must be text.")
        elif known is _CONSENT and value not in _GRANTS:
            found.tell(path, Code.VALUE_INVALID, f"The {path} must be GRANTED or DENIED.")


def _unknown(name: str) -> str:
    """Say it as Google's own server does."""
    return f"Unable to parse Measurement Protocol JSON payload. {name[:40]}: Cannot find field."
