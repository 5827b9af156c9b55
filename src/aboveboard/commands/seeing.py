"""Enters: a person who wants to see. Leaves: the exact bytes of what would leave, and what left."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.reports import DIGITS, where
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry
    from aboveboard.model.report import Delivery
    from aboveboard.model.withdrawal import Withdrawal


def show(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Print each report that would be sent now, or all that is counted, a line for each."""
    if given.flag("next"):
        return _next(telemetry, write)
    local = given.flag("local")
    bodies = telemetry.preview(local=local)
    for body in bodies:
        write.say(body.decode())
    if bodies:
        return Exit.DONE
    consent = telemetry.consent
    if not consent.may_record:
        write.note("Nothing is counted.")
    elif local:
        write.note("Nothing was counted yet.")
    elif consent.may_send:
        write.note("Nothing would be sent: nothing that may leave was counted yet.")
    else:
        write.note(f"Nothing would be sent. {consent.explain()}")
        write.note(f"What is counted here: `{write.call} show --local`.")
    return Exit.DONE


def journal(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Print every report that was made, its bytes, what became of it; then all withdrawals."""
    app, deliveries = telemetry.registry.app, telemetry.journal()
    asked = [each for each in telemetry.person.withdrawals() if each.tries]
    asked.sort(key=lambda each: each.at)
    if given.flag("json"):
        for row in (*map(as_json, deliveries), *map(_asked_as_json, asked)):
            write.say(json.dumps(row))
    elif not deliveries and not asked:
        write.note("No report was ever made.")
    else:
        _tell(deliveries, asked, app, write, bodies=not given.flag("short"))
    return Exit.DONE


def _tell(
    deliveries: Iterable[Delivery],
    asked: Iterable[Withdrawal],
    app: str,
    write: Writer,
    *,
    bodies: bool,
) -> None:
    for delivery in deliveries:
        write.items([_head(delivery, app, write)], before="")
        if bodies:
            write.say(delivery.body.decode())
    for each in asked:
        write.items([_asked_head(each, write)], before="")
        if bodies:
            write.say(f"DELETE {each.url}")


def as_json(delivery: Delivery) -> dict[str, object]:
    """Give a row of the journal as a table; ``body`` holds the exact bytes."""
    return {
        "kind": "report",
        "report": delivery.report,
        "period": str(delivery.week),
        "fate": delivery.fate.value,
        "answer": delivery.answer,
        "destination": delivery.destination,
        "url": delivery.url,
        "day": delivery.day.isoformat(),
        "at": delivery.at,
        "tries": delivery.tries,
        "sealed": delivery.sealed,
        "body": delivery.body.decode(),
    }


def _asked_as_json(asked: Withdrawal) -> dict[str, object]:
    """Give a request to delete a report in the same form, without what only a report has."""
    return {
        "kind": "withdrawal",
        "report": asked.report,
        "period": "",
        "fate": asked.taking.value,
        "answer": asked.answer,
        "destination": asked.destination,
        "url": asked.url,
        "day": asked.day.isoformat(),
        "at": asked.at,
        "tries": asked.tries,
        "sealed": 0,
        "body": "",
    }


def _head(delivery: Delivery, app: str, write: Writer) -> str:
    moment = _moment(delivery.at, write)
    said = f"{delivery.fate.value}: {delivery.answer}" if delivery.answer else delivery.fate.value
    words = [moment or delivery.day.isoformat(), delivery.report[:DIGITS], str(delivery.week)]
    return "  ".join([*words, said, f"to {where(delivery, app)}"])


def _asked_head(asked: Withdrawal, write: Writer) -> str:
    words = [_moment(asked.at, write) or asked.day.isoformat(), asked.report[:DIGITS], "asked back"]
    said = f"{asked.taking.value}: {asked.answer}"
    place = asked.url.removesuffix(native.path(asked.app, asked.report))
    return "  ".join([*words, said, f"to {place}"])


def _moment(at: str, write: Writer) -> str:
    return write.moment(datetime.fromisoformat(at).timestamp()) if at else ""


def _next(telemetry: Telemetry, write: Writer) -> int:
    consent = telemetry.consent
    moment = telemetry.person.next_leaving()
    if not consent.may_send:
        write.say(f"never as it stands: {consent.explain()}")
    elif moment is None:
        write.say("not known yet: nothing that may leave was counted")
    else:
        write.say(write.moment(moment))
    return Exit.DONE
