from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import RegistryError
from aboveboard.registry.imports.imported import About, Imported
from aboveboard.registry.imports.mattermost import COLUMNS, import_mattermost
from aboveboard.registry.imports.mattermost_values import says_of

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def whole(catalogues: Mapping[str, str]) -> Imported:
    text = catalogues["mattermost_catalog.tsv"]
    return import_mattermost([("mattermost_catalog.tsv", text)], About("chat", "Chat"), TODAY)


def _one(about: About, *cells: str) -> Imported:
    line = "\t".join([*cells, *[""] * (len(COLUMNS) - len(cells))])
    return import_mattermost([("catalog.tsv", "\t".join(COLUMNS) + "\n" + line)], about, TODAY)


def _table(imported: Imported, name: str) -> dict[str, Any]:
    return dict(imported.metrics[name])


def test_the_catalogue_has_no_problem_but_those_that_are_open(
    whole: Imported, untold: Callable[[Imported], list[str]]
) -> None:
    assert untold(whole) == []


def test_only_people_can_write_what_is_open(
    whole: Imported, keys: Callable[[Imported], set[str]]
) -> None:
    assert keys(whole) == {
        "product.homepage", "product.contact", "product.policy", "question", "decision", "owner",
        "review", "expires", "example", "choices", "names", "unit",
    }  # fmt: skip


def test_every_property_is_imported_or_left_out(
    whole: Imported, catalogues: Mapping[str, str]
) -> None:
    lines = catalogues["mattermost_catalog.tsv"].splitlines()[1:]
    left_out = [name for name, _ in whole.skipped if not name.endswith(": the value")]
    assert len(lines) == len(whole.metrics) + len(left_out) == 469


def test_every_metric_is_proposed(whole: Imported) -> None:
    assert {table["status"] for table in whole.metrics.values()} == {"proposed"}


def test_no_identity_and_no_moment_is_imported(whole: Imported) -> None:
    names = [name for name, _ in whole.skipped if ": " not in name]
    assert names == [
        "config_message_export.default_export_from_timestamp",
        "license.customer_id",
        "license.license_id",
        "license.issued",
        "license.start",
        "license.expire",
        "permissions_team_schemes.scheme_id",
        "config_plugin.version_<plugin_id>",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "config_service.enable_commands",
            {"kind": "flag", "reducer": "flag", "source": "ServiceSettings.EnableCommands"},
        ),
        (
            "config_service.isdefault_site_url",
            {
                "kind": "flag",
                "reducer": "is_default",
                "source": "ServiceSettings.SiteURL",
                "title": "Service: site URL as shipped, yes or no",
            },
        ),
        (
            "config_ldap.isnotempty_private_key",
            {"kind": "flag", "reducer": "is_set", "source": "LdapSettings.PrivateKeyFile"},
        ),
        (
            "config_theme.allowed_themes",
            {"kind": "quantity", "reducer": "count_of", "source": "ThemeSettings.AllowedThemes"},
        ),
        (
            "config_service.session_cache",
            {
                "kind": "quantity",
                "reducer": "bucket",
                "unit": "minutes",
                "aliases": ["config_service.session_cache_in_minutes"],
            },
        ),
        (
            "config_sql.driver_name",
            {"kind": "choice", "reducer": "one_of", "choices": ["postgres", "mysql"]},
        ),
        ("config_log.console_level", {"kind": "choice", "reducer": "one_of"}),
        ("config_client_requirements.ios_min_version", {"kind": "version", "reducer": "version"}),
        ("config_localization.default_client_locale", {"sensitivity": "sensitive"}),
        ("config_file.max_file_size", {"unit": "bytes"}),
        ("activity.posts_previous_day", {"kind": "counter"}),
        ("activity.teams", {"kind": "quantity", "sensitivity": "content", "threshold": 20}),
        ("server.edition", {"kind": "flag"}),
        ("server.version", {"kind": "version"}),
        ("elasticsearch.elasticsearch_server_version", {"precision": 1, "example": "8"}),
        ("permissions_system_scheme.team_guest_permissions", {"kind": "names"}),
        ("config_plugin.plugins_on", {"kind": "names"}),
    ],
)
def test_a_property_keeps_its_meaning(
    whole: Imported, name: str, expected: dict[str, object]
) -> None:
    table = _table(whole, name)
    assert {key: table.get(key) for key in expected} == expected


