"""The registries of the five seed products, held against catalogues of what their clients send."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.model.metric import Kind, Metric, Reducer, Sensitivity, Status
from aboveboard.model.registry import Registry
from aboveboard.registry.checks import check

DATA = Path(__file__).parents[2] / "data"
APPROVED = date(2026, 11, 26)
PRODUCTS = ("backdrop", "composr", "endless", "mattermost", "mongooseim")

TESTS_ALONE = {
    "MockSingularA", "MockSingularB", "MockAggregateA", "MockAggregateB", "MockSequenceA",
    "MockSequenceB", "MeaninglessEvent", "MeaninglessEvent2",
}  # fmt: skip
"""Events of Endless that only its own tests send."""
LEFT_OUT = {
    "license.customer_id": "who bought the licence: an identity",
    "license.license_id": "which licence it is: an identity",
    "permissions_team_schemes.scheme_id": "which scheme of which server it is: an identity",
}
"""Properties of Mattermost that have no metric, and why."""
FAMILIES = {
    "license.feature_<name> (26 names)": "license.features",
    "config_plugin.enable_<plugin_id>": "config_plugin.known_plugins",
    "config_plugin.version_<plugin_id>": "config_plugin.version_jira",
    "warn_metrics.<warn_metric_*>": "warn_metrics.reached",
    "config_feature_flags.<FlagName>": "config_feature_flags.on",
}
"""Properties of Mattermost whose names are made of a list, to the metric that holds the list."""
PERMISSIONS = "permissions_system_scheme"
SHORTER = {
    f"{PERMISSIONS}.{role}_permissions_modified": f"{PERMISSIONS}.{role}_modified"
    for role in ("system_manager", "system_user_manager", "system_read_only_admin")
}
"""Properties whose names are longer than a metric's may be; settings are found by ``source``."""
FREE_TEXT = {
    "config_plugin.chimera_oauth_proxy_url": Reducer.IS_SET,
    "config_localization.available_locales": Reducer.COUNT_OF,
    "config_wrangler.allowed_email_domain": Reducer.COUNT_OF,
    "config_wrangler.permitted_wrangler_users": Reducer.COUNT_OF,
}
"""Settings of Mattermost that upstream sends as they are typed in, to what is left of them here."""
NEVER = {
    "composr": ("website_url", "website_name", "public_key", "challenge", "error_message", "guid"),
    "backdrop": ("site_key", "site_name", "timings"),
    "endless": ("machine_id", "user_id", "send_number", "serial", "latitude", "longitude", "argv"),
    "mattermost": ("diagnostic_id", "customer_id", "license_id", "scheme_id", "user_actual_id"),
    "mongooseim": ("client_id", "tracking_id", "city", "continent"),
}
"""What clients send, and no metric may be made of: identities, places and free text."""


@cache
def registry(product: str) -> Registry:
    return read_file(shipped_folder() / f"{product}.toml")


def answers(product: str) -> Mapping[str, Metric]:
    """Give every metric by its name and by the names that it had upstream."""
    metrics = registry(product).metrics
    return {alias: m for m in metrics.values() for alias in m.aliases} | dict(metrics)


