"""Enters: a wish about a collector's settings. Leaves: what holds and who says so, or problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aboveboard.bootstrap.ready import ready
from aboveboard.cli.lines import say
from aboveboard.cli.options import config_option
from aboveboard.collector.findings import CHECKS, rate_below_batch
from aboveboard.settings.shown import rows
from aboveboard.settings.sources import effective

if TYPE_CHECKING:
    from pathlib import Path


@click.group(short_help="Show and check a collector's settings.")
def config() -> None:
    """Show and check a collector's settings: one file, variables, options."""


@config.command()
@config_option
def show(config: Path | None) -> None:
    """Show every setting with its value and where it comes from; passwords are hidden."""
    found = effective(file=config)
    table = rows(found)
    wide = [max(len(row[column]) for row in table) for column in (0, 1)]
    for name, value, source in table:
        click.echo(f"{name:<{wide[0]}}  {value:<{wide[1]}}  {source}")
    for problem in found.problems:
        say(f"! {problem}", err=True)


@config.command()
@config_option
def check(config: Path | None) -> None:
    """Tell everything that is wrong with the settings; exit status 2 if anything is.

    The files that they name are looked at as well, as `serve` does before it starts.
    """
    found = effective(file=config)
    settings, _ = ready(found)
    if rate_below_batch(settings.rate_per_minute):
        warned = CHECKS["rate_below_batch"]
        say(f"! rate_per_minute: {warned.means} {warned.remedy}", err=True)
    click.echo(f"The settings are well; {found.file or 'no file'} was read.")
