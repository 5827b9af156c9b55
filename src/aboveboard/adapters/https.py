"""Enters: the port Transport. Leaves: one request of the standard library, bounded in time."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from aboveboard.adapters.http_parts import USER_AGENT, Deadline, opener
from aboveboard.errors import SendError
from aboveboard.ports.device import Answer

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
        return self._ask("PUT", url, body, headers)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body with POST."""
        return self._ask("POST", url, body, headers)

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        """Ask with DELETE."""
        return self._ask("DELETE", url, None, headers)

    def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        named = {**headers, "User-Agent": USER_AGENT}
        deadline = Deadline(self._timeout)
        try:
            with deadline:
                request = urllib.request.Request(url, body, named, method=method)  # noqa: S310 the registry reader and the reader of wishes let only http(s) through
                answer = self._open(deadline, request)
        except (OSError, http.client.HTTPException, ValueError) as error:
            name = "TimeoutError" if deadline.passed else type(error).__name__
            message = f"not reached ({name})"
            raise SendError(message) from error
        if deadline.passed:
            message = "not reached (TimeoutError)"
            raise SendError(message)
        return answer

    def _open(self, deadline: Deadline, request: urllib.request.Request) -> Answer:
        try:
            with opener(request.full_url, deadline).open(
                request, timeout=self._timeout
            ) as response:
                return _answer(response.status, response.read(MOST_ANSWER_BYTES), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.read(MOST_ANSWER_BYTES), error.headers)


def _answer(status: int, body: bytes, headers: Message) -> Answer:
    return Answer(status, body, _wait(headers))


def _wait(headers: Message) -> int | None:
    """Read how long to wait: in seconds, or as a date, which counts from the answer's own."""
    later = headers.get("Retry-After", "").strip()
    if later.isascii() and later.isdigit():
        return int(later) if len(later) <= MOST_RETRY_DIGITS else None
    try:
        until, now = (parsedate_to_datetime(date) for date in (later, headers.get("Date", "")))
        return max(0, int((until - now).total_seconds()))
    except (ValueError, TypeError, OverflowError):
        return None
