"""Enters: the port ControlStore. Leaves: the same in SQLite or PostgreSQL, by SQLAlchemy.

In PostgreSQL it has the schema ``control``, beside that of the facts.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    URL,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from aboveboard.adapters.control_tables import BACKUPS, HEAD, JOB_RUNS
from aboveboard.errors import ControlError
from aboveboard.ports.control import Backup, JobRun

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Delete, Engine, Row, Select

FILE = "control.sqlite"
SCHEMA_NAME = "control"
BUSY_MILLISECONDS = 10_000
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('aboveboard control'))"
_LATEST = select(func.max(JOB_RUNS.c.run)).group_by(JOB_RUNS.c.job)


def in_folder(folder: Path) -> SqlControlStore:
    """Open the store in a file of a folder.

    Raises:
        ControlError: it cannot be opened, or a newer program made it.
    """
    path = folder / FILE
    with _mapped("opened"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _calm)
    # Python's module would begin too late: a step that makes tables must be undone as a whole.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("begin immediate"))
    return SqlControlStore(engine)


def in_postgres(url: str) -> SqlControlStore:
    """Open the store in a schema of its own of a database.

    Raises:
        ControlError: it cannot be opened, or a newer program made it.
        SetupError: the address is none.
    """
    from aboveboard.adapters.postgres_connections import connect  # noqa: PLC0415 psycopg is an extra

    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(url, SCHEMA_NAME, autocommit=False),
        pool_pre_ping=True,
    )
    first = (f"create schema if not exists {SCHEMA_NAME}", _ONE_AT_A_TIME)
    return SqlControlStore(engine, first)


class SqlControlStore:
    """Jobs and backups in a database.

    Args:
        engine: makes connections to it.
        first: what is run before its tables are brought to this version.
    """

    def __init__(self, engine: Engine, first: Sequence[str] = ()) -> None:
        self._engine = engine
        self._closed = False
        with contextlib.ExitStack() as unless_open:
            unless_open.callback(engine.dispose)
            with self._transaction("opened") as connection:
                for statement in first:
                    connection.execute(text(statement))
                _bring_up(connection)
            unless_open.pop_all()

    def begin(self, job: str, started: datetime) -> int:
        """Note down that a job began; give the number of the run."""
        values = {"job": job, "started": started, "outcome": "", "numbers": {}}
        with self._transaction() as connection:
            return int(
                connection.execute(insert(JOB_RUNS).returning(JOB_RUNS.c.run), values).scalar_one()
            )

    def end(self, run: int, ended: datetime, outcome: str, numbers: Mapping[str, int]) -> None:
        """Note down how a run ended."""
        values = {"ended": ended, "outcome": outcome, "numbers": dict(numbers)}
        with self._transaction() as connection:
            done = connection.execute(update(JOB_RUNS).where(JOB_RUNS.c.run == run).values(values))
            if not done.rowcount:
                message = f"no run has the number {run}"
                raise ControlError(message)

    def last_runs(self) -> list[JobRun]:
        """Give the latest run of each job, by its name."""
        latest = select(JOB_RUNS).where(JOB_RUNS.c.run.in_(_LATEST))
        return sorted(map(_run, self._rows(latest)), key=lambda run: run.job)

    def runs(self, job: str, most: int) -> list[JobRun]:
        """Give the runs of a job, latest first."""
        found = select(JOB_RUNS).where(JOB_RUNS.c.job == job)
        return [_run(row) for row in self._rows(found.order_by(JOB_RUNS.c.run.desc()).limit(most))]

    def forget_runs(self, before: datetime) -> int:
        """Delete what began before a moment, but of no job the latest run; tell how many."""
        old = delete(JOB_RUNS).where(JOB_RUNS.c.started < before, JOB_RUNS.c.run.not_in(_LATEST))
        return self._change(old)

    def keep_backup(self, backup: Backup) -> None:
        """Note down a backup; one that lay in its place is forgotten."""
        with self._transaction() as connection:
            connection.execute(delete(BACKUPS).where(BACKUPS.c.place == backup.place))
            connection.execute(insert(BACKUPS), asdict(backup))

    def backups(self) -> list[Backup]:
        """Give the backups that there are, latest first."""
        found = self._rows(select(BACKUPS))
        every = (Backup(**row._asdict()) for row in found)
        return sorted(every, key=lambda each: (each.made, each.place), reverse=True)

    def forget_backup(self, place: str) -> None:
        """Note down that a backup is gone."""
        self._change(delete(BACKUPS).where(BACKUPS.c.place == place))

    def close(self) -> None:
        """Let go of the database."""
        self._closed = True
        self._engine.dispose()

    def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        with self._transaction() as connection:
            return connection.execute(statement).all()

    def _change(self, statement: Delete) -> int:
        with self._transaction() as connection:
            return connection.execute(statement).rowcount

    @contextlib.contextmanager
    def _transaction(self, what: str = "used") -> Iterator[Connection]:
        if self._closed:
            message = "the control store is closed"
            raise ControlError(message)
        with _mapped(what), self._engine.begin() as connection:
            yield connection


def _bring_up(connection: Connection) -> None:
    """Bring the tables to this version, if they are of another."""
    if inspect(connection).has_table("alembic_version"):
        found = connection.execute(text("select version_num from alembic_version")).scalar()
        if found == HEAD:
            return
    from aboveboard.adapters.control_migrate import migrate  # noqa: PLC0415 Alembic is large

    migrate(connection)


def _run(row: Row[Any]) -> JobRun:
    return JobRun(row.job, row.started, row.ended, row.outcome, row.numbers)


def _calm(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("pragma journal_mode = wal")


@contextlib.contextmanager
def _mapped(what: str) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        # SQLAlchemy's own words would show the statement with all that it writes.
        cause = getattr(error, "orig", None) or error
        message = f"the control store cannot be {what}: {type(cause).__name__}"
        raise ControlError(message) from None
