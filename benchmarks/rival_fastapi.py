"""Enters: a port and a PostgreSQL. Leaves: what one writes first: a framework, an insert a request.

It runs with the rivals' packages, and imports nothing of ours.
"""

from __future__ import annotations

import sys
from datetime import date

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import BigInteger, ForeignKey, create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """All tables."""


class Report(Base):
    """One report."""

    __tablename__ = "reports"
    id: Mapped[str] = mapped_column(primary_key=True)
    app: Mapped[str]
    period: Mapped[str]


class Fact(Base):
    """One entry of it."""

    __tablename__ = "facts"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    report: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    metric: Mapped[str]
    day: Mapped[date | None]
    value: Mapped[object] = mapped_column(JSONB)


class Entry(BaseModel):
    """An entry as it arrives."""

    metric: str
    day: date | None = None
    value: bool | int | str | dict[str, int]


class Sent(BaseModel):
    """A report as it arrives."""

    format: int
    id: str
    app: str
    period: str
    registry: str
    withdrawal: str | None = None
    entries: list[Entry]


def keep(session: Session, sent: Sent) -> bool:
    """Insert a report; tell whether it is new."""
    session.add(Report(id=sent.id, app=sent.app, period=sent.period))
    try:
        session.flush()
    except IntegrityError:
        return False
    session.add_all(
        Fact(report=sent.id, metric=entry.metric, day=entry.day, value=entry.value)
        for entry in sent.entries
    )
    session.commit()
    return True


def main() -> None:
    """Serve."""
    port, address = sys.argv[1:]
    engine = create_engine(address, pool_size=20)
    Base.metadata.create_all(engine)
    app = FastAPI()

    @app.put("/reports/{name}/{report_id}", status_code=201)
    def put(name: str, report_id: str, sent: Sent) -> dict[str, str]:
        del name, report_id
        with Session(engine) as session:
            return {"code": "kept" if keep(session, sent) else "repeated"}

    uvicorn.run(app, port=int(port), access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
