"""Enters: a request for the transparency log. Leaves: its entries, proofs and contents.

What can never change may be kept for ever; what can is asked for anew each time, because an old
checkpoint looks to a follower like a log that shrank. ``docs/transparency.md`` has the addresses.
"""

from __future__ import annotations

import enum
import functools
import json
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from aboveboard.errors import LogError
from aboveboard.transparency.hashes import SHA256_HEX, to_base64
from aboveboard.transparency.proven import write as write_proven
from aboveboard.web.files import FOR_EVER, kept

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from aboveboard.transparency.log import TransparencyLog

MOST_ENTRIES = 1000
MOST_DIGITS = 12
TEXT = "text/plain; charset=utf-8"
LINES = "application/x-ndjson"
JSON = "application/json"
BYTES = "application/octet-stream"
ANYONE = {"Access-Control-Allow-Origin": "*"}
ASK_AGAIN = {"Cache-Control": "no-cache"} | ANYONE
NEVER_CHANGES = {"Cache-Control": FOR_EVER} | ANYONE
RETRY = {"Retry-After": "60"} | ANYONE


class LogProblem(enum.StrEnum):
    """Why the log does not answer. The text never changes once released."""

    BAD_RANGE = "bad_range"
    NO_SUCH_BLOB = "no_such_blob"
    NO_SUCH_REGISTRY = "no_such_registry"
    LOG_UNAVAILABLE = "log_unavailable"


_WORDS = {
    LogProblem.BAD_RANGE: (400, "These are no numbers, or the log has no such places or sizes."),
    LogProblem.NO_SUCH_BLOB: (404, "No entry of this log names that content."),
    LogProblem.NO_SUCH_REGISTRY: (404, "This log has no entry of that registry."),
    LogProblem.LOG_UNAVAILABLE: (503, "The log cannot be read now. Please come back in a minute."),
}


def log_routes(log: TransparencyLog, prefix: str = "/log") -> list[Route]:
    """Make the routes under which a log is served.

    Args:
        log: what is served.
        prefix: the path before all of them; with the host it is by convention the log's origin.
    """
    pages = _LogPages(log)
    return [
        Route(f"{prefix}/checkpoint", pages.checkpoint),
        Route(f"{prefix}/entries", pages.entries),
        Route(f"{prefix}/inclusion", pages.inclusion),
        Route(f"{prefix}/consistency", pages.consistency),
        Route(f"{prefix}/blobs/{{name}}", pages.blob),
        Route(f"{prefix}/registries/{{app}}", pages.latest),
        Route(f"{prefix}/registries/{{app}}/{{fingerprint}}", pages.version),
    ]


def _answers(
    page: Callable[[_LogPages, Request], Response],
) -> Callable[[_LogPages, Request], Awaitable[Response]]:
    """Answer in a thread, because the log may wait for its lock or the disk; and never fail."""

    @functools.wraps(page)
    async def answer(self: _LogPages, request: Request) -> Response:
        try:
            return await run_in_threadpool(page, self, request)
        except ValueError:
            return _problem(LogProblem.BAD_RANGE)
        except LogError:
            return _problem(LogProblem.LOG_UNAVAILABLE, RETRY)

    return answer


class _LogPages:
    """Answers each route."""

    def __init__(self, log: TransparencyLog) -> None:
        self._log = log

    @_answers
    def checkpoint(self, request: Request) -> Response:
        """Give the newest checkpoint."""
        return kept(request, self._log.checkpoint(), TEXT, ASK_AGAIN)

    @_answers
    def entries(self, request: Request) -> Response:
        """Give a page of leaves, one a line."""
        start, end = _number(request, "start"), _number(request, "end")
        size = self._log.size()
        if not start <= end or start > size:
            return _problem(LogProblem.BAD_RANGE)
        stop = min(end, start + MOST_ENTRIES)
        body = b"".join(leaf + b"\n" for leaf in self._log.entries(start, stop))
        return kept(request, body, LINES, NEVER_CHANGES if stop <= size else ASK_AGAIN)

    @_answers
    def inclusion(self, request: Request) -> Response:
        """Show that an entry stands in the log."""
        index, size = _number(request, "index"), _number(request, "size")
        return _proof(request, {"index": index, "size": size}, self._log.inclusion(index, size))

    @_answers
    def consistency(self, request: Request) -> Response:
        """Show that the log only grew."""
        old, new = _number(request, "old"), _number(request, "new")
        return _proof(request, {"old": old, "new": new}, self._log.consistency(old, new))

    @_answers
    def blob(self, request: Request) -> Response:
        """Give a content by its SHA-256."""
        name = request.path_params["name"]
        blob = self._log.blob(name) if SHA256_HEX.fullmatch(name) else None
        if blob is None:
            return _problem(LogProblem.NO_SUCH_BLOB)
        return kept(request, blob, BYTES, NEVER_CHANGES)

    @_answers
    def latest(self, request: Request) -> Response:
        """Give the newest version of an app's registry, with its proof."""
        found = self._log.latest_registry(request.path_params["app"])
        return self._proven(request, None if found is None else found[0])

    @_answers
    def version(self, request: Request) -> Response:
        """Give one version of an app's registry, with its proof."""
        app, fingerprint = request.path_params["app"], request.path_params["fingerprint"]
        return self._proven(request, self._log.find_registry(app, fingerprint))

    def _proven(self, request: Request, index: int | None) -> Response:
        if index is None:
            return _problem(LogProblem.NO_SUCH_REGISTRY)
        return kept(request, write_proven(self._log.proven(index)), JSON, ASK_AGAIN)


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise ValueError(name)
    return int(text)


def _proof(request: Request, about: dict[str, int], proof: Sequence[bytes]) -> Response:
    content = {**about, "proof": [to_base64(step) for step in proof]}
    return kept(request, json.dumps(content).encode(), JSON, NEVER_CHANGES)


def _problem(code: LogProblem, headers: dict[str, str] = ANYONE) -> Response:
    status, detail = _WORDS[code]
    return JSONResponse({"code": code, "detail": detail}, status, headers)
