"""Enters: a wish about a transparency log. Leaves: it is mirrored, checked, compared or shown."""

from __future__ import annotations

import click

from aboveboard.cli.lazy import LazyGroup


@click.group(cls=LazyGroup, short_help="Mirror, check and compare transparency logs.")
def log() -> None:
    """Mirror, check and compare transparency logs: what a collector said it would measure."""


log.places.update(
    mirror="aboveboard.cli.log_mirror:mirror",
    check="aboveboard.cli.log_check:check",
    compare="aboveboard.cli.log_compare:compare",
    show="aboveboard.cli.log_show:show",
)
