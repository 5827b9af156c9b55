"""Enters: what collector and analysis need from outside. Leaves: their ports, no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Sequence
    from datetime import date

    from aboveboard.model.total import Total


class Opener(Protocol):
    """Opens what was sealed for this collector."""

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """The public halves of its keys; the first is the one to hand out."""
        ...

    def open(self, sealed: bytes, key_id: bytes, info: bytes) -> bytes:
        """Open a sealed body.

        Raises:
            SealError: it was not sealed for a key of this collector, or was changed.
        """
        ...


@dataclass(frozen=True, slots=True, order=True)
class LogPosition:
    """A place in the log: a segment and the byte in it after the last record read.

    Example:
        >>> LogPosition(2, 0) > LogPosition(1, 999)
        True
    """

    segment: int = 0
    offset: int = 0


ERASED = b'{"kind":"erased"}'
"""What stands in a log, with spaces after it, where a record was erased."""

ONLY_LOG = "0"
"""The name of a collector's log, unless it has several."""


@dataclass(frozen=True, slots=True)
class LogSlice:
    """Some records of a log, read in one go.

    Attributes:
        records: their payloads, in order.
        end: the place after them.
        log: the name of the log that they are of.
    """

    records: list[bytes]
    end: LogPosition
    log: str = ONLY_LOG


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """What a segment of a log holds.

    Attributes:
        segment: its number.
        newest: the day (UTC) on which its newest record was written, or a later one.
        bytes: how large it is, as far as it is on disk.
        sealed: whether nothing is written to it any more.
    """

    segment: int
    newest: date
    bytes: int
    sealed: bool


class KeptLog(Protocol):
    """What was kept in a log, perhaps by another process.

    Contract: ``tests/contract/test_report_log.py``. Every method but ``close`` may raise LogError.
    """

    @property
    def name(self) -> str:
        """What tells it from the collector's other logs."""
        ...

    @property
    def unreadable(self) -> dict[int, int]:
        """Segment to bytes behind a broken record in it, as far as it was read."""
        ...

    def read(self, start: LogPosition, most_bytes: int) -> LogSlice:
        """Read whole records after a place; none when there are no more."""
        ...

    def behind(self, start: LogPosition) -> int:
        """Tell how many bytes lie after a place."""
        ...

    def find(self, segment: int, needle: bytes) -> list[tuple[int, bytes]]:
        """Find the records of a segment that hold some bytes.

        Returns:
            The offset and the payload of each; none if there is no such segment.
        """
        ...

    def erase(self, segment: int, places: Sequence[tuple[int, int]]) -> None:
        """Overwrite records with ``{"kind":"erased"}`` and spaces; it is on disk on return.

        Done again, it changes nothing, or repairs what a crash left half done.

        Args:
            segment: where they are; nothing is done if there is no such segment.
            places: the offset of each and the length of its payload, as ``find`` gave them.
        """
        ...

    def segments(self) -> list[SegmentInfo]:
        """Tell of each segment, oldest first."""
        ...

    def drop(self, segment: int) -> None:
        """Remove a segment with all of its records.

        Raises:
            LogError: it is still being written, or cannot be removed.
        """
        ...

    def torn_bytes(self) -> int:
        """Tell how many bytes lie aside that crashes left torn."""
        ...

    def drop_torn(self, before: date) -> int:
        """Remove what was put aside before a day, loaded or not: nobody was promised it.

        Returns:
            How many files.
        """
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class ReportLog(KeptLog, Protocol):
    """Keeps accepted records on disk. Contract: ``tests/contract/test_report_log.py``.

    Each process that takes reports has a log of its own.
    """

    def append(self, records: Sequence[bytes]) -> None:
        """Append records and return when they are on disk.

        Raises:
            LogError: none of them counts as kept.
        """
        ...


Cell: TypeAlias = bool | int | float | str | None


