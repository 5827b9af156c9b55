"""Format 1: every kind with its bounds, its period and how a setting becomes a value."""

from __future__ import annotations

from datetime import date

import pytest

from aboveboard.errors import RegistryError
from aboveboard.model.metric import Kind, Metric, Outcome, Period, Reducer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY


def body(kind: str, lines: str) -> bytes:
    text = EXAMPLE_REGISTRY.decode()
    kept = [line for line in text.splitlines() if not line.startswith(("kind", "largest"))]
    return "\n".join([*kept, f'kind = "{kind}"', lines]).encode()


def metric(kind: str, lines: str = "") -> Metric:
    (found,) = read(body(kind, lines)).metrics.values()
    return found


def codes(kind: str, lines: str) -> list[tuple[str, str]]:
    with pytest.raises(RegistryError) as caught:
        read(body(kind, lines))
    prefix = "metric.file.opened."
    return [(p.code, p.place.removeprefix(prefix)) for p in caught.value.problems]


def test_closed_lists_end_with_other() -> None:
    assert metric("labelled", 'labels = ["menu", "key"]').labels == ("menu", "key", "other")
    assert metric("names", 'names = ["org.gnome.Maps"]').names == ("org.gnome.Maps", "other")
    event = metric("event", 'extras = { how = ["menu"], ok = ["yes", "no"] }')
    assert dict(event.extras) == {"how": ("menu", "other"), "ok": ("yes", "no", "other")}
    assert event.lists == {"extras.how": ("menu", "other"), "extras.ok": ("yes", "no", "other")}


def test_amounts_are_kept_in_buckets() -> None:
    assert metric("quantity", "buckets = [0, 10, 100]").buckets == (0, 10, 100)
    assert metric("distribution", f"buckets = [0, {10**12}]").buckets == (0, 10**12)


def test_seconds_in_use_are_those_of_a_day() -> None:
    assert metric("seconds").largest == 86_400
    assert metric("error").largest == 1_000_000


def test_what_adds_up_is_kept_per_day_unless_the_file_says_per_week() -> None:
    assert metric("counter").by_day
    weekly = metric("counter", 'period = "week"')
    assert (weekly.period, weekly.by_day) == (Period.WEEK, False)
    flag = metric("flag")
    assert (flag.period, flag.by_day) == (Period.WEEK, False)


def test_a_setting_and_its_reducer_are_read() -> None:
    found = metric("flag", 'reducer = "is_set"\nsource = "ServiceSettings.SiteURL"')
    assert (found.reducer, found.source) == (Reducer.IS_SET, "ServiceSettings.SiteURL")


def test_a_list_of_a_setting_may_become_names() -> None:
    found = metric("names", 'names = ["Serif"]\nreducer = "one_of"\nsource = "ui.fonts"')
    assert (found.kind, found.reducer) == (Kind.NAMES, Reducer.ONE_OF)


def test_an_error_may_name_the_level_under_which_its_message_travels() -> None:
    assert metric("error", 'message_level = "usage"').message_level == "usage"
    assert not metric("error").message_level


def test_a_metric_may_end_by_itself() -> None:
    assert metric("flag", "accuracy = 0.05\nuntil_answered = true").until_answered
    assert not metric("flag", "accuracy = 0.05").until_answered


def test_what_came_of_a_metric_is_read_oldest_first() -> None:
    lines = """outcomes = [
  { on = 2026-05-01, learnt = "It is used.", where = "https://editor.example/2" },
  { on = 2026-04-01, decided = "It stays.", where = "https://editor.example/1" },
]"""
    later = Outcome(date(2026, 5, 1), "It is used.", "", "https://editor.example/2")
    first = Outcome(date(2026, 4, 1), "", "It stays.", "https://editor.example/1")
    assert metric("flag", lines).outcomes == (first, later)


@pytest.mark.parametrize(
    ("kind", "lines", "code", "place"),
    [
        pytest.param("labelled", "", "missing", "labels", id="no-labels"),
        pytest.param("labelled", "labels = []", "bad_choices", "labels", id="empty-labels"),
        pytest.param("labelled", 'labels = ["other"]', "bad_choices", "labels", id="other"),
        pytest.param("names", 'names = ["a", "a"]', "bad_choices", "names", id="twice"),
        pytest.param("names", 'names = ["~/x"]', "bad_choices", "names", id="no-plain-name"),
        pytest.param("event", "extras = {}", "bad_choices", "extras", id="no-extras"),
        pytest.param("event", "extras = { How = ['a'] }", "bad_name", "extras.How", id="capital"),
        pytest.param("event", "extras = { a = 'a' }", "wrong_type", "extras.a", id="no-list"),
        pytest.param(
            "event",
            "extras = {" + ",".join(f"{n} = ['x']" for n in "abcde") + "}",
            "bad_choices",
            "extras",
            id="five-extras",
        ),
        pytest.param(
            "event",
            f"extras = {{ a = {[str(n) for n in range(99)]}, b = {[str(n) for n in range(11)]} }}",
            "too_many_combinations",
            "extras",
            id="combinations",
        ),
        pytest.param("quantity", "buckets = [1, 2]", "bad_buckets", "buckets", id="not-from-0"),
        pytest.param("seconds", "largest = 999999", "out_of_bounds", "largest", id="long-day"),
        pytest.param("flag", 'period = "day"', "unknown_period", "period", id="day-of-a-state"),
        pytest.param("counter", 'period = "hour"', "unknown_period", "period", id="hour"),
        pytest.param("flag", 'reducer = "hash"', "unknown_reducer", "reducer", id="no-reducer"),
        pytest.param(
            "counter", 'reducer = "is_set"', "reducer_of_another_kind", "reducer", id="other-kind"
        ),
        pytest.param("flag", 'source = "mail"', "missing", "reducer", id="not-reduced"),
        pytest.param(
            "flag", 'reducer = "is_set"\nsource = "a b"', "bad_name", "source", id="no-setting"
        ),
        pytest.param("flag", "until_answered = 1", "wrong_type", "until_answered", id="number"),
        pytest.param("flag", "until_answered = true", "missing", "accuracy", id="never-sure"),
        pytest.param(
            "error", 'message_level = "all"', "unknown_level", "message_level", id="no-such-level"
        ),
        pytest.param(
            "error", "message_level = true", "wrong_type", "message_level", id="no-word-for-a-level"
        ),
        pytest.param(
            "counter",
            'message_level = "usage"',
            "bound_of_another_kind",
            "message_level",
            id="message-of-a-counter",
        ),
        pytest.param("flag", "outcomes = [1]", "wrong_type", "outcomes", id="no-table"),
        pytest.param(
            "flag",
            'outcomes = [{ on = 2026-05-01, where = "https://x.example/1" }]',
            "missing",
            "outcomes.0.learnt",
            id="nothing-came-of-it",
        ),
    ],
)
def test_what_cannot_be_meant_is_a_problem(kind: str, lines: str, code: str, place: str) -> None:
    assert (code, place) in codes(kind, lines)


def test_every_kind_says_how_it_adds_up() -> None:
    adding = {kind for kind in Kind if kind.adds_up}
    assert {kind for kind in Kind if kind.is_number} < adding
    assert not adding & {Kind.FLAG, Kind.CHOICE, Kind.VERSION, Kind.QUANTITY, Kind.NAMES}
    assert {kind for kind in Kind if kind.in_buckets} == {
        Kind.TIMING,
        Kind.DISTRIBUTION,
        Kind.QUANTITY,
    }
    assert Kind.NAMES not in {kind for kind in Kind if kind.one_key}
