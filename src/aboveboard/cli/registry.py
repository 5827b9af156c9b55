"""Enters: a wish about registry files. Leaves: the command that fulfils it."""

from __future__ import annotations

import click

from aboveboard.cli.lazy import LazyGroup


@click.group(cls=LazyGroup, short_help="Write, check, sign and explain registry files.")
def registry() -> None:
    """Write, check, sign and explain registry files: what may be measured, and why."""


registry.places.update(
    check="aboveboard.cli.registry_check:check",
    diff="aboveboard.cli.registry_diff:diff",
    plan="aboveboard.cli.registry_plan:plan",
    guard="aboveboard.cli.registry_guard:guard",
    propose="aboveboard.cli.registry_propose:propose",
    **{"import": "aboveboard.cli.registry_import:import_"},
    approver="aboveboard.cli.registry_approver:approver",
    sign="aboveboard.cli.registry_sign:sign",
    verify="aboveboard.cli.registry_verify:verify",
    status="aboveboard.cli.registry_status:status",
    notice="aboveboard.cli.registry_notice:notice",
    docs="aboveboard.cli.registry_docs:docs",
    shipped="aboveboard.cli.registry_shipped:shipped",
)
