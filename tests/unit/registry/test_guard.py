from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import Problem
from aboveboard.model.metric import Approval, Kind, Metric, Period, Sensitivity, Status
from aboveboard.model.registry import Approver, CollectorAddress, Committee, Registry
from aboveboard.registry.guard import FAILURES, NOTES, guard
from aboveboard.registry.guard_bits import Joined

TODAY = date(2026, 11, 22)
AGREED = Approval(date(2026, 1, 15), "The council", "https://editor.example/minutes/3")
LATER = Approval(date(2026, 11, 1), "The council", "https://editor.example/minutes/9")
ANA = Committee(1, (Approver("ana", "Ana", b"k" * 32),))


def metric(name: str = "theme.dark", kind: Kind = Kind.FLAG, **changes: Any) -> Metric:  # noqa: ANN401 any field
    said: dict[str, Any] = {
        "title": "Dark theme in use",
        "question": "How many people use the dark theme?",
        "decision": "Which of the two themes is drawn first.",
        "owner": "Design lead",
        "review": "https://editor.example/reviews/1",
        "approved": AGREED,
        "expires": date(2028, 12, 31),
        "level": "usage",
        "sensitivity": Sensitivity.TECHNICAL,
        "example": True,
        **changes,
    }
    return Metric(name, kind, **said)


def registry(*metrics: Metric, **changes: Any) -> Registry:  # noqa: ANN401 any field
    said: dict[str, Any] = {
        "app": "editor",
        "title": "An editor",
        "homepage": "https://editor.example",
        "contact": "The issue tracker",
        "policy": "https://editor.example/privacy",
        "fingerprint": "f" * 64,
        "levels": {"usage": "Which parts of the editor are used."},
        "metrics": {each.name: each for each in metrics},
        **changes,
    }
    return Registry(**said)


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


BASE = registry(metric())
VERSION = metric("app.version", Kind.VERSION, title="Versions", example="2.1", approved=LATER)


def test_nothing_changed_and_nothing_is_told() -> None:
    found = guard(BASE, BASE, TODAY, most_bits=1)
    assert (found.problems, found.notes) == ((), ())
    assert found.bits.sent == (1.0, 1.0)


def test_a_new_metric_with_an_approval_of_its_own_passes_and_is_noted() -> None:
    found = guard(BASE, registry(metric(), VERSION), TODAY)
    assert codes(found.problems) == []
    assert codes(found.notes) == ["uniqueness_higher", "consent_widened"]
    assert found.notes[0].place == "metric.app.version"
    assert found.notes[0].text == "a report may tell 4.3 bits instead of 0.0."


def test_a_raise_beyond_the_bound_fails_where_most_was_gained() -> None:
    found = guard(BASE, registry(metric(), VERSION, most_bits=4), TODAY)
    (problem,) = found.problems
    assert problem.code == "uniqueness_raised"
    assert problem.place == "metric.app.version"
    assert problem.text == "a report may tell 4.3 bits instead of 0.0, and 4 are allowed."


def test_a_raise_within_the_bound_is_a_note() -> None:
    found = guard(BASE, registry(metric(), VERSION), TODAY, most_bits=6)
    assert codes(found.problems) == []
    assert found.notes[0].text.endswith(", and 6 are allowed.")


def test_what_is_above_the_bound_already_may_stay_and_shrink() -> None:
    both = registry(metric(), VERSION, most_bits=1)
    assert codes(guard(both, both, TODAY).problems) == []
    assert codes(guard(both, registry(VERSION, most_bits=1), TODAY).problems) == []


def test_a_change_cannot_raise_the_bound_that_it_breaks() -> None:
    head = registry(metric(), VERSION, most_bits=64)
    found = guard(replace(BASE, most_bits=4), head, TODAY)
    assert codes(found.problems) == ["uniqueness_raised"]
    assert "bound_loosened" in codes(found.notes)
    assert codes(guard(head, head, TODAY).problems) == []


@pytest.mark.parametrize(
    ("after", "text"),
    [
        pytest.param(6, "it is 6 bits instead of 5 bits.", id="higher"),
        pytest.param(None, "it is no bound instead of 5 bits.", id="removed"),
    ],
)
def test_a_loosened_bound_is_noted(after: int | None, text: str) -> None:
    found = guard(replace(BASE, most_bits=5), replace(BASE, most_bits=after), TODAY)
    assert [(note.code, note.text) for note in found.notes] == [("bound_loosened", text)]
    assert codes(guard(BASE, replace(BASE, most_bits=5), TODAY).notes) == []


