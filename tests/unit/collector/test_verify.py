from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.records import Record, RecordFact, facts_of
from aboveboard.collector.verify import Judge, verify
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Accepted, Reason, Refused

ID = "0123456789abcdef0123456789abcdef"
TODAY = date(2026, 11, 18)
MONDAY = "2026-11-16"
FINE = {"metric": "file.opened", "day": "2026-11-20", "value": 5}
Write = Callable[..., bytes]
Content = dict[str, Any]


def judge(body: bytes, registry: Registry, today: date = TODAY) -> Accepted | Refused:
    submission = Submission("editor", ID, body)
    return verify(submission, {"editor": registry}, today, Limits(oldest_weeks=2))


def record(verdict: Accepted | Refused) -> Content:
    assert isinstance(verdict, Accepted)
    content: Content = {"aside": [], **json.loads(verdict.record)}
    content["facts"] = [{"d": None, "k": "", "c": 1, **fact} for fact in content["facts"]]
    return content


def plain(accepted: Accepted) -> Record:
    """Give the record with each of its counts by itself, in some order."""
    found = msgspec.json.decode(accepted.record, type=Record)
    found.facts, found.tables = sorted(facts_of(found), key=_order), []
    return found


def _order(fact: RecordFact) -> tuple[str, str, str]:
    return fact.m, fact.d or "", fact.k


def asides(found: Content) -> list[tuple[str, str]]:
    """Give the metrics that were set aside, and why."""
    return [(aside["m"], aside["r"]) for aside in found["aside"]]


def refusal(verdict: Accepted | Refused) -> Reason:
    assert isinstance(verdict, Refused)
    return verdict.reason


def test_the_log_keeps_counts_per_key_and_nothing_else_of_a_report(
    write: Write, registry: Registry
) -> None:
    body = write(
        {"metric": "app.version", "value": "3.11"},
        {"metric": "dark.mode", "value": False},
        {"metric": "file.opened", "day": MONDAY, "value": 7},
        {"metric": "start.duration", "day": MONDAY, "value": {"0": 3, "1000": 1}},
        {"metric": "system.os", "value": "linux"},
        {"metric": "made.up", "value": "mellon"},
    )
    verdict = judge(body, registry)
    assert record(verdict) == {
        "id": ID,
        "app": "editor",
        "week": "2026-W47",
        "day": "2026-11-18",
        "facts": [
            {"m": "app.version", "d": None, "k": "3.11", "c": 1},
            {"m": "dark.mode", "d": None, "k": "false", "c": 1},
            {"m": "file.opened", "d": MONDAY, "k": "", "c": 7},
            {"m": "start.duration", "d": MONDAY, "k": "0", "c": 3},
            {"m": "start.duration", "d": MONDAY, "k": "1000", "c": 1},
            {"m": "system.os", "d": None, "k": "linux", "c": 1},
        ],
        "aside": [
            {"m": "made.up", "r": "unknown_metric", "e": '{"metric":"made.up","value":"mellon"}'}
        ],
    }
    assert isinstance(verdict, Accepted)
    assert (verdict.app, verdict.id, verdict.aside) == ("editor", int(ID, 16), 1)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param({"metric": "made.up", "value": "mellon"}, "unknown_metric", id="unknown"),
        pytest.param(
            {"metric": "old.button", "day": "2026-11-18", "value": 987654},
            "expired_metric",
            id="expired-day",
        ),
        pytest.param({"metric": "old.flag", "value": True}, "expired_metric", id="expired-week"),
        pytest.param(
            {"metric": "file.opened", "day": MONDAY, "value": 987654}, "out_of_bounds", id="large"
        ),
        pytest.param(
            {"metric": "file.opened", "day": MONDAY, "value": 0}, "out_of_bounds", id="zero"
        ),
        pytest.param({"metric": "system.os", "value": "mellon"}, "out_of_bounds", id="choice"),
        pytest.param({"metric": "app.version", "value": "3.11.7"}, "out_of_bounds", id="version"),
        pytest.param({"metric": "app.version", "value": "mellon"}, "out_of_bounds", id="text"),
        pytest.param(
            {"metric": "start.duration", "day": MONDAY, "value": {"mellon": 1}},
            "out_of_bounds",
            id="unknown-bucket",
        ),
        pytest.param(
            {"metric": "start.duration", "day": MONDAY, "value": {}}, "out_of_bounds", id="empty"
        ),
        pytest.param({"metric": "dark.mode", "value": "mellon"}, "wrong_kind", id="no-flag"),
        pytest.param(
            {"metric": "file.opened", "day": MONDAY, "value": True}, "wrong_kind", id="no-number"
        ),
        pytest.param(
            {"metric": "start.duration", "day": MONDAY, "value": 987654},
            "wrong_kind",
            id="exact-time",
        ),
        pytest.param({"metric": "file.opened", "value": 987654}, "wrong_day", id="no-day"),
        pytest.param(
            {"metric": "file.opened", "day": "2026-11-15", "value": 987654},
            "wrong_day",
            id="day-before-the-week",
        ),
        pytest.param(
            {"metric": "file.opened", "day": "2026-11-23", "value": 987654},
            "wrong_day",
            id="day-after-the-week",
        ),
        pytest.param(
            {"metric": "dark.mode", "day": MONDAY, "value": True},
            "wrong_day",
            id="day-of-what-holds-for-a-week",
        ),
    ],
)
def test_an_entry_the_registry_does_not_allow_is_set_aside_and_counted_nowhere(
    entry: Content, reason: str, write: Write, registry: Registry
) -> None:
    verdict = judge(write(entry, FINE), registry)
    found = record(verdict)
    assert asides(found) == [(entry["metric"], reason)]
    assert found["facts"] == [{"m": "file.opened", "d": "2026-11-20", "k": "", "c": 5}]
    assert isinstance(verdict, Accepted)
    assert verdict.aside == 1
    assert json.loads(found["aside"][0]["e"]) == entry
    bare = verify(
        Submission("editor", ID, write(entry, FINE)),
        {"editor": registry},
        TODAY,
        Limits(keeps_asides=False),
    )
    assert isinstance(bare, Accepted)
    assert record(bare)["aside"] == [{"m": entry["metric"], "r": reason}]