class FileSync(Protocol):
    """Brings what was written to the disk while an event loop goes on."""

    def start(self, descriptor: int, told: Callable[[OSError | None], None]) -> None:
        """Begin to bring a file's data to the disk.

        Args:
            descriptor: the open file; it stays open until ``told`` is called.
            told: is called once, by whoever reaps, with None or with why the sync failed. It
                raises nothing.

        Raises:
            OSError: it did not begin, and ``told`` is not called.
        """
        ...

    def watch(self, loop: AbstractEventLoop) -> None:
        """Let a loop reap from now on; cheap if it does already.

        Raises:
            OSError: it cannot.
        """
        ...

    def reap(self) -> None:
        """Tell of the syncs that have ended, without waiting for others."""
        ...


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer to a person's own query.

    Attributes:
        columns: their names.
        rows: values; what JSON does not know (days, decimals) as text.
        cut: whether there were more rows than asked for.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class KnownReport:
    """What the tables know of one report: where it is, not what it said.

    Attributes:
        week: the one that it is of.
        linked: whether it can still be found in a log, so that its counts can be taken out.
        token: the hash of the token that takes it back; None if it came without one.
        gone: the day on which it was taken back.
        waits: whether some of it is still in a log or in the totals although it was taken back.
    """

    week: str
    linked: bool
    token: str | None = None
    gone: date | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Erasure:
    """A place in a log where a report that was taken back may still be.

    Attributes:
        app: the product.
        id: the report's.
        log: the name of the log.
        segment: of that log.
        original: whether the first such report in that segment is the one that was counted.
        counted: whether anything in that segment was counted; a copy that was read after the
            report was taken back never was.
        frames: offset and payload length of what is to be erased there; None until somebody
            looked, and took their counts out.
    """

    app: str
    id: str
    log: str
    segment: int
    original: bool = False
    counted: bool = False
    frames: tuple[tuple[int, int], ...] | None = None


class FactStore(Protocol):
    """Holds facts and totals. Contract: ``tests/contract/test_fact_store.py``.

    Every method may raise FactsError.
    """

    def position(self, log: str) -> LogPosition:
        """Give the place in a log up to which everything is loaded."""
        ...

    def load(self, part: LogSlice) -> int:
        """Load records, bring totals up to date and move the position, all or nothing.

        A record that takes a report back marks it, and lists the places where it may be; a copy of
        such a report is not counted, and its place is listed.

        Returns:
            How many reports were new.
        """
        ...

    def mark(self) -> str:
        """Give a text that is another one whenever a number may have changed; it never waits."""
        ...

    def report(self, app: str, report_id: str) -> KnownReport | None:
        """Tell what is known of a report; None if it was never loaded."""
        ...

    def erasures(self) -> list[Erasure]:
        """Give the places where reports that were taken back may still be."""
        ...

    def take_out(self, place: Erasure, records: Sequence[bytes]) -> None:
        """Take the counts of some records out of all tables and note down their frames, or neither.

        Args:
            place: where they are, with the frames that are to be erased next.
            records: those of them that were counted.
        """
        ...

    def erased(self, place: Erasure) -> None:
        """Strike a place off the list: nothing of the report is there any more."""
        ...

    def apps(self) -> dict[str, int]:
        """Give the apps that sent anything, with how many reports each."""
        ...

    def totals(self, app: str) -> list[Total]:
        """Give every total of an app, by metric, span, period and key."""
        ...

    def query(self, sql: str, most_rows: int) -> QueryResult:
        """Run a person's own reading query.

        Raises:
            QueryError: it is wrong or does more than read.
        """
        ...

    def size(self) -> int:
        """Tell how many bytes the tables take where they are, with indexes and what is free."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class Renderer(Protocol):
    """Draws charts. Contract: ``tests/contract/test_renderer.py``."""

    def render(self, specs: Sequence[str]) -> list[str]:
        """Draw Vega-Lite specifications (JSON texts) as SVG, in their order.

        Raises:
            RenderError: none of them is drawn.
        """
        ...

    def script(self) -> bytes:
        """Give the JavaScript that makes a chart interactive in a browser.

        Raises:
            RenderError: it is not to be had.
        """
        ...
