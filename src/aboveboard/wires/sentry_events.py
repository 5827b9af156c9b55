"""Enters: an error event of a Sentry client. Leaves: where the program broke, and nothing else.

Of its exceptions the types are kept, of its frames the names of known code. Messages, breadcrumbs,
the user, the request, tags, contexts, variables, source lines, paths and the host's name are read
over and kept nowhere.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from aboveboard.model.broke import Broke
from aboveboard.registry.error_shapes import ELSEWHERE, MOST_FRAMES, MOST_TYPES, error_mark
from aboveboard.wires.objects import BROKEN, objects
from aboveboard.wires.segment_times import seconds
from aboveboard.wires.sentry_code import LAST_LINE, Error, Frame, Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.wires.sentry_code import KnownCode, Spot

MOST_ERRORS = 100
"""Errors behind one error that are looked at."""
MOST_KNOWN = 512
"""Errors that are remembered, each with up to fifty frames."""
MOST_WALKED = 10_000
"""Frames of one error that are looked at."""
RECURSION = "builtins.RecursionError"
BAD_EVENT = "bad_event"
NO_EXCEPTION = "message_not_kept"
"""The code of an event that is a text alone: nothing of a text is kept."""


class Errors(msgspec.Struct, gc=False, frozen=True):
    """The errors of an event; what stands behind one comes before it."""

    values: tuple[Error, ...]


class _Told(msgspec.Struct, gc=False):
    event_id: object = None
    timestamp: object = None
    platform: object = None
    type: object = None


class Event(_Told, gc=False):
    """What is read of an event; all the rest is read over."""

    exception: Errors | None = None


class _Odd(_Told, gc=False):
    """An event whose errors have another form than most clients give them."""

    exception: object = None


def read_event(payload: bytes) -> Event | None:
    """Read an event; None for what is none.

    Example:
        >>> read_event(b'{"event_id": "0f", "server_name": "anas-laptop"}').event_id
        '0f'
    """
    try:
        return _EVENT.decode(payload)
    except BROKEN:
        pass
    try:
        odd = _ODD.decode(payload)
    except BROKEN:
        return None
    return Event(odd.event_id, odd.timestamp, odd.platform, odd.type, _errors(odd.exception))


def _errors(exception: object) -> Errors:
    """Give the errors of an event, whose form differs from client to client."""
    values = exception.get("values", [exception]) if isinstance(exception, dict) else exception
    return Errors(tuple(_error(each) for each in objects(values)))


def _error(told: dict[str, Any]) -> Error:
    trace = told.get("stacktrace")
    frames = trace.get("frames") if isinstance(trace, dict) else None
    walked = frames if isinstance(frames, list) else []
    module = told.get("module")
    # An error without a module is one of the language's own; one with an odd one is nobody's.
    known = None if module is None else _text(module) or ""
    return Error(_text(told.get("type")), known, Trace(tuple(_frame(each) for each in walked)))


def _frame(told: object) -> Frame:
    if not isinstance(told, dict):
        return Frame()
    line = told.get("lineno")
    return Frame(
        _text(told.get("module")),
        _text(told.get("function")),
        _text(told.get("abs_path")),
        _text(told.get("filename")),
        line if type(line) is int and 0 < line <= LAST_LINE else None,
    )


def _text(told: object) -> str | None:
    return told if isinstance(told, str) else None


def moment(told: object) -> float | None:
    """Give a moment, which clients write in ISO 8601 or as seconds since the epoch."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        return float(told) if abs(told) < FARTHEST else None
    return seconds(told)


FARTHEST = 1e11


class KnownErrors:
    """Tells where a program broke; programs break in the same places, which are known again.

    Args:
        code: which code may be named.

    Example:
        >>> from aboveboard.wires.sentry_code import KnownCode
        >>> errors = KnownErrors(KnownCode())
        >>> event = read_event(b'{"exception": {"values": [{"type": "OSError"}]}}')
        >>> errors.of(event) is errors.of(event)
        True
    """

    def __init__(self, code: KnownCode) -> None:
        self._code = code
        self._found: dict[int, Broke | str] = {}

    def __len__(self) -> int:
        return len(self._found)

    def of(self, event: Event) -> Broke | str:
        """Do as :func:`broke_of` does."""
        # Where files lie may tell who somebody is: nothing of it is remembered but a hash, and that
        # of a text is under a key of this process. All that is hashed is a text, a line or None.
        key = hash((_platform(event), event.exception))
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= MOST_KNOWN:
                self._found.clear()
            found = self._found[key] = broke_of(event, self._code)
        return found


def broke_of(event: Event, code: KnownCode) -> Broke | str:
    """Tell where a program broke, or the code under which the event is dropped.

    Args:
        event: what the client says.
        code: which code may be named.

    Example:
        >>> from aboveboard.wires.sentry_code import KnownCode
        >>> event = read_event(b'{"platform": "python", "exception": {"values": ['
        ...     b'{"type": "OSError", "value": "no such file: /home/ana/letter"}]}}')
        >>> broke_of(event, KnownCode()).types
        ('builtins.OSError',)
        >>> broke_of(read_event(b'{"logentry": {"message": "hello"}}'), KnownCode())
        'message_not_kept'
    """
    if event.exception is None or not event.exception.values:
        return NO_EXCEPTION
    platform = _platform(event)
    # A client tells what stands behind an error before the error itself.
    errors = event.exception.values[::-1][:MOST_ERRORS]
    walked = [code.spot(frame, platform) for frame in _frames(errors[0])]
    places = {spot.where for spot in walked}
    places |= {code.spot(frame, platform).where for each in errors[1:] for frame in _frames(each)}
    seen = frozenset(
        where.partition(":")[0].partition(".")[0] for where in places if where != ELSEWHERE
    )
    told = dict.fromkeys(code.type_name(each, platform, seen) for each in errors)
    types = tuple(told)[:MOST_TYPES]
    mark = error_mark(types, _route(types, walked))
    return Broke(mark, types, tuple(_told(walked)))


def _platform(event: Event) -> str:
    return event.platform if isinstance(event.platform, str) else ""


def _frames(error: Error) -> tuple[Frame, ...]:
    return error.stacktrace.frames[-MOST_WALKED:] if error.stacktrace is not None else ()


def _told(walked: Sequence[Spot]) -> list[str]:
    """Give the inner frames, the same ones in a row once."""
    return [frame for frame, _ in groupby(spot.frame for spot in walked)][-MOST_FRAMES:]


def _route(types: Sequence[str], walked: Sequence[Spot]) -> list[str]:
    """Choose the places that make an error the same wherever it happens, as the device does."""
    passed = dict.fromkeys((spot.where, spot.own) for spot in walked if spot.where != ELSEWHERE)
    own = [where for where, is_own in passed if is_own]
    route = own or [where for where, _ in passed]
    if RECURSION in types[:1]:
        times = Counter(spot.where for spot in walked)
        route = [where for where in route if times[where] > 1] or route
    return route


_EVENT = msgspec.json.Decoder(Event)
_ODD = msgspec.json.Decoder(_Odd)