def snake(name: str) -> str:
    """Give the group that an event of Endless has: ``CPUInfo (old)`` is ``cpu_info``."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name.partition(" (")[0])
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


def events() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((DATA / "endless_events.json").read_text("utf-8"))
    return found


def properties() -> dict[str, str]:
    """Give each property of Mattermost with the setting that it comes from."""
    with (DATA / "mattermost_catalog.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return {f"{row['event']}.{row['property']}": row["config_key"] for row in rows}


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_seed_registry_passes_every_check(product: str) -> None:
    found = registry(product)

    assert found.app == product
    assert check(found, APPROVED) == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_file_says_on_top_where_it_comes_from_and_what_it_leaves_out(product: str) -> None:
    text = (shipped_folder() / f"{product}.toml").read_text("utf-8")
    top = text.partition("format = 1")[0]

    assert all(line.startswith("#") for line in top.splitlines() if line)
    assert "# Sources: " in top
    assert "# Left out on purpose" in top
    assert "# The approvals below are ours" in top


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_would_tell_an_install_or_a_person_from_all_others_has_no_metric(product: str) -> None:
    names = {name.rpartition(".")[2] for name in answers(product)}

    assert names.isdisjoint(NEVER[product])


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_metric_has_a_question_of_its_own(product: str) -> None:
    metrics = registry(product).metrics.values()

    assert len({metric.question for metric in metrics}) == len(metrics)


@pytest.mark.parametrize("event", events(), ids=lambda event: f"{event['name']} {event['uuid']}")
def test_every_event_of_endless_has_a_metric(event: dict[str, str]) -> None:
    group = snake(event["name"])
    found = [m for name, m in registry("endless").metrics.items() if name.startswith(f"{group}.")]
    unused = {snake(name) for name in TESTS_ALONE}
    modelled = {snake(event["name"]) for event in events() if event["status"] == "modelled"}
    wanted = Status.APPROVED if group in modelled else Status.RETIRED
    assert {metric.status for metric in found} == (set() if group in unused else {wanted})


def test_the_catalogue_of_endless_has_singular_aggregate_and_sequence_events() -> None:
    assert {event["kind"] for event in events()} == {"singular", "aggregate", "sequence"}
    assert len(events()) == 95
    assert {event["name"] for event in events() if event["status"] == "test"} == TESTS_ALONE


def test_every_property_of_mattermost_has_a_metric_or_a_reason_for_none() -> None:
    known = answers("mattermost")
    sources = {metric.source for metric in known.values() if metric.source}

    elsewhere = FAMILIES | SHORTER
    lacking = {
        name
        for name, setting in properties().items()
        if name.lower() not in known and setting not in sources and name not in elsewhere
    }

    assert lacking == set(LEFT_OUT)
    assert set(elsewhere.values()) <= set(known)


def test_a_setting_of_mattermost_comes_from_where_upstream_takes_it() -> None:
    known = answers("mattermost")
    moved = {
        name
        for name, setting in properties().items()
        if (metric := known.get(name.lower())) and metric.source and metric.source != setting
    }

    assert moved == {"config_plugin.enable_nps_survey"}


def test_every_feature_of_a_licence_and_every_known_plugin_is_named() -> None:
    metrics = registry("mattermost").metrics
    plugins = metrics["config_plugin.known_plugins"].names
    versions = [name for name in metrics if name.startswith("config_plugin.version_")]

    assert len(metrics["license.features"].names) == 26 + 1
    assert (len(plugins), len(versions)) == (26 + 1, 26)


@pytest.mark.parametrize(("name", "reducer"), FREE_TEXT.items())
def test_free_text_of_a_setting_is_reduced(name: str, reducer: Reducer) -> None:
    metric = answers("mattermost")[name]

    assert metric.reducer is reducer
    assert metric.kind in {Kind.FLAG, Kind.QUANTITY}


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_default_is_told_by_yes_or_no(product: str) -> None:
    for metric in registry(product).metrics.values():
        if metric.reducer in {Reducer.IS_DEFAULT, Reducer.IS_SET}:
            assert metric.kind is Kind.FLAG
            assert metric.source


@pytest.mark.parametrize("product", ["composr", "endless", "mattermost"])
def test_errors_are_kept_as_fingerprints(product: str) -> None:
    kinds = {metric.kind for metric in registry(product).metrics.values()}

    assert Kind.ERROR in kinds


def test_what_is_about_people_is_published_in_large_groups_alone() -> None:
    for product in PRODUCTS:
        for metric in registry(product).metrics.values():
            if metric.sensitivity is Sensitivity.SENSITIVE:
                assert metric.threshold >= 50


def test_a_product_that_answers_sites_says_that_it_knows_them() -> None:
    assert "register with their address" in registry("composr").note


def test_only_what_upstream_never_asked_for_is_proposed() -> None:
    proposed = {
        metric.name
        for product in PRODUCTS
        for metric in registry(product).metrics.values()
        if metric.status is Status.PROPOSED
    }

    assert proposed == {
        "node.operating_system",
        "node.erlang_version",
        "auth.methods",
        "session.open",
    }
