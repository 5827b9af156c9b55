from __future__ import annotations

import json
from collections import Counter
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.memory_bulletins import MemoryBulletins
from aboveboard.model.bulletin import Bulletin
from aboveboard.model.said import Said
from aboveboard.wires.foreign import Asked
from aboveboard.wires.mattermost_security import KEPT, MattermostSecurity

ONE = Bulletin("msb-1", ("5.37.0", "5.36.1"), "A hole in search", b"<p>Update to 5.37.1.</p>")
TWO = Bulletin("msb-2", ("9.0.0",), "A hole in files", b"<p>Update.</p>")
LISTED = (
    b'[{"id":"msb-1","applies_to_version":"5.37.0"},'
    b'{"id":"msb-1","applies_to_version":"5.36.1"},'
    b'{"id":"msb-2","applies_to_version":"9.0.0"}]'
)
WHO = "hb3d4mrudjykzbfjyhk1gmrkme"
CAPTURED = f"auc=5&b=5.37.0.5.37.0&be=false&db=postgres&id={WHO}&os=linux&tc=3&uc=10&ut=0"
"""As Go writes it: the keys sorted."""

wire = MattermostSecurity(MemoryBulletins([TWO, ONE]))


def ask(query: str, path: str = "/security") -> Asked:
    return Asked("GET", path, query, received=1_796_000_000.0)


def said(query: str) -> Said:
    (only,) = wire.read(ask(query)).said
    return only


@pytest.mark.parametrize(
    ("method", "path", "takes"),
    [
        ("GET", "/security", True),
        ("GET", "/bulletins/msb-1", True),
        ("POST", "/security", False),
        ("GET", "/security/", False),
        ("GET", "/bulletins", False),
        ("GET", "/apps/mattermost", False),
    ],
)
def test_it_takes_what_servers_ask_for_alone(method: str, path: str, *, takes: bool) -> None:
    assert wire.takes(method, path) is takes


def test_a_collector_with_neither_the_product_nor_notices_takes_nothing() -> None:
    nothing = MattermostSecurity(MemoryBulletins(), app="")
    assert not nothing.takes("GET", "/security")
    assert MattermostSecurity(MemoryBulletins([ONE]), app="").takes("GET", "/security")
    assert MattermostSecurity(MemoryBulletins()).takes("GET", "/bulletins/msb-1")


def test_every_notice_is_listed_once_for_each_of_its_versions() -> None:
    answer = wire.read(ask(CAPTURED)).answer
    assert (answer.status, answer.media_type, answer.body) == (200, "application/json", LISTED)


def test_without_notices_the_answer_is_an_empty_array() -> None:
    assert MattermostSecurity(MemoryBulletins()).read(ask(CAPTURED)).answer.body == b"[]"


def test_what_a_server_says_is_told_with_its_own_names() -> None:
    assert said(CAPTURED) == Said(
        "mattermost",
        "security",
        {
            "auc": "5",
            "be": "false",
            "db": "postgres",
            "os": "linux",
            "tc": "3",
            "uc": "10",
            "ut": "0",
            "version": "5.37.0",
            "build": "release",
        },
        who=WHO,
        version="mattermost/5.37.0",
    )


def test_values_that_the_server_could_not_count_are_absent() -> None:
    found = said(f"b=5.37.0.5.37.0&be=false&db=postgres&id={WHO}&os=linux&ut=1")
    assert not {"auc", "tc", "uc"} & found.values.keys()


def test_unknown_keys_are_not_told_and_the_first_of_two_holds() -> None:
    found = said(f"{CAPTURED}&os=windows&hostname=chat.example&location=fra50-c1")
    assert found.values["os"] == "linux"
    assert "chat.example" not in str(found)
    assert "fra50" not in str(found)


@pytest.mark.parametrize(
    ("built", "version", "build"),
    [
        ("5.37.0.5.37.0", "5.37.0", "release"),
        ("9.11.2.9.11.2", "9.11.2", "release"),
        ("5.37.0.5.37.0-rc1", "5.37.0", "candidate"),
        ("5.37.0.4.2.0-RC", "5.37.0", "candidate"),
        ("5.37.0.dev", "5.37.0", "development"),
        ("10.1.0.11234567890", "10.1.0", "development"),
        ("10.1.0.-- my own build", "10.1.0", "development"),
    ],
)
def test_version_and_build_number_are_taken_apart(built: str, version: str, build: str) -> None:
    values = said(f"b={quote(built)}&id={WHO}").values
    assert values == {"version": version, "build": build}


@pytest.mark.parametrize("built", ["", "5.37.0", "five", "5.37.0.", "99999.1.2.3", "x" * 200])
def test_what_is_no_version_and_build_number_is_not_told(built: str) -> None:
    found = said(f"b={built}&id={WHO}")
    assert (found.values, found.version) == ({}, "")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "no_id"),
        ("id=", "no_id"),
        ("os=linux", "no_id"),
        (f"id={'x' * 101}", "no_id"),
        ("&".join(["a=1"] * 51), "bad_query"),
    ],
)
def test_who_names_no_installation_gets_the_notices_and_is_not_counted(
    query: str, why: str
) -> None:
    found = wire.read(ask(query))
    assert (found.answer.body, list(found.said)) == (LISTED, [])
    assert found.discarded == Counter([why])


def test_a_collector_that_does_not_count_mattermost_gives_the_notices_alone() -> None:
    found = MattermostSecurity(MemoryBulletins([TWO, ONE]), app="").read(ask(CAPTURED))
    assert (found.answer.body, list(found.said), found.discarded) == (LISTED, [], Counter())


def test_a_notice_is_given_as_the_operator_wrote_it() -> None:
    found = wire.read(ask("", "/bulletins/msb-1"))
    assert (found.answer.status, found.answer.body) == (200, b"<p>Update to 5.37.1.</p>")
    assert found.answer.media_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in dict(found.answer.headers)["content-security-policy"]
    assert (list(found.said), found.discarded) == ([], Counter())


@pytest.mark.parametrize(
    "path",
    [
        "/bulletins/",
        "/bulletins/msb-3",
        "/bulletins/msb-1/",
        "/bulletins/../msb-1",
        "/bulletins/../../etc/passwd",
        "/bulletins//etc/passwd",
        "/bulletins/..\\..\\msb-1",
        "/bulletins/msb-1\0",
        "/bulletins/msb-1.toml",
        "/bulletins/MSB-1",
    ],
)
def test_what_is_no_notice_is_not_found(path: str) -> None:
    found = wire.read(ask("", path))
    assert (found.answer.status, found.answer.media_type) == (404, "text/plain")
    assert found.discarded == {"no_such_notice": 1}


def test_a_server_hears_of_holes_even_when_nothing_can_be_counted() -> None:
    for answer in (wire.later(ask("")), wire.too_large(ask(""))):
        assert json.loads(answer.body) == json.loads(LISTED)
        # With 200 a server that asked for a notice would mail the list.
        assert answer.status >= 400


@given(
    st.text(),
    st.one_of(
        st.text(), st.lists(st.sampled_from([*CAPTURED.split("&"), "%", "=", "id"])).map("&".join)
    ),
)
def test_whatever_is_asked_the_answer_is_an_array_or_a_page(path: str, query: str) -> None:
    found = wire.read(Asked("GET", "/security", query))
    assert found.answer.body == LISTED
    assert len(found.said) + sum(found.discarded.values()) == 1
    for each in found.said:
        assert each.values.keys() <= {*KEPT, "version", "build"}
    assert wire.read(Asked("GET", f"/bulletins/{path}", query)).answer.status in {200, 404}
