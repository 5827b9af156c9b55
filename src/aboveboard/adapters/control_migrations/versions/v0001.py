"""Enters: an empty control store. Leaves: jobs and backups in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    moment = sa.DateTime(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "job_runs",
        sa.Column("run", number, primary_key=True, autoincrement=True),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("started", moment, nullable=False),
        sa.Column("ended", moment),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("numbers", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("job_runs_by_job", "job_runs", ["job", "run"])
    op.create_table(
        "backups",
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("made", moment, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
    )
