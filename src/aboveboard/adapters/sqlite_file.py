"""Enters: a home folder. Leaves: its SQLite file, opened when needed and let go of soon.

Nothing is created before there is something to keep. Many processes may share a home: write-ahead
log, one short transaction each. SQLite must not have its files removed while anybody has them open;
so whoever opens them holds a lock beside them, and whoever removes them holds it alone. A file that
is broken is set aside, and a new one begun.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.file_lock import hold
from aboveboard.adapters.sqlite_schema import SCHEMA
from aboveboard.errors import StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 2.0
"""How long to wait for other processes."""
MOMENT_SECONDS = 0.02
"""How long to wait for them where a program waits for us."""
STEM = "counts"
NAME = f"{STEM}.sqlite"
LOCK = "counts.lock"
_ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP)
_LOGS = ("-wal", "-shm", "-journal")
_SETTINGS = (
    "pragma auto_vacuum = incremental",
    "pragma journal_mode = wal",
    "pragma synchronous = normal",
    "pragma secure_delete = on",
    "pragma temp_store = memory",
)
_using = threading.RLock()
"""Held while a thread of this process uses SQLite: no other closes the file, and none forks."""
_files: weakref.WeakSet[SqliteFile] = weakref.WeakSet()


class SqliteFile:
    """The file that a store and an outbox share.

    Attributes:
        home: the folder it lies in.
        path: the file itself.
        aside: where a broken file goes.
        set_aside: whether a broken file was set aside.
    """

    def __init__(self, home: Path | str) -> None:
        self.home = os.fspath(home)
        self.path = os.path.join(home, NAME)
        self.aside = os.path.join(home, f"{STEM}.broken")
        self.set_aside = False
        self._connection: sqlite3.Connection | None = None
        self._lock: int | None = None
        self._alone = False
        self._opened = -1
        self._hurried = 0
        with _using:
            _files.add(self)

    def exists(self) -> bool:
        """Whether anything was ever kept."""
        with self.mapped("the store cannot be found"):
            return is_there(self.path)

    def rows(self, select: str, *values: object) -> list[tuple[Any, ...]]:
        """Read; nothing where there is no file."""
        with self._turn(), self.mapped("the store cannot be read"):
            if is_there(self.path):
                self._share()
            if not is_there(self.path):
                return []
            return self._open().execute(select, values).fetchall()

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction, all or nothing."""
        with self._turn(), self.mapped("the store cannot be written"):
            os.makedirs(self.home, exist_ok=True, mode=0o700)
            database = self._open()
            database.execute("begin immediate")
            with database:
                yield database

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Keep every other process out, and tell whether that could be done soon enough."""
        with self._turn(), self.mapped("the store cannot be locked"):
            if self._alone:
                yield True
                return
            self.close()
            self._lock = self._keep_out()
            self._alone = self._lock is not None
            try:
                yield self._alone
            finally:
                self._alone = False
                self.close()

    def hurry(self) -> None:
        """Have this thread wait for others a moment at most, until it calls ``close``."""
        self._hurried = threading.get_ident()
        self._let_go()

    def close(self) -> None:
        """Let go of the file; the next call opens it again."""
        self._let_go()
        if self._hurries:
            self._hurried = 0

    @property
    def _lock_path(self) -> str:
        return os.path.join(self.home, LOCK)

    @property
    def _hurries(self) -> bool:
        return self._hurried == threading.get_ident()

    @property
    def _patience(self) -> float:
        return MOMENT_SECONDS if self._hurries else BUSY_SECONDS

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Keep other threads from SQLite; who hurries does not wait until they have done."""
        if not _using.acquire(timeout=MOMENT_SECONDS if self._hurries else -1):
            message = "another thread uses the store"
            raise StoreError(message)
        try:
            yield
        finally:
            _using.release()

    def _let_go(self) -> None:
        # Who hurries leaves it to the thread that uses it now.
        with contextlib.suppress(StoreError), self._turn():
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if self._lock is not None and not self._alone:
                os.close(self._lock)
                self._lock = None

    def overwrite(self) -> None:
        """Write the file anew without anything that was deleted, and empty its log."""
        if self.exists():
            with self._turn(), self.mapped("the store cannot be overwritten"):
                database = self._open()
                database.execute("vacuum")
                database.execute("pragma wal_checkpoint(truncate)").fetchall()

    def shrink(self) -> None:
        """Give the room of what was deleted back."""
        if self.exists():
            with self._turn(), self.mapped("the store cannot be shrunk"):
                # Not execute: it would stop after the first page.
                self._open().executescript("pragma incremental_vacuum")

    def remove(self) -> None:
        """Overwrite and remove everything; only for who is alone."""
        with self.mapped("the store cannot be removed"):
            self.close()
            for suffix in ("", *_LOGS):
                wipe(self.path + suffix)
            _remove(self._lock_path)

    def size(self) -> int:
        """Give how many bytes are in use, of a broken file too."""
        found = self.rows(
            "select (select page_count from pragma_page_count())"
            " - (select freelist_count from pragma_freelist_count()),"
            " (select page_size from pragma_page_size())"
        )
        used = int(found[0][0]) * int(found[0][1]) if found else 0
        return used + file_size(self.aside)

    @contextlib.contextmanager
    def mapped(self, message: str) -> Iterator[None]:
        """Turn what the file system and SQLite raise into a StoreError."""
        with self._turn():  # a child that was forked while a thread imports would wait for ever
            import sqlite3  # noqa: PLC0415 a program that only counts does not need it

        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError, OverflowError) as error:
            if _is_broken(error):
                self._set_aside()
            raise StoreError(message) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._mark() != self._opened:
            self.close()  # somebody removed the file by hand
        if self._connection is None:
            self._share()
            self._connection = self._connect()
            self._opened = self._mark()
        return self._connection

    def _share(self) -> None:
        """Keep everybody from removing the file while it is open here."""
        if self._lock is None:
            self._lock = hold(self._lock_path, shared=True, create=True, seconds=self._patience)
        if self._lock is None:
            message = "another process keeps the store for itself"
            raise StoreError(message)

    def _keep_out(self) -> int | None:
        try:
            create = is_there(self.path)
            return hold(self._lock_path, shared=False, create=create, seconds=BUSY_SECONDS)
        except FileNotFoundError:
            return None  # there is nothing that anybody could have open

    def _mark(self) -> int:
        try:
            return os.stat(self.path).st_ino
        except FileNotFoundError:
            return -1

    def _connect(self) -> sqlite3.Connection:
        import sqlite3  # noqa: PLC0415 see above

        self._opened = self._mark()
        database = sqlite3.connect(
            self.path,
            timeout=self._patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for setting in _SETTINGS:
                database.execute(setting)
            database.executescript(SCHEMA)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _set_aside(self) -> None:
        """Begin anew; the broken file is kept once, for whoever wants to look."""
        seen = self._opened
        self.close()
        with contextlib.suppress(StoreError, OSError), self.alone() as alone:
            # If another process was faster, what lies there now is not what was found broken.
            if not alone or seen != self._mark():
                return
            for suffix in _LOGS:
                _remove(self.path + suffix)
            os.replace(self.path, self.aside)
            self.set_aside = True


def is_there(path: Path | str) -> bool:
    """Whether there is anything; that nobody may look is an error, as ``pathlib`` has it."""
    try:
        os.stat(path)
    except OSError as error:
        if error.errno not in _ABSENT:
            raise
        return False
    return True


def wipe(path: Path | str) -> None:
    """Overwrite a file with zeros and remove it; one that is not there is well."""
    with contextlib.suppress(FileNotFoundError), open(path, "r+b", buffering=0) as file:
        left = file.seek(0, os.SEEK_END)
        file.seek(0)
        while left > 0:
            left -= file.write(bytes(min(left, 65536)))
        os.fsync(file.fileno())
    _remove(path)


def _remove(path: Path | str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def file_size(path: Path | str) -> int:
    """Give the bytes of a file; 0 where it cannot be told."""
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0


def _is_broken(error: Exception) -> bool:
    import sqlite3  # noqa: PLC0415 see above

    codes = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes


def _before_fork() -> None:
    """A child must find no database open: SQLite cannot be shared with it."""
    _using.acquire()
    for file in list(_files):
        file.close()


if hasattr(os, "register_at_fork"):  # pragma: no branch (Windows knows no fork)
    os.register_at_fork(
        before=_before_fork, after_in_parent=_using.release, after_in_child=_using.release
    )
