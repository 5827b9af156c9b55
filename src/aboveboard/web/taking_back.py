"""Enters: an ASGI request that takes a report back. Leaves: a receipt, or a coded refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.model.verdict import Reason, Refused
from aboveboard.web import replies
from aboveboard.web.intake import PREFIX, send_json

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from aboveboard.collector.withdraw import Withdrawals
    from aboveboard.web.intake import Send

DONE, PROMISED = 200, 202
PARTS = 2
_NOT_THERE = Refused(Reason.NO_SUCH_ADDRESS, "A report has the address /reports/{app}/{report-id}.")


class TakingBack:
    """``DELETE /reports/{app}/{report-id}`` as an ASGI application. A body is not read.

    Args:
        withdrawals: takes reports back.
        too_much: tells why the network of a request has sent too much, if it has.
    """

    def __init__(
        self,
        withdrawals: Withdrawals,
        too_much: Callable[[MutableMapping[str, Any]], Refused | None],
    ) -> None:
        self._withdrawals = withdrawals
        self._too_much = too_much

    async def __call__(self, scope: MutableMapping[str, Any], send: Send) -> None:
        """Answer one request."""
        parts = str(scope["path"])[len(PREFIX) :].split("/")
        if len(parts) != PARTS:
            await refuse(send, _NOT_THERE)
            return
        answer = self._too_much(scope) or await self._withdrawals.take_back(
            parts[0], parts[1], _authorization(scope)
        )
        if isinstance(answer, Refused):
            await refuse(send, answer)
            return
        content = {"code": answer.code, "receipt": answer.receipt}
        await send_json(send, DONE if answer.done else PROMISED, content)


def _authorization(scope: MutableMapping[str, Any]) -> str:
    found = (value for name, value in scope["headers"] if name == b"authorization")
    return next(found, b"").decode("latin-1")


async def refuse(send: Send, refused: Refused) -> None:
    """Answer that it is not done, and why."""
    for message in replies.of_answer(refused):
        await send(message)
