"""Enters: a collector's settings. Leaves: what is wrong with how it is deployed, and what to do."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from aboveboard.adapters import survey
from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.layout import old_segments, old_tables
from aboveboard.adapters.machine import disk_of
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.ready import ready
from aboveboard.cli.lines import say
from aboveboard.cli.options import settings_options
from aboveboard.cli.registry_check import check_file
from aboveboard.cli.registry_paths import product_files
from aboveboard.collector.findings import CHECKS, Deployment, Finding, findings
from aboveboard.errors import FactsError, RegistryError
from aboveboard.model.many import many
from aboveboard.settings.sources import effective
from aboveboard.web.watching import METRICS
from aboveboard.web.wire_pages import WIRES

if TYPE_CHECKING:
    from aboveboard.settings.collector import CollectorSettings


@click.command(short_help="Look for what is wrong with how a collector is deployed.")
@settings_options()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the findings are written.",
)
def check(config: Path | None, form: str, **options: str | None) -> int:
    """Look for what is wrong with how a collector is deployed: rights, TLS, clock, disk, backups.

    Nothing is changed. If public_url is set, it is asked for what only you should read. Exit status
    1 if there is any finding, 2 if the settings cannot work.
    """
    found = effective(options, config)
    with contextlib.suppress(RegistryError):  # each of its files is a finding below
        ready(found)
    settings = found.settings()
    told = findings(survey_of(settings, found.file))
    say(as_json(told) if form == "json" else as_text(told))
    return 1 if told else 0


def survey_of(settings: CollectorSettings, file: Path | None) -> Deployment:
    """Look at a deployment."""
    folder, clock = DataFolder(settings.data), SystemClock()
    served_by = folder.served_by()
    today = clock.now().date()
    registry = [
        f"{path}: {located.problem.code}"
        for path in product_files((settings.registry,))
        for located in check_file(path, today)
    ]
    backups = settings.backup_folder
    return Deployment(
        host=settings.host,
        host_is_public=survey.is_public(settings.host),
        public_url=settings.public_url,
        metrics=settings.metrics,
        rate=settings.rate_per_minute,
        outside=_outside(settings.public_url),
        open_to_others=_open(settings, folder, file),
        debug=survey.debug_switches(served_by.pid) if served_by is not None else (),
        newest_file=survey.newest_age(folder.logs, clock.seconds()),
        clock_is_set=survey.clock_is_set(),
        free=disk_of(settings.data),
        unreadable=list(survey.unreadable(folder.logs)),
        registry=registry,
        backup_days=survey.backup_age(backups, clock.now()) if backups is not None else None,
        older_layout=_is_older(folder),
    )


def _outside(url: str) -> dict[str, int]:
    """Ask from outside for what is for the collector's owner."""
    asked = [f"{url.rstrip('/')}{place}" for place in (METRICS, WIRES)] if url else []
    return {each: survey.status_of(each) for each in asked}


def _open(
    settings: CollectorSettings, folder: DataFolder, file: Path | None
) -> dict[str, list[str]]:
    secret = [file] if file is not None and urlsplit(settings.store).password else []
    backups = [settings.backup_folder] if settings.backup_folder is not None else []
    return {
        "keys_readable": survey.open_to_others([folder.keys, *folder.keys.glob("*")]),
        "desk_readable": survey.open_to_others([folder.path / "server.json"]),
        "data_readable": survey.open_to_others([folder.path]),
        "settings_readable": survey.open_to_others(secret),
        "backup_readable": survey.open_to_others(backups),
    }


def _is_older(folder: DataFolder) -> bool:
    if old_segments(folder):
        return True
    try:
        return old_tables(folder)
    except FactsError:
        return False  # a collector that serves has them open, and would not serve older ones


def as_text(told: list[Finding]) -> str:
    """Write findings for people, those of one kind together."""
    lines = []
    for code in dict.fromkeys(each.code for each in told):
        lines.append(f"{CHECKS[code].means} [{code}]")
        lines += [f"    {each.place}" for each in told if each.code == code]
        lines.append(f"  {CHECKS[code].remedy}")
    number = many(len(told), "finding") if told else "No findings"
    return "\n".join([*lines, f"{number}."])


def as_json(told: list[Finding]) -> str:
    """Write findings for programs."""
    rows = [
        {
            "code": each.code,
            "place": each.place,
            "means": CHECKS[each.code].means,
            "remedy": CHECKS[each.code].remedy,
        }
        for each in told
    ]
    return json.dumps(rows, indent=2)
