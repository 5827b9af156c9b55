"""Enters: what an error book holds. Leaves: its bytes, and back again, whoever changed them.

What comes back is checked as if a stranger had sent it: what was not written here never travels.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from aboveboard.device.error_book import Noted, note
from aboveboard.model.broke import Broke
from aboveboard.registry.error_shapes import MOST_FRAMES, MOST_TYPES, is_error_type, is_frame
from aboveboard.registry.names import ERROR_MARK, METRIC_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PLACE = "errors"
"""Under which name a store keeps it."""


def write(book: Iterable[Noted]) -> bytes:
    """Write it down."""
    content: dict[str, dict[str, object]] = {}
    for line in book:
        content.setdefault(line.metric, {})[line.broke.fingerprint] = {
            "type": line.broke.types,
            "frames": line.broke.frames,
            "message": line.broke.message,
            "day": line.day.isoformat(),
            "sendable": line.sendable,
        }
    return json.dumps(content, separators=(",", ":")).encode()


def read(body: bytes | None) -> list[Noted]:
    """Read it, oldest day first; what cannot have been written here is lost."""
    try:
        content: object = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return []
    lines = [line for metric, marks in _items(content) for line in _lines(metric, marks)]
    return note((), lines)


def _items(content: object) -> Iterable[tuple[str, Any]]:
    return content.items() if isinstance(content, dict) else ()


def _lines(metric: str, marks: object) -> Iterator[Noted]:
    if METRIC_NAME.fullmatch(metric):
        for mark, content in _items(marks):
            line = _line(metric, mark, content) if ERROR_MARK.fullmatch(mark) else None
            if line is not None:
                yield line


def _line(metric: str, mark: str, content: object) -> Noted | None:
    match content:
        case {
            "type": list(types),
            "frames": list(frames),
            "message": str(message),
            "day": str(day),
            "sendable": bool(sendable),
        } if (
            _all(types, MOST_TYPES, is_error_type)
            and _all(frames, MOST_FRAMES, is_frame)
            and _may_be_said(message)
        ):
            read_day = _day(day)
            broke = Broke(mark, tuple(types), tuple(frames), message)
            return Noted(metric, broke, read_day, sendable) if read_day is not None else None
        case _:
            return None


def _all(texts: list[Any], most: int, is_one: Callable[[str], bool]) -> bool:
    return len(texts) <= most and all(isinstance(text, str) and is_one(text) for text in texts)


def _may_be_said(message: str) -> bool:
    if not message:
        return True
    # A list of words that a program without messages never needs.
    from aboveboard.registry.scrub import is_scrubbed  # noqa: PLC0415

    return is_scrubbed(message)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