MARK, OTHER = "0f" * 16, "f0" * 16
TOLD = {"type": ["builtins.OSError"], "frames": ["editor.files:save:42"]}


def broke(metric: str = "app.broke", mark: str = MARK, **more: str) -> Content:
    value = {MARK: 2}
    return {"metric": metric, "day": MONDAY, "value": value, "detail": {mark: TOLD | more}}


def test_what_a_fingerprint_stands_for_is_kept_beside_its_count(
    write: Write, registry: Registry
) -> None:
    words = "no such file or directory: <quoted>"
    found = record(judge(write(broke(), broke("app.failed", message=words)), registry))
    assert found["facts"][0] == {"m": "app.broke", "d": MONDAY, "k": MARK, "c": 2}
    told = {"k": MARK, "t": TOLD["type"], "f": TOLD["frames"]}
    assert found["details"] == [{"m": "app.broke", **told}, {"m": "app.failed", **told, "s": words}]
    assert found["aside"] == []


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param(broke(mark=OTHER), "out_of_bounds", id="fingerprint-that-was-not-counted"),
        pytest.param(broke(message="mellon"), "message_not_allowed", id="message-of-no-level"),
        pytest.param(
            broke("app.failed", message="mellon"), "message_not_allowed", id="not-scrubbed"
        ),
        pytest.param(
            {"metric": "file.opened", "day": MONDAY, "value": 5, "detail": {MARK: TOLD}},
            "wrong_kind",
            id="detail-of-a-counter",
        ),
        pytest.param(
            {"metric": "app.broke", "day": MONDAY, "value": 5, "detail": {MARK: TOLD}},
            "wrong_kind",
            id="detail-of-no-table",
        ),
    ],
)
def test_a_detail_that_the_registry_does_not_allow_sets_its_entry_aside(
    entry: Content, reason: str, write: Write, registry: Registry
) -> None:
    verdict = judge(write(entry, FINE), registry)
    found = record(verdict)
    assert asides(found) == [(entry["metric"], reason)]
    assert [fact["m"] for fact in found["facts"]] == ["file.opened"]
    assert "details" not in found
    assert isinstance(verdict, Accepted)
    assert b"mellon" not in verdict.record


