"""Enters: a request for ``/alive``, ``/ready`` or ``/metrics``. Leaves: its answer.

The sender's address decides who may read ``/metrics``; it is compared and forgotten.
"""

from __future__ import annotations

import asyncio
import hmac
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from aboveboard.web.exposition import MEDIA_TYPE, exposition
from aboveboard.web.intake import send_json

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from aboveboard.web.intake import Send
    from aboveboard.web.vitals import Vitals

ALIVE = "/alive"
READY = "/ready"
METRICS = "/metrics"
LOOPBACK = "loopback"
PLACES = frozenset({ALIVE, READY, METRICS})
LOOK_SECONDS = 5.0
OK = 200
UNWELL = 503
FORWARDED = frozenset({b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"})


class Watching:
    """Answers those who watch a collector.

    Args:
        vitals: look after it.
        token: what lets anybody read the numbers.
        readers: who may read them without it: ``loopback``, ``public`` or ``off``, for nobody.
    """

    def __init__(self, vitals: Vitals, token: str, readers: str) -> None:
        self._vitals = vitals
        self._token = token.encode()
        self._readers = readers

    async def run(self) -> None:
        """Look at the loader every few seconds, until cancelled."""
        while True:
            await asyncio.to_thread(self._vitals.look)
            await asyncio.sleep(LOOK_SECONDS)

    async def __call__(self, scope: MutableMapping[str, Any], send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in {"GET", "HEAD"}:
            content: object = {"code": "method_not_allowed", "detail": "This is read with GET."}
            await send_json(send, 405, content, [(b"allow", b"GET, HEAD")])
        elif scope["path"] == ALIVE:
            await send_json(send, OK, {"alive": True})
        elif scope["path"] == READY:
            checks = await asyncio.to_thread(self._vitals.ready)
            well = all(checks.values())
            await send_json(send, OK if well else UNWELL, {"ready": well, "checks": checks})
        elif self.may_read(scope):
            page = await asyncio.to_thread(lambda: exposition(self._vitals.samples()))
            await _send_text(send, page.encode())
        else:
            content = {"code": "no_such_address", "detail": "There is nothing at this address."}
            await send_json(send, 404, content)

    def may_read(self, scope: MutableMapping[str, Any]) -> bool:
        """Whether an asker may see what is for the collector's owner."""
        headers = dict(scope["headers"])
        shown = headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        if hmac.compare_digest(shown, self._token) or self._readers == "public":
            return True
        return self._readers == LOOPBACK and is_of_this_machine(scope)


def is_of_this_machine(scope: MutableMapping[str, Any]) -> bool:
    """Whether a request is of a program of this machine, and not passed on by a web server."""
    if FORWARDED & {name for name, _ in scope["headers"]}:
        return False
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


async def _send_text(send: Send, body: bytes) -> None:
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": OK, "headers": headers})
    await send({"type": "http.response.body", "body": body})
