"""Enters: a number. Leaves: what the unmodified client of each foreign wire sends, each time new.

Each request is of another sender or of another moment, so that nothing is a repetition; what the
senders say varies as it does among real ones, and comes again as it does among them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aboveboard.wires.endless_bodies import TYPE_3
from aboveboard.wires.foreign import Asked
from aboveboard.wires.gvariant import Variant
from aboveboard.wires.gvariant_writer import encode
from benchmarks.wires_observed import (
    METRICS,
    otlp_json,
    otlp_protobuf,
    sentry_error,
    sentry_session,
)

NANO = 1_000_000_000
SINGLE = 1_000_000_000
"""Number of the first message that is sent alone, so that none is sent twice."""
RUDDER = 2_000_000_000
"""Number of the first message of RudderStack."""
BATCH = 100
"""Messages in a request of Segment's or RudderStack's library for Python."""
KEY, STREAM, TRACKER, SECRET = "writer", "G-BENCH", "UA-1-1", "secret"
ALONE = "native, a connection for each report"
SEGMENT = "Segment, 100 events in a request"
STARTED = bytes.fromhex("bf7e8aed2932455ca28ed407cfd5aaba")
BLOCKED = bytes.fromhex("9d03daadf1ed41a8bc5a6b532c075832")
SESSION = bytes.fromhex("5dc0b53c93f94df0ad6fbd25e9fe638f")
USAGE = bytes.fromhex("22cdaa7ce1255f65a535c8345e5434f2")
SYSTEM, IMAGE = "4.0.0", "eos-eos3.7-amd64-amd64.190419-225606.base"
SITE = {"id": "myid", "country": "Earth", "city": "Paris", "facility": "HQ"}
MODULES = ("mod_adhoc", "mod_bosh", "mod_carboncopy", "mod_disco", "mod_register", "mod_version")
BACKENDS = ("mod_inbox", "mod_last", "mod_mam", "mod_muc_light", "mod_offline", "mod_roster")
STANZAS = ("MessageSent", "MessageReceived", "IqSent", "IqReceived", "PresenceSent")


@dataclass(frozen=True, slots=True)
class Client:
    """A client of a foreign wire.

    Attributes:
        title: what it is, in the table.
        wire: that it speaks.
        ask: makes its next request of a number and the seconds since the epoch.
        events: in each request.
        requests: how many are sent in one round.
        alone: whether each has a connection of its own, and is of HTTP/1.0.
    """

    title: str
    wire: str
    ask: Callable[[int, float], Asked]
    events: int = 1
    requests: int = 3000
    alone: bool = False


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _posted(path: str, body: bytes, now: float, query: str = "", **headers: str) -> Asked:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Asked("POST", path, query, {"content-type": "application/json", **named}, body, now)


def _text(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).isoformat()


def message(number: int, now: float) -> dict[str, Any]:
    """Give a message as Segment's library for Python makes it."""
    return {
        "integrations": {},
        "anonymousId": None,
        "properties": {"size": number % 5000, "format": ("pdf", "odt")[number % 2], "times": 1},
        "timestamp": _text(now - 1),
        "context": {"library": {"name": "analytics-python", "version": "2.3.3"}},
        "userId": f"user-{number % 5003}",
        "type": "track",
        "event": "File Saved",
        "messageId": f"0b2e5b5e-71f5-4b0a-9d0e-{number:012x}",
    }


def segment_batch(number: int, now: float) -> Asked:
    """Give a full batch."""
    messages = [message(number * BATCH + place, now) for place in range(BATCH)]
    return _batch(messages, now)


def segment_single(number: int, now: float) -> Asked:
    """Give a batch of one message."""
    return _batch([message(SINGLE + number, now)], now)


def _batch(messages: list[dict[str, Any]], now: float) -> Asked:
    body = {"batch": messages, "sentAt": _text(now), "writeKey": KEY}
    return _posted("/v1/batch", _json(body), now, user_agent="analytics-python/2.3.3")


