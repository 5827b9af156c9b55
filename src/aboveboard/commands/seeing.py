"""Enters: a person who wants to see. Leaves: the exact bytes of what would leave, and what left."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.reports import DIGITS, where

if TYPE_CHECKING:
    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry
    from aboveboard.model.report import Delivery


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
    """Print every report that was made, what became of it, and its exact bytes."""
    app, deliveries = telemetry.registry.app, telemetry.journal()
    for delivery in deliveries:
        if given.flag("json"):
            write.say(json.dumps(as_json(delivery)))
            continue
        write.items([_head(delivery, app, write)], before="")
        if not given.flag("short"):
            write.say(delivery.body.decode())
    if not deliveries:
        write.note("No report was ever made.")
    return Exit.DONE


def as_json(delivery: Delivery) -> dict[str, object]:
    """Give a row of the journal as a table; ``body`` holds the exact bytes."""
    return {
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


def _head(delivery: Delivery, app: str, write: Writer) -> str:
    moment = write.moment(datetime.fromisoformat(delivery.at).timestamp()) if delivery.at else ""
    said = f"{delivery.fate.value}: {delivery.answer}" if delivery.answer else delivery.fate.value
    words = [moment or delivery.day.isoformat(), delivery.report[:DIGITS], str(delivery.week)]
    return "  ".join([*words, said, f"to {where(delivery, app)}"])


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
