from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.period import Week
from aboveboard.transparency.entries import (
    ConsentEntry,
    Entry,
    RegistryEntry,
    TotalsEntry,
    read,
    write,
)

DAY = date(2026, 11, 18)
MARK = "0123456789abcdef" * 4
REGISTRY = RegistryEntry("editor", MARK, "", DAY)
APPROVED = RegistryEntry("editor", MARK, "f" * 64, DAY)
CONSENT = ConsentEntry("editor", MARK, "pt-BR", "e" * 64, DAY)
TOTALS = TotalsEntry("editor", Week(2026, 47), "d" * 64, DAY)
LEAF = write(REGISTRY)


def test_a_leaf_is_compact_json_with_sorted_keys() -> None:
    head = '{"app":"editor","approvals":"","day":"2026-11-18","fingerprint":'
    assert LEAF.decode() == f'{head}"{MARK}","kind":"registry"}}'


@pytest.mark.parametrize("entry", [REGISTRY, APPROVED, CONSENT, TOTALS])
def test_every_kind_of_entry_is_read_as_it_was_written(entry: Entry) -> None:
    assert read(write(entry)) == entry


def test_an_entry_names_its_contents() -> None:
    assert REGISTRY.blobs == (MARK,)
    assert APPROVED.blobs == (MARK, "f" * 64)
    assert CONSENT.blobs == ("e" * 64,)
    assert TOTALS.blobs == ("d" * 64,)


def test_entries_about_different_things_have_different_subjects() -> None:
    assert REGISTRY.subject == APPROVED.subject
    assert len({REGISTRY.subject, CONSENT.subject, TOTALS.subject}) == 3


@pytest.mark.parametrize(
    "leaf",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b"{}", id="no-kind"),
        pytest.param(b"[" * 4000, id="deep"),
        pytest.param(b"\xff", id="not-utf8"),
        pytest.param(LEAF + b" ", id="white-space"),
        pytest.param(LEAF + b" " * 4096, id="too-large"),
        pytest.param(LEAF.replace(b":", b": "), id="other-spelling"),
        pytest.param(json.dumps(json.loads(LEAF)).encode("utf-16"), id="other-encoding"),
        pytest.param(LEAF.replace(b"registry", b"wish"), id="unknown-kind"),
        pytest.param(LEAF.replace(b'"registry"', b"5"), id="kind-is-no-word"),
        pytest.param(LEAF.replace(b'"app"', b'"abb"'), id="unknown-key"),
        pytest.param(LEAF.replace(b"{", b'{"aaa":"",'), id="further-key"),
        pytest.param(LEAF.replace(b"{", b'{"app":"editor",'), id="key-twice"),
        pytest.param(LEAF.replace(b"editor", b"Editor"), id="bad-app"),
        pytest.param(LEAF.replace(b"editor", b"\\u0065ditor"), id="escaped"),
        pytest.param(LEAF.replace(b"2026-11-18", b"20261118"), id="other-day"),
        pytest.param(LEAF.replace(b"2026-11-18", b"2026-02-30"), id="no-day"),
        pytest.param(LEAF.replace(b'"2026-11-18"', b"null"), id="day-is-none"),
        pytest.param(LEAF.replace(b"0123", b"012G"), id="bad-fingerprint"),
        pytest.param(write(TOTALS).replace(b"W47", b"W60"), id="no-week"),
        pytest.param(write(CONSENT).replace(b"pt-BR", b"Portuguese"), id="no-language"),
    ],
)
def test_what_is_no_entry_is_none(leaf: bytes) -> None:
    assert read(leaf) is None


def test_what_nobody_could_read_is_not_written() -> None:
    with pytest.raises(ValueError, match="no entry"):
        write(RegistryEntry("An Editor", MARK, "", DAY))


@given(st.binary(max_size=200), st.integers(0, len(LEAF)))
def test_no_bytes_make_reading_raise(body: bytes, place: int) -> None:
    read(body)
    read(LEAF[:place] + body + LEAF[place:])


@given(st.dictionaries(st.sampled_from(sorted(json.loads(LEAF))), st.one_of(st.none(), st.text())))
def test_no_content_makes_reading_raise(content: dict[str, object]) -> None:
    read(json.dumps(json.loads(LEAF) | content, sort_keys=True, separators=(",", ":")).encode())
