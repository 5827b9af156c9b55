"""Enters: a collector's data folder. Leaves: how the collector is, in words for a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.adapters.desk import have_done
from aboveboard.adapters.layout import refuse_older
from aboveboard.adapters.log_reader import FileLogReader
from aboveboard.bootstrap.store import look_into
from aboveboard.cli.lines import say
from aboveboard.cli.load import existing
from aboveboard.cli.options import settings_options, told
from aboveboard.cli.progress import moment, size
from aboveboard.errors import FactsError
from aboveboard.model.many import many
from aboveboard.ports.collector import LogPosition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.adapters.data_folder import DataFolder

CHECKS = {
    "log_well": "The log cannot be written: look at the disk. Senders are told to come again.",
    "not_stopping": "It is about to stop.",
    "disk_free": "The disk is nearly full: make room.",
    "loader_keeps_up": "The tables are far behind the log: look at the loader, or at the disk.",
}
PARTS = {
    "log": "The log",
    "loader": "The loader",
    "store": "The store of the tables",
    "transparency": "The transparency log",
    "workers": "One of the processes that take reports",
    "queue": "The queue in front",
}
NO_REFUSALS = ("kept", "repeated", "deleted", "will_be_deleted")
"""The outcomes that are none."""


@click.command(short_help="Tell how a collector is.")
@settings_options("data", "store")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(config: Path | None, *, as_json: bool, **options: str | None) -> int:
    """Tell how a collector is: one that serves, or a folder that none serves from.

    Exit status 0 if all is well, 1 if anything is not.
    """
    settings = told(options, config)
    found = look(existing(settings.data), settings.store)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for line in running(found) if found["serving"] else stopped(found):
            say(line)
    return 0 if found["well"] else 1


def look(folder: DataFolder, store: str = "") -> dict[str, Any]:
    """Ask the collector that serves, or look into the folder.

    Args:
        folder: the collector's.
        store: where its tables are; empty for the folder.

    Raises:
        AboveboardError: neither can be read.
    """
    served_by = folder.served_by()
    if served_by is not None:
        try:
            told_by_it = have_done(served_by, "status")
        except FactsError:
            pass  # It was killed before it could take its word back.
        else:
            return {
                "serving": True,
                "address": served_by.address,
                "pid": served_by.pid,
            } | told_by_it
    with folder.locked():
        refuse_older(folder)
        return {"serving": False, "data": str(folder.path), "well": True} | _resting(folder, store)


def _resting(folder: DataFolder, store: str) -> dict[str, Any]:
    logs = [FileLogReader(path) for path in folder.all_logs()]
    behind = room = None
    facts = look_into(store, folder)
    if facts is not None:
        try:
            behind = sum(log.behind(facts.position(log.name)) for log in logs)
            room = facts.size()
        finally:
            facts.close()
    return {
        "logs": len(logs),
        "log_bytes": sum(log.behind(LogPosition()) for log in logs),
        "store": folder.store(),
        "store_bytes": room,
        "behind_bytes": behind,
    }


def running(found: dict[str, Any]) -> Iterator[str]:
    """Say how a collector is that serves."""
    health, checks = found["health"], found["ready"]
    yield f"A collector serves at {found['address']} (process {found['pid']})."
    if all(checks.values()):
        yield "It can acknowledge reports."
    for name, well in checks.items():
        if not well:
            yield f"! {CHECKS[name]}"
    for name, title in PARTS.items():
        if health.get(name, {"state": "ok"})["state"] != "ok":
            yield f"! {title} is not well."
    behind = health["loader"]["behind_bytes"]
    if behind is not None:
        yield _behind(behind)
    kept, repeated, *gone = (health["outcomes"].get(code, 0) for code in NO_REFUSALS)
    yield f"Since its start: {many(kept, 'report')} kept, {many(repeated, 'repeat')}."
    if sum(gone):
        yield f"Taken back: {many(sum(gone), 'report')}."
    refused = {c: n for c, n in health["outcomes"].items() if c not in NO_REFUSALS}
    if refused:
        yield f"Refused: {', '.join(f'{number} {code}' for code, number in refused.items())}."
    if aside := health["entries_set_aside"]:
        yield f"Entries set aside: {aside}."
    yield from _kept(health["keeping"])


def _kept(keeping: dict[str, Any]) -> Iterator[str]:
    """Say what became of the daily jobs, and of what comes back from quarantine."""
    for name, run in keeping["jobs"].items():
        began = moment(run["started"])
        if run["outcome"] == "failed":
            yield f"! The job {name} failed at {began}; it is tried again."
        else:
            yield f"The job {name} last began at {began}: {run['outcome'] or 'under way'}."
    if keeping["replay"]["state"] == "failing":
        yield "! What waits in quarantine cannot be replayed."


def stopped(found: dict[str, Any]) -> Iterator[str]:
    """Say what lies in a folder that no collector serves from."""
    yield f"No collector serves from {found['data']}."
    yield f"{many(found['logs'], 'log')} with {size(found['log_bytes'])} of records."
    if found["behind_bytes"] is None:
        yield "There are no tables yet; a start, or `aboveboard load`, makes them."
        return
    where = f" in {found['store']}" if found["store"] else ""
    yield f"Tables{where} with {size(found['store_bytes'])}."
    yield _behind(found["behind_bytes"])


def _behind(bytes_: int) -> str:
    return f"Not in the tables yet: {size(bytes_)} of the log."
