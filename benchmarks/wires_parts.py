"""Enters: a folder. Leaves: the registries that foreign clients tell of in it, and the settings."""

from __future__ import annotations

import shutil
from pathlib import Path

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from benchmarks.intake_reports import APP, registry
from benchmarks.wires_requests import KEY, SECRET, STREAM, TRACKER

SHIPPED = ("backdrop", "endless", "mattermost", "mongooseim")
_METRIC = '[metric."file.opened"]\nkind = "counter"\n'
_SAVED = """
[metric."file_saved.size"]
kind = "quantity"
buckets = [0, 10, 100, 1000]
{0}
[metric."file_saved.format"]
kind = "choice"
choices = ["pdf", "odt"]
{0}
[metric."file_saved.times"]
kind = "counter"
{0}
"""
_OBSERVED = """
[metric."writer.broke"]
kind = "error"
{0}
[metric."session.status"]
kind = "labelled"
labels = ["started", "exited", "errored", "crashed"]
{0}
[metric."session.started"]
kind = "labelled"
labels = ["1.2.0", "1.2.1", "1.2.2", "1.2.3"]
{0}
[metric."file.opened"]
kind = "counter"
{0}
[metric."writer.used"]
kind = "seconds"
{0}
[metric."click.kind"]
kind = "labelled"
labels = ["menu", "key"]
{0}
[metric."file.opening"]
kind = "timing"
buckets = [0, 100, 1000]
{0}
[metric."file.count"]
kind = "quantity"
buckets = [0, 10, 100]
{0}
[metric."mode.dark"]
kind = "flag"
{0}
"""
"""What clients of Sentry and OpenTelemetry tell."""


def settings(data: Path, folder: Path) -> CollectorSettings:
    """Write the registries into a folder; give the settings of a collector that has them."""
    (folder / f"{APP}.toml").write_bytes(registry())
    head, _, about = EXAMPLE_REGISTRY.decode().partition(_METRIC)
    own = head.replace(f'id = "{APP}"', f'id = "{KEY}"') + (_SAVED + _OBSERVED).format(about)
    (folder / f"{KEY}.toml").write_text(own, encoding="utf-8")
    for app in SHIPPED:
        shutil.copy(shipped_folder() / f"{app}.toml", folder)
    streams = (f"{STREAM}:{SECRET}=mongooseim", f"{TRACKER}=mongooseim")
    return CollectorSettings(data=data, registry=folder, ga4_streams=streams)
