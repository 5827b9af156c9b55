"""Enters: withdrawals. Leaves: the bytes they are kept as, a line each, and back again."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Iterable


def write(withdrawals: Iterable[Withdrawal]) -> bytes:
    """Write them down."""
    return b"".join(json.dumps(_written(each)).encode() + b"\n" for each in withdrawals)


def read(body: bytes | None) -> list[Withdrawal]:
    """Read them; a line that cannot be understood costs itself alone."""
    found = [_read(line) for line in (body or b"").splitlines()]
    return [each for each in found if each is not None]


def _written(each: Withdrawal) -> dict[str, object]:
    return {
        "report": each.report,
        "app": each.app,
        "urls": list(each.urls),
        "token": each.token,
        "log": each.log,
        "day": each.day.isoformat(),
        "destination": each.destination,
        "taking": each.taking.value,
        "answer": each.answer,
        "receipt": each.receipt,
        "proof": each.proof.value,
        "deleted": each.deleted.isoformat() if each.deleted is not None else None,
        "tries": each.tries,
        "due": each.due,
        "url": each.url,
        "at": each.at,
    }


def _read(line: bytes) -> Withdrawal | None:
    try:
        return _withdrawal(json.loads(line))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _withdrawal(content: dict[str, Any]) -> Withdrawal:
    deleted = content["deleted"]
    first, *others = map(str, content["urls"])
    app, report, tries = str(content["app"]), str(content["report"]), int(content["tries"])
    asked = first + native.path(app, report) if tries else ""
    return Withdrawal(
        report=report,
        app=app,
        urls=(first, *others),
        token=str(content["token"]),
        log=str(content["log"]),
        day=date.fromisoformat(content["day"]),
        destination=str(content["destination"]),
        taking=Taking(content["taking"]),
        answer=str(content["answer"]),
        receipt=str(content["receipt"]),
        proof=Proof(content["proof"]),
        deleted=date.fromisoformat(deleted) if deleted is not None else None,
        tries=tries,
        due=int(content["due"]),
        # An earlier version did not note these down.
        url=str(content.get("url", asked)),
        at=_moment(content.get("at", "")),
    )


def _moment(at: str) -> str:
    return datetime.fromisoformat(at).isoformat() if at else ""
