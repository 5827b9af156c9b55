"""Enters: what the process has to say. Leaves: lines for people or machines, of ours alone.

No line holds a payload, a value, a name that somebody sent or an address. So of an error only its
type and its places are written, and of what is not ours (servers, drivers, asyncio) the first line
of the message as it stands in the code, before anything was put into it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aboveboard.errors import AboveboardError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

OURS = "aboveboard"
FORMS = ("text", "json")
MOST_PLACES = 8


class Lines(logging.Formatter):
    """Writes one line for each record.

    Args:
        form: ``text`` or ``json``.
    """

    def __init__(self, form: str) -> None:
        super().__init__()
        self._as_json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": message_of(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": kind(record.exc_info[1]), "places": places(record.exc_info[1])}
        if self._as_json:
            return json.dumps(line)
        rest = f" ({line['error']} at {', '.join(line['places'])})" if "error" in line else ""  # type: ignore[arg-type]
        return f"{line['at']} {record.levelname} {record.name}: {line['message']}{rest}"


def message_of(record: logging.LogRecord) -> str:
    """Give what may be told of a message."""
    template = str(record.msg).partition("\n")[0]
    if record.name.partition(".")[0] != OURS:
        return template if isinstance(record.msg, str) else type(record.msg).__name__
    given = record.args if isinstance(record.args, tuple) else ()
    try:
        return template % tuple(_argument(each) for each in given)
    except (KeyError, TypeError, ValueError):
        return template


def _argument(value: object) -> object:
    """Let numbers and our own words pass; of an error, what we said before the reason of others."""
    if isinstance(value, BaseException):
        return kind(value)
    return value if isinstance(value, int | float | str) else type(value).__name__


def kind(error: BaseException) -> str:
    """Name an error without what it says of values.

    Example:
        >>> kind(OSError(28, "No space left on device", "/srv/ana"))
        'OSError: No space left on device'
        >>> kind(ValueError("horse"))
        'ValueError'
    """
    name = type(error).__name__
    if isinstance(error, AboveboardError):
        name = f"{name}: {str(error).partition(':')[0]}"
    if isinstance(error, OSError) and error.strerror:
        name = f"{name}: {error.strerror}"
    cause = f" <- {kind(error.__cause__)}" if error.__cause__ is not None else ""
    return f"{name}{cause}"


def places(error: BaseException) -> list[str]:
    """Name the last places in code that an error came through."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_PLACES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]


@contextlib.contextmanager
def writing(form: str, stream: TextIO) -> Iterator[None]:
    """Have everything that this process logs written to a stream in this way, for a while."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(form))
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = root.handlers[:], root.level, ours.level
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])
