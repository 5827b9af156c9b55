"""Enters: a connection that Alembic was handed. Leaves: the steps it has not seen, run on it.

Alembic runs this file. Imported by anything else, it does nothing.
"""

from __future__ import annotations

from alembic import context

from aboveboard.adapters.control_tables import METADATA


def run() -> None:
    """Run the steps in the transaction of the connection."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        transactional_ddl=True,
    )
    context.run_migrations()


if hasattr(context, "config"):
    run()
