"""Enters: what became of a request of OTLP. Leaves: its answer, in the encoding of the request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.wires.foreign import JSON, Answer
from aboveboard.wires.protobuf import written

if TYPE_CHECKING:
    from collections.abc import Mapping

PROTOBUF = "application/x-protobuf"
RETRY_SECONDS = 10
INVALID, EXHAUSTED, UNAVAILABLE, UNAUTHENTICATED = 3, 8, 14, 16
"""Codes of ``google.rpc.Code``."""
SENTENCES: Mapping[str, str] = {
    "cumulative_since_another_week": "What is cumulative must have begun in its own week: set the "
    "temporality preference to delta.",
    "cumulative_without_instance": "What is cumulative needs service.instance.id, or the "
    "temporality preference delta.",
    "kind_of_data_not_kept": "The registry keeps no such kind of data under its name.",
    "no_event_name": "A record without an event name is a text, and no text is kept.",
    "not_named": "The registry does not name it.",
    "too_many_metrics": "One request may bring a thousand metrics or records.",
    "unknown_service": "No key is shown, and no app is called as service.name says.",
}
"""Code of what is rejected to what the answer says."""


def kept(media: str, rejected: Mapping[str, int], field: str) -> Answer:
    """Answer a request that is kept, as far as it can be.

    Args:
        media: the request's type.
        rejected: how many points or records are not, by reason.
        field: what JSON calls their number.

    Example:
        >>> kept(JSON, {}, "rejectedDataPoints").body
        b'{}'
        >>> told = json.loads(kept(JSON, {"not_named": 2}, "rejectedDataPoints").body)
        >>> told["partialSuccess"]["rejectedDataPoints"], told["partialSuccess"]["errorMessage"]
        ('2', '2: The registry does not name it.')
    """
    if not rejected:
        return Answer(200, b"{}" if media == JSON else b"", media)
    times = sum(rejected.values())
    said = " ".join(f"{count}: {SENTENCES[code]}" for code, count in sorted(rejected.items()))
    if media == JSON:
        content = {"partialSuccess": {field: str(times), "errorMessage": said}}
        return Answer(200, json.dumps(content).encode(), media)
    inner = written(1, times) + written(2, said.encode())
    return Answer(200, written(1, inner), media)


def refused(media: str, status: int, code: int, said: str) -> Answer:
    """Answer a request that is not kept at all, with a ``google.rpc.Status``.

    Example:
        >>> refused(JSON, 400, INVALID, "No.").body
        b'{"code": 3, "message": "No."}'
    """
    if media == JSON:
        body = json.dumps({"code": code, "message": said}).encode()
    else:  # whoever sends another type is refused, and hears it as most senders would
        media, body = PROTOBUF, written(1, code) + written(2, said.encode())
    wait = (("retry-after", str(RETRY_SECONDS)),) if code == UNAVAILABLE else ()
    return Answer(status, body, media, wait)
