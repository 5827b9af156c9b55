"""What unmodified Mattermost servers send: from their catalogues, and as their library writes it.

Nothing here imports anything of ours: it is the other side.
"""

from __future__ import annotations

import base64
import csv
import json
import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Version: TypeAlias = Literal["5.37.0", "10.1.0"]

DATA = Path(__file__).parent / "data"
ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769"
MS = 1000
ISSUED, EXPIRES = 1_767_225_600, 1_798_761_600
"""1 January of 2026 and of 2027."""
PERMISSIONS = "create_post edit_post add_reaction of_a_plugin"
TEXTS: Mapping[str, str] = {
    "web_server_mode": "gzip",
    "connection_security": "",
    "restrict_custom_emoji_creation": "all",
    "restrict_post_delete": "all",
    "allow_edit_post": "always",
    "experimental_group_unread_channels": "disabled",
    "collapsed_threads": "always_on",
    "restrict_direct_message": "any",
    "teammate_name_display": "username",
    "config_sql.driver_name": "postgres",
    "config_file.driver_name": "local",
    "console_level": "DEBUG",
    "file_level": "INFO",
    "email_notification_contents_type": "full",
    "push_notification_contents": "generic",
    "default_server_locale": "en",
    "default_client_locale": "pt-BR",
    "available_locales": "en,de,fr",
    "config_elasticsearch.trace": "",
    "deletion_job_start_time": "02:00",
    "daily_run_time": "01:00",
    "refresh_post_stats_run_time": "00:00",
    "export_format": "actiance",
    "global_relay_customer_type": "A9",
    "image_proxy_type": "local",
    "chimera_oauth_proxy_url": "https://proxy.example/oauth",
    "license.edition": "E20",
    "server.edition": "true",
    "database_type": "postgres",
    "database_version": "13.4 (Debian 13.4-1.pgdg100+1)",
    "operating_system": "linux",
    "installation_type": "docker",
    "customer_id": "p9un369a67ksmj4yd6i6ib39wh",
    "license_id": "anuxgrkpitgtdmzwqnihh6b41h",
    "scheme_id": "9xp9fcqzbjgpxqbyfxsx5dhbnr",
}
"""Property, or event and property, to what a server in use says."""
NUMBERS: Mapping[str, int] = {
    "issued": ISSUED * MS,
    "start": ISSUED * MS,
    "expire": EXPIRES * MS,
    "default_export_from_timestamp": ISSUED,
    "post_edit_time_limit": -1,
    "session_length_web_in_hours": 720,
    "max_image_decoder_concurrency": -1,
    "elasticsearch_server_version": 7,
}
PLUGINS: Mapping[str, tuple[bool, str]] = {
    "com.mattermost.nps": (True, "1.1.0"),
    "com.mattermost.plugin-todo": (False, ""),
    "github": (True, "2.0.1"),
    "org.example.marketplace": (True, "0.4.0"),
}
FEATURES = {"ldap": True, "saml": True, "cloud": False, "of_next_year": True}
FLAGS = {"CollapsedThreads": "true", "PluginApps": "1.2.3-of-a-customer", "TimedDND": "false"}
WARNINGS = {"warn_metric_number_of_active_users_200": True, "warn_metric_mfa": "true"}


class Property(NamedTuple):
    """A property of an event, and what it may hold."""

    event: str
    name: str
    json_type: str


