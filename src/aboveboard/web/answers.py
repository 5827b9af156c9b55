"""Enters: what went wrong with a request. Leaves: a friendly page, or JSON with a stable code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse

from aboveboard.model.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HTML = "text/html; charset=utf-8"
FRESH = {"Cache-Control": "public, max-age=60"}
ANYONE = {"Access-Control-Allow-Origin": "*"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

UNAVAILABLE = "unavailable"
"""The code for numbers that cannot be read now."""
FAILED = "failed"
"""The code for a mistake of ours."""

_WORDS = {
    Reason.UNKNOWN_APP: ("No such app", "No registry of this collector names that app."),
    Reason.NO_SUCH_ADDRESS: ("Nothing here", "There is no page at this address."),
    Reason.METHOD_NOT_ALLOWED: ("Only for reading", "This address answers GET and HEAD alone."),
    UNAVAILABLE: (
        "The numbers cannot be read now",
        "Nothing is lost: reports are kept in the log. Please come back in a minute.",
    ),
    FAILED: ("This page broke", "The mistake is ours and has been noted down."),
}


class Guarded:
    """Adds the security headers to every answer of an app.

    Args:
        app: the app.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, guarded)


def problem(
    request: Request,
    code: str,
    status: int,
    page: Callable[..., str],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Say what is wrong, as the asker would like to read it.

    Args:
        request: asked for JSON if its address ends so or its Accept names JSON but not HTML.
        code: one of the reasons.
        status: of the answer.
        page: writes the page for people.
        headers: of the answer.
    """
    title, detail = _WORDS[code]
    if _wants_json(request):
        return JSONResponse({"code": str(code), "detail": detail}, status, headers)
    return HTMLResponse(page(title=title, detail=detail, code=str(code)), status, headers)


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("Accept", "")
    json_only = "application/json" in accepted and "text/html" not in accepted
    return request.url.path.endswith(".json") or json_only
