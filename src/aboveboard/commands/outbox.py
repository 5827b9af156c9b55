"""Enters: what waits to leave. Leaves: a person has seen it, struck it, or lets it wait."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.reports import DIGITS, by_report, metrics, named, number_of, where
from aboveboard.commands.seeing import as_json
from aboveboard.commands.taking_back import not_one
from aboveboard.model.report import Struck

if TYPE_CHECKING:
    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry


def outbox(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Show what waits: id, week, metrics, when it leaves, and where to."""
    person, app = telemetry.person, telemetry.registry.app
    waiting, wishes = person.outbox(), person.wishes
    if given.flag("json"):
        for delivery in waiting:
            due = wishes.leaves_at(delivery.due, delivery.tries)
            write.say(json.dumps(as_json(delivery) | {"due": due}))
        return Exit.DONE
    for report, rows in by_report(waiting).items():
        named_metrics = ", ".join(metrics(rows[0]))
        write.items([f"{report[:DIGITS]}  {rows[0].week}  {named_metrics}"], before="")
        for row in rows:
            moment = person.leaves_at(row)
            when = write.moment(moment) if moment is not None else "when something is sent"
            write.items([f"leaves {when}, to {where(row, app)}"], before="  ")
            write.items([f"tried before: {row.answer}"] if row.answer else (), before="  ")
    if not waiting:
        write.note("Nothing waits.")
    if wishes.wait_days:
        write.note(f"Every report waits {number_of(wishes.wait_days, 'day')} before it leaves.")
    return Exit.DONE


def strike(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Take a report out, or one metric out of it."""
    person, metric = telemetry.person, given.text("metric")
    waiting = person.outbox()
    found = named(given.text("report"), (each.report for each in waiting))
    if len(found) != 1:
        return not_one(found, write)
    said = next(metrics(each) for each in waiting if each.report == found[0])
    if metric and metric not in said:
        return write.not_understood(
            "this report says nothing of that metric", f"It says something of: {', '.join(said)}."
        )
    struck = person.strike(found[0], metric)
    if struck:
        write.say(f"Struck: {found[0][:DIGITS]}{f' {metric}' if metric else ''}.")
        if struck is Struck.UNHEARD:
            write.say("It was tried before, so that a collector may have it as it was.")
            write.say(f"Have it deleted with `{write.call} forget {found[0][:DIGITS]}`.")
        return Exit.DONE
    return write.could_not(
        "this report left already",
        "It stays in the journal as it was.",
        f"Have it deleted with `{write.call} forget {found[0][:DIGITS]}`.",
    )


def wait(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Set how many days every report waits."""
    try:
        wishes = telemetry.person.wait(given.number("days"))
    except ValueError:
        return write.not_understood("no report can wait so long", "Give 0 to 90 days.")
    days = wishes.wait_days
    said = f"Every report waits {number_of(days, 'day')} before it leaves, those of now as well."
    write.say(said if days else "Reports leave when they are due.")
    return Exit.DONE
