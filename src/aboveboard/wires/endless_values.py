"""Enters: a piece of an event's payload. Leaves: what is said of it, without its free text.

What a catalogue of events may say is made of a piece, by name. Command lines, paths and error texts
end here: a file's ending, a closed word or a fingerprint is left of them.
"""

from __future__ import annotations

import hashlib
import math
import re
from typing import TYPE_CHECKING

from aboveboard.registry.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST = (1 << 63) - 1
"""The largest number that anything is taken for; larger ones are this one."""
OTHER = "other"
NANO = 1_000_000_000
_MARK_LETTERS = 32
_MARKS_OF_MAKERS = re.compile(r"\((r|tm|c)\)|[®™]")
_FAMILIES = (
    (re.compile(r"core.* ultra"), "intel core ultra"),
    (re.compile(r"core.* (i[3579])\b"), r"intel core \1"),
    (re.compile(r"\b(atom|celeron|pentium|xeon)\b"), r"intel \1"),
    (re.compile(r"\bryzen ([3579])\b"), r"amd ryzen \1"),
    (re.compile(r"\b(athlon|epyc)\b"), r"amd \1"),
    (re.compile(r"\bamd a\d+\b|\ba\d+-\d{4}"), "amd a-series"),
    (re.compile(r"\bcortex-(a\d+)"), r"arm cortex-\1"),
    (re.compile(r"\b(qemu|kvm|virtual)\b"), "virtual"),
)
_ENDING = re.compile(r"\.([a-z]{3})$")
_ENDINGS = frozenset({"deb", "rpm", "exe", "msi"})
_COMPANY = re.compile(
    r"[,.]|\b(inc|corp|corporation|co|ltd|gmbh|computer|computers|electronics|technology"
    r"|international|mobile)\b"
)
_HOME = re.compile(r"[!/](sysroot[!/])?(var[!/])?home[!/]")
_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_MARK_OF_PROGRAM = ("binary", "app_ref", "runtime_ref")


def number(value: object) -> int | float:
    """Take a number for one, and anything else for none; no number is too large."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    if not math.isfinite(value):
        raise ValueError
    return min(value, LARGEST)


def _as_it_is(value: object, _: int) -> object:
    return min(value, LARGEST) if isinstance(value, int) and value > LARGEST else value


def _text(value: object, _: int) -> object:
    return str(value)


def _length(value: object, _: int) -> object:
    return len(value) if isinstance(value, list | dict) else None


def _yes(value: object, _: int) -> object:
    return "yes" if value is True else "no"


def _on(value: object, _: int) -> object:
    return "on" if value is True else "off"


def _list(value: object, _: int) -> object:
    return "allowlist" if value is True else "blocklist"


def _limited(value: object, _: int) -> object:
    return sum(word != "none" for word in value.values()) if isinstance(value, dict) else None


def _ending(value: object, _: int) -> object:
    """Tell the ending of the file that a command line names last."""
    words = value if isinstance(value, list) else [value]
    for word in reversed(words):
        found = _ENDING.search(str(word).strip().lower())
        if found and found[1] in _ENDINGS:
            return found[1]
    return OTHER


def _branch(value: object, _: int) -> object:
    return str(value).rsplit("/", 1)[-1]


def _product(value: object, _: int) -> object:
    return str(value).partition("-")[0]


def _language(value: object, _: int) -> object:
    return re.split(r"[_.@-]", str(value), maxsplit=1)[0].lower()


def _unquoted(value: object, _: int) -> object:
    return str(value).replace('"', "")


def _format(value: object, _: int) -> object:
    """Tell the media type at the beginning of what a player calls a format."""
    found = _MIME.match(str(value).strip().lower())
    return found[0] if found else OTHER


def _percent(value: object, _: int) -> object:
    return round(number(value) * 100)


def _seconds(value: object, _: int) -> object:
    """Give milliseconds for a text of seconds."""
    try:
        return round(number(float(str(value))) * 1000)
    except ValueError:
        return OTHER


def _family(value: object, _: int) -> object:
    """Tell the family of a processor by its maker's name for it.

    Example:
        >>> _family("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 1)
        'intel core i5'
    """
    text = _MARKS_OF_MAKERS.sub("", str(value)).lower()
    for pattern, family in _FAMILIES:
        if found := pattern.search(text):
            return found.expand(family)
    return OTHER


def _words(value: object, _: int) -> object:
    return str(value).split()


def _vendor(value: object, _: int) -> object:
    """Give a maker's name without what says that it is a company.

    Example:
        >>> _vendor("ASUSTeK COMPUTER INC.", 1), _vendor("Dell Inc.", 1)
        ('asustek', 'dell')
    """
    return " ".join(_COMPANY.sub(" ", str(value).lower()).split())


def _filled(value: object, _: int) -> object:
    return sum(bool(text) for text in value.values()) if isinstance(value, dict) else None


def _message(value: object, _: int) -> object:
    return _mark(scrub(str(value)))


def _crash(value: object, _: int) -> object:
    """Give the fingerprint of a program that crashed; none of what lies in somebody's home."""
    if not isinstance(value, dict) or _HOME.match(str(value.get("binary", ""))):
        return None
    return _mark("\0".join(str(value.get(key, "")) for key in _MARK_OF_PROGRAM))


def _part(value: object, _: int) -> object:
    if not isinstance(value, dict):
        return None
    return "app" if "app_ref" in value else "runtime" if "runtime_ref" in value else "system"


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_MARK_LETTERS]


def _counted(value: object, count: int) -> object:
    return {str(value): count}


def _minutes(value: object, count: int) -> object:
    return {str(value): count // 60}


def _took(value: object, count: int) -> object:
    return {str(value): count // NANO}


HOWS: Mapping[str, Callable[[object, int], object]] = {
    "": _as_it_is,
    "branch": _branch,
    "counted": _counted,
    "crash": _crash,
    "ending": _ending,
    "family": _family,
    "filled": _filled,
    "format": _format,
    "language": _language,
    "length": _length,
    "limited": _limited,
    "list": _list,
    "message": _message,
    "minutes": _minutes,
    "on": _on,
    "part": _part,
    "percent": _percent,
    "product": _product,
    "seconds": _seconds,
    "text": _text,
    "took": _took,
    "unquoted": _unquoted,
    "vendor": _vendor,
    "words": _words,
    "yes": _yes,
}
"""What can be made of a piece and a count."""


def divided(by: int) -> Callable[[object, int], object]:
    """Make what divides a number, down to a whole one."""
    return lambda value, _: int(number(value) // by)


def multiplied(by: int) -> Callable[[object, int], object]:
    """Make what multiplies a number."""
    return lambda value, _: int(number(value) * by)
