"""Enters: a report's JSON bytes from a stranger. Leaves: its typed content, or None.

Version 1 of the native wire (``docs/wire.md``, ``schemas/report.1.json``). The types below are the
whole check of its form; what a value may be is the registry's business.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

import msgspec

from aboveboard.model.period import Week
from aboveboard.registry import error_shapes as shapes
from aboveboard.registry.bounds import MOST_MARKS
from aboveboard.registry.names import ERROR_MARK
from aboveboard.wires.native import MOST_ENTRIES

MOST_KEYS = 2001
"""As many as a registry can list, and the rest."""

Text = Annotated[str, msgspec.Meta(max_length=60)]
Key = Annotated[str, msgspec.Meta(max_length=200)]
Number = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


Mark = Annotated[str, msgspec.Meta(pattern=f"^{ERROR_MARK.pattern}\\Z")]
TypeName = Annotated[
    str,
    msgspec.Meta(pattern=f"^(?:{shapes.ERROR_TYPE.pattern})\\Z", max_length=shapes.LONGEST_TYPE),
]
Frame = Annotated[
    str, msgspec.Meta(pattern=f"^(?:{shapes.FRAME.pattern})\\Z", max_length=shapes.LONGEST_FRAME)
]
Message = Annotated[str, msgspec.Meta(pattern=f"^{shapes.MESSAGE.pattern}\\Z")]


class WireDetail(
    msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True, omit_defaults=True
):
    """What one fingerprint of an error stands for; no sentence fits in but its message."""

    type: Annotated[list[TypeName], msgspec.Meta(max_length=shapes.MOST_TYPES)]
    frames: Annotated[list[Frame], msgspec.Meta(max_length=shapes.MOST_FRAMES)]
    message: Message | None = None


class WireEntry(
    msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True, omit_defaults=True
):
    """One entry as it stands on the wire."""

    metric: Text
    value: bool | Number | Text | Annotated[dict[Key, Number], msgspec.Meta(max_length=MOST_KEYS)]
    day: date | None = None
    detail: Annotated[dict[Mark, WireDetail], msgspec.Meta(max_length=MOST_MARKS)] | None = None


class WireReport(msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """A report as it stands on the wire."""

    format: Literal[1]
    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}\\Z")]
    app: Annotated[str, msgspec.Meta(max_length=40)]
    period: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-W[0-9]{2}\\Z")]
    registry: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}\\Z")]
    entries: Annotated[list[WireEntry], msgspec.Meta(min_length=1, max_length=MOST_ENTRIES)]
    withdrawal: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}\\Z")] | None = None


class QuickEntry(
    msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True, omit_defaults=True
):
    """One entry as it is read at first: its day is any text."""

    metric: Text
    value: bool | Number | Text | Annotated[dict[Key, Number], msgspec.Meta(max_length=MOST_KEYS)]
    day: str | None = None
    detail: Annotated[dict[Mark, WireDetail], msgspec.Meta(max_length=MOST_MARKS)] | None = None


class QuickReport(msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """A report as it is read at first: its texts are any."""

    format: Literal[1]
    id: str
    app: str
    period: str
    registry: str
    entries: Annotated[list[QuickEntry], msgspec.Meta(min_length=1, max_length=MOST_ENTRIES)]
    withdrawal: str | None = None


_SENTENCES = {
    "Object contains unknown field": "It has a key that is not allowed",
    "Invalid enum value": "It has a value that is not allowed",
    "Invalid value": "It has a value that is not allowed",
    "Expected `str` matching": "It has a text that does not look as it must",
}
"""Sentences of the decoder that quote something, and what is said instead."""
_PATH = re.compile(r"\$[a-z.\[\]0-9]*(\[\.\.\.\])?")
_DECODER = msgspec.json.Decoder(WireReport)
_QUICK = msgspec.json.Decoder(QuickReport)


def read(body: bytes) -> tuple[WireReport, Week] | str:
    """Read a report and its period.

    Returns:
        Both, or one sentence that says where the form is broken, without a value of the report.

    Example:
        >>> read(b"{}")
        'Object missing required field `format`'
    """
    try:
        report = _DECODER.decode(body)
    except msgspec.ValidationError as error:
        return _without_values(str(error))
    except ValueError:
        return "It is not JSON"
    try:
        return report, Week.parse(report.period)
    except ValueError:
        return "Its period is no week"


def glance(body: bytes) -> QuickReport | None:
    """Read a report without looking at the letters of its texts, which takes half the time.

    Whoever compares each of these texts with what it must be needs no more: the id with the
    address's, the period and the days with those of the calendar, the fingerprint with the known
    ones. Whatever ``read`` reads is read here too; where there is any doubt, it is asked.

    Returns:
        The report, or None where ``read`` tells what is wrong with it.
    """
    try:
        return _QUICK.decode(body)
    except ValueError:  # msgspec's own errors are among these
        return None


def _without_values(text: str) -> str:
    """Keep a decoder's own words where they can hold nothing of the report itself."""
    said, _, place = text.partition(" - at `")
    known = next((words for start, words in _SENTENCES.items() if said.startswith(start)), said)
    path = place.rstrip("`")
    return f"{known} - at `{path}`" if _PATH.fullmatch(path) else known
