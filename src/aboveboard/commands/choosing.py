"""Enters: what a person wants counted and sent. Leaves: it is so, and they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.reports import destinations, left, number_of
from aboveboard.commands.taking_back import take_back
from aboveboard.model.consent import Mode, Rule

if TYPE_CHECKING:
    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.telemetry import Telemetry


def status(telemetry: Telemetry, _: Given, write: Writer) -> int:
    """Say what is in force."""
    write.items(telemetry.person.status(), before="")
    return Exit.DONE


def explain(telemetry: Telemetry, _: Given, write: Writer) -> int:
    """Say the whole order of rules."""
    write.items(telemetry.person.explain(), before="")
    return Exit.DONE


def on(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Choose on, and say what that covers: these words become the receipt."""
    levels = given.texts("level") or tuple(telemetry.registry.levels)
    words = [f"{name}: {telemetry.registry.levels.get(name, '')}" for name in levels]
    covers = ["What is sent from now on:", *(f"- {line}" for line in words)]
    place = destinations(telemetry)
    done = _choose(telemetry, Mode.ON, given, write, "\n".join([*covers, place]))
    if done is Exit.DONE:
        write.say(covers[0])
        write.items(words)
        write.say(place)
        write.say(f"See all that is counted with `{write.call} show --local`.")
    return done


def local(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Choose local."""
    done = _choose(telemetry, Mode.LOCAL, given, write)
    if done is Exit.DONE:
        _offer(telemetry, write)
    return done


def off(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Choose off; what was sent is taken back first, or it is said how."""
    taken: int = Exit.DONE
    if given.flag("forget"):
        taken = take_back(telemetry, "", write)
    done = _choose(telemetry, Mode.OFF, given, write)
    if done is Exit.DONE and not given.flag("forget"):
        _offer(telemetry, write)
    return done or taken


def _choose(
    telemetry: Telemetry, mode: Mode, given: Given, write: Writer, wording: str = ""
) -> Exit:
    wanted, known = given.texts("level"), telemetry.registry.levels
    unknown = [name for name in wanted if name not in known]
    if unknown:
        write.not_understood(
            f"there is no level {unknown[0]!r}", f"The levels are: {', '.join(known)}."
        )
        return Exit.NOT_UNDERSTOOD
    choice = telemetry.consent.choice
    if wanted:
        before = choice.mode if choice is not None else Mode.LOCAL
        kept = choice.levels if choice is not None else {}
        levels = {name: each for name, each in kept.items() if name in known}
        consent = telemetry.choose(before, levels | dict.fromkeys(wanted, mode), wording=wording)
    else:
        consent = telemetry.choose(mode, wording=wording)
    write.say(consent.explain())
    if consent.rule is not Rule.CHOICE:
        write.say(f"Your choice is kept; `{write.call} explain` says what is stronger now.")
    return Exit.DONE


def _offer(telemetry: Telemetry, write: Writer) -> None:
    """Say how to take back what was sent."""
    sent = left(telemetry.journal(), telemetry.person.withdrawals())
    if sent:
        write.say(f"{number_of(len(sent), 'report')} had been sent before.")
        write.say(f"To have deleted what was sent: `{write.call} forget --all`.")
