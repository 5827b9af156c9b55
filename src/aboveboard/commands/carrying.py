"""Enters: a file that is carried by hand. Leaves: what waits is in it, or its answers are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.files import read_bytes, why, write_new
from aboveboard.commands.reports import number_of
from aboveboard.device.parcels import waiting

if TYPE_CHECKING:
    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry


def export(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Write what waits for the collector into a new file; it goes on waiting."""
    number = len(waiting(telemetry.person.outbox()))
    if not number:
        return write.could_not(
            "nothing waits for the collector",
            "No file was written.",
            f"`{write.call} show --next` says when something may leave.",
        )
    try:
        body = telemetry.person.export()
    except ValueError:
        return write.could_not(
            "this program names no collector",
            "Nobody could read the file.",
            f"Name one of yours with `{write.call} redirect URL`.",
        )
    try:
        write_new(Path(given.text("file")), body)
    except OSError as error:
        return write.could_not(
            f"the file cannot be written: {why(error)}",
            "Everything waits on.",
            "Name a file that is not there yet, in a folder that you may write.",
        )
    write.say(f"Written: {number_of(number, 'report')}. They wait on until the answers are here.")
    write.say("Where there is a network: `aboveboard import FILE --to URL`.")
    write.say(f"Then here again: `{write.call} outbox import FILE.answers`.")
    return Exit.DONE


def settle(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Take note of a file of answers."""
    try:
        done = telemetry.person.settle(read_bytes(given.text("file")))
    except OSError as error:
        return write.could_not(
            f"the file cannot be read: {why(error)}", "Everything waits on.", "Name another file."
        )
    except ValueError as error:
        return write.not_understood(
            str(error), "Give the file that `aboveboard import` wrote for this program."
        )
    write.say(f"Delivered: {number_of(len(done), 'report')}.")
    return Exit.DONE
