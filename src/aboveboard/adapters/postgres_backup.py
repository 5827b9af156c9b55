"""Enters: the address of a PostgreSQL database. Leaves: a dump of it, or a database made of one.

PostgreSQL's own programs do it. The password goes to them by the environment: others can read the
words of a command.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 6 * 3600


def dump(url: str, target: Path, environment: Mapping[str, str]) -> None:
    """Write all tables as they stand at one moment, in pg_dump's own format.

    Raises:
        SetupError: pg_dump is not there, or cannot do it.
    """
    words = ["--format=custom", "--no-owner", "--no-privileges", "--file", str(target)]
    _run("pg_dump", url, words, environment)
    target.chmod(0o600)


def restore(url: str, source: Path, environment: Mapping[str, str]) -> None:
    """Make the tables of a dump, all or none; where some are there already, none.

    Raises:
        SetupError: pg_restore is not there, or cannot do it.
    """
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", url, [*words, str(source)], environment)


def _run(program: str, url: str, words: list[str], environment: Mapping[str, str]) -> None:
    found = shutil.which(program)
    if found is None:
        message = f"{program} is not installed; it comes with PostgreSQL (postgresql-client)"
        raise SetupError(message)
    bare, password = _apart(url)
    secret = {"PGPASSWORD": password} if password else {}
    command = [found, "--no-password", "--dbname", bare, *words]
    try:
        done = subprocess.run(  # noqa: S603 a program of the system, with words of the settings
            command,
            env={**environment, **secret},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{program} did not end: {type(error).__name__}"
        raise SetupError(message) from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        why = said[-1].replace(password, "***") if password and said else "".join(said[-1:])
        message = f"{program} could not do it: {why}"
        raise SetupError(message)


def _apart(url: str) -> tuple[str, str]:
    """Give an address without its password, and the password.

    Example:
        >>> _apart("postgresql://ana:ho%20rse@db:5/facts")
        ('postgresql://ana@db:5/facts', 'ho rse')
    """
    parts = urlsplit(url)
    who, at, host = parts.netloc.rpartition("@")
    user, _, password = who.partition(":")
    bare = urlunsplit((parts.scheme, f"{user}{at}{host}", parts.path, parts.query, ""))
    return bare, unquote(password)