def rudderstack(number: int, now: float) -> Asked:
    """Give a full batch of RudderStack's library for Python, which packs it."""
    messages = [
        message(RUDDER + number * BATCH + place, now)
        | {"integrations": {"All": True}, "channel": "server"}
        for place in range(BATCH)
    ]
    body = json.dumps({"batch": messages, "sentAt": _text(now)}).encode()
    shown = base64.b64encode(f"{KEY}:".encode()).decode()
    return _posted(
        "/v1/batch",
        gzip.compress(body, 9, mtime=0),
        now,
        user_agent="analytics-python/2.1.9",
        content_encoding="gzip",
        authorization=f"Basic {shown}",
    )


def backdrop(number: int, now: float) -> Asked:
    """Give what the telemetry module of core posts once a day."""
    says = {
        "version": f"1.{20 + number % 15}.{number % 4}",
        "php_version": f"{7 + number % 2}.{number % 5}.{number % 40}",
        "mysql_version": "5.5.5-10.6.12-MariaDB-log" if number % 2 else "8.0.36",
        "install_version": f"1.{number % 30}.0",
        "server_os": "Linux",
        "web_server": ("Apache", "nginx")[number % 3 == 0],
        "install_profile": "standard",
        "multisite": "No",
        "ckeditor_module_version": "CKEditor 5",
        "drupal_compatibility": ("Yes", "No")[number % 2],
        "jquery_version": f"3.{number % 8}.1",
        "update_module": "Yes",
        "ckeditor5_version": "40.2.0",
    }
    site = f"{number:043d}"
    return _posted("/post", _json({"backdrop": says}), now, x_site_key=site, user_agent="Backdrop")


def backdrop_alone(number: int, now: float) -> Asked:
    """Give the same of another site, for a connection of its own."""
    return backdrop(SINGLE + number, now)


def ga4(number: int, now: float) -> Asked:
    """Give one of the requests of a node of MongooseIM: 25 events."""
    modules: list[dict[str, object]] = [{"module": name} for name in MODULES]
    modules += [{"module": name, "backend": ("rdbms", "mnesia")[number % 2]} for name in BACKENDS]
    stanzas = [
        {"total": number, "stanza_type": f"xmpp{name}", "increment": number % 90 + place}
        for place, name in enumerate(STANZAS)
    ]
    pools = [{"value": name} for name in ("rdbms", "redis", "http", "rabbit", "rdbms")]
    cluster = {"uptime": "0012-23:05:01", "version": f"6.{number % 9}.0", "node_number": 3}
    said = [
        ("host_count", {"value": number % 9}),
        ("domain_count", {"value": number % 70}),
        *(("module_with_opt", module) for module in modules),
        ("cluster", cluster),
        *(("outgoing_pool", pool) for pool in pools),
        *(("xmpp_stanza_count", stanza) for stanza in stanzas),
    ]
    events = [{"params": params, "name": name} for name, params in said]
    body = _json({"events": events, "client_id": f"client-{number}"})
    return _posted("/mp/collect", body, now, f"api_secret={SECRET}&measurement_id={STREAM}")


def universal(number: int, now: float) -> Asked:
    """Give what an old node of MongooseIM sends: a line for each module."""
    lines = [
        f"v=1&tid={TRACKER}&t=event&cid=client-{number}&ec={name}&ea=backend&el=rdbms"
        for name in BACKENDS
    ]
    return _posted("/batch", "\n".join(lines).encode(), now)


