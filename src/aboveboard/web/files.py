"""Enters: the files of this folder, and the charts' script. Leaves: answers a browser may keep."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

FOLDER = Path(__file__).parent / "assets"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
SCRIPT_URL = "/assets/vega-embed.js"
MARK_LENGTH = 12


class Assets:
    """Hands out our own files under names that change with their content.

    Args:
        script: makes the charts' script; asked once, on the first request for it, in a thread.
        folder: where our own files lie; all of them are read at once, they are small.
    """

    def __init__(self, script: Callable[[], bytes], folder: Path = FOLDER) -> None:
        self._make_script = script
        self._files: dict[str, tuple[bytes, str]] = {}
        self._urls: dict[str, str] = {}
        self._script: tuple[bytes, bytes] | None = None
        self._one_at_a_time = asyncio.Lock()
        for path in sorted(folder.iterdir()):
            if path.suffix in TYPES:
                body = path.read_bytes()
                name = f"{path.stem}-{mark(body)}{path.suffix}"
                self._files[name] = (body, TYPES[path.suffix])
                self._urls[path.name] = f"/assets/{name}"

    def url(self, name: str) -> str:
        """Give the address of one of our own files, for templates."""
        return self._urls[name]

    async def file(self, request: Request) -> Response:
        """Answer with one of our own files."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        body, media_type = found
        return Response(body, media_type=media_type, headers={"Cache-Control": FOR_EVER})

    async def script(self, request: Request) -> Response:
        """Answer with the charts' script, compressed for all who understand it."""
        async with self._one_at_a_time:
            plain, packed = await run_in_threadpool(self._load)
        return kept(request, plain, TYPES[".js"], {"Cache-Control": FOR_A_DAY}, packed)

    def _load(self) -> tuple[bytes, bytes]:
        if self._script is None:
            plain = self._make_script()
            self._script = plain, gzip.compress(plain, mtime=0)
        return self._script


def mark(body: bytes) -> str:
    """Name some content by itself.

    Example:
        >>> mark(b"")
        'e3b0c44298fc'
    """
    return hashlib.sha256(body).hexdigest()[:MARK_LENGTH]


def kept(
    request: Request,
    body: bytes,
    media_type: str,
    headers: dict[str, str],
    packed: bytes | None = None,
) -> Response:
    """Answer with a body, or with nothing if the browser still has the same one.

    Args:
        request: what was asked.
        body: the answer.
        media_type: what it is.
        headers: of the answer.
        packed: the same body by gzip, for those who understand it.
    """
    tag = f'W/"{mark(body)}"'  # weak: it may travel compressed
    headers = headers | {"ETag": tag}
    known = request.headers.get("If-None-Match", "")
    if tag in {name.strip() for name in known.split(",")}:
        return Response(status_code=304, headers=headers)
    if packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        body = packed
    return Response(body, media_type=media_type, headers=headers)
