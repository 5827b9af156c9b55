from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from aboveboard.model.verdict import Reason, Refused, TakenBack
from aboveboard.web.taking_back import TakingBack

ID = "0" * 32


class Withdrawals:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self, answer: TakenBack | Refused) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str]] = []

    async def take_back(self, app: str, report_id: str, shown: str) -> TakenBack | Refused:
        self.asked.append((app, report_id, shown))
        return self.answer


def delete(
    withdrawals: Withdrawals,
    path: str = f"/reports/editor/{ID}",
    *headers: tuple[bytes, bytes],
    too_much: Refused | None = None,
) -> tuple[int, dict[bytes, bytes], dict[str, Any]]:
    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401 ASGI's own
        sent.append(message)

    scope = {"path": path, "headers": [(b"accept", b"*/*"), *headers]}
    taking_back = TakingBack(withdrawals, lambda _: too_much)  # type: ignore[arg-type]  # what it asks
    asyncio.run(taking_back(scope, send))
    start, body = sent
    return start["status"], dict(start["headers"]), json.loads(body["body"])


@pytest.mark.parametrize(
    ("done", "status", "code"),
    [
        pytest.param(True, 200, "deleted", id="deleted"),
        pytest.param(False, 202, "will_be_deleted", id="promised"),
    ],
)
def test_the_receipt_is_handed_over(done: bool, status: int, code: str) -> None:  # noqa: FBT001 a column
    withdrawals = Withdrawals(TakenBack("a note", done=done))
    found = delete(withdrawals, f"/reports/editor/{ID}", (b"authorization", b"Bearer ab"))
    assert (found[0], found[2]) == (status, {"code": code, "receipt": "a note"})
    assert withdrawals.asked == [("editor", ID, "Bearer ab")]


@pytest.mark.parametrize(
    ("reason", "status", "header"),
    [
        pytest.param(Reason.NO_TOKEN, 401, (b"www-authenticate", b"Bearer"), id="no-token"),
        pytest.param(Reason.WRONG_TOKEN, 403, None, id="wrong-token"),
        pytest.param(Reason.UNKNOWN_REPORT, 404, None, id="unknown"),
        pytest.param(Reason.NO_LONGER_LINKED, 410, None, id="sums"),
        pytest.param(Reason.CANNOT_LOOK_UP, 503, (b"retry-after", b"60"), id="not-now"),
        pytest.param(Reason.CANNOT_KEEP, 503, (b"retry-after", b"60"), id="full"),
    ],
)
def test_a_refusal_says_why(
    reason: Reason, status: int, header: tuple[bytes, bytes] | None
) -> None:
    found = delete(Withdrawals(Refused(reason, "Why.")))
    assert (found[0], found[2]) == (status, {"code": reason.value, "detail": "Why."})
    others = {b"content-type", b"content-length"}
    assert [each for each in found[1].items() if each[0] not in others] == (
        [header] if header is not None else []
    )


def test_a_network_that_sends_too_much_is_not_heard() -> None:
    withdrawals = Withdrawals(TakenBack("a note", done=True))
    refused = Refused(Reason.TOO_MANY_REQUESTS, "Why.", 17)
    status, headers, content = delete(withdrawals, too_much=refused)
    assert (status, headers[b"retry-after"]) == (429, b"17")
    assert content["code"] == "too_many_requests"
    assert withdrawals.asked == []


@pytest.mark.parametrize("path", ["/reports/editor", "/reports/", f"/reports/editor/{ID}/more"])
def test_only_a_report_s_address_is_one(path: str) -> None:
    withdrawals = Withdrawals(TakenBack("a note"))
    status, _, content = delete(withdrawals, path)
    assert (status, content["code"]) == (404, "no_such_address")
    assert withdrawals.asked == []
