from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.analysis.example import EXAMPLE_DAY, entry_json, example_rows
from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.verify import verify
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Accepted
from aboveboard.ports.collector import LogPosition, LogSlice

KINDS = (
    "file.opened",
    "theme.dark",
    "system.os",
    "system.python",
    "file.count",
    "system.fonts",
    "file.opening",
    "file.size",
    "command.run",
    "file.saved",
    "program.use",
    "program.broke",
)


def _sent(registry: Registry, entry: str) -> bytes:
    """Send the entry in a report, and give what the log keeps of it."""
    report = {
        "format": 1,
        "id": "0" * 32,
        "app": "editor",
        "period": str(Week.of(EXAMPLE_DAY)),
        "registry": "0" * 64,
        "entries": [json.loads(entry)],
    }
    submission = Submission("editor", "0" * 32, json.dumps(report).encode())
    accepted = verify(submission, {"editor": registry}, EXAMPLE_DAY, Limits())
    assert isinstance(accepted, Accepted)
    assert accepted.aside == 0
    return accepted.record


@pytest.mark.parametrize("name", KINDS)
def test_an_example_leaves_the_rows_that_a_real_report_leaves(
    every_kind: Registry, tmp_path: Path, name: str
) -> None:
    metric = every_kind.metrics[name]
    facts = DuckdbFacts(tmp_path)
    facts.load(LogSlice([_sent(every_kind, entry_json(metric))], LogPosition(1, 1)))
    for table, rows in example_rows("editor", metric).items():
        found = facts.query(f"select * from {table} order by all", 10)  # noqa: S608 our own names
        assert [dict(zip(found.columns, row, strict=True)) for row in found.rows] == rows
    facts.close()


def test_the_examples_are_of_every_kind(every_kind: Registry) -> None:
    assert len({every_kind.metrics[name].kind for name in KINDS}) == len(KINDS)


def test_a_metric_without_an_example_shows_none(every_kind: Registry) -> None:
    metric = every_kind.metrics["new.thing"]
    assert entry_json(metric) == ""
    assert example_rows("editor", metric) == {"facts": [], "totals": []}


def test_an_example_that_does_not_fit_leaves_no_rows(every_kind: Registry) -> None:
    metric = replace(every_kind.metrics["system.os"], example="beos")
    assert json.loads(entry_json(metric))["value"] == "beos"
    assert example_rows("editor", metric) == {"facts": [], "totals": []}
