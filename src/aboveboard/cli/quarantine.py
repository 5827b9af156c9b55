"""Enters: what waits in quarantine. Leaves: it is listed, shown, replayed or dropped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.desk import DO_SECONDS, have_done
from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.signed_registries import served_folder
from aboveboard.adapters.system import SystemClock
from aboveboard.analysis.quarantine import ROWS, WAITING, where
from aboveboard.analysis.retention import Terms
from aboveboard.bootstrap.alone import alone
from aboveboard.bootstrap.keeping import Quarantine
from aboveboard.bootstrap.wires import said_again
from aboveboard.cli.options import data_option, store_option
from aboveboard.cli.sql import answer, as_json, as_table
from aboveboard.errors import FactsError, QueryError, SetupError
from aboveboard.model.many import many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from click.decorators import FC

    from aboveboard.collector.replay_said import SaidAgain
    from aboveboard.model.registry import Registry

LET_GO = """
select what, cast(sum(number) as bigint) as number from let_go group by what order by what
"""
_WORDS = {"old": "too old", "full": "too many", "dropped": "dropped"}
UNREAD = "unread"
MOST_DAYS = 3660


@click.group(short_help="See what was set aside, bring it back, let it go.")
def quarantine() -> None:
    """See what was set aside of reports, bring it back once it is allowed, or let it go.

    It works beside a running collector and without one.
    """


def _which(command: FC) -> FC:
    """Give a command the options that choose what waits."""
    options: list[Callable[[FC], FC]] = [
        click.option("--app", default="", help="Of this app alone."),
        click.option(
            "--metric",
            help=f"Of this metric alone; {UNREAD} for bodies that nobody could read.",
        ),
        click.option("--reason", default="", help="For this reason alone, such as unknown_metric."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


_form = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How the answer is written.",
)
_rows = click.option(
    "--rows",
    type=click.IntRange(1, 1_000_000),
    default=1000,
    show_default=True,
    help="The most rows to give.",
)


@quarantine.command("list", short_help="List what waits, and why.")
@data_option("collector")
@_which
@_form
@store_option
def list_(  # noqa: PLR0913, PLR0917 an option each
    data: Path, app: str, metric: str | None, reason: str, form: str, store: str
) -> None:
    """List what waits: of which metric, why, since when and in how many reports."""
    folder = DataFolder(data)
    waiting = WAITING.format(where=where(app, _named(metric), reason))
    found = answer(folder, waiting, 1_000_000, store)
    if form == "json":
        click.echo(as_json(found), nl=False)
        return
    click.echo(as_table(found) if found.rows else "Nothing waits.\n", nl=False)
    gone = answer(folder, LET_GO, len(_WORDS), store).rows
    if gone:
        said = ", ".join(f"{number} {_WORDS[str(what)]}" for what, number in gone)
        click.echo(f"Let go so far, counted in reports: {said}.")


@quarantine.command(short_help="Show the entries themselves.")
@data_option("collector")
@_which
@_form
@_rows
@store_option
def show(  # noqa: PLR0913, PLR0917 an option each
    data: Path, app: str, metric: str | None, reason: str, form: str, rows: int, store: str
) -> None:
    """Show what waits, as it came; a body that nobody could read is in base64."""
    select = ROWS.format(where=where(app, _named(metric), reason))
    found = answer(DataFolder(data), select, rows, store)
    if form == "json":
        parsed = [
            dict(zip(found.columns, row, strict=True)) | {"entries": json.loads(str(row[-1]))}
            for row in found.rows
        ]
        click.echo(json.dumps(parsed, indent=2, ensure_ascii=False))
    else:
        click.echo(as_table(found) if found.rows else "Nothing waits.\n", nl=False)
    if found.cut:
        click.echo(f"Only the first {rows} rows; ask for more with --rows.", err=True)


@quarantine.command(short_help="Bring back what is allowed by now.")
@data_option("collector")
@click.option("--app", default="", help="Of this app alone.")
@click.option("--metric", default="", help="Of this metric alone.")
@click.option(
    "--registry",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the registry files; a running collector goes by its own.",
)
@store_option
def replay(data: Path, app: str, metric: str, registry: Path | None, store: str) -> None:
    """Bring back what waits and is allowed by the registry in force.

    A collector does so by itself when it starts; beside a running one, this does it again.
    """
    told = {"app": app, "metric": metric}
    done = _ask(DataFolder(data), "quarantine_replay", told)
    if done is None:
        if registry is None:
            message = "no collector runs here; name the folder of the registry files: --registry"
            raise SetupError(message)
        served = served_folder(registry, Ed25519Checker())
        known = {name: each.registry for name, each in served.items()}
        again = said_again(known, registry)
        done = _alone(DataFolder(data), store, known, lambda waiting: waiting.replay(**told), again)
    entries = many(done["entries"], "entry", "entries")
    click.echo(f"{entries} of {many(done['reports'], 'report')} came back.")


@quarantine.command(short_help="Let go of what waits.")
@data_option("collector")
@click.option("--app", required=True, help="Of this app.")
@click.option("--metric", help=f"Of this metric alone; {UNREAD} for bodies nobody could read.")
@click.option("--reason", default="", help="For this reason alone, such as unknown_metric.")
@click.option("--all", "everything", is_flag=True, help="Everything of the app.")
@store_option
def drop(  # noqa: PLR0913 an option each
    data: Path, app: str, metric: str | None, reason: str, store: str, *, everything: bool
) -> None:
    """Let what waits go, and what comes of the same metric for the same reason today."""
    if not (metric is not None or reason or everything):
        message = "say what: --metric, --reason or --all"
        raise click.UsageError(message)
    told = {"app": app, "metric": _named(metric), "reason": reason}
    done = _ask(DataFolder(data), "quarantine_drop", told)
    if done is None:
        done = _alone(
            DataFolder(data),
            store,
            {},
            lambda waiting: waiting.drop(app, _named(metric), reason),
        )
    click.echo(f"What waited of {many(done['reports'], 'report')} is let go.")


def _named(metric: str | None) -> str | None:
    return "" if metric == UNREAD else metric


def _ask(folder: DataFolder, do: str, told: Mapping[str, str | None]) -> dict[str, int] | None:
    """Ask the collector that serves from a folder; None if none does."""
    served_by = folder.served_by()
    if served_by is None:
        return None
    try:
        return have_done(served_by, do, DO_SECONDS, **{"with": told})
    except QueryError:
        raise
    except FactsError:
        return None  # it was killed before it could take its word back


def _alone(
    folder: DataFolder,
    store: str,
    known: dict[str, Registry],
    act: Callable[[Quarantine], dict[str, int]],
    said: SaidAgain | None = None,
) -> dict[str, int]:
    # How long things wait is the collector's setting: whatever is there still waits.
    terms = Terms(raw_days=MOST_DAYS, waiting_days=MOST_DAYS)
    with alone(folder, store) as found:
        waiting = Quarantine(found.facts, found.logs, found.log, known, SystemClock(), terms, said)
        done = act(waiting)
        found.load()
        return done
