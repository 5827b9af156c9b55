"""Enters: an ASGI request that takes a report back. Leaves: a receipt, or a coded refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.model.verdict import Reason, Refused
from aboveboard.web.intake import PREFIX, send_json
from aboveboard.web.replies import RETRY_AFTER_SECONDS

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from aboveboard.collector.withdraw import Withdrawals
    from aboveboard.web.intake import Send

DONE, PROMISED = 200, 202
PARTS = 2
_NOT_THERE = Refused(Reason.NO_SUCH_ADDRESS, "A report has the address /reports/{app}/{report-id}.")


class TakingBack:
    """``DELETE /reports/{app}/{report-id}`` as an ASGI application. A body is not read."""

    def __init__(self, withdrawals: Withdrawals) -> None:
        self._withdrawals = withdrawals

    async def __call__(self, scope: MutableMapping[str, Any], send: Send) -> None:
        """Answer one request."""
        parts = str(scope["path"])[len(PREFIX) :].split("/")
        if len(parts) != PARTS:
            await _refuse(send, _NOT_THERE)
            return
        answer = await self._withdrawals.take_back(parts[0], parts[1], _authorization(scope))
        if isinstance(answer, Refused):
            await _refuse(send, answer)
            return
        content = {"code": answer.code, "receipt": answer.receipt}
        await send_json(send, DONE if answer.done else PROMISED, content)


def _authorization(scope: MutableMapping[str, Any]) -> str:
    found = (value for name, value in scope["headers"] if name == b"authorization")
    return next(found, b"").decode("latin-1")


async def _refuse(send: Send, refused: Refused) -> None:
    extra = {
        Reason.NO_TOKEN: [(b"www-authenticate", b"Bearer")],
        Reason.CANNOT_KEEP: [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())],
        Reason.CANNOT_LOOK_UP: [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())],
    }
    content = {"code": refused.reason.value, "detail": refused.detail}
    await send_json(send, refused.reason.status, content, extra.get(refused.reason))
