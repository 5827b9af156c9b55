"""Enters: headings and rows. Leaves: a table that a terminal has room for; a pipe has any."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aboveboard.cli.lines import room

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT = 12
"""Cells up to this length, such as days, are never folded."""
LEAST_COLUMN = 8
"""In a narrower column words would be cut into pieces; such a table is better scrolled."""
_BORDER = 3


def fitted(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; on a terminal its long cells are folded, if it can be read then."""
    table, least = Table(), 1
    for number, heading in enumerate(headings):
        longest = max(len(each) for each in (heading, *(row[number] for row in rows)))
        short = longest <= SHORT
        table.add_column(Text(heading), no_wrap=short, overflow="fold")
        least += _BORDER + (longest if short else LEAST_COLUMN)
    for row in rows:
        table.add_row(*map(Text, row))
    page = io.StringIO()
    Console(file=page, width=room(least), color_system=None).print(table)
    return page.getvalue()
