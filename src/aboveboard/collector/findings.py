"""Enters: what a deployment is like. Leaves: what is wrong with it, what that means, what to do.

The table holds every finding there is; ``docs/operating.md`` lists them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aboveboard.collector.receive import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LEAST_FREE_BYTES = 1024 * 1024 * 1024
LEAST_FREE_FILES = 10_000
OLDEST_BACKUP_DAYS = 2
FUTURE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Check:
    """A finding in general: what it means, and what to do."""

    means: str
    remedy: str


CHECKS = {
    "no_tls": Check(
        "Others reach the collector without TLS, so whoever stands between can read reports.",
        "Listen on 127.0.0.1 behind a web server with TLS, and name its address: public_url.",
    ),
    "plain_address": Check(
        "Senders are told an address without TLS.", "Let public_url begin with https://."
    ),
    "admin_reachable": Check(
        "The numbers of /metrics, or the pages of /wires, can be read from outside.",
        "Set metrics to loopback, and let the web server in front refuse /metrics and /wires.",
    ),
    "desk_readable": Check(
        "Others on this machine can read the token that opens the collector's desk.",
        "Take the rights from them: chmod 600 server.json; then restart the collector.",
    ),
    "data_readable": Check(
        "Others on this machine can read what was reported.",
        "Take the rights from them: chmod 700 the data folder.",
    ),
    "keys_readable": Check(
        "Others on this machine can read the private keys: open reports, speak for the collector.",
        "Take the rights from them: chmod 700 keys, chmod 600 each key. If somebody used them, "
        "make new keys.",
    ),
    "settings_readable": Check(
        "Others on this machine can read a password in the settings.",
        "Take the rights from them: chmod 600 the file.",
    ),
    "backup_readable": Check(
        "Others on this machine can read the backups.",
        "Take the rights from them: chmod 700 the folder of the backups.",
    ),
    "rate_below_batch": Check(
        "One request may bring a thousand reports, but a network fewer in a minute, so that larger "
        "batches are refused.",
        "Raise rate_per_minute to 1000 at least, unless nobody sends batches.",
    ),
    "debug_switch": Check(
        "A switch for developers is on: it is slow, and may show what was sent.",
        "Remove the variable, and restart the collector.",
    ),
    "clock_behind": Check(
        "Files of the log are from the future, so the clock was set back or is wrong.",
        "Set the clock, and let it be set by NTP.",
    ),
    "clock_alone": Check(
        "Nobody sets the clock: days and weeks may become wrong.", "Switch NTP on."
    ),
    "disk_low": Check(
        "The disk is nearly full.",
        "Make room, or let records go earlier: lower raw_days, and restart.",
    ),
    "files_low": Check("The file system has hardly any files left.", "Delete small files."),
    "log_unreadable": Check(
        "A file of the log cannot be read, or is none of this version.",
        "Look at its rights; if it is broken, restore it from a backup.",
    ),
    "registry_problem": Check(
        "A registry file has a problem.", "`aboveboard registry check` tells it with its remedy."
    ),
    "no_backup": Check("There is no backup.", "Set backup_folder, best on another disk."),
    "old_backup": Check(
        "The newest backup is more than two days old.",
        "Look at the collector's log for the reason.",
    ),
    "older_layout": Check(
        "The data is of an older version.", "Make a copy of it, then run `aboveboard migrate`."
    ),
}
"""Code to what it means."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        code: one of ``CHECKS``.
        place: where: a setting, a file, a variable.
    """

    code: str
    place: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is to be judged.

    Attributes:
        host: the address that is listened on.
        host_is_public: whether others reach that address.
        public_url: what senders are told.
        metrics: who may read the numbers.
        rate: how many reports a network may bring in a minute; 0 for any number.
        outside: address to HTTP status of what was asked from outside.
        open_to_others: code to the files of that kind that others can read.
        debug: the switches for developers that are on.
        newest_file: the age in seconds of the log's newest file; negative for one of the future.
        clock_is_set: whether somebody sets the clock; None if nobody can tell.
        free: bytes and files that are free; -1 files where there is no bound.
        unreadable: files of the log that cannot be read.
        registry: files of the registry with problems.
        backup_days: the age of the newest backup in days; None without one.
        older_layout: whether the data is of an older version.
    """

    host: str = "127.0.0.1"
    host_is_public: bool = False
    public_url: str = ""
    metrics: str = "loopback"
    rate: int = 0
    outside: Mapping[str, int] = field(default_factory=dict)
    open_to_others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    debug: Sequence[str] = ()
    newest_file: float = 0
    clock_is_set: bool | None = None
    free: tuple[int, int] | None = None
    unreadable: Sequence[str] = ()
    registry: Sequence[str] = ()
    backup_days: float | None = 0
    older_layout: bool = False


def findings(seen: Deployment) -> list[Finding]:
    """Judge a deployment; the worst comes first."""
    return [*_reached(seen), *_rights(seen), *_machine(seen), *_data(seen)]


def _reached(seen: Deployment) -> Iterator[Finding]:
    if seen.host_is_public and not seen.public_url.startswith("https://"):
        yield Finding("no_tls", f"host = {seen.host}")
    if seen.public_url.startswith("http://"):
        yield Finding("plain_address", "public_url")
    if seen.metrics == "public":
        yield Finding("admin_reachable", "metrics = public")
    for address, status in seen.outside.items():
        if 200 <= status < 300:  # noqa: PLR2004 what HTTP calls success
            yield Finding("admin_reachable", address)

    if rate_below_batch(seen.rate):
        yield Finding("rate_below_batch", f"rate_per_minute = {seen.rate}")


def rate_below_batch(rate: int) -> bool:
    """Whether a batch that is within limits may be more than a network may bring in a minute.

    Example:
        >>> rate_below_batch(999), rate_below_batch(1000), rate_below_batch(0)
        (True, False, False)
    """
    return 0 < rate < Limits().most_reports


def _rights(seen: Deployment) -> Iterator[Finding]:
    for code, places in seen.open_to_others.items():
        for place in places:
            yield Finding(code, place)


def _machine(seen: Deployment) -> Iterator[Finding]:
    for name in seen.debug:
        yield Finding("debug_switch", name)
    if seen.newest_file < -FUTURE_SECONDS:
        yield Finding("clock_behind", "log")
    if seen.clock_is_set is False:
        yield Finding("clock_alone", "clock")
    if seen.free is not None and seen.free[0] < LEAST_FREE_BYTES:
        yield Finding("disk_low", "data")
    if seen.free is not None and 0 <= seen.free[1] < LEAST_FREE_FILES:
        yield Finding("files_low", "data")


def _data(seen: Deployment) -> Iterator[Finding]:
    if seen.older_layout:
        yield Finding("older_layout", "data")
    for place in seen.unreadable:
        yield Finding("log_unreadable", place)
    for place in seen.registry:
        yield Finding("registry_problem", place)
    if seen.backup_days is None:
        yield Finding("no_backup", "backup_folder")
    elif seen.backup_days > OLDEST_BACKUP_DAYS:
        yield Finding("old_backup", "backup_folder")
