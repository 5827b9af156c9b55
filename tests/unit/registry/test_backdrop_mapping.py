"""What sites of Backdrop send becomes canonical values of the registry that ships with it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import pytest

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.registry.mapping import read_mapping
from aboveboard.registry.translate import Statement, Translator
from aboveboard.wires.backdrop import BackdropWire
from aboveboard.wires.backdrop_projects import projects
from aboveboard.wires.foreign import Asked

TODAY = date(2026, 11, 26)


@cache
def translator() -> Translator:
    registry = read_file(shipped_folder() / "backdrop.toml")
    content = (shipped_folder() / "mappings" / "backdrop.toml").read_bytes()
    return Translator(registry, read_mapping(content, registry))


def told(project: str, **values: object) -> Statement:
    """Let a site post, and translate what it said."""
    wire = BackdropWire(projects([translator().registry], {"bee": "backdrop"}))
    body = json.dumps({project: values}).encode()
    [said] = wire.read(Asked("POST", "/post", "", {"x-site-key": "k"}, body)).said
    [statement] = translator().translate(said, TODAY)
    return statement


def counts(project: str, **values: object) -> dict[str, str]:
    statement = told(project, **values)
    assert statement.asides == []
    assert all(count.times == 1 for count in statement.counts)
    found = {count.metric.name: count.key for count in statement.counts}
    assert len(found) == len(statement.counts)
    return found


def test_all_that_core_sends_today_is_known() -> None:
    assert counts(
        "backdrop",
        version="1.34.2",
        php_version="8.2.36",
        mysql_version="8.0.36",
        install_version="1.21.0",
        server_os="Linux",
        web_server="Apache",
        install_profile="standard",
        multisite="No",
        ckeditor_module_version="CKEditor 5",
        drupal_compatibility="Yes",
        jquery_version="3.7.1",
        update_module="Yes",
        ckeditor_version="4.22.1",
        ckeditor5_version="40.2.0",
    ) == {
        "backdrop.version": "1.34.2",
        "backdrop.php_version": "8.2",
        "backdrop.mysql_version": "8.0",
        "backdrop.database": "mysql",
        "backdrop.install_version": "1.21",
        "backdrop.server_os": "Linux",
        "backdrop.web_server": "Apache",
        "backdrop.install_profile": "standard",
        "backdrop.multisite": "false",
        "backdrop.ckeditor_module_version": "CKEditor 5",
        "backdrop.drupal_compatibility": "true",
        "backdrop.jquery_version": "3.7",
        "backdrop.update_module": "true",
        "backdrop.ckeditor_version": "4.22",
        "backdrop.ckeditor5_version": "40.2",
    }


def test_all_that_bee_sends_is_known_and_its_version_counts_once() -> None:
    assert counts(
        "bee", version="1.x-1.1.0", bee_version="1.x-1.1.0", php_version="8.2.36", multisite="Yes"
    ) == {"bee.version": "1.1", "bee.php_version": "8.2", "bee.multisite": "true"}


@pytest.mark.parametrize(
    ("sent", "version", "product"),
    [
        ("8.0.36", "8.0", "mysql"),
        ("8.0.36-0ubuntu0.22.04.1", "8.0", "mysql"),
        ("10.6.12-MariaDB-log", "10.6", "mariadb"),
        ("5.5.5-10.6.12-MariaDB-log", "10.6", "mariadb"),
        ("5.5.5-10.11.6-MariaDB-0+deb12u1", "10.11", "mariadb"),
        ("5.5.68-MariaDB", "5.5", "mariadb"),
        ("5.5.5", "5.5", "mysql"),
        ("5.7.mysql_aurora.2.11.3", "5.7", "aurora"),
        ("8.0.35-27-Percona", "8.0", "percona"),
        ("8.2", "8.2", "mysql"),
        ("8", "8", "mysql"),
    ],
)
def test_a_database_is_told_by_version_and_product(sent: str, version: str, product: str) -> None:
    assert counts("backdrop", mysql_version=sent) == {
        "backdrop.mysql_version": version,
        "backdrop.database": product,
    }


def test_a_database_that_has_no_version_has_no_product_either() -> None:
    statement = told("backdrop", mysql_version="my secret")
    assert statement.counts == []
    assert [name for name, _ in statement.asides] == ["backdrop.mysql_version"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Linux", "Linux"), ("WINNT", "WINNT"), ("WIN32", "WINNT"), ("Windows", "WINNT"),
     ("Darwin", "Darwin"), ("CYGWIN_NT-5.1", "other"), ("my secret", "other")],
)  # fmt: skip
def test_a_system_is_one_of_a_list(sent: str, kept: str) -> None:
    assert counts("backdrop", server_os=sent) == {"backdrop.server_os": kept}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Apache", "Apache"), ("nginx", "nginx"), ("LiteSpeed", "LiteSpeed"), ("Other", "other")],
)
def test_a_web_server_is_one_of_a_list(sent: str, kept: str) -> None:
    assert counts("backdrop", web_server=sent) == {"backdrop.web_server": kept}


@pytest.mark.parametrize("precise", ["8.2", "8.2.0", "8.2.36-1+deb12u1"])
def test_two_parts_of_a_version_stay_two_parts(precise: str) -> None:
    assert counts("backdrop", php_version=precise) == {"backdrop.php_version": "8.2"}


def test_blank_values_and_an_unknown_version_tell_nothing() -> None:
    assert counts("backdrop", version="unknown", php_version="", multisite="", server_os=" ") == {}


def test_an_unknown_key_is_told_by_its_name_alone() -> None:
    statement = told("backdrop", site_name="My secret site")
    assert statement.counts == []
    assert [(name, reason.value) for name, reason in statement.asides] == [
        ("backdrop.site_name", "unknown_metric")
    ]


def test_a_key_in_two_spellings_tells_one_thing() -> None:
    assert counts("backdrop", php_version="8.2", PHP_version="7.4") == {
        "backdrop.php_version": "8.2"
    }


def test_a_site_s_own_word_about_its_database_does_not_count_twice() -> None:
    assert counts("backdrop", database="percona", mysql_version="8.0") == {
        "backdrop.database": "percona",
        "backdrop.mysql_version": "8.0",
    }
