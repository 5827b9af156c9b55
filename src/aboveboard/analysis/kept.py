"""Enters: a metric, its database. Leaves: what a collector keeps of it: columns, rows, meanings.

The columns are asked of the database itself, so that a page cannot promise other ones than there
are. Rows of real reports are published ones alone: no group in them is below the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.analysis.example import example_rows
from aboveboard.analysis.parts import AT_LEAST, at_least
from aboveboard.analysis.words import reports
from aboveboard.errors import FactsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.total import Group, PublishedMetric, PublishedPeriod
    from aboveboard.ports.collector import Cell, QueryResult

TABLES: Mapping[str, str] = {
    "facts": "How many reports had exactly this count. No row tells which counts came from the "
    "same report.",
    "totals": "Sums per week, and per day where days are kept. Pages and charts are made of these "
    "rows, with small groups put together or hidden.",
}
"""The tables that a metric's numbers are kept in, and what each is for."""
MEANINGS: Mapping[str, str] = {
    "app": "the product",
    "metric": "the metric",
    "span": "week or day",
    "period": "the week, or the day",
    "key": "which of its values",
    "count": "how many",
    "reports": "how many reports had it",
    "n": "how many reports said this value",
    "all_n": "how many reports said anything about the metric",
}
"""What the columns hold."""
MOST_COLUMNS = 1000
MOST_WEEKS = 3
MOST_ROWS = 12
_COLUMNS = """
select table_name, column_name, data_type from information_schema.columns
where table_schema = current_schema() and table_name in ('facts', 'totals')
order by table_name, ordinal_position
"""

Columns: TypeAlias = "Mapping[str, tuple[tuple[str, str], ...]]"
"""Table to its columns, each with its type."""


@dataclass(frozen=True, slots=True)
class KeptColumn:
    """One column of a table.

    Attributes:
        name: its name.
        type: the database's word for what it holds.
        meaning: what it holds, for people.
        examples: its cell in each row that the example makes.
    """

    name: str
    type: str
    meaning: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptTable:
    """What one table keeps of a metric."""

    name: str
    what: str
    columns: tuple[KeptColumn, ...]


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One row of totals as anyone may read it.

    Attributes:
        period: its week.
        cells: key, count, n and all_n; none where the week is hidden.
        hidden: why it is hidden, or nothing.
    """

    period: str
    cells: tuple[str, ...]
    hidden: str = ""


def columns(query: Callable[[str, int], QueryResult]) -> Columns:
    """Ask a database for the columns of its tables.

    Args:
        query: ``FactStore.query``.

    Raises:
        FactsError: it cannot be asked, or has not the tables.
    """
    found: dict[str, list[tuple[str, str]]] = {table: [] for table in TABLES}
    for row in query(_COLUMNS, MOST_COLUMNS).rows:
        table, column, kind = (str(cell) for cell in row)
        found[table].append((column, kind.lower()))
    if not all(found.values()):
        message = "the tables are not there"
        raise FactsError(message)
    return {table: tuple(named) for table, named in found.items()}


def kept(app: str, metric: Metric, known: Columns) -> tuple[KeptTable, ...]:
    """Say what is kept of a metric, with the rows that its example makes."""
    rows = example_rows(app, metric)
    return tuple(
        KeptTable(
            table,
            what,
            tuple(
                KeptColumn(
                    name,
                    kind,
                    MEANINGS.get(name, ""),
                    tuple(_shown(row.get(name)) for row in rows[table][:MOST_WEEKS]),
                )
                for name, kind in known[table]
            ),
        )
        for table, what in TABLES.items()
    )


def published_rows(published: PublishedMetric) -> tuple[PublishedRow, ...]:
    """Give the latest weeks of a metric as rows of totals, newest first, small groups hidden."""
    weeks = published.weeks[: -MOST_WEEKS - 1 : -1]
    rows = [row for week in weeks for row in _rows(published.metric, week)]
    return tuple(rows[:MOST_ROWS])


def _rows(metric: Metric, week: PublishedPeriod) -> list[PublishedRow]:
    if week.n is None:
        return [PublishedRow(week.period, (), f"hidden: fewer than {reports(metric.threshold)}")]
    return [PublishedRow(week.period, _cells(metric, week, group)) for group in week.groups]


def _cells(metric: Metric, week: PublishedPeriod, group: Group) -> tuple[str, ...]:
    bound = AT_LEAST * at_least(metric, week, group)
    n = f"{bound}{group.n:,}"
    return (_shown(group.key), f"{group.count:,}" if metric.kind.adds_up else n, n, f"{week.n:,}")


def _shown(cell: Cell) -> str:
    """Write a cell as the database would; an empty text shows its quotes."""
    return "''" if cell == "" else str(cell)