@cache
def catalogue() -> tuple[Property, ...]:
    """Give every property of version 5.37; of families of them, the pattern."""
    with (DATA / "mattermost_catalog.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return tuple(Property(row["event"], row["property"], row["json_type"]) for row in rows)


@cache
def catalogue_of_10() -> tuple[Property, ...]:
    """Give every property of version 10: what was taken out and added since."""
    with (DATA / "mattermost_v10.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    gone = {(row["event"], row["property"]) for row in rows if row["change"] == "-"}
    stays = [each for each in catalogue() if (each.event, each.name) not in gone]
    added = [
        Property(row["event"], row["property"], row["json_type"])
        for row in rows
        if row["change"] == "+"
    ]
    return tuple(each for each in stays + added if each.event != "warn_metrics")


def plausible(each: Property, version: Version = "5.37.0") -> Any:  # noqa: ANN401 as JSON
    """Give what a server in use says of a property."""
    whole = f"{each.event}.{each.name}"
    if whole == "server.version":
        return version
    if each.event == "config_client_requirements":
        return "1.2.3"
    for said in (TEXTS, NUMBERS):
        for key in (whole, each.name):
            if key in said:
                return said[key]
    text = PERMISSIONS if "permission ids" in each.json_type else ""
    text = "all" if each.name.startswith("restrict_") else text
    usual: dict[str, object] = {"string": text, "list": ["one.example", "two.example"], "int": 5}
    return usual.get(each.json_type.split()[0].removesuffix("64"), True)


def family(each: Property) -> dict[str, object]:
    """Give the properties that a pattern of the catalogue stands for; none for any other."""
    if each.name.startswith("feature_<"):
        return {f"feature_{name}": unlocked for name, unlocked in FEATURES.items()}
    if each.name == "enable_<plugin_id>":
        return {f"enable_{name}": on for name, (on, _) in PLUGINS.items()}
    if each.name == "version_<plugin_id>":
        return {f"version_{name}": version for name, (_, version) in PLUGINS.items()}
    families: dict[str, dict[str, object]] = {
        "<warn_metric_*>": {**WARNINGS},
        "<FlagName>": {**FLAGS},
    }
    return families.get(each.name, {})


def events(version: Version) -> list[tuple[str, dict[str, Any]]]:
    """Give the events of one round, in the order of the server."""
    found: dict[str, dict[str, Any]] = {}
    for each in catalogue() if version == "5.37.0" else catalogue_of_10():
        values = found.setdefault(each.event, {})
        values |= family(each) or {each.name: plausible(each, version)}
    configs = {name: found.pop(name) for name in list(found) if name.startswith("config_")}
    warnings = found.pop("warn_metrics", {})
    parts = list(configs.items()) if version == "5.37.0" else [("configs", configs)]
    activity = ("activity", found.pop("activity"))
    each_warning = [("warn_metrics", {name: said}) for name, said in warnings.items()]
    return [activity, *parts, *found.items(), *each_warning]


def telemetry_id(number: int) -> str:
    """Give an id as a server makes it: 26 letters of z-base-32 of a random UUID."""
    bits = uuid.uuid5(uuid.NAMESPACE_OID, str(number)).int << 2
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(125, -1, -5))


class Sent(NamedTuple):
    """A request of the library, to the byte."""

    path: str
    headers: dict[str, str]
    body: bytes


class Library:
    """analytics-go 3.3.0 of RudderStack, as a server that was given an address uses it.

    Every event is a request of its own then. Captured from the library itself.

    Args:
        key: ``RudderKey``.
        who: the server's telemetry id.
        at: the moment of all messages, in the library's spelling.
    """

    def __init__(self, key: str, who: str, at: str) -> None:
        self._key, self._who, self._at = key, who, at

    def start(self) -> Sent:
        """Give the first message of a process's life."""
        return self._sent("identify", {})

    def round(self, version: Version) -> Iterator[Sent]:
        """Give the requests of one round."""
        for event, properties in events(version):
            yield self.track(event, properties)

    def track(self, event: str, properties: Mapping[str, object]) -> Sent:
        """Give the request that tells one event."""
        told: dict[str, object] = {"event": event}
        return self._sent("track", told, {"properties": _sorted(properties)})

    def _sent(
        self, kind: str, told: Mapping[str, object], more: Mapping[str, object] | None = None
    ) -> Sent:
        message = {
            "type": kind,
            "messageId": str(uuid.uuid4()),
            "anonymousId": self._who,
            "userId": self._who,
            **told,
            "timestamp": self._at,
            "context": {"library": {"name": "analytics-go", "version": "1.0.0"}},
            **{key: value for key, value in (more or {}).items() if value},
        }
        body = {
            "messageId": str(uuid.uuid4()),
            "sentAt": self._at,
            "batch": [message],
            "context": {"library": {"name": "analytics-go", "version": "3.3.0"}},
        }
        return Sent("/v1/batch", self._headers(), _go(body))

    def _headers(self) -> dict[str, str]:
        credentials = base64.b64encode(f"{self._key}:".encode()).decode()
        return {
            "User-Agent": "analytics-go (version: 3.3.0)",
            "Authorization": f"Basic {credentials}",
            "Content-Type": "application/json",
            "Rs-Nodecount": "1",
            "Rs-Targetnode": "0",
            "Rs-Useragent": "serverSDK",
            "Accept-Encoding": "gzip",
        }


def _sorted(value: Any) -> Any:  # noqa: ANN401 as JSON
    """Sort the keys of maps, as Go writes them; structs keep their order."""
    if not isinstance(value, dict):
        return value
    return {key: _sorted(value[key]) for key in sorted(value)}


def _go(body: object) -> bytes:
    """Write JSON as Go does: in one line, signs of HTML escaped."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode()
