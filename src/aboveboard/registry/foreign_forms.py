"""Enters: a foreign value, how it is written. Leaves: what it says, as its metric can take it.

Some clients write many words into one text, a moment where a metric counts days, a time of the day
where it counts hours. A mapping names the form of such a property (``docs/mappings.md``). Nothing
is kept here: what comes out goes to the metric's own bounds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

LONGEST = 32 * 1024
"""Characters of a text that is taken apart."""
HOURS_OF_DAY = 24
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?\Z", re.ASCII)
_DAYS_AND_TIME = re.compile(r"([0-9]{1,6})-[0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)


def formed(form: str, value: object, day: date) -> object:
    """Undo the form of a value; what is not of the form stays as it is.

    Args:
        form: one of FORMS.
        value: of any type that JSON has.
        day: on which it was said.

    Example:
        >>> from datetime import date
        >>> formed("words", "create_post  edit_post", date(2026, 11, 26))
        ['create_post', 'edit_post']
        >>> formed("hour", "02:30", date(2026, 11, 26))
        2
        >>> formed("days_and_time", "0012-23:05:01", date(2026, 11, 26))
        12
        >>> formed("milliseconds_past", 1795000000000, date(2026, 11, 26))
        8
    """
    return _UNDO[form](value, day)


def _words(value: object, _day: date) -> object:
    return value.split() if isinstance(value, str) and len(value) <= LONGEST else value


def _list(value: object, _day: date) -> object:
    if not isinstance(value, str) or len(value) > LONGEST:
        return value
    return [item for item in map(str.strip, value.split(",")) if item]


def _hour(value: object, _day: date) -> object:
    found = _TIME.match(value) if isinstance(value, str) else None
    return int(found[1]) if found else value


def _days_and_time(value: object, _day: date) -> object:
    found = _DAYS_AND_TIME.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else value


def _hours(value: object, _day: date) -> object:
    return value // HOURS_OF_DAY if _is_number(value) else value


def _milliseconds_past(value: object, day: date) -> object:
    return _days(value, 1000, day, 1)


def _milliseconds_ahead(value: object, day: date) -> object:
    return _days(value, 1000, day, -1)


def _seconds_past(value: object, day: date) -> object:
    return _days(value, 1, day, 1)


def _days(value: object, per_second: int, day: date, sign: int) -> object:
    """Give how many whole days lie between a moment and a day; none for a moment that is not set.

    A moment on the other side of the day is no day away.
    """
    if not _is_number(value):
        return value
    if value == 0:
        return None
    try:
        moment = datetime.fromtimestamp(value / per_second, UTC).date()
    except (ValueError, OverflowError, OSError):
        return value
    return max(0, sign * (day - moment).days)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


_UNDO: Mapping[str, Callable[[object, date], object]] = {
    "words": _words,
    "list": _list,
    "hour": _hour,
    "hours": _hours,
    "days_and_time": _days_and_time,
    "milliseconds_past": _milliseconds_past,
    "milliseconds_ahead": _milliseconds_ahead,
    "seconds_past": _seconds_past,
}
FORMS = frozenset(_UNDO)
