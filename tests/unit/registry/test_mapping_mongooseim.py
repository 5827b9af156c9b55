"""What becomes of each of MongooseIM's events, by the registry and the mapping that are shipped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from aboveboard.collector.country import CONTINENTS, EVENT, LARGE, METRIC, PROPERTY
from aboveboard.model.said import Said
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.read import read
from aboveboard.registry.translate import Statement, Translator

FOLDER = Path(__file__).parents[3] / "registry"
DAY = date(2026, 11, 26)
LASTING = "3f1c4b0e-1111-4222-8333-444455556666"
Told = set[tuple[str, str, int]]


@pytest.fixture(scope="module")
def translator() -> Translator:
    registry = read((FOLDER / "mongooseim.toml").read_bytes())
    mapping = (FOLDER / "mappings" / "mongooseim.toml").read_bytes()
    return Translator(registry, read_mapping(mapping, registry))


def told(statements: Iterable[Statement]) -> Told:
    return {(c.metric.name, c.key, c.times) for each in statements for c in each.counts}


@pytest.mark.parametrize(
    ("event", "params", "expected"),
    [
        ("host_count", {"value": 2}, {("host_count.value", "2", 1)}),
        ("domain_count", {"value": 60}, {("domain_count.value", "50", 1)}),
        ("custom_module_count", {"value": 0}, {("custom_module_count.value", "0", 1)}),
        (
            "module_with_opt",
            {"module": "mod_muc", "backend": "rdbms", "online_backend": "cets"},
            {
                ("module_with_opt.module", "mod_muc", 1),
                ("mod_muc.backend", "rdbms", 1),
                ("mod_muc.online_backend", "cets", 1),
            },
        ),
        (
            "module_with_opt",
            {"module": "mod_push_service_mongoosepush", "api_version": "v3"},
            {
                ("module_with_opt.module", "mod_push_service_mongoosepush", 1),
                ("mod_push_service_mongoosepush.api_version", "v3", 1),
            },
        ),
        ("module_with_opt", {"module": "mod_adhoc"}, {("module_with_opt.module", "mod_adhoc", 1)}),
        ("module_with_opt", {"module": "mod_mine"}, {("module_with_opt.module", "other", 1)}),
        (
            "http_api",
            {"mongoose_graphql_handler": "enabled", "mongoose_mine": "enabled"},
            {("http_api.handler", "mongoose_graphql_handler", 1), ("http_api.handler", "other", 1)},
        ),
        (
            "transport_mechanism",
            {"tcp": "enabled"},
            {("transport_mechanism.transport", "tcp", 1)},
        ),
        (
            "tls_option",
            {"mode": "starttls", "module": "fast_tls"},
            {("tls_option.mode", "starttls", 1), ("tls_option.module", "fast_tls", 1)},
        ),
        ("outgoing_pool", {"value": "redis"}, {("outgoing_pool.type", "redis", 1)}),
        ("pools", {"count": 4}, {("outgoing_pool.pools", "3", 1)}),
        (
            "xmpp_stanza_count",
            {"stanza_type": "xmppIqSent", "total": 10, "increment": 3},
            {("xmpp_stanza_count.increment", "xmppIqSent", 3)},
        ),
        ("hosts", {"count": "1"}, {("host_count.value", "1", 1)}),
        (
            "mod_vcard",
            {"backend": "ldap"},
            {
                ("module_with_opt.module", "mod_vcard", 1),
                ("mod_vcard.backend", "ldap", 1),
            },
        ),
        ("mod_adhoc", {"none": "none"}, {("module_with_opt.module", "mod_adhoc", 1)}),
        (
            "transport_mechanism",
            {"mod_bosh": "enabled"},
            {("transport_mechanism.transport", "mongoose_bosh_handler", 1)},
        ),
        ("xmppMessageSent", {"10": "3"}, set()),
        ("tls_option", {"starttls": "fast_tls"}, set()),
    ],
)
def test_each_event_says_what_it_says(
    translator: Translator, event: str, params: dict[str, object], expected: Told
) -> None:
    statements = translator.translate(Said("mongooseim", event, params, LASTING), DAY)
    assert told(statements) == expected
    assert not [aside for each in statements for aside in each.asides]


@pytest.mark.parametrize("country", [*sorted(LARGE), *CONTINENTS.values()])
def test_whatever_is_said_of_where_a_cluster_is_tells_a_country_or_a_continent(
    translator: Translator, country: str
) -> None:
    statements = translator.translate(Said("mongooseim", EVENT, {PROPERTY: country}, LASTING), DAY)
    [(metric, key, times)] = told(statements)
    assert (metric, times) == (METRIC, 1)
    assert (key == "other") == (country == "antarctica")
    assert key == country or key in CONTINENTS.values() or country == "antarctica"


@pytest.mark.parametrize(
    ("who", "lasting"), [(LASTING, "true"), (f"ephemeral-{LASTING}", "false"), ("odd", None)]
)
def test_a_cluster_whose_identity_does_not_last_is_set_apart(
    translator: Translator, who: str, lasting: str | None
) -> None:
    params = {
        "version": "6.8.0-12-gabc",
        "uptime": "0012-23:05:01",
        "node_number": 3,
        "config_type": "toml",
        "component": 0,
    }
    assert told(translator.translate(Said("mongooseim", "cluster", params, who), DAY)) == {
        ("cluster.version", "6.8.0", 1),
        ("cluster.uptime", "7", 1),
        ("cluster.node_number", "3", 1),
        ("cluster.config_type", "toml", 1),
        ("cluster.component", "0", 1),
        *([("cluster.lasting", lasting, 1)] if lasting else []),
    }


@pytest.mark.parametrize(
    ("event", "params", "aside"),
    [
        (
            "xmpp_stanza_count",
            {"stanza_type": "xmppIqSent", "increment": -3},
            ("xmpp_stanza_count.increment", "out_of_bounds"),
        ),
        ("cluster", {"uptime": "yesterday"}, ("cluster.uptime", "wrong_kind")),
        (
            "module_with_opt",
            {"module": "mod_mine", "backend": "mine"},
            ("{module}.backend", "unknown_metric"),
        ),
    ],
)
def test_what_cannot_be_counted_is_set_aside_without_what_it_said(
    translator: Translator, event: str, params: dict[str, object], aside: tuple[str, str]
) -> None:
    statements = translator.translate(Said("mongooseim", event, params, LASTING), DAY)
    assert [(name, code.value) for each in statements for name, code in each.asides] == [aside]


def test_two_host_types_may_keep_the_same_in_two_places(translator: Translator) -> None:
    both = [{"module": "mod_mam", "backend": backend} for backend in ("rdbms", "cassandra")]
    parts = [
        {each.part for each in translator.translate(Said("mongooseim", "module_with_opt", it), DAY)}
        for it in both
    ]
    assert parts[0] & parts[1] == {
        "module/mod_mam",
        "online_backend/mod_mam/",
        "api_version/mod_mam/",
    }


def test_a_module_without_the_mark_that_names_it_is_one_of_the_registry_in_time() -> None:
    """A list of names that goes stale counts the project's own modules as somebody's own."""
    names = read((FOLDER / "mongooseim.toml").read_bytes()).metrics["module_with_opt.module"].names
    unmarked = {"mod_caps", "mod_presence", "mod_ping", "mod_sasl2", "mod_bind2", "mod_pubsub"}
    assert unmarked | {"mod_smart_markers"} <= set(names)
