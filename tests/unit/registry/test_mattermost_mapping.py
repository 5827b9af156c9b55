"""The shipped mapping of Mattermost, over everything that its servers and clients send."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.mattermost import (
    EXPIRES,
    FEATURES,
    FLAGS,
    ISSUED,
    PLUGINS,
    Property,
    Version,
    catalogue,
    catalogue_of_10,
    events,
    family,
    plausible,
    telemetry_id,
)

from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.memory import CountingChance, SetClock
from aboveboard.adapters.memory_bulletins import MemoryBulletins
from aboveboard.adapters.period_keys import FilePeriodKeys
from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.foreign import Foreign
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.seen import SeenIds
from aboveboard.model.metric import Status
from aboveboard.model.registry import Registry
from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.translate import Statement, Translator
from aboveboard.wires.foreign import Asked
from aboveboard.wires.mattermost_security import MattermostSecurity

DAY = date(2026, 11, 26)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MARK = "Zebrastripes"
APP = "mattermost"

IDENTITY = "it tells one server, or one customer, from all others"
POINTER = "upstream compares a pointer with a text: it always says no, in both generations"
IGNORED = {
    "license.customer_id": IDENTITY,
    "license.license_id": IDENTITY,
    "permissions_team_schemes.scheme_id": IDENTITY,
    "config_service.isdefault_google_developer_key": POINTER,
    "config_service.isdefault_cors_exposed_headers": POINTER,
    "config_team.isdefault_site_name": POINTER,
    "config_log.isdefault_file_location": POINTER,
    "config_email.isdefault_feedback_name": POINTER,
    "config_email.isdefault_feedback_email": POINTER,
    "config_email.isdefault_reply_to_address": POINTER,
}
"""Properties that are dropped on purpose, and why."""
SAYS_NOTHING = {"config_elasticsearch.trace", "config_file.max_image_decoder_concurrency"}
"""Properties whose usual value is "nothing set", for which there is nothing to count."""
UNKNOWN_VERSION = "config_plugin.version_org.example.marketplace"
"""Of a plugin that the registry does not know: it waits in quarantine by its name."""
SECURITY = "auc=5&b=5.37.0.5.37.0&be=false&db=postgres&id=w&os=linux&tc=3&uc=10&ut=0"


@cache
def registry() -> Registry:
    return read_file(shipped_folder() / f"{APP}.toml")


@cache
def translator() -> Translator:
    content = (shipped_folder() / "mappings" / f"{APP}.toml").read_bytes()
    return Translator(registry(), read_mapping(content, registry()))


def tell(event: str, values: dict[str, Any]) -> list[Statement]:
    return translator().translate(Said(APP, event, values, who="w"), DAY)


def counts(found: list[Statement]) -> dict[str, dict[str, int]]:
    told: dict[str, dict[str, int]] = {}
    for statement in found:
        for count in statement.counts:
            told.setdefault(count.metric.name, {})[count.key] = count.times
    return told


def asides(found: list[Statement]) -> list[tuple[str, Reason]]:
    return [aside for statement in found for aside in statement.asides]


def every_property() -> list[Property]:
    return list(dict.fromkeys(catalogue() + catalogue_of_10()))


def test_the_catalogue_has_every_property() -> None:
    assert (len(catalogue()), len(every_property())) == (469, 538)


@pytest.mark.parametrize("each", every_property(), ids=lambda each: f"{each.event}.{each.name}")
def test_every_property_is_a_metric_that_takes_its_values_or_is_dropped_for_a_reason(
    each: Property,
) -> None:
    found = tell(each.event, family(each) or {each.name: plausible(each)})
    name = f"{each.event}.{each.name}"
    unknown = [(UNKNOWN_VERSION, Reason.UNKNOWN_METRIC)] if "<plugin_id>" in name else []
    assert asides(found) == (unknown if each.name.startswith("version_<") else [])
    assert bool(counts(found)) == (name not in {*IGNORED, *SAYS_NOTHING})
    assert sum(statement.ignored for statement in found) == (name in IGNORED)


@pytest.mark.parametrize("version", ["5.37.0", "10.1.0"])
def test_a_whole_round_is_understood_and_nothing_but_an_unknown_plugin_waits(
    version: Version,
) -> None:
    told: dict[str, dict[str, int]] = {}
    waits: list[tuple[str, Reason]] = []
    for event, values in events(version):
        found = tell(event, values)
        told |= counts(found)
        waits += asides(found)
    assert waits == [(UNKNOWN_VERSION, Reason.UNKNOWN_METRIC)]
    assert told["server.version"] == {version: 1}
    assert told["server.edition"] == {"true": 1}
    assert told["server.database_version"] == {"13.4": 1}
    assert told["config_service.enable_commands"] == {"true": 1}
    assert told["config_localization.available_locales"] == {"3": 1}
    assert told["config_display.isdefault_custom_url_schemes"] == {"false": 1}
    assert told["config_service.connection_security"] == {"none": 1}
    assert told["config_service.post_edit_time_limit"] == {"86400": 1}
    assert told["config_plugin.chimera_oauth_proxy_url"] == {"true": 1}
    assert told["config_plugin.enable_uploads"] == {"true": 1}
    assert told["config_plugin.version_nps"] == {"1.1": 1}
    assert told["config_data_retention.deletion_job_start_time"] == {"0": 1}
    assert told["activity.registered_users"] == {"5": 1}


def test_both_generations_tell_the_same_of_what_both_have() -> None:
    old = {name: values for name, values in events("5.37.0") if name.startswith("config_")}
    [new] = [values for name, values in events("10.1.0") if name == "configs"]
    for name in old.keys() & new.keys():
        both = old[name].keys() & new[name].keys()
        shared = {key: old[name][key] for key in both}
        assert counts(tell("configs", {name: shared})) == counts(tell(name, shared))


def test_both_generations_replace_the_same_parts_of_a_servers_state() -> None:
    old = tell("config_ldap", {"enable": True})
    new = tell("configs", {"config_ldap": {"enable": False}, "config_saml": {"enable": True}})
    assert [statement.part for statement in old] == ["config_ldap"]
    assert [statement.part for statement in new] == ["config_ldap", "config_saml"]


def test_features_plugins_switches_and_limits_are_told_by_name_if_they_are_known() -> None:
    assert counts(tell("license", FEATURES)) == {}
    unlocked = {f"feature_{name}": on for name, on in FEATURES.items()}
    assert counts(tell("license", unlocked))["license.features"] == {
        "ldap": 1,
        "saml": 1,
        "other": 1,
    }
    plugins = {f"enable_{name}": on for name, (on, _) in PLUGINS.items()}
    assert counts(tell("config_plugin", plugins))["config_plugin.known_plugins"] == {
        "com.mattermost.nps": 1,
        "github": 1,
        "other": 1,
    }
    # A pinned version is text of the operator's, and no yes.
    assert counts(tell("config_feature_flags", {**FLAGS})) == {
        "config_feature_flags.on": {"CollapsedThreads": 1}
    }


def test_each_limit_and_each_scheme_is_a_part_of_its_own() -> None:
    parts = [
        tell("warn_metrics", {name: True})[0].part
        for name in ("warn_metric_mfa", "warn_metric_email_domain")
    ]
    assert len(set(parts)) == 2
    schemes = [
        tell("permissions_team_schemes", {"scheme_id": name, "team_count": 2})
        for name in ("one", "two")
    ]
    assert len({statement.part for found in schemes for statement in found}) == 4
    assert [found[1].daily for found in schemes] == [True, True]


def test_what_a_day_adds_up_to_is_said_of_the_day_and_the_rest_of_the_week() -> None:
    state, daily = tell("activity", {"posts": 5000, "posts_previous_day": 120})
    assert counts([state]) == {"activity.posts": {"1000": 1}}
    assert counts([daily]) == {"activity.posts_previous_day": {"100": 1}}


def test_moments_of_a_licence_are_days_and_numbers_that_nobody_knows_are_absent() -> None:
    said = {"issued": ISSUED * 1000, "start": 0, "expire": EXPIRES * 1000}
    assert counts(tell("license", said)) == {
        "license.issued": {"180": 1},
        "license.expire": {"30": 1},
    }
    assert counts(tell("plugins", {"enabled_plugins": -1, "disabled_plugins": -1})) == {}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"category": "api", "type": "api_posts_create"},
            {"client.messages": {"api_posts_create": 1}},
        ),
        (
            {"category": "ui", "type": "ui_rhs_expanded"},
            {"client.advanced": {"ui_rhs_expanded": 1}},
        ),
        (
            {"category": "signup", "type": "signup_page_view"},
            {"client.account_setup": {"signup_page_view": 1}},
        ),
        ({"category": "api", "type": MARK}, {"client.advanced": {"other": 1}}),
        ({"category": "api", "type": "api_license_upload"}, {"client.licence_uploaded": {"": 1}}),
        (
            {"category": "performance", "type": "page_load", "duration": 1234},
            {"performance.page_load": {"1000": 1}},
        ),
        (
            {"category": "performance", "type": "team:switch", "duration": 99.5},
            {"performance.team_switch": {"0": 1}},
        ),
        ({"category": "performance", "type": MARK, "duration": 1}, {}),
    ],
)
def test_what_people_do_is_counted_without_saying_who(
    values: dict[str, Any], told: dict[str, dict[str, int]]
) -> None:
    people = {
        "user_actual_id": "k8x",
        "user_actual_role": "system_user",
        "team_id": "t1",
        "channel_id": "c1",
        "post_id": "p1",
    }
    found = tell("event", values | people)
    assert (counts(found), asides(found)) == (told, [])


@pytest.mark.parametrize(
    ("name", "label"), [("ApplicationLoaded", "application_loaded"), ("a page", "other")]
)
def test_pages_are_counted_by_their_known_names(name: str, label: str) -> None:
    values = {"path": "", "referrer": "", "search": "", "title": "", "url": "", "name": name}
    assert counts(tell("page", values)) == {"client.pages": {label: 1}}


def test_a_feature_that_nobody_registered_waits_by_its_names_and_its_people_are_dropped() -> None:
    found = tell("feature_tour", {"step": "two", "user_actual_id": "k8x"})
    assert asides(found) == [("feature_tour.step", Reason.UNKNOWN_METRIC)]
    assert sum(statement.ignored for statement in found) == 1


def test_whom_a_server_is_told_by_is_nobodys_business() -> None:
    found = tell("identify", {"installationId": "k8x", "email": "ana@example.org"})
    assert (counts(found), asides(found)) == ({}, [])


def test_the_check_for_security_updates_fills_its_own_metrics() -> None:
    wire = MattermostSecurity(MemoryBulletins())
    (said,) = wire.read(Asked("GET", "/security", SECURITY)).said
    found = translator().translate(said, DAY)
    assert asides(found) == []
    assert counts(found) == {
        "security_check.version": {"5.37.0": 1},
        "security_check.build": {"release": 1},
        "security_check.enterprise": {"false": 1},
        "security_check.database": {"postgres": 1},
        "security_check.operating_system": {"linux": 1},
        "security_check.teams": {"2": 1},
        "security_check.users": {"10": 1},
        "security_check.active_users": {"5": 1},
        "security_check.unit_tests_run": {"false": 1},
    }


def test_every_metric_in_force_is_one_that_a_server_tells_of_or_another_sender_does() -> None:
    told = IGNORED.keys() | SAYS_NOTHING
    for each in every_property():
        told |= counts(tell(each.event, family(each) or {each.name: plausible(each)})).keys()
    approved = {n for n, m in registry().metrics.items() if m.status is Status.APPROVED}
    others = ("client.", "performance.", "security_check.", "errors.", "config_plugin.version_")
    silent = {name for name in approved - told if not name.startswith(others)}
    assert silent == {"telemetry.active"}


class Disk:
    """Holds what would be on disk."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    async def append(self, records: list[bytes]) -> None:
        self.kept += records


