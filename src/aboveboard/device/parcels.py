"""Enters: reports that wait where no network is. Leaves: a file for somebody who carries it.

Each line holds what would have been sent, sealed for the collector: whoever carries the file sees
sizes and random ids. The reports go on waiting; ``parcel_answers.py`` says until when.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aboveboard.device.carried_lines import read_lines, write_head, write_line
from aboveboard.device.seal import Parcel, seal
from aboveboard.model.report import COLLECTOR, Fate
from aboveboard.registry.names import REPORT_ID
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.model.registry import CollectorAddress
    from aboveboard.model.report import Delivery
    from aboveboard.ports.device import Sealer

KIND = "parcels"
MOST_BODY = 256 * 1024
_HEADERS = (
    {"Content-Type": native.SEALED_TYPE},
    {"Content-Type": native.JSON_TYPE, "Content-Encoding": "gzip"},
)


@dataclass(frozen=True, slots=True)
class Carried:
    """One report in a file of parcels.

    Attributes:
        report: its id.
        path: its address below a collector's.
        body: the bytes that travel.
        headers: what the collector must know to open them.
    """

    report: str
    path: str
    body: bytes
    headers: dict[str, str]

    def to(self, url: str) -> Parcel:
        """Address it to a collector."""
        return Parcel(url + self.path, self.body, self.headers)


@dataclass(frozen=True, slots=True)
class Parcels:
    """A file of parcels.

    Attributes:
        app: the product.
        carried: the reports.
    """

    app: str
    carried: tuple[Carried, ...]


def export(
    app: str, deliveries: Iterable[Delivery], address: CollectorAddress, sealer: Sealer
) -> bytes:
    """Put what waits for the collector into a file; the reports go on waiting.

    Args:
        app: the product.
        deliveries: rows of the journal; only those that wait for the collector are taken.
        address: the collector's, or the one that the person named in its place.
        sealer: seals them.

    Raises:
        SealError: the collector has a key, but sealing is not available here.
    """
    lines = [write_head(KIND, app)]
    for delivery in waiting(deliveries):
        parcel = seal(app, delivery.report, delivery.body, address, sealer)
        content = {
            "report": delivery.report,
            "path": native.path(app, delivery.report),
            "headers": parcel.headers,
            "body": base64.b64encode(parcel.body).decode(),
        }
        lines.append(write_line(content))
    return b"".join(lines)


def read_parcels(body: bytes) -> Parcels | str:
    r"""Read a file of parcels.

    Returns:
        What is in it; or what is wrong with it, in a sentence: one strange line spoils it all.

    Example:
        >>> read_parcels(b"nonsense\n")
        'line 1: this is no file of parcels'
    """
    found = read_lines(body, KIND)
    if isinstance(found, str):
        return found
    head, lines = found
    app = head["app"]
    carried: list[Carried] = []
    for number, content in enumerate(lines, 2):
        each = _carried(app, content)
        if each is None:
            return f"line {number}: this is no parcel for {app}"
        carried.append(each)
    return Parcels(app, tuple(carried))


def waiting(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Give what waits for the collector, by the random ids: an order that tells nothing."""
    found = [d for d in deliveries if d.fate is Fate.WAITING and d.destination == COLLECTOR]
    return sorted(found, key=lambda delivery: delivery.report)


def _carried(app: str, content: dict[str, Any]) -> Carried | None:
    report, headers, body = content.get("report"), content.get("headers"), _bytes(content)
    if not isinstance(report, str) or not REPORT_ID.fullmatch(report) or headers not in _HEADERS:
        return None
    path = native.path(app, report)
    if content.get("path") != path or not 0 < len(body) <= MOST_BODY:
        return None
    return Carried(report, path, body, dict(headers))


def _bytes(content: dict[str, Any]) -> bytes:
    text = content.get("body")
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        return b""
