"""Enters: where a person wants reports sent, or that it is to be now. Leaves: it is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.reports import DIGITS, destinations, where
from aboveboard.model.report import Fate

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry
    from aboveboard.model.wishes import Wishes


def send_now(telemetry: Telemetry, _: Given, write: Writer) -> int:
    """Send what could be sent, and say what became of each report."""
    consent = telemetry.consent
    if not consent.may_send:
        return write.could_not(
            "nothing may leave this machine",
            consent.explain(),
            f"`{write.call} explain` says who decides.",
        )
    tried = telemetry.flush(now=True)
    for each in tried:
        place = where(each, telemetry.registry.app)
        write.say(f"{each.report[:DIGITS]}  {each.fate.value}: {each.answer}  to {place}")
    if not tried:
        write.say("Nothing to send." if not telemetry.person.outbox() else HELD)
    if all(each.fate is Fate.DELIVERED for each in tried):
        return Exit.DONE
    return write.could_not(
        "not every report was delivered",
        "What waits is tried again by itself; what was refused is not.",
        f"`{write.call} outbox` says when.",
    )


def redirect(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Send reports to a collector of the person's own, or to the program's again."""
    url, off = given.text("url"), given.flag("off")
    if bool(url) is off:
        return write.not_understood("where to?", "Give an address, or --off.")
    return _wish(lambda: telemetry.person.redirect(url, given.text("key")), telemetry, write)


def also(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Send a copy somewhere, too, or no longer."""
    person, url = telemetry.person, given.text("url")
    if not given.flag("off"):
        return _wish(lambda: person.also(url, given.text("key")), telemetry, write)
    if url.rstrip("/") not in [place.url for place in person.wishes.also]:
        return write.not_understood(
            "no copy is sent there", f"`{write.call} status` says where reports go."
        )
    return _wish(lambda: person.not_also(url), telemetry, write)


HELD = "Nothing was sent: reports wait for their time, or another process is sending."


def _wish(want: Callable[[], Wishes], telemetry: Telemetry, write: Writer) -> int:
    try:
        want()
    except ValueError as error:
        return write.not_understood(str(error), "Addresses look like https://mine.example.")
    write.say(destinations(telemetry))
    return Exit.DONE