def endless_body(number: int, now: float) -> bytes:
    """Give a body of the third form, in GLib's bytes: two events, three aggregates, a place."""
    sent, today = 2 * NANO + number, datetime.fromtimestamp(now, UTC)
    day, month = f"{today:%Y-%m-%d}", f"{today:%Y-%m}"
    phases = Variant("(tttttt)", (1, 2, 3, 4, 5, 15 + number % 99))
    app = Variant("s", ("org.gnome.Totem", "org.gnome.Maps", "org.gnome.Weather")[number % 3])
    maps = Variant("s", "app/org.gnome.Maps/x86_64/stable")
    singulars = [
        (STARTED, SYSTEM, NANO + number * 7, phases),
        (BLOCKED, SYSTEM, NANO + number * 3, maps),
    ]
    aggregates = [
        (SESSION, SYSTEM, day, 3600 + number % 999, None),
        (USAGE, SYSTEM, month, 7200 + number % 999, app),
    ]
    told = (sent, int(now) * NANO, IMAGE, SITE, 0, singulars, aggregates)
    return encode(TYPE_3, told)


def endless(number: int, now: float) -> Asked:
    """Give a request of Endless OS."""
    body = endless_body(number, now)
    path = f"/3/{hashlib.sha512(body).hexdigest()}"
    packed = gzip.compress(body, 9, mtime=0)
    headers = {"content-type": "application/octet-stream", "x-endless-content-encoding": "gzip"}
    return Asked("PUT", path, "", headers, packed, now)


def phone_home(number: int, now: float) -> Asked:
    """Give the daily ping of a machine."""
    body = {
        "image": "eos-eos5.1-amd64-amd64.231019-225606.base",
        "vendor": ("ASUSTeK COMPUTER INC.", "Dell Inc.", "LENOVO")[number % 3],
        "product": f"X{number % 500}UA",
        "release": f"5.{number % 3}.0",
        "dualboot": number % 2 == 0,
        "count": number % 400,
        "metrics_enabled": True,
        "metrics_environment": "production",
    }
    return Asked("PUT", "/v1/ping", "", {"content-type": "application/json"}, _json(body), now)


def security(number: int, now: float) -> Asked:
    """Give the question of a Mattermost server for security notices."""
    version = f"10.{number % 9}.1"
    told = f"id={number:026d}&b={version}.{version}&db=postgres&os=linux&uc={number % 900}&ac=9"
    return Asked("GET", "/security", f"{told}&be=true&ut=false", {"user-agent": "Go"}, b"", now)


CLIENTS = (
    Client(SEGMENT, "segment", segment_batch, BATCH, 120),
    Client("Segment, one event in a request", "segment", segment_single),
    Client("RudderStack, 100 packed events", "segment", rudderstack, BATCH, 120),
    Client("Backdrop, a site's 13 values", "backdrop", backdrop),
    Client("Backdrop, a connection for each", "backdrop", backdrop_alone, 1, 2000, alone=True),
    Client("GA4, 25 events of MongooseIM", "ga4", ga4, 25, 300),
    Client("Universal Analytics, six hits", "universal", universal, 6, 600),
    Client("Endless, four events in a body", "endless", endless, 4, 800),
    Client("eos-phone-home, a ping", "phone-home", phone_home),
    Client("Mattermost, the security question", "mattermost-security", security),
    Client("Sentry, an error", "sentry", partial(sentry_error, KEY)),
    Client("Sentry, a session", "sentry", partial(sentry_session, KEY)),
    Client("OTLP, six metrics in JSON", "otlp", partial(otlp_json, KEY), METRICS, 600),
    Client("OTLP, six metrics in protobuf", "otlp", partial(otlp_protobuf, KEY), METRICS, 600),
)


def some(words: Sequence[str]) -> list[Client]:
    """Give the clients whose titles hold one of some words; all of them for none."""
    return [
        client
        for client in CLIENTS
        if not words or any(word.lower() in client.title.lower() for word in words)
    ]


def sizes(clients: Iterable[Client]) -> list[int]:
    """Give how many events the requests of clients hold, where that is more than one."""
    return sorted({client.events for client in clients if client.events > 1})


def beside(client: Client) -> str:
    """Name the native requests that a client's are compared with."""
    return ALONE if client.alone else native(client.events)


def native(size: int) -> str:
    """Name the native wire with requests of a size."""
    return f"native, {size} reports in a request" if size > 1 else "native, one report in a request"
