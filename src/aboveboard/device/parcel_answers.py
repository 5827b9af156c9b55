"""Enters: what a collector answered to carried reports. Leaves: a file, and what it settles.

Nobody signs this file, so it is believed one thing alone: that a report was delivered. It cannot
make a device give up a report that the collector refused, nor send one twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aboveboard.device.carried_lines import read_lines, write_head, write_line
from aboveboard.device.parcels import waiting
from aboveboard.device.send import fate, is_code, said
from aboveboard.model.report import Fate
from aboveboard.registry.fields import is_link
from aboveboard.registry.names import REPORT_ID
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from aboveboard.model.report import Delivery

KIND = "answers"
_STATUS = range(100, 600)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a collector answered to one report.

    Attributes:
        report: its id.
        status: the HTTP status.
        code: the answer's code; ``""`` for none.
    """

    report: str
    status: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """A file of answers.

    Attributes:
        app: the product.
        to: the base address that the reports were carried to.
        heard: an answer for each report that got one.
    """

    app: str
    to: str
    heard: tuple[Heard, ...]


def write_answers(answers: Answers) -> bytes:
    """Write down what a collector answered."""
    lines = [write_head(KIND, answers.app, to=answers.to)]
    lines += [
        write_line({"report": each.report, "status": each.status, "code": each.code})
        for each in answers.heard
    ]
    return b"".join(lines)


def read_answers(body: bytes) -> Answers | str:
    """Read a file of answers.

    Returns:
        What is in it; or what is wrong with it, in a sentence.

    Example:
        >>> read_answers(b"")
        'line 1: this is no file of answers'
    """
    found = read_lines(body, KIND)
    if isinstance(found, str):
        return found
    head, lines = found
    to = head.get("to")
    if not isinstance(to, str) or not is_link(to):
        return "line 1: it does not say who answered"
    heard: list[Heard] = []
    for number, content in enumerate(lines, 2):
        each = _heard(content)
        if each is None:
            return f"line {number}: this is no answer"
        heard.append(each)
    return Answers(head["app"], to, tuple(heard))


def settled(answers: Answers, deliveries: Iterable[Delivery], now: datetime) -> list[Delivery]:
    """Tell which reports a file of answers says were delivered, as rows for the journal.

    Args:
        answers: of this app; of another, no id of it would be known here.
        deliveries: the journal; only what waits for the collector can be settled.
        now: the present moment, with its zone.
    """
    known = {each.report: each for each in answers.heard if fate(each.status) is Fate.DELIVERED}
    return [
        _settled(delivery, answers, known[delivery.report], now)
        for delivery in waiting(deliveries)
        if delivery.report in known
    ]


def _settled(delivery: Delivery, answers: Answers, heard: Heard, now: datetime) -> Delivery:
    return replace(
        delivery,
        fate=Fate.DELIVERED,
        answer=f"{said(heard.status, heard.code)}, by file",
        day=now.date(),
        url=answers.to + native.path(answers.app, delivery.report),
        at=now.isoformat(timespec="seconds"),
        tries=delivery.tries + 1,
    )


def _heard(content: dict[str, Any]) -> Heard | None:
    report, status, code = (content.get(name) for name in ("report", "status", "code"))
    if not isinstance(report, str) or not REPORT_ID.fullmatch(report):
        return None
    if not isinstance(status, int) or status not in _STATUS or not (code == "" or is_code(code)):
        return None
    return Heard(report, status, str(code))