def test_an_empty_detail_is_none(write: Write, registry: Registry) -> None:
    entry = {"metric": "file.opened", "day": MONDAY, "value": 5, "detail": {}}
    found = record(judge(write(entry), registry))
    assert found["aside"] == []
    assert "details" not in found


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(
            [
                {"metric": "system.os", "value": "linux"},
                {"metric": "system.os", "value": "macos"},
            ],
            id="of-the-week",
        ),
        pytest.param(
            [
                {"metric": "file.opened", "day": MONDAY, "value": 1},
                {"metric": "file.opened", "day": MONDAY, "value": 2},
            ],
            id="of-a-day",
        ),
    ],
)
def test_what_is_said_twice_counts_as_it_was_said_first(
    entries: list[Content], write: Write, registry: Registry
) -> None:
    found = record(judge(write(*entries), registry))
    assert len(found["facts"]) == 1
    assert found["facts"][0]["k"] in {"linux", ""}
    assert found["facts"][0]["c"] == 1
    assert asides(found) == [(entries[0]["metric"], "said_twice")]


def test_a_counter_may_be_said_once_for_each_day(write: Write, registry: Registry) -> None:
    days = [{"metric": "file.opened", "day": f"2026-11-{day}", "value": 1} for day in (16, 22)]
    found = record(judge(write(*days), registry))
    assert [fact["d"] for fact in found["facts"]] == ["2026-11-16", "2026-11-22"]
    assert found["aside"] == []


def test_a_metric_counts_up_to_and_on_its_last_day(write: Write, registry: Registry) -> None:
    entry = {"metric": "old.button", "day": "2026-11-17", "value": 1}
    assert record(judge(write(entry), registry))["aside"] == []


def test_a_name_that_cannot_be_a_metric_s_is_not_kept_either(
    write: Write, registry: Registry
) -> None:
    entry = {"metric": "ana@example.org", "value": "mellon"}
    verdict = judge(write(entry), registry)
    assert record(verdict)["aside"] == [{"m": "(no name)", "r": "unknown_metric"}]
    assert isinstance(verdict, Accepted)
    assert b"ana" not in verdict.record


def test_a_report_of_which_nothing_is_understood_is_accepted_and_counted(
    write: Write, registry: Registry
) -> None:
    found = record(judge(write({"metric": "made.up", "value": 1}), registry))
    assert found["facts"] == []


def test_an_app_without_a_registry_is_refused(write: Write, registry: Registry) -> None:
    submission = Submission("viewer", ID, write(app="viewer"))
    verdict = verify(submission, {"editor": registry}, TODAY, Limits())
    assert refusal(verdict) is Reason.UNKNOWN_APP


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half-json"),
        pytest.param(b"\xff", id="not-utf-8"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b"{}", id="empty-object"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
def test_what_is_no_report_is_refused(body: bytes, registry: Registry) -> None:
    assert refusal(judge(body, registry)) is Reason.NOT_A_REPORT


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"format": 2}, id="another-format"),
        pytest.param({"period": "2026-11"}, id="no-week"),
        pytest.param({"period": "2026-W54"}, id="a-week-that-no-year-has"),
        pytest.param({"entries": []}, id="nothing-said"),
        pytest.param({"install": "mellon"}, id="an-identity"),
        pytest.param({"entries": [{"metric": "a.b", "value": 1.5}]}, id="a-fraction"),
    ],
)
def test_a_report_in_another_form_is_refused_without_a_word_of_it(
    changes: Content, write: Write, registry: Registry
) -> None:
    verdict = judge(write(**changes), registry)
    assert refusal(verdict) is Reason.NOT_A_REPORT
    assert isinstance(verdict, Refused)
    assert "mellon" not in verdict.detail


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"app": "viewer"}, id="another-app"),
        pytest.param({"id": "f" * 32}, id="another-id"),
    ],
)
def test_a_report_that_names_another_address_is_refused(
    changes: Content, write: Write, registry: Registry
) -> None:
    assert refusal(judge(write(**changes), registry)) is Reason.ADDRESS_MISMATCH


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        pytest.param("2026-W48", Reason.PERIOD_IN_FUTURE, id="next-week"),
        pytest.param("9999-W52", Reason.PERIOD_IN_FUTURE, id="the-last-week-of-time"),
        pytest.param("2026-W44", Reason.PERIOD_TOO_OLD, id="three-weeks-ago"),
        pytest.param("0001-W01", Reason.PERIOD_TOO_OLD, id="the-first-week-of-time"),
    ],
)
def test_a_week_too_far_away_is_refused(
    period: str, reason: Reason, write: Write, registry: Registry
) -> None:
    assert refusal(judge(write(period=period), registry)) is reason


