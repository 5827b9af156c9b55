from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.outside.conftest import MakeReport, Run, Serve

MADE_UP = {"metric": "theme.colour", "value": "green"}


def test_what_was_set_aside_is_listed_and_dropped_beside_a_running_collector(
    serve: Serve, report: MakeReport, run: Run
) -> None:
    collector = serve()
    data = str(collector.data)
    for number in range(2):
        collector.put(report(number, MADE_UP))
    collector.put(report(2))
    collector.numbers()
    listed = run("quarantine", "list", "--data", data, "--format", "json")
    assert [(row["metric"], row["reports"]) for row in json.loads(listed.stdout)] == [
        ("theme.colour", 2)
    ]
    shown = run("quarantine", "show", "--data", data, "--format", "json")
    assert json.loads(shown.stdout)[0]["entries"] == [MADE_UP]
    replayed = run("quarantine", "replay", "--data", data)
    assert replayed.stdout == "0 entries of 0 reports came back.\n"
    dropped = run("quarantine", "drop", "--data", data, "--app", "editor", "--all")
    assert dropped.stdout == "What waited of 2 reports is let go.\n"
