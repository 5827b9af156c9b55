"""Enters: bytes. Leaves: the report in them, if they have the form of one; nothing else is asked.

What ``wires.native_reader`` reads, by the standard library alone; a test compares the two.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from aboveboard.model.period import Week
from aboveboard.registry import error_shapes as shapes
from aboveboard.registry.bounds import MOST_MARKS
from aboveboard.registry.names import ERROR_MARK, REPORT_ID
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_NUMBER = 10**12
MOST_KEYS = 2001
MUST = frozenset({"format", "id", "app", "period", "registry", "entries"})
MAY = MUST | {"withdrawal"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WEEK = re.compile(r"[0-9]{4}-W[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_report(body: bytes) -> tuple[dict[str, Any], Week] | None:
    """Read a report's JSON, if it has the form of one."""
    try:
        content = json.loads(body.decode())
        json.dumps(content, ensure_ascii=False).encode()  # half of a character is none
        if not _is_report(content):
            return None
        return content, Week.parse(content["period"])
    except (ValueError, RecursionError):
        return None


def _is_report(content: object) -> bool:
    if not isinstance(content, dict) or not MUST <= content.keys() <= MAY:
        return False
    entries, withdrawal = content["entries"], content.get("withdrawal")
    return (
        type(content["format"]) is int
        and content["format"] == native.FORMAT
        and _looks(content["id"], REPORT_ID)
        and isinstance(content["app"], str)
        and len(content["app"]) <= 40  # noqa: PLR2004 as in native_reader
        and _looks(content["period"], _WEEK)
        and _looks(content["registry"], _DIGEST)
        and (withdrawal is None or _looks(withdrawal, _DIGEST))
        and isinstance(entries, list)
        and 1 <= len(entries) <= native.MOST_ENTRIES
        and all(map(_is_entry, entries))
    )


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or not {"metric", "value"} <= entry.keys():
        return False
    day = entry.get("day")
    return (
        entry.keys() <= {"metric", "value", "day", "detail"}
        and _is_text(entry["metric"], 60)
        and (day is None or (_looks(day, _DAY) and bool(date.fromisoformat(day))))
        and _is_value(entry["value"])
        and _is_told(entry.get("detail"))
    )


def _is_value(value: object) -> bool:
    if isinstance(value, dict):
        few = len(value) <= MOST_KEYS
        return few and all(_is_text(key, 200) and _is_number(n) for key, n in value.items())
    return isinstance(value, bool) or _is_number(value) or _is_text(value, 60)


def _is_told(details: object) -> bool:
    """Whether it is what fingerprints of errors stand for, by fingerprint."""
    if details is None:
        return True
    if not isinstance(details, dict) or len(details) > MOST_MARKS:
        return False
    return all(_looks(mark, ERROR_MARK) and _is_detail(told) for mark, told in details.items())


def _is_detail(told: object) -> bool:
    if not isinstance(told, dict) or not {"type", "frames"} <= told.keys():
        return False
    message = told.get("message")
    return (
        told.keys() <= {"type", "frames", "message"}
        and _is_list(told["type"], shapes.MOST_TYPES, shapes.is_error_type)
        and _is_list(told["frames"], shapes.MOST_FRAMES, shapes.is_frame)
        and (message is None or _looks(message, shapes.MESSAGE))
    )


def _is_list(value: object, most: int, fits: Callable[[str], bool]) -> bool:
    if not isinstance(value, list) or len(value) > most:
        return False
    return all(isinstance(each, str) and fits(each) for each in value)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_NUMBER


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest


def _looks(value: object, shape: re.Pattern[str]) -> bool:
    return isinstance(value, str) and shape.fullmatch(value) is not None