def test_the_bound_is_about_one_report_or_about_all_of_them_linked() -> None:
    base, head = registry(VERSION, metric()), registry(VERSION, metric(), metric("theme.big"))
    assert "uniqueness_raised" not in codes(guard(base, head, TODAY, 5).problems)
    linked = guard(base, head, TODAY, 5, Joined.LINKED)
    raised = linked.problems[0]
    assert (raised.code, raised.place) == ("uniqueness_raised", "metric.theme.big")
    assert raised.text == (
        "all reports of an install, linked, may tell 6.3 bits instead of 5.3, and 5 are allowed."
    )
    assert linked.bits.sent == (linked.bits.linked[0] - 1, linked.bits.linked[1] - 2)


def test_more_that_may_travel_together_is_told_where_it_is_written() -> None:
    other = metric("theme.big", approved=LATER, correlates_with=("theme.dark",))
    base = registry(metric(), other)
    head = registry(metric(correlates_with=("theme.big",), approved=LATER), other, most_bits=1)
    found = guard(base, head, TODAY)
    raised = found.problems[0]
    assert (raised.code, raised.place) == ("uniqueness_raised", "metric.theme.big.correlates_with")
    assert found.bits.most_telling == ("theme.big", "theme.dark")
    assert (found.bits.sent, found.bits.linked) == ((1.0, 2.0), (2.0, 2.0))
    assert "uniqueness_raised" not in codes(guard(base, head, TODAY, None, Joined.LINKED).problems)


def test_bits_decide_which_report_tells_most_and_not_how_many_metrics_it_has() -> None:
    names = ("theme.big", "theme.dark", "theme.new")
    flags = [metric(n, correlates_with=tuple(o for o in names if o != n)) for n in names]
    found = guard(None, registry(VERSION, *flags), TODAY)
    assert found.bits.most_telling == ("app.version",)
    assert [report.names for report in found.bits.reports] == [("app.version",), names]


def test_a_report_that_tells_much_already_excuses_no_other() -> None:
    much = metric("file.opened", Kind.COUNTER, title="Files opened", example=3)
    base, head = registry(much), registry(much, VERSION, most_bits=4)
    found = guard(base, head, TODAY)
    assert found.bits.sent[0] == found.bits.sent[1] > 4
    (raised,) = found.problems
    assert (raised.code, raised.place) == ("uniqueness_raised", "metric.app.version")


def test_a_renamed_metric_is_compared_with_what_it_told_under_its_old_name() -> None:
    new = replace(VERSION, name="program.version", aliases=("app.version",))
    found = guard(registry(VERSION, metric()), registry(new, metric(), most_bits=1), TODAY)
    assert found.bits.raised is None
    assert found.bits.reports[0].before == found.bits.reports[0].after


def test_metrics_that_part_tell_less() -> None:
    flags = (
        metric(correlates_with=("theme.big",)),
        metric("theme.big", correlates_with=("theme.dark",)),
    )
    found = guard(
        registry(*flags), registry(*(replace(f, correlates_with=()) for f in flags)), TODAY, 1
    )
    assert (found.problems, found.notes) == ((), ())
    assert found.bits.sent == (2.0, 1.0)


def test_a_metric_per_day_tells_more_than_per_week() -> None:
    week = metric("file.opened", Kind.COUNTER, example=3, period=Period.WEEK, title="Files opened")
    day = replace(week, period=Period.DAY, approved=LATER)
    found = guard(registry(week), registry(day), TODAY, most_bits=10)
    assert "uniqueness_raised" in codes(found.problems)


def test_a_renamed_metric_keeps_its_row() -> None:
    found = guard(BASE, registry(metric("theme.night", aliases=("theme.dark",))), TODAY)
    (row,) = found.bits.rows
    assert row.before is not None
    assert row.after is not None
    assert found.problems == ()


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"question": "Dark theme."}, "question_without_mark", "metric.theme.dark.question"),
        ({"owner": "Ana"}, "owner_is_private", "metric.theme.dark.owner"),
        ({"expires": date(2026, 11, 30)}, "expires_soon", "metric.theme.dark.expires"),
    ],
)
def test_a_metric_that_lacks_something_fails_if_it_was_changed(
    changes: dict[str, Any], code: str, place: str
) -> None:
    poor = metric(**changes)
    changed = replace(poor, accuracy=0.05)
    found = guard(registry(poor), registry(changed), TODAY)
    assert [(each.code, each.place) for each in found.problems] == [(code, place)]
    assert guard(registry(poor), registry(poor), TODAY).problems == ()


def test_the_longer_of_two_names_is_the_one_that_lacks_something() -> None:
    inner = metric("theme.dark.auto", owner="Ana")
    base = registry(metric(), inner)
    head = registry(metric(accuracy=0.05), inner)
    assert guard(base, head, TODAY).problems == ()


def test_a_place_of_the_product_that_was_changed_is_checked() -> None:
    poor = replace(BASE, levels={**BASE.levels, "other": "Too few."})
    found = guard(BASE, poor, TODAY)
    assert {each.place for each in found.problems} == {"product.levels.other"}
    assert guard(poor, poor, TODAY).problems == ()