def kept(messages: list[Said], folder: Path) -> list[dict[str, Any]]:
    """Give the records that a collector keeps of some messages."""
    disk, clock = Disk(), SetClock(NOON)
    registries = {APP: registry()}
    opener = HpkeOpener([new_private_key()])

    async def keep() -> None:
        acceptor = Acceptor(registries, GroupCommit(disk.append), SeenIds(), opener, clock)
        keys = FilePeriodKeys(folder, CountingChance())
        foreign = Foreign(
            acceptor, {APP: translator()}, keys, clock, CountingChance(), Meters(registries)
        )
        assert await foreign.keep("segment", messages) is None

    asyncio.run(keep())
    return [json.loads(record) for record in disk.kept]


def test_no_text_of_any_property_is_kept_and_no_identity_either(tmp_path: Path) -> None:
    texts: list[Any] = [MARK, f"{MARK} {MARK}", f"1.2.3 {MARK}", [MARK], {MARK: MARK}, f"{MARK},b"]
    who = telemetry_id(1)
    messages = [
        Said(APP, each.event, {name: text}, who=who, id=f"{MARK}{number}{each}", version="x/1")
        for number, text in enumerate(texts)
        for each in every_property()
        for name in family(each) or [each.name]
    ]
    messages += [Said(APP, "configs", {each.event: {each.name: MARK}}) for each in every_property()]
    messages += [
        Said(APP, "event", {"category": MARK, "type": MARK, "user_actual_id": MARK}, who=who),
        Said(APP, "event", {"category": "performance", "type": "page_load", "duration": MARK}),
        Said(APP, "page", {"name": MARK, "title": MARK}, who=who),
        Said(APP, "permissions_team_schemes", {"scheme_id": MARK, "team_count": 2}, who=who),
        Said(APP, "security", dict.fromkeys(("version", "build", "db", "os", "uc"), MARK), who=who),
        Said(APP, MARK, {"enable": True}, who=who),
        Said(APP, "config_plugin", {f"version_{MARK} of ana": "1.0"}, who=who),
    ]
    told = json.dumps(kept(messages, tmp_path))
    assert told.count('"config_service.') > 100
    assert who not in told
    assert MARK not in told
    # The names of events and properties may wait in quarantine, lower-case; values may not.
    assert told.replace(f"{MARK.lower()}.enable", "").lower().count(MARK.lower()) <= 2


def test_two_installations_are_told_apart_and_one_is_the_same_all_week(tmp_path: Path) -> None:
    first, second = telemetry_id(1), telemetry_id(2)
    said = [Said(APP, "server", {"version": "5.37.0"}, who=who) for who in (first, second, first)]
    senders = [record["who"] for record in kept(said, tmp_path)]
    assert senders[0] == senders[2] != senders[1]
