"""A MongooseIM cluster as its collector sees it: requests as captured from the unmodified sender.

Made after data/mongooseim_sender.jsonl: Erlang's httpc names no user agent, says an empty ``te``,
and puts the secret into the address first; the order of keys is any.
"""

from __future__ import annotations

import json
import socket
import urllib.parse
from typing import Any

from tests.patience import PATIENCE

BATCH = 25
_NAMES = (
    "mod_adhoc mod_amp mod_blocking mod_bosh mod_broadcast mod_cache_users mod_carboncopy mod_csi "
    "mod_disco mod_domain_isolation mod_event_pusher_http mod_extdisco mod_fast_auth_token "
    "mod_jingle_sip mod_keystore mod_register mod_sic mod_stream_management mod_time mod_version"
)
MODULES = _NAMES.split()
BACKENDS = {
    "mod_auth_token": {"backend": "rdbms"},
    "mod_event_pusher": {"backend": "push"},
    "mod_http_upload": {"backend": "s3"},
    "mod_inbox": {"backend": "rdbms"},
    "mod_last": {"backend": "rdbms"},
    "mod_mam": {"backend": "rdbms"},
    "mod_muc": {"backend": "mnesia", "online_backend": "cets"},
    "mod_muc_light": {"backend": "rdbms"},
    "mod_offline": {"backend": "rdbms"},
    "mod_privacy": {"backend": "rdbms"},
    "mod_private": {"backend": "rdbms"},
    "mod_push_service_mongoosepush": {"api_version": "v3"},
    "mod_roster": {"backend": "rdbms"},
}
STANZAS = ("MessageSent", "MessageReceived", "IqSent", "IqReceived", "PresenceSent")
POOLS = ("rdbms", "rdbms", "redis", "http", "rabbit")


def events(
    uptime: str = "0012-23:05:01", increment: int = 10, vcard: str = "rdbms"
) -> list[dict[str, Any]]:
    """Give the 53 events of one node, in the order in which it tells them."""
    modules: list[dict[str, Any]] = [{"module": name} for name in MODULES]
    modules += [{"module": name, **options} for name, options in BACKENDS.items()]
    modules.append({"module": "mod_vcard", "backend": vcard})
    cluster = {"uptime": uptime, "version": "6.8.0", "component": 0, "node_number": 3}
    transport = {"tcp": "enabled", "mongoose_websocket_handler": "enabled"}
    said: list[tuple[str, dict[str, Any]]] = [
        ("host_count", {"value": 1}),
        ("domain_count", {"value": 7}),
        *(("module_with_opt", module) for module in modules),
        ("custom_module_count", {"value": 2}),
        ("cluster", {**cluster, "config_type": "toml"}),
        ("http_api", {"mongoose_graphql_handler": "enabled"}),
        ("transport_mechanism", transport),
        ("tls_option", {"mode": "starttls_required", "module": "just_tls"}),
        ("tls_option", {"mode": "tls", "module": "just_tls"}),
        *(("outgoing_pool", {"value": pool}) for pool in POOLS),
        *(("xmpp_stanza_count", _stanza(name, increment)) for name in STANZAS),
        ("xmpp_stanza_count", _stanza("PresenceReceived", 0)),
    ]
    return [{"params": params, "name": name} for name, params in said]


def _stanza(name: str, increment: int) -> dict[str, Any]:
    return {"total": 1000, "stanza_type": f"xmpp{name}", "increment": increment}


def batches(said: list[dict[str, Any]], client: str) -> list[bytes]:
    """Give the bodies that a node sends one after the other."""
    parts = [said[start : start + BATCH] for start in range(0, len(said), BATCH)]
    bodies = [{"events": part, "client_id": client} for part in parts]
    return [json.dumps(body, separators=(",", ":")).encode() for body in bodies]


def send(address: str, query: str, *bodies: bytes) -> list[bytes]:
    """Send them over one connection; give the answers as they came."""
    parts = urllib.parse.urlsplit(address)
    answers = []
    with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
        stream = connection.makefile("rb")
        for body in bodies:
            head = (
                f"POST /mp/collect?{query} HTTP/1.1\r\ncontent-type: application/json\r\n"
                f"content-length: {len(body)}\r\nte: \r\nhost: {parts.netloc}\r\n"
                "connection: keep-alive\r\n\r\n"
            )
            connection.sendall(head.encode() + body)
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += stream.readline()
            answers.append(answer)
    return answers
