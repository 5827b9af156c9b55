"""Enters: nothing. Leaves: the tables of the control store, as SQLAlchemy knows them.

``control_migrations/`` makes them; a test finds any difference between the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Moment(TypeDecorator[datetime]):
    """A moment, kept in UTC: SQLite knows no zones."""

    impl = DateTime(timezone=True)  # type: ignore[mutable-override]  # as SQLAlchemy documents it
    cache_ok = True  # type: ignore[mutable-override]  # as above

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 given by SQLAlchemy
        """Write a moment."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 given by SQLAlchemy
        """Read a moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


HEAD = "0001"
"""The last step of ``control_migrations``: a store that has seen it is opened without Alembic."""
METADATA = MetaData()
# SQLite counts its own rows only where the key is exactly INTEGER.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

JOB_RUNS = Table(
    "job_runs",
    METADATA,
    Column("run", _NUMBER, primary_key=True, autoincrement=True),
    Column("job", Text, nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended", Moment),
    Column("outcome", Text, nullable=False),
    Column("numbers", JSON, nullable=False),
    Index("job_runs_by_job", "job", "run"),
    sqlite_autoincrement=True,
)
BACKUPS = Table(
    "backups",
    METADATA,
    Column("place", Text, primary_key=True),
    Column("made", Moment, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("until", Date, nullable=False),
)
