from __future__ import annotations

import gzip
import json
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.model.broke import Broke
from aboveboard.model.period import Week
from aboveboard.model.report import Entry, EntryValue, Report
from aboveboard.registry.error_shapes import ERROR_TYPE, FRAME, is_error_type, is_frame
from aboveboard.registry.names import ERROR_MARK
from aboveboard.wires import native
from aboveboard.wires.native_reader import read

VALUES: st.SearchStrategy[EntryValue] = (
    st.booleans()
    | st.integers(0, 10**12)
    | st.text(max_size=60)
    | st.dictionaries(st.text(max_size=10), st.integers(0, 10**12), max_size=50)
)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
BROKEN = st.builds(
    Broke,
    st.from_regex(ERROR_MARK, fullmatch=True),
    st.lists(st.from_regex(ERROR_TYPE, fullmatch=True).filter(is_error_type), max_size=2).map(
        tuple
    ),
    st.lists(st.from_regex(FRAME, fullmatch=True).filter(is_frame), max_size=3).map(tuple),
    st.sampled_from(["", "no such file: <quoted>"]),
)
DETAILS = st.lists(BROKEN, max_size=2, unique_by=lambda broke: broke.fingerprint).map(tuple)
ENTRIES = st.builds(Entry, st.text(max_size=60), VALUES, st.none() | DAYS, DETAILS)
REPORTS = st.builds(
    Report,
    id=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    app=st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True),
    week=st.builds(Week.of, DAYS),
    registry=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    entries=st.lists(ENTRIES, min_size=1, max_size=5).map(tuple),
)
REPORT = Report(
    "0" * 32,
    "editor",
    Week(2026, 47),
    "f" * 64,
    (
        Entry("command.sql", 3, date(2026, 11, 18)),
        Entry("command.time", {"0": 2, "100": 1}, date(2026, 11, 18)),
        Entry("system.dark", value=True),
        Entry("system.os", "Grüße"),
    ),
)
MARKS = "0" * 32, "1" * 32


def test_a_report_has_one_form() -> None:
    expected = (
        '{"format":1,"id":"00000000000000000000000000000000","app":"editor","period":"2026-W47",'
        f'"registry":"{"f" * 64}","entries":['
        '{"metric":"command.sql","day":"2026-11-18","value":3},'
        '{"metric":"command.time","day":"2026-11-18","value":{"0":2,"100":1}},'
        '{"metric":"system.dark","value":true},'
        '{"metric":"system.os","value":"Grüße"}]}'
    )

    assert native.write(REPORT) == expected.encode()


def test_what_fingerprints_stand_for_follows_their_counts() -> None:
    places = ("builtins.OSError",), ("editor.files:save:42", "(elsewhere)")
    broken = Broke(MARKS[0], *places), Broke(MARKS[1], *places, "cannot open <path>")
    entry = Entry("app.broke", dict.fromkeys(MARKS, 1), date(2026, 11, 18), broken)

    written = native.write(Report("0" * 32, "editor", Week(2026, 47), "f" * 64, (entry,)))

    told = '{"type":["builtins.OSError"],"frames":["editor.files:save:42","(elsewhere)"]'
    assert written.decode().endswith(
        f'"value":{{"{MARKS[0]}":1,"{MARKS[1]}":1}},"detail":{{"{MARKS[0]}":{told}}},'
        f'"{MARKS[1]}":{told},"message":"cannot open <path>"}}}}}}]}}'
    )


@settings(deadline=None, max_examples=60)
@given(REPORTS)
def test_what_was_written_is_read_back(report: Report) -> None:
    found = read(native.write(report))

    assert not isinstance(found, str)
    wire, week = found
    entries = tuple(
        Entry(
            entry.metric,
            entry.value,
            entry.day,
            tuple(
                Broke(mark, tuple(told.type), tuple(told.frames), told.message or "")
                for mark, told in (entry.detail or {}).items()
            ),
        )
        for entry in wire.entries
    )
    assert Report(wire.id, wire.app, week, wire.registry, entries) == report


@settings(deadline=None, max_examples=30)
@given(REPORTS)
def test_writing_what_stands_in_the_json_again_gives_the_same_bytes(report: Report) -> None:
    body = native.write(report)

    again = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)

    assert again.encode() == body


def test_an_address_holds_the_app_and_the_id() -> None:
    assert native.path("editor", "a" * 32) == f"/reports/editor/{'a' * 32}"


def test_a_compressed_body_tells_neither_time_nor_name() -> None:
    packed = native.compress(b"{}" * 100)

    assert gzip.decompress(packed) == b"{}" * 100
    assert packed[3:8] == b"\x00" * 5
    assert packed == native.compress(b"{}" * 100)


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_what_is_sealed_is_the_shorter_form_and_says_which(body: bytes) -> None:
    plain = native.sealed_plain(body)

    kinds = {native.PLAIN_JSON: lambda rest: rest, native.PLAIN_GZIP: gzip.decompress}
    assert kinds[plain[:1]](plain[1:]) == body
    assert len(plain) <= len(body) + 1


def test_a_long_report_is_compressed_before_it_is_sealed() -> None:
    assert native.sealed_plain(b"{}" * 500)[:1] == native.PLAIN_GZIP
    assert native.sealed_plain(b"{}")[:1] == native.PLAIN_JSON


def test_a_sealed_body_begins_with_the_name_of_its_key() -> None:
    key = bytes(range(32))

    body = native.sealed_body(key, b"sealed")

    assert body == native.key_id(key) + b"sealed"
    assert len(native.key_id(key)) == native.KEY_ID_BYTES
    assert native.key_id(key) != native.key_id(key[::-1])


def test_a_seal_is_bound_to_app_and_report() -> None:
    infos = {native.seal_info(app, name) for app in ("a", "ab") for name in ("b", "bb", "c")}

    assert len(infos) == 6