@pytest.mark.parametrize(
    ("period", "today"),
    [
        pytest.param("2026-W47", TODAY, id="this-week"),
        pytest.param("2026-W45", date(2026, 11, 22), id="just-recent-enough"),
        pytest.param("2026-W48", date(2026, 11, 22), id="tomorrow-s-week"),
    ],
)
def test_a_week_near_enough_is_accepted(
    period: str, today: date, write: Write, registry: Registry
) -> None:
    assert record(judge(write(period=period), registry, today))["week"] == period


NAMES = st.sampled_from(
    ["file.opened", "old.button", "dark.mode", "system.os", "app.version", "start.duration", "x.y"]
)
VALUES = st.one_of(
    st.booleans(),
    st.integers(0, 2000),
    st.sampled_from(["linux", "other", "3.11", "mellon", ""]),
    st.dictionaries(st.sampled_from(["0", "100", "1000", "7"]), st.integers(0, 3)),
)
ENTRIES = st.fixed_dictionaries(
    {"metric": NAMES, "value": VALUES},
    optional={"day": st.sampled_from([MONDAY, "2026-11-22", "2026-11-30"])},
)


@given(entries=st.lists(ENTRIES, min_size=1, max_size=20))
def test_every_entry_becomes_facts_or_is_set_aside(
    entries: list[Content], write: Write, registry: Registry
) -> None:
    found = record(judge(write(*entries), registry))
    said = {(fact["m"], fact["d"]) for fact in found["facts"]}
    assert len(said) + len(found["aside"]) == len(entries)
    assert {name for name, _ in said} <= set(registry.metrics)
    assert all(fact["c"] >= 1 for fact in found["facts"])
    assert "mellon" not in {fact["k"] for fact in found["facts"]}


def test_a_judge_knows_versions_and_what_is_answered(write: Write, registry: Registry) -> None:
    judge = Judge(registry, Limits(oldest_weeks=2), frozenset({"f" * 64}))
    body = write({"metric": "dark.mode", "value": True}, FINE)
    for answered in (frozenset({"dark.mode"}), frozenset[str](), frozenset({"dark.mode"})):
        found = record(judge.judge(Submission("editor", ID, body), TODAY, answered))
        aside = [{"m": "dark.mode", "r": "answered_metric"}] if answered else []
        assert found["aside"] == aside
    other = Submission("editor", ID, write(registry="e" * 64))
    assert refusal(judge.judge(other, TODAY)) is Reason.UNKNOWN_REGISTRY
    unnamed = Submission("editor", "", write(FINE))
    assert record(judge.judge(unnamed, TODAY))["id"] == ID


@pytest.mark.parametrize(
    ("entry", "refused"),
    [
        pytest.param({"metric": "made.up", "day": "2026-11-15", "value": 1}, False, id="a-day"),
        pytest.param({"metric": "made.up", "day": "soon", "value": 1}, True, id="no-day"),
        pytest.param({"metric": "file.opened", "day": "2026-11-31", "value": 1}, True, id="31st"),
        pytest.param({"metric": "file.opened", "day": "", "value": 1}, True, id="empty"),
    ],
)
def test_what_is_no_day_spoils_its_report_and_another_day_its_entry(
    entry: Content,
    refused: bool,  # noqa: FBT001 a parameter of the test
    write: Write,
    registry: Registry,
) -> None:
    judge = Judge(registry, Limits(oldest_weeks=2), frozenset({"f" * 64}))
    verdict = judge.judge(Submission("editor", ID, write(entry, FINE)), TODAY)
    assert isinstance(verdict, Refused) is refused
    if not refused:
        assert [aside["m"] for aside in record(verdict)["aside"]] == [entry["metric"]]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"withdrawal": "F" * 64}, id="withdrawal"),
        pytest.param({"registry": "g" * 64}, id="registry"),
        pytest.param({"id": "g" * 32}, id="id"),
        pytest.param({"period": "2026-W60"}, id="period"),
    ],
)
def test_a_text_that_does_not_look_as_it_must_is_found_by_a_closer_look(
    changes: Content, write: Write, registry: Registry
) -> None:
    judge = Judge(registry, Limits(oldest_weeks=2), frozenset({"f" * 64}))
    for report_id in (ID, ""):
        verdict = judge.judge(Submission("editor", report_id, write(FINE, **changes)), TODAY)
        assert refusal(verdict) is Reason.NOT_A_REPORT


