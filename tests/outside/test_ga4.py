"""Requests of MongooseIM and of other senders of Google Analytics, to the byte, and the numbers."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.needed import need
from tests.outside import mongoose
from tests.patience import PATIENCE

from tests import mmdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.outside.conftest import Collector, Serve

QUERY = "api_secret=sekret-1&measurement_id=G-PRIMARY0000"
STREAMS = (
    "G-PRIMARY0000:sekret-1=mongooseim, G-1:s=mongooseim, G-2:my-secret=mongooseim, UA-1=mongooseim"
)
PAGES = Path(__file__).parents[2] / "docs" / "wires"
REGISTRY = Path(__file__).parents[2] / "registry"
HTTPC = """
{ok, _} = application:ensure_all_started(inets),
[begin
    {ok, Body} = file:read_file(File),
    Request = {"ADDRESS", [], "application/json", Body},
    {ok, {{_, Status, _}, _, _}} = httpc:request(post, Request, [], []),
    io:format("~p ", [Status])
end || File <- ["0.json", "1.json", "2.json"]],
halt().
"""
"""As MongooseIM's sender asks."""
CAPTURED = Path(__file__).parents[1] / "data" / "mongooseim_sender.jsonl"


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the registry that is shipped, except that also small groups may be seen."""
    folder = tmp_path_factory.mktemp("registry")
    content = (REGISTRY / "mongooseim.toml").read_text(encoding="utf-8")
    seen = content.replace('sensitivity = "technical"', 'sensitivity = "technical"\nthreshold = 1')
    seen = seen.replace("threshold = 50", "threshold = 1")
    (folder / "mongooseim.toml").write_text(seen, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def streams() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ABOVEBOARD_COLLECTOR_GA4_STREAMS", STREAMS)
        yield


@pytest.fixture
def collector(serve: Serve) -> Collector:
    return serve()


def report(collector: Collector, client: str, **said: Any) -> None:  # noqa: ANN401 of any event
    bodies = mongoose.batches(mongoose.events(**said), client)
    assert [len(json.loads(body)["events"]) for body in bodies] == [25, 25, 3]
    for answer in mongoose.send(collector.address, QUERY, *bodies):
        head, *headers = answer.lower().split(b"\r\n")
        assert head == b"http/1.1 204 no content"
        assert not [each for each in headers if each.startswith((b"content-", b"transfer-"))]


def found(collector: Collector, metric: str) -> dict[str, tuple[int, int]]:
    """Give the groups of this week: of each its count, and how many clusters it rests on."""
    numbers = collector.numbers("mongooseim")
    [weeks] = [each["weeks"] for each in numbers["metrics"] if each["metric"] == metric]
    groups = weeks[0]["groups"] if weeks else []
    return {each["value"]: (each["count"], each["n"]) for each in groups}


def counted(collector: Collector) -> dict[str, int]:
    """Give how many messages of the wires were left out, by reason."""
    lines = collector.ask("GET", "/metrics").body.decode().splitlines()
    said = [line for line in lines if 'wire="ga4"' in line or 'wire="universal"' in line]
    return {line.split('code="')[1].split('"')[0]: int(line.split(" ")[-1]) for line in said}


def test_where_clusters_are_is_told_by_large_countries_and_by_continents(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("maxminddb")
    places = {"198.51.100.7": "DE", "203.0.113.9": "LI", "192.0.2.1": "ES"}
    known: dict[str, mmdb.Known] = {
        f"{address}/32": {"country": {"iso_code": country}, "continent": {"code": "EU"}}
        for address, country in places.items()
    }
    file = tmp_path / "countries.mmdb"
    file.write_bytes(mmdb.written(known))
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_COUNTRY_FILE", str(file))
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_TRUSTED_PROXIES", "127.0.0.1")
    collector = serve()
    for address in places:
        for body in mongoose.batches(mongoose.events(), str(uuid.uuid4())):
            sent_from = {"X-Forwarded-For": address}
            answer = collector.ask("POST", f"/mp/collect?{QUERY}", body, sent_from)
            assert answer.status == 204
    assert found(collector, "sender.country") == {"DE": (1, 1), "europe": (2, 2)}
    assert found(collector, "cluster.version") == {"6.8.0": (3, 3)}


def test_three_nodes_of_two_clusters_are_two_clusters(collector: Collector) -> None:
    lasting, passing = str(uuid.uuid4()), f"ephemeral-{uuid.uuid4()}"
    for client in (lasting, passing):
        for uptime in ("0012-23:05:01", "0400-00:00:00", "0000-00:05:01"):
            report(collector, client, uptime=uptime)
    both = {"host_count.value": "1", "domain_count.value": "5", "custom_module_count.value": "2"}
    both |= {"cluster.version": "6.8.0", "cluster.node_number": "3", "cluster.component": "0"}
    both |= {"cluster.config_type": "toml", "outgoing_pool.pools": "5"}
    both |= {"cluster.uptime": "0"}  # that of the node which reported last
    both |= {"http_api.handler": "mongoose_graphql_handler", "tls_option.module": "just_tls"}
    both |= {"mod_muc.backend": "mnesia", "mod_muc.online_backend": "cets"}
    both |= {"mod_push_service_mongoosepush.api_version": "v3", "mod_vcard.backend": "rdbms"}
    assert {metric: found(collector, metric) for metric in both} == {
        metric: {value: (2, 2)} for metric, value in both.items()
    }
    assert found(collector, "cluster.lasting") == {"true": (1, 1), "false": (1, 1)}
    assert found(collector, "outgoing_pool.type") == dict.fromkeys(
        sorted({*mongoose.POOLS}), (2, 2)
    )
    assert len(found(collector, "module_with_opt.module")) == 34
    assert set(found(collector, "module_with_opt.module").values()) == {(2, 2)}
    assert set(found(collector, "tls_option.mode")) == {"starttls_required", "tls"}
    assert set(found(collector, "transport_mechanism.transport")) == {
        "tcp",
        "mongoose_websocket_handler",
    }
    stanzas = found(collector, "xmpp_stanza_count.increment")
    assert stanzas == {f"xmpp{name}": (60, 2) for name in mongoose.STANZAS}


def test_what_a_cluster_uses_adds_up_over_its_nodes_and_reports(collector: Collector) -> None:
    client = str(uuid.uuid4())
    report(collector, client, vcard="rdbms")
    report(collector, client, vcard="ldap")
    assert found(collector, "mod_vcard.backend") == {"rdbms": (1, 1), "ldap": (1, 1)}
    assert found(collector, "module_with_opt.module")["mod_vcard"] == (1, 1)


def test_workers_count_a_cluster_together(serve: Serve) -> None:
    collector = serve(None, "--workers", "2")
    client = str(uuid.uuid4())
    for _ in range(6):
        report(collector, client)
    assert found(collector, "cluster.version") == {"6.8.0": (1, 1)}
    assert found(collector, "xmpp_stanza_count.increment")["xmppIqSent"] == (60, 1)


def test_a_restart_goes_on_with_the_same_clusters(serve: Serve, tmp_path: Path) -> None:
    client = str(uuid.uuid4())
    before = serve(tmp_path / "data")
    report(before, client, uptime="0000-00:05:01")
    before.running.leave()
    after = serve(tmp_path / "data")
    report(after, client, uptime="0012-23:05:01")
    assert found(after, "cluster.uptime") == {"7": (1, 1)}


def test_counters_that_were_set_back_are_set_aside(collector: Collector) -> None:
    report(collector, str(uuid.uuid4()), increment=-7)
    assert found(collector, "xmpp_stanza_count.increment") == {}
    assert counted(collector)["out_of_bounds"] == len(mongoose.STANZAS)


def test_no_module_of_the_operator_is_named_and_no_cluster_kept(collector: Collector) -> None:
    client = str(uuid.uuid4())
    said = [{"name": "module_with_opt", "params": {"module": "mod_acme_bank", "backend": "acme"}}]
    mongoose.send(collector.address, QUERY, *mongoose.batches(said, client))
    assert found(collector, "module_with_opt.module") == {"other": (1, 1)}
    assert counted(collector)["unknown_metric"] == 1
    collector.running.leave()
    kept = b"".join(file.read_bytes() for file in files(collector.data))
    assert b"acme" not in kept
    assert client.encode() not in kept
    assert b"sekret" not in kept


def files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def test_the_captured_requests_are_answered_and_counted(collector: Collector) -> None:
    for line in CAPTURED.read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        query = request["line"].split(" ")[1].partition("?")[2]
        [answer] = mongoose.send(collector.address, query, request["body"].encode())
        assert answer.startswith(b"HTTP/1.1 204 ")
    assert found(collector, "outgoing_pool.type") == {"rdbms": (1, 1)}
    assert found(collector, "cluster.version") == {"6.8.0": (1, 1)}
    assert counted(collector)["unknown_stream"] == 1  # the second id, which nobody set up


def test_the_request_of_the_page_is_answered_and_counted(collector: Collector) -> None:
    page = (PAGES / "mongooseim.md").read_text(encoding="utf-8")
    [head, body] = page.split("```http\n")[1].split("```")[0].strip().split("\n\n")
    assert f"content-length: {len(body)}" in head.splitlines()
    query = head.split(" ")[1].partition("?")[2].replace("G-ABC123", "G-2")
    [answer] = mongoose.send(collector.address, query, body.encode())
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert found(collector, "outgoing_pool.type") == {"rdbms": (1, 1)}


def test_erlangs_own_client_is_answered_and_counted(collector: Collector, tmp_path: Path) -> None:
    need("Erlang", there=shutil.which("erl") is not None)
    for number, body in enumerate(mongoose.batches(mongoose.events(), str(uuid.uuid4()))):
        (tmp_path / f"{number}.json").write_bytes(body)
    address = f"{collector.address}/mp/collect?{QUERY}"
    command = ["erl", "-noshell", "-eval", HTTPC.replace("ADDRESS", address)]
    done = subprocess.run(
        command, cwd=tmp_path, timeout=PATIENCE, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["204", "204", "204"]
    assert found(collector, "outgoing_pool.pools") == {"5": (1, 1)}


@pytest.mark.parametrize(
    ("query", "body", "reason"),
    [
        ("api_secret=guess&measurement_id=G-PRIMARY0000", b"{}", "wrong_secret"),
        ("api_secret=guess&measurement_id=G-0", b"{}", "unknown_stream"),
        ("", b"{}", "no_stream"),
        (QUERY, b"{", "not_json"),
        (QUERY, b'{"events":[{"name":"a"}]}', "value_required"),
        (QUERY, b'{"client_id":"7","events":[{"name":"_a"}]}', "name_invalid"),
        (QUERY, b" " * 130_000, "too_large_inflated"),
    ],
)
def test_whatever_is_wrong_is_answered_alike_and_counted(
    shared: Collector, query: str, body: bytes, reason: str
) -> None:
    before = counted(shared).get(reason, 0)
    [answer] = mongoose.send(shared.address, query, body)
    assert answer.startswith(b"HTTP/1.1 204 ")
    assert counted(shared)[reason] == before + 1


def test_the_validation_server_tells_what_is_wrong_and_keeps_nothing(shared: Collector) -> None:
    body = b'{"client_id":"7","events":[{"name":"_badEventName"}]}'
    path = "/debug/mp/collect?measurement_id=G-none"
    answer = shared.ask("POST", path, body, {"Content-Type": "application/json"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.content["validationMessages"] == [
        {
            "fieldPath": "events",
            "description": "Event at index: [0] has invalid name [_badEventName]. Names must start "
            "with an alphabetic character.",
            "validationCode": "NAME_INVALID",
        }
    ]
    good = b'{"client_id":"7","events":[{"name":"host_count","params":{"value":1}}]}'
    assert shared.ask("POST", path, good).body == b'{"validationMessages":[]}'
    assert found(shared, "host_count.value") == {}


def test_servers_before_6_1_report_by_universal_analytics(collector: Collector) -> None:
    said = [("hosts", "count", "1"), ("domains", "count", "3"), ("cluster", "number_of_nodes", "2")]
    said += [("cluster", "mim_version", '"6.0.0"'), ("cluster", "uptime", '"0002-00:05:01"')]
    said += [("mod_mam", "backend", "rdbms"), ("mod_adhoc", "none", "none")]
    said += [("transport_mechanism", "mod_bosh", "enabled"), ("outgoing_pools", "type", "redis")]
    said += [("http_api", "mongoose_client_api", "enabled"), ("xmppMessageSent", "10", "3")]
    lines = [f'v=1&tid=UA-1&t=event&cid="7f"&ec={ec}&ea={ea}&el={el}' for ec, ea, el in said]
    for _ in range(2):
        answer = collector.ask("POST", "/batch", "\n".join(lines).encode(), {"content-type": ""})
        assert (answer.status, len(answer.body)) == (200, 35)
    values = {"host_count.value": "1", "domain_count.value": "1", "cluster.node_number": "2"}
    values |= {"cluster.version": "6.0.0", "cluster.uptime": "1", "mod_mam.backend": "rdbms"}
    values |= {"transport_mechanism.transport": "mongoose_bosh_handler", "outgoing_pool.pools": "1"}
    values |= {"outgoing_pool.type": "redis", "http_api.handler": "mongoose_client_api"}
    assert {metric: found(collector, metric) for metric in values} == {
        metric: {value: (1, 1)} for metric, value in values.items()
    }
    assert set(found(collector, "module_with_opt.module")) == {"mod_adhoc", "mod_mam"}
