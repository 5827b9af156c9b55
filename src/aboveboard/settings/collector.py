"""Enters: nothing. Leaves: every setting of a collector, defined once: this class is the table.

Options, the configuration file, variables, ``aboveboard config`` and ``docs/settings.md`` are made
of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from aboveboard.errors import Problem, SettingsError
from aboveboard.settings import DEFAULT_PORT, MOST_PORT, MOST_WORKERS, default_data
from aboveboard.settings.kinds import (
    Address,
    Choice,
    Folder,
    Kind,
    LogName,
    Number,
    PerApp,
    Prefix,
    Store,
    Text,
    WrongError,
)
from aboveboard.settings.lists import (
    Among,
    Formed,
    Lists,
    Networks,
    Paths,
    Secrets,
    Several,
    Streams,
)
from aboveboard.settings.pairs import NATIVE

KIND = "kind"
SAYS = "says"
REMEDY = "remedy"
MEBIBYTE = 1024 * 1024
DAYS = Number(1, 3650)
SHIPPED = (
    "`aboveboard registry shipped --copy registry` fills one with those that come with Aboveboard."
)
"""What the remedy for a missing registry ends with."""
WIRES: tuple[str, ...] = (
    "backdrop",
    "endless",
    "ga4",
    "mattermost-security",
    "otlp",
    "phone-home",
    "segment",
    "sentry",
    "universal",
)
"""The foreign wires, all of which are on unless the settings say otherwise."""
LISTED = ("endless-2", "endless-3", "endless-activation", "endless-ping", NATIVE)
"""What the records of a drained list may be."""


def _setting(kind: Kind, says: str, default: object = MISSING, remedy: str = "") -> Any:  # noqa: ANN401 as dataclasses.field
    metadata = {KIND: kind, SAYS: says, REMEDY: remedy}
    hidden = isinstance(kind, Address | Secrets)  # it may hold a password
    if default is dict:
        return field(default_factory=dict, metadata=metadata)
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata, repr=not hidden)


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """What ``aboveboard serve`` and the commands beside it are told."""

    data: Path = _setting(  # noqa: RUF009 as dataclasses.field
        Folder(),
        "Folder for everything that is kept: log, tables, keys.",
        remedy="Name a folder that the collector may write.",
    )
    registry: Path = _setting(  # noqa: RUF009 as dataclasses.field
        Folder(),
        "Folder with one registry file (*.toml) per app.",
        remedy="Name the folder with the registry files: --registry, or `registry` in the file. "
        f"{SHIPPED}",
    )
    host: str = _setting(Text("an address"), "Address to listen on.", "127.0.0.1")
    port: int = _setting(
        Number(0, MOST_PORT), "Port to listen on; 0 takes a free one.", DEFAULT_PORT
    )
    public_url: str = _setting(
        Address(("https", "http")),
        "Address under which senders reach it, through the web server with TLS.",
        "",
    )
    origin: str = _setting(
        LogName("a name"),
        "Name of its transparency log; empty for one made of the log's key. It stays for ever.",
        "",
    )
    workers: int = _setting(
        Number(1, MOST_WORKERS),
        "Processes that take reports; with more than one, another one loads and shows them.",
        1,
    )
    store: str = _setting(
        Store(("duckdb", "postgresql")),
        "Where the tables are; empty for a DuckDB file in the data folder.",
        "",
    )
    largest_body: int = _setting(
        Number(1024, 64 * MEBIBYTE),
        "Bytes of a request's body; more is refused with too_large.",
        256 * 1024,
    )
    largest_inflated: int = _setting(
        Number(1024, 256 * MEBIBYTE),
        "Bytes after inflating; more is refused with too_large_inflated.",
        MEBIBYTE,
    )
    oldest_weeks: int = _setting(
        Number(1, 520),
        "Weeks that a report may reach back; older is refused with period_too_old.",
        53,
    )
    rate_per_minute: int = _setting(
        Number(0, 1_000_000),
        "Reports of one network in a minute that all workers together take, in a batch as well; "
        "0 for any number.",
        0,
    )
    trusted_proxies: tuple[str, ...] = _setting(
        Networks(), "Web servers in front whose X-Forwarded-For is believed.", ()
    )
    most_connections: int = _setting(
        Number(1, 100_000),
        "Connections of a process at once; those beyond are answered with too_busy.",
        1000,
    )
    raw_days: int = _setting(
        DAYS, "Days until facts and the records of the log are deleted; totals stay.", 60
    )
    raw_days_of: Mapping[str, int] = _setting(
        PerApp(DAYS),
        "The same for the facts of single apps; the log that all share goes by the longest.",
        dict,
    )
    quarantine_days: int = _setting(
        Number(0, 3650),
        "Days until what waits in quarantine is deleted; 0 keeps nothing of it.",
        30,
    )
    quarantine_rows: int = _setting(
        Number(1, 10_000_000), "Rows that may wait of one app; the oldest go.", 100_000
    )
    raw_quarantine: tuple[str, ...] = _setting(
        Several("apps"),
        "Apps of which clients of others may let values wait that no registry knows yet, where its "
        "registry says raw_quarantine = true.",
        (),
    )
    backup_folder: Path | None = _setting(  # noqa: RUF009 as dataclasses.field
        Folder("a folder, or nothing"), "Folder for a backup each day; none without it.", None
    )
    backup_days: int = _setting(DAYS, "Days until a backup is deleted.", 30)
    drain: str = _setting(
        Address(("redis", "rediss", "unix")),
        "A Redis whose lists are drained, such as redis://localhost:6379/0.",
        "",
    )
    drain_lists: tuple[str, ...] = _setting(
        Lists(f"lists, each NAME or NAME=WIRE; wires: {', '.join(LISTED)}", LISTED),
        "Its lists.",
        ("aboveboard",),
    )
    wires: tuple[str, ...] = _setting(
        Among("names of wires", WIRES), "Foreign clients that are understood.", WIRES
    )
    backdrop_paths: tuple[str, ...] = _setting(
        Paths("paths"), "Where sites of Backdrop CMS post to.", ("/post", "/telemetry/post")
    )
    backdrop_host: str = _setting(
        Text("a name"), "The only host name under which they may; empty for any.", ""
    )
    backdrop_projects: tuple[str, ...] = _setting(
        Formed("projects, each NAME=APP"),
        "Projects of Backdrop that are metrics of an app without being its plug-in.",
        ("bee=backdrop",),
    )
    bulletins: Path | None = _setting(  # noqa: RUF009 as dataclasses.field
        Folder("a folder, or nothing"),
        "Folder with security notices (*.toml) for Mattermost servers; none without it.",
        None,
    )
    ga4_streams: tuple[str, ...] = _setting(
        Streams("streams, each ID:SECRET=APP, or UA-ID=APP"),
        "Streams of Google Analytics whose senders report here (docs/wires/ga4.md).",
        (),
    )
    segment_keys: tuple[str, ...] = _setting(
        Secrets("write keys, each KEY=APP"),
        "Write keys of Segment and RudderStack; each app's own name is one, and KEY=- is off.",
        (),
    )
    otlp_keys: tuple[str, ...] = _setting(
        Secrets("keys, each KEY=APP"),
        "Keys that senders of OpenTelemetry show; each app's own name is one, and KEY=- is off.",
        (),
    )
    sentry_keys: tuple[str, ...] = _setting(
        Secrets("keys, each KEY=APP"),
        "Public keys of Sentry's clients; each app's own name is one, and KEY=- is off.",
        (),
    )
    sentry_code: tuple[str, ...] = _setting(
        Formed("packages, each PACKAGE=APP"),
        "Packages of an app whose places may be named in its errors; that of its own name is one.",
        (),
    )
    country_file: Path | None = _setting(  # noqa: RUF009 as dataclasses.field
        Folder("a file, or nothing"),
        "File in MaxMind's format; for products whose registry has sender.country.",
        None,
    )
    endless_app: str = _setting(
        Text("an app"), "The app that machines with Endless OS report to.", "endless"
    )
    endless_prefix: str = _setting(
        Prefix("a path"), "What stands before their paths, if their server_url has a path.", ""
    )
    metrics: str = _setting(
        Choice(("loopback", "public", "off")),
        "Who may read /metrics and the pages below /wires without the token.",
        "loopback",
    )
    log_format: str = _setting(
        Choice(("text", "json")), "How the process writes what happens, to standard error.", "text"
    )

    def __post_init__(self) -> None:
        """Check what can be checked before anything starts.

        Raises:
            SettingsError: with every value that is out of its bounds.
        """
        wrong = [
            problem
            for each in SETTINGS
            if (problem := _look(each, getattr(self, each.name))) is not None
        ]
        if wrong:
            raise SettingsError(wrong)


SETTINGS: tuple[Field[Any], ...] = fields(CollectorSettings)
"""Every setting, in its order."""
NAMES = tuple(each.name for each in SETTINGS)


def kind_of(setting: Field[Any]) -> Kind:
    """Give what a setting may be."""
    kind: Kind = setting.metadata[KIND]
    return kind


def default_of(setting: Field[Any]) -> object:
    """Give what holds if nobody says anything; MISSING where somebody must."""
    if setting.name == "data":
        return default_data("collector")
    if setting.default_factory is not MISSING:
        return setting.default_factory()
    return setting.default


def wrong_value(setting: Field[Any], why: str, where: str) -> Problem:
    """Tell of a value that cannot be taken."""
    kind, place = kind_of(setting), f" ({where})" if where else ""
    remedy = f"Give {kind.words}, or leave it out." if not setting.metadata[REMEDY] else ""
    return Problem(
        "wrong_value",
        setting.name,
        f"{setting.name} {why}{place}.",
        remedy or setting.metadata[REMEDY],
    )


def _look(setting: Field[Any], value: object) -> Problem | None:
    try:
        kind_of(setting).check(value)
    except WrongError as error:
        return wrong_value(setting, str(error), "")
    return None
