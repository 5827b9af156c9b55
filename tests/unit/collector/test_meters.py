from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.bootstrap.measured import add, told
from aboveboard.collector.meters import MOST_VERSIONS, Histogram, Lag, Meters
from aboveboard.model.verdict import Kept, Reason, Refused


@given(st.lists(st.floats(0, 1e6)))
def test_every_value_is_in_one_bucket(values: list[float]) -> None:
    sizes = Histogram((1, 10, 100))
    for value in values:
        sizes.observe(value)
    assert sum(sizes.counts) == len(values)
    assert sizes.counts[0] == sum(value <= 1 for value in values)


def test_answers_are_counted_by_code_wire_and_known_app() -> None:
    meters = Meters(["editor"])
    meters.answer(Kept(repeated=False), "native", "editor")
    meters.answer(Kept(repeated=True), "native", "editor")
    meters.answer(Refused(Reason.UNKNOWN_APP, ""), "native", "somebody's secret")
    assert meters.answers == {
        ("kept", "native", "editor"): 1,
        ("repeated", "native", "editor"): 1,
        ("unknown_app", "native", ""): 1,
    }


def test_clients_of_foreign_wires_are_told_apart_within_a_bound() -> None:
    meters = Meters(["editor"])
    meters.message("segment", "editor", "understood", "go/3.3", 2)
    meters.message("segment", "nobody", "unknown_source", 'somebody"s\nsecret')
    for number in range(2 * MOST_VERSIONS):
        meters.message("segment", "editor", "understood", f"client/{number}")
    assert meters.messages["understood", "segment", "editor", "go/3.3"] == 2
    assert meters.messages["unknown_source", "segment", "", ""] == 1
    assert len({client for _, _, _, client in meters.messages}) == MOST_VERSIONS + 1
    assert meters.messages.total() == 2 * MOST_VERSIONS + 3


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("@segment/analytics-node/2.1.0", True),
        ("sentry.python/2.75.0", True),
        ("metrics-3", True),
        ("10.5.1", True),
        ("", True),
        ("ana@example.org", False),
        ("anas laptop/1.0", False),
        ("ana", False),
    ],
)
def test_a_client_is_counted_by_its_version_and_not_by_a_name_alone(
    client: str,
    counted: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    assert Meters().told_apart(client) == (client if counted else "")


def test_what_many_processes_counted_has_the_same_bound() -> None:
    both = Meters()
    for process in range(3):
        one = Meters(["editor"])
        for number in range(MOST_VERSIONS):
            one.message("ga4", "editor", "understood", f"name/{process}.{number}")
        add(both, told(one))
    assert len({client for _, _, _, client in both.messages}) == MOST_VERSIONS + 1
    assert both.messages.total() == 3 * MOST_VERSIONS


def test_a_loader_that_keeps_up_is_never_behind() -> None:
    lag = Lag()
    assert [lag.look(second, second * 100, 0) for second in range(10)] == [0] * 10


def test_the_age_is_that_of_the_oldest_record_that_waits() -> None:
    lag = Lag()
    # 100 bytes a second come in and 50 go out: after n seconds, n/2 seconds of them wait.
    ages = [lag.look(second, second * 100, second * 50) for second in range(101)]
    assert ages[100] == 50


def test_dropped_segments_make_no_wrong_age() -> None:
    lag = Lag()
    lag.look(0, 1000, 0)
    assert lag.look(1, 100, 50) == 0
    assert lag.look(3, 100, 50) == 2


def test_what_waits_since_before_the_first_look_is_as_old_as_that() -> None:
    lag = Lag()
    assert [lag.look(second, 1000, 900) for second in (10, 12, 14)] == [0, 2, 4]


def test_many_answers_count_as_each_of_them_would() -> None:
    kept, again = Kept(repeated=False), Kept(repeated=True)
    refused = Refused(Reason.NOT_A_REPORT, "It is no report.")
    answers: list[Kept | Refused] = [
        kept,
        kept,
        refused,
        again,
        Kept(repeated=False, aside=2),
        kept,
    ]
    one, many = Meters(["editor"]), Meters(["editor"])
    for answer in answers:
        one.answer(answer, "native", "editor")
    many.answer_many(answers, "native", "editor")
    assert one.answers == many.answers
    many.answer_many([kept], "native", "mellon")
    assert many.answers["kept", "native", ""] == 1