def test_what_only_narrows_always_passes() -> None:
    poor = metric(owner="Ana")
    base = registry(poor, VERSION)
    retired = registry(replace(poor, status=Status.RETIRED), replace(VERSION, precision=1))
    for head in (registry(VERSION), registry(), retired):
        assert guard(base, head, TODAY, most_bits=1).problems == ()


def test_a_widening_under_the_old_review_and_approval_fails() -> None:
    head = registry(metric(expires=date(2029, 12, 31)))
    (problem,) = guard(BASE, head, TODAY).problems
    assert (problem.code, problem.place) == ("consent_widened_silently", "metric.theme.dark")
    assert problem.text.endswith("those of before: it is measured for longer.")


@pytest.mark.parametrize("changes", [{"approved": LATER}, {"review": "https://editor.example/2/x"}])
def test_a_widening_that_was_reviewed_passes_and_is_noted(changes: dict[str, Any]) -> None:
    head = registry(metric(expires=date(2029, 12, 31), **changes))
    found = guard(BASE, head, TODAY)
    assert codes(found.problems) == []
    assert codes(found.notes) == ["consent_widened"]


def test_a_metric_that_is_measured_again_needs_a_new_review() -> None:
    given_up = registry(metric(status=Status.RETIRED))
    assert codes(guard(given_up, BASE, TODAY).problems) == ["consent_widened_silently"]
    assert guard(given_up, registry(metric(approved=LATER)), TODAY).problems == ()


def test_a_new_metric_cannot_borrow_an_approval() -> None:
    head = registry(metric(), metric("theme.big", title="Large letters in use"))
    (problem,) = guard(BASE, head, TODAY).problems
    assert problem.code == "approval_borrowed"
    assert problem.place == "metric.theme.big.approved"
    assert problem.text.startswith("it is the approval of theme.dark")


def test_a_proposal_needs_no_approval_yet() -> None:
    proposal = metric("theme.big", title="Large", status=Status.PROPOSED, approved=None)
    head = registry(metric(), proposal)
    found = guard(BASE, head, TODAY, most_bits=1)
    assert (found.problems, found.notes) == ((), ())


def test_signatures_replace_the_file_s_word_and_a_proposal_counts() -> None:
    base = registry(metric(status=Status.PROPOSED, approved=None), committee=ANA)
    wide = metric(status=Status.PROPOSED, approved=None, expires=date(2029, 12, 31))
    head = registry(wide, replace(VERSION, status=Status.PROPOSED, approved=None), committee=ANA)
    found = guard(base, head, TODAY, most_bits=4)
    assert codes(found.problems) == ["uniqueness_raised"]
    assert codes(found.notes) == ["consent_widened", "consent_widened"]


def test_another_collector_is_noted_since_people_must_be_asked() -> None:
    head = replace(BASE, collector=CollectorAddress(("https://new.example",)))
    found = guard(BASE, head, TODAY)
    assert found.problems == ()
    assert [note.place for note in found.notes] == ["collector"]


def test_a_new_product_is_checked_in_full_and_nobody_was_asked_before() -> None:
    head = registry(metric(owner="Ana"), contact="?", installs=1000, most_bits=1)
    found = guard(None, head, TODAY)
    assert codes(found.problems) == ["contact_unreachable", "owner_is_private"]
    assert codes(found.notes) == ["uniqueness_higher"]
    assert found.bits.installs == 1000


def test_every_code_of_the_guard_is_unlike_the_others() -> None:
    rows = [*FAILURES, *NOTES]
    assert len({row.code for row in rows}) == len(rows)


metrics = st.builds(
    metric,
    st.sampled_from(["a.one", "a.two", "a.three"]),
    st.sampled_from([Kind.FLAG, Kind.VERSION, Kind.COUNTER, Kind.ERROR]),
    example=st.one_of(st.none(), st.booleans(), st.integers(-5, 50), st.text(max_size=5)),
    status=st.sampled_from(Status),
    approved=st.sampled_from([AGREED, LATER]),
    correlates_with=st.sampled_from([(), ("a.one",), ("a.one", "a.two", "a.three"), ("a.four",)]),
    precision=st.integers(1, 3),
)
registries = st.lists(metrics, max_size=4).map(lambda found: registry(*found))


@given(registries, registries, st.sampled_from(Joined), st.integers(1, 40))
def test_no_two_registries_break_the_guard(
    base: Registry, head: Registry, joined: Joined, bound: int
) -> None:
    found = guard(base, head, TODAY, bound, joined)
    assert guard(base, head, TODAY, bound, joined) == found
    same = guard(head, head, TODAY, bound, joined)
    assert (same.problems, same.notes) == ((), ())
    raised = found.bits.raised
    over = raised is not None and raised.after > bound
    assert ("uniqueness_raised" in codes(found.problems)) is over
    told = sum(report.after for report in found.bits.reports)
    assert found.bits.sent[1] <= found.bits.linked[1] == pytest.approx(told)
