"""Enters: a command and what was given with it. Leaves: it is done, and an exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import AboveboardError, SealError
from aboveboard.model.consent import Rule

if TYPE_CHECKING:
    from aboveboard.commands.command import Command, Given, OpenTelemetry
    from aboveboard.commands.writer import Writer

CLOSED = (
    "telemetry could not be opened here",
    "Nothing is counted and nothing is sent.",
    "Tell whoever makes this program; the log under “aboveboard” says what is wrong.",
)
STORE = "Look whether the disk is full and whether its folder may be written, and try again."
FAILED = (
    "what is kept here could not be read or written",
    "What was shown may not be all.",
    STORE,
)
SEAL = "Install aboveboard[seal], or leave the key out."


def run(command: Command, open_telemetry: OpenTelemetry, given: Given, write: Writer) -> int:
    """Run a command.

    Args:
        command: which.
        open_telemetry: opens the program's telemetry.
        given: what was given with it.
        write: where it writes.

    Returns:
        0 when it did what was asked, 1 when it could not, 2 when it did not understand.
    """
    try:
        with open_telemetry() as telemetry:
            if not telemetry.registry.fingerprint:
                return write.could_not(*CLOSED)
            unreadable, failed = telemetry.consent.rule is Rule.BROKEN, telemetry.failed
            status = command.load()(telemetry, given, write)
            if unreadable:
                return status if telemetry.consent.rule is not Rule.BROKEN else _unread(write)
            return write.could_not(*FAILED) if telemetry.failed > failed else status
    except AboveboardError as error:
        remedy = SEAL if isinstance(error, SealError) else STORE
        return write.could_not(str(error), "What was asked for is not done.", remedy)


def _unread(write: Writer) -> int:
    return write.could_not(
        "your own choice cannot be read",
        "As long as it cannot, nothing is counted and nothing is sent.",
        f"Choose anew: `{write.call} on`, `local` or `off`.",
    )
