"""Enters: a registry file, how many answer. Leaves: whom to ask for how long, per metric."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.registry_files import read_file
from aboveboard.cli.tables import fitted
from aboveboard.registry.plan import VARIATION, Expected, Reach, plan_registry
from aboveboard.registry.plan_words import had, rate, wanted, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.registry.plan import Plan

MOST_NAMED = 12
_HEADS = ("metric", "accuracy", "reports", "sample rate", "weeks", "best in a week")


@click.command(short_help="Say how many installs must answer, and for how long.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--installs",
    type=click.IntRange(1, 10**10),
    help="How many installs are expected, if not as many as the file says.",
)
@click.option(
    "--answering",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="The share of them that says yes.",
)
@click.option(
    "--variation",
    type=click.FloatRange(0.01, 100),
    default=VARIATION,
    show_default=True,
    help="How much installs differ in a count: standard deviation by mean.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How the plan is written.",
)
def plan(path: Path, installs: int | None, answering: float, variation: float, form: str) -> None:
    """Say how many installs must answer, and for how long, so that answers are as sure as wanted.

    PATH is a registry file; a metric's key "accuracy" says how sure it must be.
    """
    registry = read_file(path)
    expected = Expected(installs or registry.installs, answering, variation)
    plans = plan_registry(registry, expected)
    click.echo(as_table(plans) if form == "table" else as_json(registry, expected, plans))


def as_table(plans: Sequence[Plan]) -> str:
    """Write plans for people: a table, and a sentence for each."""
    rows = []
    for each in plans:
        metric = each.metric
        cells = (
            metric.name,
            wanted(metric),
            _number(each.needed),
            rate(each.rate),
            _number(each.weeks),
            had(metric, each.best),
        )
        rows.append(cells)
    said = [words(each) for each in plans if each.reach is not Reach.UNSAID]
    unsaid = [each.metric.name for each in plans if each.reach is Reach.UNSAID]
    if unsaid:
        said.append(f"Nobody said how sure these answers must be: {_some(unsaid)}.")
    return fitted(_HEADS, rows) + "\n" + "\n".join(said)


def _some(names: Sequence[str]) -> str:
    """Name the first of many."""
    more = len(names) - MOST_NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:MOST_NAMED])} and {more} more"


def as_json(registry: Registry, expected: Expected, plans: Sequence[Plan]) -> str:
    """Write plans for programs."""
    content = {
        "id": registry.app,
        "fingerprint": registry.fingerprint,
        "installs": expected.installs,
        "answering": expected.answering,
        "variation": expected.variation,
        "metrics": [_object(each) for each in plans],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _object(each: Plan) -> dict[str, object]:
    return {
        "metric": each.metric.name,
        "kind": each.metric.kind,
        "accuracy": each.metric.accuracy,
        "code": each.reach,
        "reports": each.needed,
        "rate": each.rate,
        "weeks": each.weeks,
        "best": each.best,
        "text": words(each),
    }


def _number(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"
