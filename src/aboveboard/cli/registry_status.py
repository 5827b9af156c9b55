"""Enters: registry files and folders. Leaves: where each part stands, who signed, who has not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.signed_registries import approvals_of
from aboveboard.adapters.system import SystemClock
from aboveboard.cli.registry_paths import product_files
from aboveboard.cli.screen import PLAIN_WIDTH
from aboveboard.registry.approval_words import sending, short_name, status_of, who
from aboveboard.registry.approve import tally

if TYPE_CHECKING:
    from datetime import date

    from aboveboard.model.registry import Committee, Registry
    from aboveboard.registry.approve import Standing, Tally

_STYLES = {"approved": "green", "retired": "dim"}


@click.command(short_help="Show who signed which part of registry files.")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…"
)
def status(paths: tuple[Path, ...]) -> None:
    """Show where each part of registry files stands, who signed it and who may still sign.

    PATH is a file, or a folder whose *.toml files with a table [product] are shown.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PLAIN_WIDTH)
    today = SystemClock().now().date()
    for path in product_files(paths):
        registry = read_file(path)
        found = tally(registry, approvals_of(path), LateChecker())
        console.print(Text(_heading(registry), style="bold"))
        if registry.committee is not None:
            console.print(_table(registry, registry.committee, found, today))
            console.print(Text(sending(registry, found)))


def _heading(registry: Registry) -> str:
    committee = registry.committee
    if committee is None:
        return f"{registry.title}: nobody approves by signature; the file's own word counts."
    return f"{registry.title}: {committee.needed} of {len(committee.approvers)} must sign."


def _table(registry: Registry, committee: Committee, found: Tally, today: date) -> Table:
    table = Table()
    for head in ("part", "status", "signed by", "may still sign"):
        table.add_column(head, overflow="fold")
    for part, standing in found.standings.items():
        word = status_of(registry, standing)
        missing = _missing(standing, committee, today) if word not in _STYLES else []
        cells = (short_name(part), word, who(standing), "\n".join(missing))
        styles = ("", _STYLES.get(word, "yellow"), "", "")
        table.add_row(*(Text(cell, style) for cell, style in zip(cells, styles, strict=True)))
    return table


def _missing(standing: Standing, committee: Committee, today: date) -> list[str]:
    """Name who has not said anything about the part as it is, and whose term has not ended."""
    said = {voice.approver.id for voice in (*standing.approving, *standing.retiring)}
    return [
        approver.title
        for approver in committee.approvers
        if approver.id not in said and (approver.until is None or today <= approver.until)
    ]
