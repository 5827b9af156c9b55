"""Enters: a wish about registry files. Leaves: they are checked, compared or planned with."""

from __future__ import annotations

import click

from aboveboard.cli.lazy import LazyGroup


@click.group(cls=LazyGroup, short_help="Check, compare and plan with registry files.")
def registry() -> None:
    """Check, compare and plan with registry files: what may be measured, and why."""


registry.places.update(
    check="aboveboard.cli.registry_check:check",
    diff="aboveboard.cli.registry_diff:diff",
    plan="aboveboard.cli.registry_plan:plan",
)
