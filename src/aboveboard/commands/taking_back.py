"""Enters: that something is to be taken back. Leaves: collectors were asked, and what they said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.reports import DIGITS, named
from aboveboard.model.withdrawal import Taking

if TYPE_CHECKING:
    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry
    from aboveboard.model.withdrawal import Withdrawal


def forget(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Take back one report, or all of them."""
    word, everything = given.text("report"), given.flag("all")
    if bool(word) is everything:
        return write.not_understood(
            "which report?",
            f"Name one of `{write.call} journal`, or say `{write.call} forget --all`.",
        )
    if everything:
        return take_back(telemetry, "", write)
    found = named(word, (each.report for each in telemetry.journal()))
    if len(found) != 1:
        return not_one(found, write)
    return take_back(telemetry, found[0], write)


def receipts(telemetry: Telemetry, _: Given, write: Writer) -> int:
    """Show what became of all that was taken back, with the signed receipts as they came."""
    found = telemetry.person.withdrawals()
    for each in found:
        write.say(_said(each))
        if each.receipt:
            write.say(each.receipt.rstrip("\n"))
            write.say()
    if not found:
        write.note("Nothing was ever taken back.")
    return Exit.DONE


def take_back(telemetry: Telemetry, report: str, write: Writer) -> int:
    """Have one report deleted, or with ``""`` all of them, and say what came of it."""
    waited = len(telemetry.person.outbox())
    done = telemetry.person.forget(report)
    taken_out = waited - len(telemetry.person.outbox())
    if taken_out:
        write.say(f"Taken out before it left: {taken_out}.")
    for each in done:
        write.say(_said(each))
    if not done and not taken_out:
        write.say("Nothing had been sent that could be taken back.")
    missed = [each for each in done if each.taking is Taking.ASKED]
    if missed:
        return write.could_not(
            f"{len(missed)} of {len(done)} could not be asked for now",
            "The request is kept, and is repeated by itself; that needs nobody's consent.",
            f"`{write.call} receipts` says how it stands.",
        )
    still_there = any(each.taking in {Taking.REFUSED, Taking.UNLINKED} for each in done)
    return Exit.COULD_NOT if still_there else Exit.DONE


def not_one(found: list[str], write: Writer) -> int:
    """Say that a report was not named, or more than one was."""
    if found:
        return write.not_understood(f"{len(found)} reports begin like that", "Give more of the id.")
    return write.not_understood(
        "there is no such report", f"`{write.call} journal` and `{write.call} outbox` list them."
    )


def _said(each: Withdrawal) -> str:
    return f"{each.report[:DIGITS]}  {each.explain()}"
