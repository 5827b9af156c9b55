from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.analysis.words import likely
from aboveboard.model.metric import Approval, Kind, Metric, Status
from aboveboard.model.registry import Registry
from aboveboard.registry.plan import (
    Expected,
    Reach,
    accuracy_of,
    answered,
    half_width,
    of_so_many,
    plan_metric,
    plan_registry,
    sample_size,
)
from aboveboard.registry.plan_words import had, progress, rate, wanted, words

ACCURACIES = st.floats(0.001, 0.5)
INSTALLS = st.integers(1, 10**7)


def metric(
    accuracy: float | None = 0.02,
    kind: Kind = Kind.FLAG,
    *,
    name: str = "theme.dark",
    title: str = "Dark theme",
    status: Status = Status.APPROVED,
) -> Metric:
    agreed = Approval(date(2026, 1, 1), "", "")
    return Metric(
        name, kind, title, "", "", "", "", agreed, None, "usage", accuracy=accuracy, status=status
    )


COUNTER = metric(0.05, Kind.COUNTER, name="file.opened", title="Files opened")


@pytest.mark.parametrize(
    ("accuracy", "size"),
    [
        pytest.param(0.02, 2401, id="two-points"),
        pytest.param(0.05, 385, id="five-points"),
        pytest.param(0.01, 9604, id="one-point"),
        pytest.param(0.5, 4, id="hardly-anything"),
    ],
)
def test_a_share_takes_as_many_as_the_textbook_says(accuracy: float, size: int) -> None:
    assert sample_size(metric(accuracy)) == size


def test_a_mean_takes_more_the_more_installs_differ() -> None:
    assert [sample_size(COUNTER, variation) for variation in (0.5, 1, 2)] == [385, 1537, 6147]


def test_a_metric_without_an_accuracy_has_no_size() -> None:
    with pytest.raises(ValueError, match=r"nobody said how sure theme\.dark must be"):
        sample_size(metric(None))


def test_a_week_of_a_part_is_enough_where_there_are_many() -> None:
    planned = plan_metric(metric(), Expected(100_000, 0.2))
    assert (planned.reach, planned.needed, planned.weeks) == (Reach.ONE_WEEK, 2345, 1)
    assert planned.rate == 2345 / 20_000
    assert words(planned) == (
        "Dark theme: ±2 points takes 2,345 reports: one week of 11.8 % of those who answer."
    )


def test_too_few_who_answer_are_told_what_they_can_reach() -> None:
    planned = plan_metric(metric(), Expected(500, 0.2))
    assert (planned.reach, planned.rate, planned.weeks) == (Reach.OUT_OF_REACH, None, None)
    assert words(planned) == (
        "Dark theme: 414 of 500 installs would have to answer for ±2 points; you expect 100: the "
        "best is ±8.7 points. More weeks do not help: they would be the same installs."
    )


def test_a_counter_gets_surer_with_more_weeks() -> None:
    planned = plan_metric(COUNTER, Expected(1000, 0.2))
    assert (planned.reach, planned.weeks, planned.rate) == (Reach.MORE_WEEKS, 25, 1.0)
    assert words(planned) == (
        "Files opened: ±5 % takes 4,935 reports: 25 weeks of all who answer, or more if their "
        "weeks are alike. One week gives ±24.9 %."
    )


def test_nothing_can_be_reached_if_nobody_answers() -> None:
    planned = plan_metric(COUNTER, Expected(1, 0.2))
    assert (planned.reach, planned.best) == (Reach.OUT_OF_REACH, None)
    assert "you expect 0: that is no answer." in words(planned)


def test_without_a_number_of_installs_there_is_no_rate() -> None:
    planned = plan_metric(metric(), Expected(None))
    assert (planned.reach, planned.needed, planned.rate) == (Reach.UNKNOWN_INSTALLS, 2401, None)
    assert "±2 points takes 2,401 reports; nobody said how many installs" in words(planned)


def test_a_metric_that_nobody_said_anything_about_says_so() -> None:
    unknown = plan_metric(metric(None), Expected(None))
    assert words(unknown) == "Dark theme: nobody said how sure the answer must be."
    known = plan_metric(metric(None, title=""), Expected(10_000, 0.1))
    assert words(known) == (
        "theme.dark: nobody said how sure the answer must be. If all who are expected answer, it "
        "is ±3 points."
    )


