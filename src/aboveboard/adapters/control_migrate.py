"""Enters: a connection to a control store. Leaves: its tables as this version has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from aboveboard.errors import ControlError

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent / "control_migrations"


def migrate(connection: Connection) -> None:
    """Run the steps that a store has not seen. The caller commits them, or none.

    Raises:
        ControlError: a newer program made its tables.
    """
    config = Config()
    # A percent sign would begin a reference in Alembic's own configuration.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known:
        message = (
            f"the control store is of version {found}, which this Aboveboard does not know. "
            "Install the newer one again, or restore a backup from before it"
        )
        raise ControlError(message)
    command.upgrade(config, "head")
