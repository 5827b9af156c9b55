"""Enters: the port Transport. Leaves: one request of the standard library, bounded in time."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from aboveboard.adapters.http_parts import USER_AGENT, Deadline, opener
from aboveboard.errors import SendError
from aboveboard.ports import Answer

if TYPE_CHECKING:
    from email.message import Message

MOST_ANSWER_BYTES = 4096
MOST_RETRY_DIGITS = 9


class HttpsTransport:
    """Sends with the system's proxies and certificates; follows no redirect.

    The user agent is the same for every version and machine: it must tell nothing that the report
    does not.

    Args:
        timeout_seconds: how long one delivery may take, from the first byte to the last.
    """

    def __init__(self, timeout_seconds: float = 10.0) -> None:
        self._timeout = timeout_seconds

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body with PUT."""
        deadline = Deadline(self._timeout)
        try:
            with deadline:
                answer = self._put(deadline, url, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            name = "TimeoutError" if deadline.passed else type(error).__name__
            message = f"not reached ({name})"
            raise SendError(message) from error
        if deadline.passed:
            message = "not reached (TimeoutError)"
            raise SendError(message)
        return answer

    def _put(self, deadline: Deadline, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        named = {**headers, "User-Agent": USER_AGENT}
        request = urllib.request.Request(url, body, named, method="PUT")  # noqa: S310 the registry reader lets only http(s) through
        try:
            with opener(url, deadline).open(request, timeout=self._timeout) as response:
                return _answer(response.status, response.read(MOST_ANSWER_BYTES), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.read(MOST_ANSWER_BYTES), error.headers)


def _answer(status: int, body: bytes, headers: Message) -> Answer:
    later = headers.get("Retry-After", "").strip()
    known = later.isascii() and later.isdigit() and len(later) <= MOST_RETRY_DIGITS
    return Answer(status, body, int(later) if known else None)