@pytest.mark.parametrize("name", ["activity.teams", "config_file.isabsolute_directory"])
def test_what_the_program_reduces_itself_names_no_setting(whole: Imported, name: str) -> None:
    assert not {"reducer", "source"} & _table(whole, name).keys()


def test_free_text_becomes_whether_it_is_as_shipped_and_that_is_told(whole: Imported) -> None:
    table = _table(whole, "config_plugin.chimera_oauth_proxy_url")
    assert (table["kind"], table["reducer"]) == ("flag", "is_default")
    told = dict(whole.skipped)["config_plugin.chimera_oauth_proxy_url: the value"]
    assert told == "its text is free, so only whether it is as shipped is kept"


def test_what_is_said_of_a_property_stands_in_the_file(whole: Imported) -> None:
    assert whole.notes["config_team.isdefault_site_name"] == (
        "Mattermost's config_team.isdefault_site_name: is_default, bool of TeamSettings.SiteName.",
        "There: ALWAYS false (compares pointer with value).",
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("a_group", "b_thing", "guessed", "bool"), "there is no kind 'guessed'"),
        (("a_group", "b_thing", "raw", "float"), "there is no type 'float'"),
        (("a_group", "b_<thing>", "raw", "bool"), "it stands for many properties"),
        (("", "", "raw", "bool"), "a registry cannot hold it: : a metric's name is group.name"),
    ],
)
def test_what_nobody_can_place_is_left_out_with_a_reason(
    about: About, cells: tuple[str, ...], reason: str
) -> None:
    done = _one(about, *cells)
    assert done.metrics == {}
    assert done.skipped[0].reason.startswith(reason)


def test_a_setting_with_a_name_that_is_none_is_not_named(about: About) -> None:
    table = _table(
        _one(about, "a_group", "b_thing", "raw", "bool", "no setting"), "a_group.b_thing"
    )
    assert not {"reducer", "source"} & table.keys()


def test_two_properties_of_one_name_are_told(about: About) -> None:
    head = "\t".join(COLUMNS)
    lines = ["a_group\tb_Thing\traw\tbool\t\t\t", "a_group\tb_thing\traw\tint\t\t\t"]
    done = import_mattermost([("catalog.tsv", "\n".join([head, *lines]))], about, TODAY)
    assert list(done.metrics) == ["a_group.b_thing"]
    assert done.skipped == (
        ("a_group.b_thing", "its name would be a_group.b_thing, which a_group.b_Thing has already"),
    )


@pytest.mark.parametrize("text", ["", "event\tproperty\n", "no table at all"])
def test_lines_without_the_columns_are_refused(about: About, text: str) -> None:
    with pytest.raises(RegistryError) as refused:
        import_mattermost([("catalog.tsv", text)], about, TODAY)
    assert [problem.code for problem in refused.value.problems] == ["wrong_shape"]


def test_a_line_without_an_end_is_refused(about: About) -> None:
    with pytest.raises(RegistryError) as refused:
        import_mattermost([("c.tsv", "\t".join(COLUMNS) + "\n" + "x" * 200_000)], about, TODAY)
    assert [problem.code for problem in refused.value.problems] == ["not_lines"]


CELLS = st.text(max_size=12) | st.sampled_from(["config_sql", "trace", "raw", "bool", "int", "<x>"])


@given(st.lists(st.lists(CELLS, max_size=8), max_size=4))
def test_no_text_makes_it_fail_but_with_its_own_error(rows: list[list[str]]) -> None:
    text = "\n".join("\t".join(row) for row in [list(COLUMNS), *rows])
    try:
        done = import_mattermost([("catalog.tsv", text)], About("x", "X"), TODAY)
    except RegistryError:
        return
    assert all(table["status"] == "proposed" for table in done.metrics.values())


@given(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)))
def test_every_line_says_something_or_why_not(line: dict[str, str]) -> None:
    assert says_of(line)
