"""Enters: a collector's folders and addresses. Leaves: what a look tells; nothing is changed."""

from __future__ import annotations

import http.client
import ssl
from datetime import UTC
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aboveboard.adapters.backup_files import backups_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

OTHERS = 0o077
"""The rights of everybody but the owner."""
LOG_MARK = b"ABLOG"
DEBUG = ("PYTHONDEVMODE", "PYTHONASYNCIODEBUG", "UVICORN_RELOAD")
TIMESYNC = Path("/run/systemd/timesync")
PROC = Path("/proc")
SECONDS = 10.0
DAY = 86_400
PASSED_ON = {"X-Forwarded-For": "192.0.2.1"}
"""Sent to this machine's own address alone, where what only this machine may read does not count.

Elsewhere the web server in front must say itself that it passes a request on: one that does not
shows everybody what is for the collector's owner.
"""


def open_to_others(files: Iterable[Path]) -> list[str]:
    """Give those of some files that others than their owner can read or write."""
    return [str(each) for each in files if _mode(each) & OTHERS]


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except OSError:
        return 0


def is_public(host: str) -> bool:
    """Whether others reach an address that a program listens on.

    Example:
        >>> is_public("127.0.0.1"), is_public("::"), is_public("localhost")
        (False, True, False)
    """
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def debug_switches(pid: int) -> list[str]:
    """Give the switches for developers that a process of this account was started with."""
    try:
        words = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
    said = dict(word.decode("utf-8", "replace").partition("=")[::2] for word in words)
    return [name for name in DEBUG if said.get(name, "0") not in {"", "0"}]


def clock_is_set() -> bool | None:
    """Whether systemd's service for the clock has set it; None where another may do it."""
    return (TIMESYNC / "synchronized").exists() if TIMESYNC.is_dir() else None


def newest_age(folder: Path, now: float) -> float:
    """Give the age in seconds of the newest file; 0 without one."""
    changed = [each.stat().st_mtime for each in folder.rglob("*") if each.is_file()]
    return now - max(changed) if changed else 0


def unreadable(folder: Path) -> Iterator[str]:
    """Give the segments that cannot be read, or that do not begin as they should."""
    for file in sorted(folder.rglob("*.log")):
        try:
            with file.open("rb") as stream:
                head = stream.read(len(LOG_MARK))
        except OSError:
            head = b"?"
        if not LOG_MARK.startswith(head):
            yield str(file)


def backup_age(folder: Path, now: datetime) -> float | None:
    """Give the age of the newest backup in days; None without one."""
    moments = [made for made, _ in backups_in(folder)]
    return (now.astimezone(UTC) - max(moments)).total_seconds() / DAY if moments else None


def status_of(url: str) -> int:
    """Ask an address once, as anybody would; 0 if nobody answers."""
    try:
        parts = urlsplit(url)
        headers = {} if is_public(parts.hostname or "") else PASSED_ON
        if parts.scheme == "https":
            context = ssl.create_default_context()
            secure = http.client.HTTPSConnection(parts.netloc, timeout=SECONDS, context=context)
            return _status(secure, parts.path, headers)
        plain = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
        return _status(plain, parts.path, headers)
    except (OSError, http.client.HTTPException, ValueError):
        return 0


def _status(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> int:
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
