"""Enters: a person's wish about this tool's own telemetry. Leaves: it is done, or shown."""

from __future__ import annotations

import click

from aboveboard.cli.own import own_telemetry
from aboveboard.model.consent import Mode
from aboveboard.model.renewal import Renewal


@click.group()
def telemetry() -> None:
    """See and decide what this tool counts about itself."""


@telemetry.command()
def status() -> None:
    """Say whether anything is counted or sent, and which rule decided."""
    with own_telemetry() as own:
        click.echo(own.consent.explain())
        choice = own.consent.choice
        if choice is not None:
            click.echo(f"your own choice: {choice.mode.value} on {choice.day.isoformat()}")
        where = own.registry.collector
        click.echo(f"reports go to: {where.url if where else 'nowhere; no collector is named'}")


@telemetry.command()
def show() -> None:
    """Print the exact JSON of everything that is counted on this machine."""
    with own_telemetry() as own:
        copies = own.preview(local=True)
        for body in copies:
            click.echo(body.decode())
        if not copies:
            click.echo("Nothing is counted.")


@telemetry.command()
def journal() -> None:
    """Print every report that was made, and what became of it."""
    with own_telemetry() as own:
        deliveries = own.journal()
        for delivery in deliveries:
            head = f"{delivery.day.isoformat()} {delivery.fate.value} {delivery.answer}"
            click.echo(f"{head}\n{delivery.body.decode()}")
        if not deliveries:
            click.echo("No report was ever made.")


@telemetry.command()
def renew() -> None:
    """Look for a newer list of what is counted, and say what it changes."""
    with own_telemetry() as own:
        found = own.renew()
        click.echo(f"{found.state.value}: {found.text}" if found.text else found.state.value)
        for change in found.changes:
            click.echo(f"- {change}")
        if found.state is Renewal.WAITING:
            click.echo("Until you run `aboveboard telemetry agree`, everything stays as it was.")


@telemetry.command()
def agree() -> None:
    """Agree to the newer list that `renew` has shown."""
    with own_telemetry() as own:
        click.echo(own.agree().text)


def _choose(mode: Mode) -> None:
    with own_telemetry() as own:
        click.echo(own.choose(mode).explain())


@telemetry.command()
def on() -> None:
    """Count, show, and send a report each week; nothing counted before goes with it."""
    _choose(Mode.ON)


@telemetry.command()
def local() -> None:
    """Count and show, but send nothing."""
    _choose(Mode.LOCAL)


@telemetry.command()
def off() -> None:
    """Count nothing and delete what was counted."""
    _choose(Mode.OFF)
