"""Enters: a report, where a copy of it goes. Leaves: the requests that say it on another's wire.

What a report says is said, no more: each count is an event of its own. Neither names a person or an
install; what other wires need to tell senders apart is drawn from the report alone, so two reports
of one install have nothing in common. Details of errors are left out.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from aboveboard.model.copy_place import GA4
from aboveboard.model.digest import hex_digest
from aboveboard.values import dataclass
from aboveboard.wires.native import JSON_TYPE, compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboveboard.model.copy_place import CopyPlace

MOST_EVENTS = 25
"""Google takes no more in a request."""
LONGEST_NAME, LONGEST_VALUE = 40, 100
MOST_MESSAGES = 100
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
DENIED = {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}
LIBRARY = {"name": "aboveboard", "version": "1"}
"""The same for every version, as the user agent is."""


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """One request.

    Attributes:
        url: where it goes, with all that it needs.
        shown: the same without the secret, for the journal.
        body: its bytes.
        headers: its headers.
    """

    url: str
    shown: str
    body: bytes
    headers: dict[str, str]


def requests(report: bytes, place: CopyPlace, secret: str) -> list[CopyRequest]:
    """Write a report on another wire.

    Args:
        report: its JSON, as it is shown.
        place: where the copy goes.
        secret: of the stream, or the write key.

    Example:
        >>> from aboveboard.model.copy_place import copy_place
        >>> entries = '[{"metric":"file.opened","day":"2026-11-21","value":3}]'
        >>> report = f'{{"id":"0f","period":"2026-W47","entries":{entries}}}'.encode()
        >>> [request] = requests(report, copy_place("ga4:G-1"), "s")
        >>> request.shown
        'https://www.google-analytics.com/mp/collect?measurement_id=G-1'
        >>> json.loads(request.body)["events"][0]["name"]
        'file_opened'
    """
    content = json.loads(report)
    said = list(_said(content))
    who = hex_digest(f"{place.kind} {place.base} {place.stream} {content['id']}".encode())[:32]
    write, most = (_ga4, MOST_EVENTS) if place.kind == GA4 else (_segment, MOST_MESSAGES)
    parts = [said[start : start + most] for start in range(0, len(said), most)]
    return [write(part, place, secret, who, number) for number, part in enumerate(parts)]


def _said(content: dict[str, Any]) -> Iterator[dict[str, object]]:
    """Give what a report says, each count by itself."""
    for entry in content["entries"]:
        said = {"metric": entry["metric"], "week": content["period"]}
        if "day" in entry:
            said["day"] = entry["day"]
        value = entry["value"]
        if isinstance(value, dict):
            for key, count in value.items():
                yield {**said, "key": key, "value": count}
        else:
            yield {**said, "value": value}


def _ga4(
    said: Sequence[dict[str, object]], place: CopyPlace, secret: str, who: str, _number: int
) -> CopyRequest:
    events = [{"name": _name(str(each["metric"])), "params": _params(each)} for each in said]
    content = {"client_id": who, "non_personalized_ads": True, "consent": DENIED, "events": events}
    shown = f"{place.base}/mp/collect?measurement_id={place.stream}"
    url = f"{shown}&api_secret={_quoted(secret)}"
    return CopyRequest(url, shown, compact(content), {"Content-Type": JSON_TYPE})


def _quoted(text: str) -> str:
    """Escape a text for an address (RFC 3986, section 2.3).

    Example:
        >>> _quoted("a b/ü-1")
        'a%20b%2F%C3%BC-1'
    """
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def _name(metric: str) -> str:
    """Give the name of a metric as Google allows it.

    Example:
        >>> _name("file.opened"), _name("screen.view"), _name("ga.opened")
        ('file_opened', 'm_screen_view', 'm_ga_opened')
    """
    from aboveboard.wires.ga4_names import EVENTS, problem  # noqa: PLC0415 few people have a copy

    name = metric.replace(".", "_")[:LONGEST_NAME]
    return f"m_{name}"[:LONGEST_NAME] if problem(name, EVENTS) else name


def _params(said: dict[str, object]) -> dict[str, object]:
    words = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in said.items()
    }
    return {
        name: value[:LONGEST_VALUE] if isinstance(value, str) else value
        for name, value in words.items()
    }


def _segment(
    said: Sequence[dict[str, object]], place: CopyPlace, secret: str, who: str, number: int
) -> CopyRequest:
    batch = [
        {
            "type": "track",
            "messageId": f"{who}-{number}-{index}",
            "anonymousId": who,
            "event": each["metric"],
            "properties": {name: value for name, value in each.items() if name != "metric"},
            "context": {"library": LIBRARY},
        }
        for index, each in enumerate(said)
    ]
    url = f"{place.base}/v1/batch"
    key = base64.b64encode(f"{secret}:".encode()).decode()
    headers = {"Content-Type": JSON_TYPE, "Authorization": f"Basic {key}"}
    return CopyRequest(url, url, compact({"batch": batch}), headers)