ODD_ENTRIES = st.one_of(
    ENTRIES,
    st.fixed_dictionaries(
        {"metric": st.sampled_from(["app.broke", "app.failed", "file.opened"])},
        optional={
            "day": st.sampled_from([MONDAY, "2026-11-22", "soon"]),
            "value": st.sampled_from([3, {MARK: 2}, 10**12 + 1, 1.5, -1, "x" * 61]),
            "detail": st.sampled_from([{}, None, {MARK: TOLD}, {OTHER: TOLD}, {"x": 1}]),
        },
    ),
)


@given(
    entries=st.lists(ODD_ENTRIES, min_size=1, max_size=8),
    answered=st.frozensets(st.sampled_from(["dark.mode", "file.opened"])),
)
def test_the_short_way_through_a_report_finds_what_the_long_way_finds(
    entries: list[Content], answered: frozenset[str], write: Write, registry: Registry
) -> None:
    submission = Submission("editor", ID, write(*entries))
    known = frozenset({"f" * 64})
    short, long = (Judge(registry, Limits(oldest_weeks=2), known) for _ in range(2))
    found = short.judge(submission, TODAY, answered)
    expected = long.judge_any(submission, TODAY, answered)
    if isinstance(expected, Refused):
        assert found == expected
    else:
        assert isinstance(found, Accepted)
        assert (plain(found), found.aside) == (plain(expected), expected.aside)


ODD_ID = st.one_of(
    st.just(ID),
    st.sampled_from(["f" * 31, "f" * 33, "F" * 32, "٣" * 32, "0x" + "f" * 30, "ff " * 10 + "ff"]),
)
ODD_TOKEN = st.one_of(
    st.sampled_from([None, "a" * 64]),
    st.sampled_from(
        ["a" * 63, "a" * 65, "A" * 64, "aa " * 21 + "a", "é" * 64, "", "a" * 63 + "\n"]
    ),
)


@given(texts=st.lists(st.tuples(ODD_ID, ODD_TOKEN), min_size=1, max_size=4))
@example(texts=[("f" * 31, None), ("f" * 33, None)])
@example(texts=[(ID, "a" * 63), (ID, "a" * 65)])
@example(texts=[(ID, "a" * 64), (ID, None)])
def test_what_is_found_at_a_glance_of_many_is_what_the_long_way_finds_of_each(
    texts: list[tuple[str, str | None]], write: Write, registry: Registry
) -> None:
    judge = Judge(registry, Limits(oldest_weeks=2), frozenset({"f" * 64}))
    bodies = [write(FINE, id=name, withdrawal=token) for name, token in texts]
    for body, number, kept in zip(bodies, *judge.glance_many(bodies, TODAY), strict=True):
        expected = judge.judge_any(Submission("editor", "", body), TODAY)
        if isinstance(expected, Refused):
            assert number is None
        else:
            assert number == expected.id
            assert plain(Accepted("editor", number, kept)) == plain(expected)


def test_one_that_is_unusual_keeps_no_other_from_being_found_at_a_glance(
    write: Write, registry: Registry
) -> None:
    judge = Judge(registry, Limits(oldest_weeks=2), frozenset({"f" * 64}))
    odd = [b"mellon", write(FINE, id="F" * 32), write({"metric": "made.up", "value": 1})]
    for one in odd:
        found = judge.glance_many([write(FINE), one, write(FINE, withdrawal="a" * 64)], TODAY)
        assert found.ids == [int(ID, 16), None, int(ID, 16)]
        assert [bool(kept) for kept in found.records] == [True, False, True]
