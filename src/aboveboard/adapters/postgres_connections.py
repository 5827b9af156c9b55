"""Enters: the address of a PostgreSQL. Leaves: connections, lent to one thread at a time.

A connection that broke is thrown away with all that lie idle, and the next one that is asked for is
made anew: whoever comes after the server is back meets it as if nothing had been. One that is in
use for too long is cut, for a server that stands still says nothing, and nobody may wait for ever.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from typing import TYPE_CHECKING, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping, TransactionStatus

from aboveboard.errors import FactsError, SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator

Connection: TypeAlias = "psycopg.Connection[tuple[object, ...]]"

PATIENCE_SECONDS = 30.0
"""How long a thread waits for a connection."""
_USUAL = {
    "application_name": "aboveboard",
    "client_encoding": "utf8",
    "connect_timeout": "5",
    # A server whose machine is gone is noticed within half a minute.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
_SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "standard_conforming_strings": "on",
    "jit": "off",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "5min",
}


def connect(url: str, search_path: str, *, autocommit: bool = True) -> Connection:
    """Make one connection.

    Args:
        url: the address; its own words on how to connect go before what is usual here.
        search_path: the schema whose tables have no other name.
        autocommit: whether a statement stands for itself where no transaction is begun.

    Raises:
        psycopg.Error: the server is away, or refuses.
        SetupError: the address is none.
    """
    asked = _parts(url)
    settings = {**_SETTINGS, "search_path": search_path}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    merged = {**_USUAL, **asked, "options": f"{asked.get('options', '')} {options}".strip()}
    return psycopg.connect(autocommit=autocommit, **merged)  # type: ignore[arg-type]  # libpq's own words


def is_away(url: str) -> bool:
    """Whether nobody answers at an address, or says only that it is about to start or to end.

    Raises:
        SetupError: the address is none.
    """
    asked = make_conninfo(**{**_USUAL, **_parts(url)})
    return PGconn.ping(asked.encode()) in {Ping.NO_RESPONSE, Ping.REJECT}


def shown(url: str) -> str:
    """Write an address for people: its password is left out.

    Example:
        >>> shown("postgresql://ana:secret@db.example:5433/counts?sslmode=require")
        'postgresql://ana@db.example:5433/counts'
    """
    asked = _parts(url)
    user, host, port, name = (asked.get(part, "") for part in ("user", "host", "port", "dbname"))
    return f"postgresql://{user}{'@' * bool(user)}{host}{':' * bool(port)}{port}/{name}"


def _parts(url: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error:
        # What the library says of it may hold the password.
        message = (
            "the address of the store is none that PostgreSQL knows; write "
            "postgresql://user:password@host:port/database, and %40 for an @ in a password"
        )
        raise SetupError(message) from None


class Connections:
    """Connections to one database, as many as are needed at once, up to a bound.

    Args:
        url: the address.
        search_path: the schema whose tables have no other name.
        most: how many there may be.
        longest: for how many seconds one may be used at a stretch.
        first: what is run on each that is made.
    """

    def __init__(
        self, url: str, search_path: str, most: int, longest: float, first: str = ""
    ) -> None:
        self._url = url
        self._search_path = search_path
        self._first = first
        self._most = most
        self._longest = longest
        self._idle: list[Connection] = []
        self._lent = 0
        self._waiting: list[object] = []
        self._closed = False
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def lend(self) -> Iterator[Connection]:
        """Give a connection to one thread; one with a transaction left open is thrown away.

        Raises:
            psycopg.Error: the server is away, or refuses.
            FactsError: these are closed, or every one is in use for too long.
        """
        connection = self._take()
        try:
            if connection is None:
                connection = connect(self._url, self._search_path)
                if self._first:
                    connection.execute(self._first)
            with _cut_after(self._longest, connection):
                yield connection
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close all of them, when nobody uses one any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._lent, PATIENCE_SECONDS)
            self._forget()

    def _take(self) -> Connection | None:
        with self._changed:
            # In the order in which they came: who asks again at once must not be first each time.
            ticket = object()
            self._waiting.append(ticket)
            free = self._changed.wait_for(
                lambda: self._closed or (self._waiting[0] is ticket and self._lent < self._most),
                PATIENCE_SECONDS,
            )
            self._waiting.remove(ticket)
            self._changed.notify_all()
            if self._closed or not free:
                message = "the database is closed" if self._closed else "the database is busy"
                raise FactsError(message)
            if any(map(_is_stale, self._idle)):
                self._forget()
            self._lent += 1
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: Connection | None) -> None:
        with self._changed:
            self._lent -= 1
            if connection is not None and _is_at_rest(connection):
                self._idle.append(connection)
            elif connection is not None:
                connection.close()
            self._changed.notify_all()

    def _forget(self) -> None:
        while self._idle:
            self._idle.pop().close()


@contextlib.contextmanager
def _cut_after(seconds: float, connection: Connection) -> Iterator[None]:
    """Cut a connection that is still in use then: whoever waits for it hears that it is gone."""
    # A second handle stays ours, whatever becomes of the first. Its family is no matter here.
    with socket.socket(socket.AF_UNIX, fileno=os.dup(connection.fileno())) as handle:
        timer = threading.Timer(seconds, _cut, [handle])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _cut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # It was given back a moment ago.
        handle.shutdown(socket.SHUT_RDWR)


def _is_at_rest(connection: Connection) -> bool:
    return connection.info.transaction_status is TransactionStatus.IDLE


def _is_stale(connection: Connection) -> bool:
    """Whether the server said something to an idle connection: that it goes, or went."""
    if connection.closed:
        return True
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    return bool(watched.poll(0))
