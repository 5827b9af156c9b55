from __future__ import annotations

import json
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.model.period import Week
from aboveboard.wires.native import MOST_ENTRIES
from aboveboard.wires.native_reader import MOST_KEYS, glance, read

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

SECRET = "geheimwort"  # noqa: S105 a word to look for
PLAIN: dict[str, Json] = {
    "format": 1,
    "id": "0" * 32,
    "app": "editor",
    "period": "2026-W47",
    "registry": "f" * 64,
    "entries": [{"metric": "file.opened", "day": "2026-11-18", "value": 3}],
}
ENTRY: dict[str, Json] = {"metric": "file.opened", "day": "2026-11-18", "value": 3}
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=70),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def body(**changes: Json) -> bytes:
    return json.dumps(PLAIN | changes).encode()


def entry(**changes: Json) -> bytes:
    return body(entries=[ENTRY | changes])


MARK = "0f" * 16


def detail(mark: str = MARK, **changes: Json) -> bytes:
    told: dict[str, Json] = {"type": ["builtins.OSError"], "frames": ["editor.files:save:42"]}
    return entry(detail={mark: told | changes})


def details(number: int) -> bytes:
    told: dict[str, Json] = {"type": [], "frames": []}
    return entry(detail={f"{at:032x}": told for at in range(number)})


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(entry(detail=None), id="none"),
        pytest.param(entry(detail={}), id="empty"),
        pytest.param(detail(), id="places"),
        pytest.param(detail(message=None), id="no-message"),
        pytest.param(detail(message="no such file: <path>"), id="message"),
        pytest.param(detail(frames=["(elsewhere)"] * 50, type=["(elsewhere)"] * 10), id="most"),
        pytest.param(details(50), id="most-details"),
    ],
)
def test_what_fingerprints_stand_for_is_read(good: bytes) -> None:
    assert not isinstance(read(good), str)


def test_a_report_comes_with_its_week() -> None:
    found = read(body())

    assert not isinstance(found, str)
    report, week = found
    assert week == Week(2026, 47)
    assert [(each.metric, each.value) for each in report.entries] == [("file.opened", 3)]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(True, id="flag"),
        pytest.param(0, id="zero"),
        pytest.param(10**12, id="largest-number"),
        pytest.param("x" * 60, id="longest-word"),
        pytest.param({str(n): 1 for n in range(MOST_KEYS)}, id="most-buckets"),
    ],
)
def test_a_value_within_the_form_is_read(value: Json) -> None:
    found = read(entry(value=value))

    assert not isinstance(found, str)
    assert found[0].entries[0].value == value


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"\xff\xfe", id="no-utf-8"),
        pytest.param(body(format=2), id="another-format"),
        pytest.param(body(id="0" * 31), id="short-id"),
        pytest.param(body(id="0" * 31 + "G"), id="id-with-another-letter"),
        pytest.param(body(id="0" * 32 + "\n"), id="id-with-a-line-break"),
        pytest.param(body(registry="f" * 64 + "\n"), id="fingerprint-with-a-line-break"),
        pytest.param(body(app="x" * 41), id="long-app"),
        pytest.param(body(period="2026-47"), id="no-week"),
        pytest.param(body(period="2025-W53"), id="week-that-is-not-in-its-year"),
        pytest.param(body(period="0000-W01"), id="year-0"),
        pytest.param(body(registry="f" * 63), id="short-fingerprint"),
        pytest.param(body(entries=[]), id="no-entries"),
        pytest.param(body(entries=[ENTRY] * (MOST_ENTRIES + 1)), id="too-many-entries"),
        pytest.param(body(more=1), id="unknown-key"),
        pytest.param(entry(more=1), id="unknown-key-of-an-entry"),
        pytest.param(entry(metric="x" * 61), id="long-name"),
        pytest.param(entry(value=-1), id="negative"),
        pytest.param(entry(value=10**12 + 1), id="too-large-a-number"),
        pytest.param(entry(value=10**30), id="a-huge-number"),
        pytest.param(entry(value=1.5), id="fraction"),
        pytest.param(entry(value=None), id="no-value"),
        pytest.param(entry(value="x" * 61), id="long-word"),
        pytest.param(entry(value=["x"]), id="list-for-a-value"),
        pytest.param(entry(value={"0": "x"}), id="word-in-a-bucket"),
        pytest.param(entry(value={str(n): 1 for n in range(MOST_KEYS + 1)}), id="too-many-buckets"),
        pytest.param(entry(day="18.11.2026"), id="no-day"),
        pytest.param(entry(detail=[]), id="list-for-a-detail"),
        pytest.param(detail(mark="ana"), id="detail-of-no-fingerprint"),
        pytest.param(detail(mark=f"{MARK}\n"), id="fingerprint-with-a-line-break-after-it"),
        pytest.param(detail(more=1), id="unknown-key-of-a-detail"),
        pytest.param(detail(type="builtins.OSError"), id="word-for-types"),
        pytest.param(detail(type=["OSError: ana"]), id="sentence-for-a-type"),
        pytest.param(detail(type=["builtins.OSError\n"]), id="type-with-a-line-break"),
        pytest.param(detail(type=["(elsewhere)"] * 11), id="too-many-types"),
        pytest.param(detail(type=[f"{'a.' * 80}b"]), id="long-type"),
        pytest.param(detail(frames=["/home/ana/x.py:save:42"]), id="path-for-a-frame"),
        pytest.param(detail(frames=["editor:save:42\n"]), id="frame-with-a-line-break"),
        pytest.param(detail(frames=["editor:save:42"] * 51), id="too-many-frames"),
        pytest.param(detail(frames=[f"editor:{'.'.join(['a' * 60] * 4)}:1"]), id="long-frame"),
        pytest.param(detail(message=""), id="empty-message"),
        pytest.param(detail(message="No user Ana"), id="message-with-capitals"),
        pytest.param(detail(message="no user\n"), id="message-with-a-line-break"),
        pytest.param(detail(message="a" * 201), id="long-message"),
        pytest.param(details(51), id="too-many-details"),
        pytest.param(entry(day="2026-02-30"), id="day-that-does-not-exist"),
    ],
)
def test_what_is_not_in_the_form_gives_a_sentence(broken: bytes) -> None:
    found = read(broken)

    assert isinstance(found, str)
    assert found.strip() == found != ""


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert isinstance(read(body), str | tuple)


