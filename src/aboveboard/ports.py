"""Enters: what a step needs from outside. Leaves: the interfaces that adapters fulfil, no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from aboveboard.model.consent import Choice
    from aboveboard.model.event import Event
    from aboveboard.model.period import Week
    from aboveboard.model.report import Delivery, Fate
    from aboveboard.model.total import Total


class Clock(Protocol):
    """Tells the time. Contract: ``tests/contract/test_clock.py``."""

    def now(self) -> datetime:
        """Give the time with its zone, the machine's own."""
        ...

    def monotonic_ms(self) -> int:
        """Give milliseconds since some moment; it never runs backwards."""
        ...


class Chance(Protocol):
    """Draws what nobody can foresee. Contract: ``tests/contract/test_chance.py``."""

    def report_id(self) -> str:
        """Draw 128 random bits as 32 lower-case hexadecimal digits."""
        ...


# The device.


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A count as the device keeps it: by name, summed per day.

    Attributes:
        metric: the metric's name.
        day: the day it was counted.
        key: which of the metric's values.
        count: how often.
        sendable: whether it was recorded while the person had said yes.
    """

    metric: str
    day: date
    key: str
    count: int
    sendable: bool


class EventStore(Protocol):
    """Keeps what one program counted on one machine, and its reports.

    Contract: ``tests/contract/test_event_store.py``. Every method may raise StoreError. Nothing is
    created on disk before the first call that has something to keep.
    """

    def choice(self) -> Choice | None:
        """Give what the person chose, or None."""
        ...

    def choose(self, choice: Choice) -> None:
        """Keep the choice."""
        ...

    def withhold(self) -> None:
        """Mark everything kept so far as never to be sent, and drop the reports that wait."""
        ...

    def add(self, events: Iterable[Event], *, sendable: bool) -> None:
        """Add counts; what adds up is summed per day, the rest replaces the day's value."""
        ...

    def events(self) -> list[StoredEvent]:
        """Give everything that is kept and in no report yet, by metric and day."""
        ...

    def said(self, week: Week) -> frozenset[str]:
        """Give the metrics whose state this week's reports say, as far as they left or wait."""
        ...

    def take(self, events: Sequence[StoredEvent], delivery: Delivery, said: Iterable[str]) -> bool:
        """Move counts out of the store and their report into the outbox, all or nothing.

        Exactly what was read is taken; what was added meanwhile stays.

        Returns:
            False, and nothing changes, if another process took some of them first.
        """
        ...

    def drop(self, events: Sequence[StoredEvent]) -> None:
        """Let go of counts that no report will ever say."""
        ...

    def settle(self, delivery: Delivery) -> None:
        """Note down what became of a report.

        If it was withdrawn while it travelled, it left all the same and comes back to the journal;
        only if it still waits it stays withdrawn.
        """
        ...

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        """Give the journal, oldest first: every report, or those with one fate."""
        ...

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes under a name, in place of what was kept under it."""
        ...

    def kept(self, name: str) -> bytes | None:
        """Give what was kept under a name, or None."""
        ...

    def erase(self) -> None:
        """Delete and overwrite every count, every report that waits and all that was kept."""
        ...

    def close(self) -> None:
        """Let go of files; the store may be used again afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a collector answered.

    Attributes:
        status: HTTP status.
        body: at most the first few kilobytes.
        retry_after: seconds it asks to wait, if it does.
    """

    status: int
    body: bytes
    retry_after: int | None = None


class Transport(Protocol):
    """Carries bytes to a collector. Contract: ``tests/contract/test_transport.py``."""

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body.

        Raises:
            SendError: no answer came.
        """
        ...


class Sealer(Protocol):
    """Closes bytes so that one key alone opens them. Contract: ``tests/contract/test_seal.py``."""

    def seal(self, plain: bytes, key: bytes, info: bytes) -> bytes:
        """Seal for the public key, bound to ``info``.

        Raises:
            SealError: sealing is not available here, or the key is none.
        """
        ...


# Signatures: of those who approve metrics, and of transparency logs.


class Signer(Protocol):
    """Signs with one Ed25519 key. Contract: ``tests/contract/test_signatures.py``."""

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign a message: 64 bytes."""
        ...


class SignatureChecker(Protocol):
    """Checks Ed25519 signatures. Contract: ``tests/contract/test_signatures.py``."""

    def check(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is the one of ``message`` by the public key ``key``.

        What is no key or no signature at all gives False.

        Raises:
            SealError: checking is not available here.
        """
        ...


# The collector.


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


@dataclass(frozen=True, slots=True)
class LogSlice:
    """Some records of the log, read in one go.

    Attributes:
        records: their payloads, in order.
        end: the place after them.
    """

    records: list[bytes]
    end: LogPosition


class ReportLog(Protocol):
    """Keeps accepted records on disk. Contract: ``tests/contract/test_report_log.py``."""

    def append(self, records: Sequence[bytes]) -> None:
        """Append records and return when they are on disk.

        Raises:
            LogError: none of them counts as kept.
        """
        ...

    def read(self, start: LogPosition, most_bytes: int) -> LogSlice:
        """Read whole records after a place; none when there are no more."""
        ...

    def behind(self, start: LogPosition) -> int:
        """Tell how many bytes lie after a place."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


Cell: TypeAlias = bool | int | float | str | None


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


class FactStore(Protocol):
    """Holds facts and totals. Contract: ``tests/contract/test_fact_store.py``.

    Every method may raise FactsError.
    """

    def position(self) -> LogPosition:
        """Give the place in the log up to which everything is loaded."""
        ...

    def load(self, part: LogSlice) -> int:
        """Load records, bring totals up to date and move the position, all or nothing.

        Returns:
            How many reports were new.
        """
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


# The transparency log.


class Ledger(Protocol):
    """Keeps a transparency log. Contract: ``tests/contract/test_ledger.py``.

    Every method may raise LogError. Whoever keeps a checkpoint has appended its leaves before.
    """

    def put(self, blob: bytes) -> None:
        """Keep a content under its SHA-256; it is on disk when this returns."""
        ...

    def append(self, leaves: Sequence[bytes]) -> None:
        """Add leaves at the end, all or none; they are on disk when this returns."""
        ...

    def keep(self, checkpoint: bytes) -> None:
        """Replace the checkpoint; it is on disk when this returns."""
        ...

    def leaves(self) -> list[bytes]:
        """Give every leaf in its order."""
        ...

    def blob(self, name: str) -> bytes | None:
        """Give a content by its SHA-256 in hexadecimal, or None."""
        ...

    def checkpoint(self) -> bytes | None:
        """Give the checkpoint that was kept last, or None."""
        ...
