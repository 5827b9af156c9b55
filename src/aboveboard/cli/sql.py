"""Enters: a query. Leaves: its answer as a table, JSON or CSV, with a collector running or not."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.desk import ask
from aboveboard.adapters.file_log import FileLog
from aboveboard.analysis.load import load_next
from aboveboard.bootstrap.store import MANY_WAITING, open_facts
from aboveboard.cli.options import data_option, store_option
from aboveboard.cli.progress import working
from aboveboard.cli.tables import fitted
from aboveboard.errors import FactsError, QueryError, SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.ports.collector import Cell, QueryResult


@click.command(short_help="Ask your own question of the tables.")
@click.argument("query")
@data_option("collector")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How the answer is written.",
)
@click.option(
    "--rows",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="The most rows to give.",
)
@store_option
def sql(query: str, data: Path, form: str, rows: int, store: str) -> None:
    """Ask your own question of the collector's tables, in the SQL of their store.

    The tables are facts, totals, reports and asides; only reading is allowed. It works beside a
    running collector and without one.
    """
    result = answer(DataFolder(data), query, rows, store)
    click.echo({"table": as_table, "json": as_json, "csv": as_csv}[form](result), nl=False)
    if result.cut:
        click.echo(f"Only the first {rows} rows; ask for more with --rows.", err=True)


def answer(folder: DataFolder, query: str, rows: int, store: str = "") -> QueryResult:
    """Ask the collector that serves from a folder, or open its tables if none does.

    Args:
        folder: the collector's data folder.
        query: one reading statement.
        rows: how many rows are wanted at most.
        store: where the tables are; empty for the data folder.

    Raises:
        SetupError: there is no collector's data.
        QueryError: the query was refused.
    """
    served_by = folder.served_by()
    if served_by is not None:
        try:
            return ask(served_by, query, rows)
        except QueryError:
            raise
        except FactsError:
            pass  # It was killed before it could take its word back; its tables are free.
    if not (folder.logs.is_dir() or folder.facts.is_dir()):
        message = f"no collector has kept anything in {folder.path}; name its folder with --data"
        raise SetupError(message)
    with folder.locked(), working("Looking into the tables"):
        return _open_and_ask(folder, query, rows, store)


def _open_and_ask(folder: DataFolder, query: str, rows: int, store: str) -> QueryResult:
    facts = open_facts(store, folder, MANY_WAITING)
    try:
        for log in map(FileLog, folder.all_logs()):  # whatever a crash left torn is put aside
            while load_next(log, facts):
                pass
            log.close()
        return facts.query(query, rows)
    finally:
        facts.close()


def as_table(result: QueryResult) -> str:
    """Write a table for people."""
    rows = [["" if cell is None else str(cell) for cell in row] for row in result.rows]
    return fitted(result.columns, rows)


def as_json(result: QueryResult) -> str:
    """Write a list of objects."""
    names = _once(result.columns)
    rows = [dict(zip(names, map(_json_cell, row), strict=True)) for row in result.rows]
    return json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _once(columns: tuple[str, ...]) -> list[str]:
    """Number the columns whose name was there before: ``count``, ``count_2``."""
    names: list[str] = []
    for column in columns:
        name, number = column, 2
        while name in names:
            name, number = f"{column}_{number}", number + 1
        names.append(name)
    return names


def _json_cell(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell


def as_csv(result: QueryResult) -> str:
    """Write comma-separated values with a heading (RFC 4180)."""
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(result.columns)
    writer.writerows(result.rows)
    return page.getvalue()
