"""Enters: a person who wants to be asked, or to know what is new. Leaves: their answer is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.commands.exits import Exit
from aboveboard.commands.files import read_bytes, why
from aboveboard.model.consent import Rule
from aboveboard.model.renewal import Renewal

if TYPE_CHECKING:
    from aboveboard.commands.command import Given
    from aboveboard.commands.writer import Writer
    from aboveboard.device.reply import Reply
    from aboveboard.device.telemetry import Telemetry

BAD = frozenset({Renewal.NOT_REACHED, Renewal.DOUBTED, Renewal.REFUSED})


def ask(telemetry: Telemetry, given: Given, write: Writer) -> int:
    """Ask now: at the terminal, or a program that shows the question in a window."""
    if given.flag("json"):
        write.say(telemetry.person.question().as_json())
        return Exit.DONE
    if given.text("answer"):
        return _take(telemetry, given.text("answer"), write)
    reply = telemetry.person.ask()
    if reply is None:
        return write.could_not(
            "there is no terminal here on which you could be asked",
            "Nothing was changed.",
            f"Say it with `{write.call} on`, `local` or `off`, or use `{write.call} ask --json`.",
        )
    return _keep(telemetry, reply, write)


def news(telemetry: Telemetry, _: Given, write: Writer) -> int:
    """Say what is new since the person chose."""
    found = telemetry.news()
    if found.changes:
        write.say(f"Since you chose, {found.summary}:")
        write.items(found.changes)
        write.say(f"It is counted and stays here until you agree: `{write.call} agree`.")
    if found.waiting:
        write.say("A newer list of what is counted waits. It says differently:")
        write.items(found.waiting)
        write.say(f"Until you run `{write.call} agree`, everything stays as it was.")
    if not found.changes and not found.waiting:
        write.say("Nothing is new since you chose." if telemetry.consent.choice else UNCHOSEN)
    return Exit.DONE


def renew(telemetry: Telemetry, _: Given, write: Writer) -> int:
    """Look for a newer list of what is counted, and say what it changes."""
    found = telemetry.renew()
    write.say(f"{found.state.value}: {found.text}" if found.text else found.state.value)
    write.items(found.changes)
    if found.state is Renewal.WAITING:
        write.say(f"Until you run `{write.call} agree`, everything stays as it was.")
    return Exit.COULD_NOT if found.state in BAD else Exit.DONE


def agree(telemetry: Telemetry, _: Given, write: Writer) -> int:
    """Agree to what is new, and show once more what that is."""
    shown = telemetry.news()
    found = telemetry.agree(wording="\n".join((*shown.changes, *shown.waiting)))
    write.say(found.text)
    write.items(found.changes)
    return Exit.DONE


UNCHOSEN = "Nothing is new: you have not chosen yet."


def _take(telemetry: Telemetry, name: str, write: Writer) -> int:
    try:
        body = read_bytes(name)
    except OSError as error:
        return write.could_not(
            f"the answer cannot be read: {why(error)}", "Nothing was changed.", "Name another file."
        )
    try:
        reply = telemetry.person.question().from_answer(body)
    except ValueError as error:
        return write.not_understood(
            str(error), f"Answer the question that `{write.call} ask --json` gives now."
        )
    return _keep(telemetry, reply, write)


def _keep(telemetry: Telemetry, reply: Reply, write: Writer) -> int:
    if reply.mode is None:
        telemetry.person.answered(reply)
        write.say("Nothing was changed.")
        return Exit.DONE
    consent = telemetry.choose(
        reply.mode, reply.levels, wording=reply.wording, earlier=reply.earlier
    )
    telemetry.person.answered(reply)
    write.say(consent.explain())
    if consent.rule is not Rule.CHOICE:
        write.say(f"Your choice is kept; `{write.call} explain` says what is stronger now.")
    return Exit.DONE
