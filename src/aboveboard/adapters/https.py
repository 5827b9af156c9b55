"""Enters: the port Transport. Leaves: one request of the standard library, bounded in time."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from aboveboard.errors import SendError
from aboveboard.ports import Answer

if TYPE_CHECKING:
    from email.message import Message
    from typing import IO

MOST_ANSWER_BYTES = 4096
USER_AGENT = "aboveboard/1"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A report goes where its registry says, or nowhere."""

    def redirect_request(  # noqa: PLR0913, PLR0917 the base class's own signature
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None


class HttpsTransport:
    """Sends with the system's proxies and certificates; follows no redirect.

    The user agent is the same for every version and machine: it must tell nothing that the report
    does not.
    """

    def __init__(self, timeout_seconds: float = 10.0) -> None:
        self._timeout = timeout_seconds
        self._opener = urllib.request.build_opener(_NoRedirect)

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body with PUT."""
        request = urllib.request.Request(url, body, headers, method="PUT")  # noqa: S310 the registry reader lets only http(s) through
        request.add_header("User-Agent", USER_AGENT)
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return _answer(response.status, response.read(MOST_ANSWER_BYTES), response.headers)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error.read(MOST_ANSWER_BYTES), error.headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            message = f"not reached ({type(error).__name__})"
            raise SendError(message) from error


def _answer(status: int, body: bytes, headers: Message) -> Answer:
    later = headers.get("Retry-After", "")
    return Answer(status, body, int(later) if later.isascii() and later.isdigit() else None)
