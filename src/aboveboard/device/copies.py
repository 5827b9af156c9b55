"""Enters: a report for somebody else's collector. Leaves: it was carried there on their wire.

A report may be several requests there. If one of them fails, all of them are sent again: Segment's
messages have names and count once; Google's have none, and what arrived counts twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.device.send import Sent, fate, said
from aboveboard.errors import SealError, SendError
from aboveboard.model.copy_place import SECRETS
from aboveboard.model.report import Fate
from aboveboard.values import dataclass
from aboveboard.wires.copies import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.copy_place import CopyPlace
    from aboveboard.ports.sending import Poster


@dataclass(frozen=True, slots=True)
class CopyParts:
    """What copies on other wires need from outside.

    Attributes:
        poster: carries bytes.
        secrets: by ``ga4`` and ``segment``; one that is not set is missing, or empty.
    """

    poster: Poster
    secrets: Mapping[str, str]


def carry(report: bytes, place: CopyPlace, parts: CopyParts | None) -> tuple[Sent, str, int]:
    """Carry a copy of a report.

    Returns:
        What became of it, the address without its secret, and how many bytes travelled.

    Raises:
        SealError: its secret is not set here. The copy waits.
    """
    secret = parts.secrets.get(place.kind, "") if parts is not None else ""
    if parts is None or not secret:
        message = f"no secret is set: {SECRETS[place.kind]}"
        raise SealError(message)
    sent, shown, size = Sent(Fate.DELIVERED, "nothing to say"), place.base, 0
    for request in requests(report, place, secret):
        shown, size = request.shown, size + len(request.body)
        sent = _post(request.url, request.body, request.headers, parts.poster)
        if sent.fate is not Fate.DELIVERED:
            break
    return sent, shown, size


def _post(url: str, body: bytes, headers: dict[str, str], poster: Poster) -> Sent:
    try:
        answer = poster.post(url, body, headers)
    except SendError as error:
        return Sent(Fate.WAITING, str(error), reached=False, troubled=True)
    found = fate(answer.status)
    waits = found is Fate.WAITING
    return Sent(
        found,
        said(answer.status, ""),
        troubled=waits,
        retry_after=answer.retry_after if waits else None,
    )
