"""Enters: a report's JSON bytes from a stranger. Leaves: its typed content, or None.

Version 1 of the native wire (``docs/wire.md``, ``schemas/report.1.json``). The types below are the
whole check of its form; what a value may be is the registry's business.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from aboveboard.model.period import Week

MOST_ENTRIES = 1000
MOST_BUCKETS = 50

Text = Annotated[str, msgspec.Meta(max_length=60)]
Number = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class WireEntry(msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """One entry as it stands on the wire."""

    metric: Text
    value: bool | Number | Text | Annotated[dict[Text, Number], msgspec.Meta(max_length=50)]
    day: date | None = None


class WireReport(msgspec.Struct, forbid_unknown_fields=True, gc=False, frozen=True):
    """A report as it stands on the wire."""

    format: Literal[1]
    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    app: Annotated[str, msgspec.Meta(max_length=40)]
    period: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-W[0-9]{2}$")]
    registry: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    entries: Annotated[list[WireEntry], msgspec.Meta(min_length=1, max_length=MOST_ENTRIES)]


_DECODER = msgspec.json.Decoder(WireReport)


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
        return report, Week.parse(report.period)
    except msgspec.ValidationError as error:
        return _without_values(str(error))
    except msgspec.DecodeError:
        return "It is not JSON"
    except (ValueError, RecursionError):
        return "Its period is no week"


def _without_values(text: str) -> str:
    """Keep a decoder's own words, not the quoted parts of the report that some hold."""
    head, quote, _ = text.partition("'")
    place = text.rpartition(" - at `")[2].rstrip("`") if " - at `" in text else ""
    return f"{head.strip()} - at `{place}`" if quote and place else head.strip()