@settings(deadline=None)
@given(st.data())
def test_no_json_makes_it_raise(data: st.DataObject) -> None:
    content = dict(PLAIN)
    for name in data.draw(st.sets(st.sampled_from(sorted(PLAIN)), max_size=2)):
        content[name] = data.draw(JSON)
    if data.draw(st.booleans()):
        content["entries"] = [ENTRY | {data.draw(st.sampled_from(sorted(ENTRY))): data.draw(JSON)}]

    assert isinstance(read(json.dumps(content).encode()), str | tuple)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("", id="at-the-top"),
        pytest.param('{"format":', id="in-a-field"),
        pytest.param('{"unknown":', id="in-an-unknown-field"),
        pytest.param('{"entries":[{"metric":"a.b","value":', id="in-a-value"),
    ],
)
@pytest.mark.parametrize(
    "nested", [pytest.param("[", id="lists"), pytest.param('{"a":', id="objects")]
)
def test_deep_nesting_does_not_crash_it(head: str, nested: str) -> None:
    assert isinstance(read((head + nested * 100_000).encode()), str)


SECRET_VALUES = [
    pytest.param(body(format=SECRET), id="format"),
    pytest.param(body(id=SECRET), id="id"),
    pytest.param(body(app=SECRET * 5), id="app"),
    pytest.param(body(period=SECRET), id="period"),
    pytest.param(detail(mark=SECRET), id="fingerprint"),
    pytest.param(detail(type=[SECRET]), id="type"),
    pytest.param(detail(frames=[SECRET]), id="frame"),
    pytest.param(detail(message=f"{SECRET}@"), id="message"),
    pytest.param(entry(detail={MARK: {SECRET: 1}}), id="key-of-a-detail"),
    pytest.param(body(registry=SECRET), id="registry"),
    pytest.param(body(entries=SECRET), id="entries"),
    pytest.param(entry(metric=SECRET * 7), id="metric"),
    pytest.param(entry(value=SECRET * 7), id="word"),
    pytest.param(entry(value=[SECRET]), id="word-in-a-list"),
    pytest.param(entry(value={"0": SECRET}), id="word-in-a-bucket"),
    pytest.param(entry(value={SECRET * 21: 1}), id="name-of-a-bucket"),
    pytest.param(entry(day=SECRET), id="day"),
    pytest.param(f"{{{SECRET}".encode(), id="no-json"),
    pytest.param(f'"{SECRET}'.encode() + b'\xff"', id="no-utf-8"),
]


@pytest.mark.parametrize(
    "broken",
    [
        *SECRET_VALUES,
        pytest.param(body(**{SECRET: 1}), id="unknown-key"),
        pytest.param(entry(**{SECRET: 1}), id="unknown-key-of-an-entry"),
    ],
)
def test_the_sentence_holds_no_part_of_the_report(broken: bytes) -> None:
    found = read(broken)

    assert isinstance(found, str)
    assert SECRET not in found


def test_the_sentence_holds_no_number_of_the_report() -> None:
    found = read(body(format=271828))

    assert isinstance(found, str)
    assert "271828" not in found


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        pytest.param(b"{", "It is not JSON", id="not-json"),
        pytest.param(body(period="2025-W53"), "Its period is no week", id="no-week"),
        pytest.param(b"{}", "Object missing required field `format`", id="missing"),
        pytest.param(
            entry(value=1.5),
            "Expected `bool | int | str | object`, got `float` - at `$.entries[0].value`",
            id="with-its-place",
        ),
        pytest.param(
            body(id="x"),
            "It has a text that does not look as it must - at `$.id`",
            id="pattern",
        ),
        pytest.param(
            body(format=2), "It has a value that is not allowed - at `$.format`", id="enum"
        ),
        pytest.param(
            entry(rank=1),
            "It has a key that is not allowed - at `$.entries[0]`",
            id="unknown-key",
        ),
    ],
)
def test_the_sentence_says_where_the_form_is_broken(broken: bytes, sentence: str) -> None:
    assert read(broken) == sentence


@given(field=st.sampled_from([*PLAIN, "withdrawal", "more"]), value=JSON, inside=st.booleans())
def test_whatever_can_be_read_can_be_read_at_a_glance(
    field: str, value: Json, *, inside: bool
) -> None:
    sent = entry(**{field: value}) if inside else body(**{field: value})
    found, quick = read(sent), glance(sent)
    if not isinstance(found, str):
        report, _ = found
        assert quick is not None
        assert (quick.id, quick.app, quick.registry) == (report.id, report.app, report.registry)
        days = [None if each.day is None else str(each.day) for each in report.entries]
        assert [each.day for each in quick.entries] == days
