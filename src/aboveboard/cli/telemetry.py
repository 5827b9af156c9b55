"""Enters: a person's wish about this tool's own telemetry. Leaves: it is done, or shown.

The group that every program can mount; ``docs/commands.md`` tells how.
"""

from __future__ import annotations

from aboveboard.cli.own import own_telemetry
from aboveboard.commands import click_group

telemetry = click_group(
    own_telemetry, about="See and decide what this tool counts about how it is used."
)
