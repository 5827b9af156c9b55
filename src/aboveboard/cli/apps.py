"""Enters: a person who wants to know who counts on their account. Leaves: they see, and decide."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.apps import apps as find_apps
from aboveboard.bootstrap.apps import switch
from aboveboard.commands.exits import Exit
from aboveboard.commands.reports import DIGITS, by_report, left, metrics, number_of
from aboveboard.commands.writer import Writer
from aboveboard.errors import StoreError
from aboveboard.model.consent import Mode
from aboveboard.settings import account_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.bootstrap.apps import App

CALL = "aboveboard apps"
HEAD = ("APP", "MODE", "SINCE", "WAITING", "LAST SENT", "TITLE")
NEVER = "-"
_NAMES = click.argument("names", nargs=-1, metavar="[APP]…")
_ALL = click.option("--all", "everything", is_flag=True, help="All of them.")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def apps(context: click.Context, *, as_json: bool) -> None:
    """See every program that counts on your account, and decide about each.

    APP is what the list calls it, or its folder.
    """
    if context.invoked_subcommand is not None:
        return
    write, found = Writer(CALL), find_apps(account_settings())
    if as_json:
        write.say(json.dumps([_table(app) for app in found], indent=2))
        return
    if not found:
        write.note("No program counts on this account.")
        return
    rows = [_row(app, write) for app in found]
    wide = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
    write.say(_line(HEAD, wide, write))
    for app, row in zip(found, rows, strict=True):
        write.say(_line(row, wide, write))
        write.items([_why(app)], before=" " * (wide[0] + 2))


@apps.command()
@click.argument("name", metavar="APP")
def show(name: str) -> int:
    """Show what is known of one."""
    write, found = Writer(CALL), find_apps(account_settings())
    chosen = _named(name, found)
    for app in chosen:
        _tell(app, write)
    return Exit.DONE if chosen else _unknown(name, write)


@apps.command()
@_NAMES
@_ALL
def off(names: tuple[str, ...], *, everything: bool) -> int:
    """Let some count nothing, and delete what they counted."""
    return _switch(Mode.OFF, names, everything=everything)


@apps.command()
@_NAMES
@_ALL
def local(names: tuple[str, ...], *, everything: bool) -> int:
    """Let some count, but send nothing."""
    return _switch(Mode.LOCAL, names, everything=everything)


@apps.command()
@_NAMES
@_ALL
def on(names: tuple[str, ...], *, everything: bool) -> int:
    """Say how to let some send: each has to ask that itself."""
    write = Writer(CALL)
    chosen = _picked(names, find_apps(account_settings()), write, everything=everything)
    if isinstance(chosen, int):
        return chosen
    done: int = Exit.DONE
    for app in chosen:
        choice = app.consent.choice
        if choice is not None and choice.mode is Mode.ON:
            write.say(f"{app.name}: {app.consent.explain()}")
            continue
        done = write.could_not(
            f"only {app.name} itself can ask whether it may send",
            "A yes is about what it measures, and it has to show you that.",
            f"Run its own command, which often is `{app.name} telemetry on`.",
        )
    return done


def _switch(mode: Mode, names: tuple[str, ...], *, everything: bool) -> int:
    write, account = Writer(CALL), account_settings()
    chosen = _picked(names, find_apps(account), write, everything=everything)
    if isinstance(chosen, int):
        return chosen
    done: int = Exit.DONE
    for app in chosen:
        try:
            after = switch(app, mode, SystemClock().now().date(), account)
        except StoreError as error:
            done = write.could_not(
                f"{app.name}: {error}",
                "What was asked for is not, or not wholly, done.",
                "Look whether the disk is full and whether its folder may be written.",
            )
            continue
        write.say(f"{app.name}: {after.consent.explain()}")
        if sent := left(after.deliveries, ()):
            number = number_of(len(sent), "report")
            write.say(f"  {number} had been sent. Have them deleted with its own command,")
            write.say(f"  which often is `{app.name} telemetry forget --all`.")
    return done


def _picked(
    names: tuple[str, ...], found: Sequence[App], write: Writer, *, everything: bool
) -> list[App] | int:
    if bool(names) is everything:
        return write.not_understood("which ones?", "Name some, or say --all.")
    if everything:
        return list(found)
    chosen: list[App] = []
    for name in names:
        some = _named(name, found)
        if not some:
            return _unknown(name, write)
        chosen += [app for app in some if app not in chosen]
    return chosen


def _named(name: str, found: Sequence[App]) -> list[App]:
    """Give those of a name: a program that has two homes is meant with both."""
    place = os.path.realpath(name)
    return [app for app in found if app.name == name or os.path.realpath(app.home) == place]


def _unknown(name: str, write: Writer) -> int:
    return write.not_understood(f"no program here is called {name!r}", f"`{CALL}` lists them.")


def _row(app: App, write: Writer) -> tuple[str, ...]:
    choice = app.consent.choice
    return (
        app.name,
        app.consent.mode.value,
        choice.day.isoformat() if choice is not None else NEVER,
        str(len(by_report(app.waiting))),
        _moment(app.last_sent, write) or NEVER,
        app.about.title or NEVER,
    )


def _line(cells: Sequence[str], wide: Sequence[int], write: Writer) -> str:
    line = "  ".join(cell.ljust(width) for cell, width in zip(cells, wide, strict=True))
    return line[: write.width].rstrip()


def _why(app: App) -> str:
    if app.broken:
        return f"{app.broken}, so nothing leaves"
    said, _, why = app.consent.explain().partition(": ")
    levels = said.partition(", ")[2]
    return f"{levels}; {why}" if levels else why


def _moment(at: str, write: Writer) -> str:
    return write.moment(datetime.fromisoformat(at).timestamp()) if at else ""


def _tell(app: App, write: Writer) -> None:
    about = app.about
    facts = {
        "app": f"{about.title or app.name} {about.version}".rstrip(),
        "mode": app.consent.explain(),
        "homepage": about.homepage,
        "contact": about.contact,
        "policy": about.policy,
        "registry": about.fingerprint,
        "folder": str(app.home),
        "last sent": _moment(app.last_sent, write),
        "problem": app.broken,
    }
    for name, fact in facts.items():
        if fact:
            write.say(f"{name}: {fact}")
    write.items(f"{level}: {words}" for level, words in about.levels.items())
    write.say(f"waiting: {number_of(len(by_report(app.waiting)), 'report')}")
    for report, rows in by_report(app.waiting).items():
        write.items([f"{report[:DIGITS]}  {rows[0].week}  {', '.join(metrics(rows[0]))}"])


def _table(app: App) -> dict[str, object]:
    choice = app.consent.choice
    return {
        "app": app.name,
        "title": app.about.title,
        "version": app.about.version,
        "home": str(app.home),
        "mode": app.consent.mode.value,
        "levels": {level: mode.value for level, mode in app.consent.levels.items()},
        "rule": app.consent.rule.value,
        "why": app.consent.explain(),
        "since": choice.day.isoformat() if choice is not None else "",
        "waiting": len(by_report(app.waiting)),
        "last_sent": app.last_sent,
        "problem": app.broken,
    }