def test_what_was_given_up_is_not_planned() -> None:
    every = [metric(name=f"a.{status.value}", status=status) for status in Status]
    by_name = {each.name: each for each in every}
    registry = Registry("editor", "", "", "", "", "", metrics=by_name)
    planned = plan_registry(registry, Expected(100))
    assert [each.metric.name for each in planned] == ["a.proposed", "a.approved"]


@given(ACCURACIES, INSTALLS, st.floats(0.01, 1), st.sampled_from(Kind))
def test_a_plan_that_is_followed_answers_the_question(
    accuracy: float, installs: int, answering: float, kind: Kind
) -> None:
    expected = Expected(installs, answering)
    planned = plan_metric(metric(accuracy, kind), expected)
    reports = expected.reports
    assert reports is not None
    if planned.reach is Reach.ONE_WEEK:
        assert planned.needed is not None
        assert planned.rate is not None
        assert 0 < planned.rate <= 1
        assert answered(planned.metric, planned.needed, expected)
    elif planned.reach is Reach.MORE_WEEKS:
        assert planned.needed is not None
        assert planned.weeks is not None
        assert reports * planned.weeks >= planned.needed
        before = planned.weeks - 1
        unlimited = sample_size(planned.metric)
        assert reports * before < of_so_many(unlimited, installs * before)
    else:
        assert planned.needed is not None
        assert planned.needed > reports
    assert words(planned).startswith("Dark theme: ")


@given(ACCURACIES, st.integers(0, 10**6), st.none() | INSTALLS, st.sampled_from(Kind))
def test_more_reports_never_make_an_answer_less_sure(
    accuracy: float, n: int, installs: int | None, kind: Kind
) -> None:
    expected, asked = Expected(installs), metric(accuracy, kind)
    assert accuracy_of(asked, n + 1, expected) <= accuracy_of(asked, n, expected)
    assert answered(asked, n + 1, expected) >= answered(asked, n, expected)


@given(ACCURACIES, st.floats(0, 1), INSTALLS)
def test_the_size_is_enough_whatever_the_share_turns_out_to_be(
    accuracy: float, share: float, installs: int
) -> None:
    asked = metric(accuracy)
    assert answered(asked, sample_size(asked), share=share)
    assert of_so_many(sample_size(asked), installs) <= min(installs, sample_size(asked))


@given(st.integers(1, 10**6), st.data())
def test_the_interval_is_the_one_that_pages_show(n: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, n))
    low, high = likely(part, n)
    assert abs((high - low) / 2 - 100 * half_width(n, part / n)) <= 1


@given(st.integers(0, 10**6))
def test_a_question_without_a_wish_is_never_answered(n: int) -> None:
    assert not answered(metric(None), n)


def test_nobody_answers_nothing_and_everybody_answers_all() -> None:
    assert not answered(metric(0.5), 0)
    assert answered(metric(0.001), 30, Expected(30))
    assert accuracy_of(metric(), 30, Expected(30)) == 0.0


def test_a_clear_answer_is_known_sooner() -> None:
    assert not answered(metric(), 1000)
    assert answered(metric(), 1000, share=0.05)


def test_a_metric_says_whether_its_question_is_answered() -> None:
    assert progress(metric(), 2600) == (
        "Dark theme: answered. 2,600 reports give ±2 points, and ±2 points was wanted."
    )
    assert progress(metric(), 1) == (
        "Dark theme: not answered yet. 1 report gives ±44.6 points, and ±2 points is wanted."
    )
    assert progress(COUNTER, 0).startswith("Files opened: not answered yet. 0 reports give nothing")
    assert progress(metric(None), 400, Expected(500)) == (
        "Dark theme: 400 reports give ±2.2 points; nobody said how sure it must be."
    )


@given(st.floats(0.0001, 1))
def test_a_rate_is_never_written_lower_than_it_is(share: float) -> None:
    written = float(rate(share).removesuffix(" %")) / 100
    assert share - 1e-6 <= written <= share + 0.001 + 1e-6


@given(ACCURACIES)
def test_an_accuracy_is_never_written_better_than_it_is(accuracy: float) -> None:
    written = float(had(metric(), accuracy).strip("± points")) / 100
    assert accuracy - 1e-6 <= written <= accuracy + 0.001 + 1e-6


def test_what_is_not_known_is_a_dash() -> None:
    assert (wanted(metric(None)), had(metric(), None), rate(None)) == ("–", "–", "–")
