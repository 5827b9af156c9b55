from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.dice import Dice
from aboveboard.analysis import uniques
from aboveboard.analysis.charts import spec
from aboveboard.analysis.headline import headline
from aboveboard.analysis.publish import as_json, publish
from aboveboard.analysis.tables import table
from aboveboard.analysis.uniques import Doubt, firsts, likely, once_a_week
from aboveboard.device import active
from aboveboard.model.metric import ACTIVE, Approval, Kind, Metric
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry, Sends
from aboveboard.model.total import Total

BEGIN = date(2026, 6, 1)
DAYS = 120
INSTALLS = 5000
OS = "system.os"
WEEKS = {day: Week.of(day) for day in (BEGIN + timedelta(days=n) for n in range(DAYS))}
PERIODS = {day: (str(day), str(week), str(day)[:7]) for day, week in WEEKS.items()}


# A world whose truth is known: who was active when, and what of it reached a collector.


@dataclass(frozen=True)
class Odds:
    """What goes wrong, each with its chance.

    Attributes:
        lost: a report never arrives.
        delayed: a report comes some weeks later than it could.
        twice: a report arrives twice.
        anew: an install begins anew on a day of its use; what it had not sent is gone.
        left: a person leaves for good in a week; what was not sent is gone.
    """

    lost: float = 0.01
    delayed: float = 0.1
    twice: float = 0.05
    anew: float = 0.02 / 31
    left: float = 0.002


@dataclass
class Install:
    number: int
    often: float
    first: int
    seen: set[date] = field(default_factory=set)
    fresh: list[date] = field(default_factory=list)
    unsent: dict[Week, list[tuple[date, str]]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class World:
    """What happened, and what is known of it."""

    odds: Odds
    dice: Dice
    truth: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    arrived: dict[str, tuple[Week, list[tuple[date, str]]]] = field(default_factory=dict)
    doubled: int = 0

    def live(self, install: Install) -> None:
        left = False
        for number in range(install.first, DAYS):
            day = BEGIN + timedelta(days=number)
            left = left or (day.weekday() == 0 and self.dice.happens(self.odds.left))
            if not left and self.dice.happens(install.often):
                self.use(install, day)

    def use(self, install: Install, day: date) -> None:
        if self.dice.happens(self.odds.anew):
            install.seen.clear()
            install.fresh.clear()
            install.unsent.clear()
        for period in PERIODS[day]:
            self.truth[period].add(install.number)
        if install.fresh and WEEKS[install.fresh[0]] != WEEKS[day]:
            self.gather(install)
            self.send(install, day)
        install.fresh.append(day)

    def gather(self, install: Install) -> None:
        week = WEEKS[install.fresh[0]]
        known = {day for day in install.seen if (week.first - day).days < 31}
        install.unsent[week] += active.firsts(known, install.fresh)
        install.seen = known | set(install.fresh)
        install.fresh.clear()

    def send(self, install: Install, day: date) -> None:
        for week in list(install.unsent):
            told = install.unsent.pop(week)
            late = self.dice.whole(1, 14) if self.dice.happens(self.odds.delayed) else 0
            if self.dice.happens(self.odds.lost) or (day - BEGIN).days + late >= DAYS:
                continue
            report = self.dice.report_id()
            for _ in range(1 + self.dice.happens(self.odds.twice)):
                self.doubled += report in self.arrived
                self.arrived[report] = (week, told)

    def totals(self) -> list[Total]:
        """Add up what arrived, each report once, as the store does."""
        said: Counter[tuple[str, str, str]] = Counter()
        weeks: Counter[str] = Counter()
        for week, told in self.arrived.values():
            weeks[str(week)] += 1
            for day, label in told:
                said["day", str(day), label] += 1
            for label in {label for _, label in told}:
                said["week", str(week), label] += 1
        rows = [Total(ACTIVE, *place, n, n, n) for place, n in said.items()]
        return rows + [Total(OS, "week", week, "linux", n, n, n) for week, n in weeks.items()]


def world(seed: str, odds: Odds | None = None, installs: int = INSTALLS) -> World:
    made = World(odds or Odds(), Dice(seed))
    habits = {0.9: 30, 0.4: 35, 0.12: 30, 0.03: 5}
    for number in range(installs):
        begins = made.dice.whole(1, DAYS - 30) if made.dice.happens(0.2) else 0
        made.live(Install(number, made.dice.share(habits), begins))
    return made


@pytest.fixture(scope="module")
def lived() -> World:
    return world("uniques")


def settled(period: str) -> bool:
    """Whether four weeks passed since a period ended, and it did not begin before the world."""
    end = BEGIN + timedelta(days=DAYS - 28)
    if "W" in period:
        return Week.parse(period).last < end
    if len(period) == len("2026-11"):
        after = date.fromisoformat(f"{period}-28") + timedelta(days=4)
        return after.replace(day=1) <= end
    return date.fromisoformat(period) < end


@pytest.mark.parametrize("span", ["day", "week", "month"])
def test_the_truth_lies_between_the_bounds_of_the_first_of_a_period(
    lived: World, span: str
) -> None:
    numbers = {p: n for p, n in firsts(lived.totals(), ACTIVE, span, span).items() if settled(p)}
    assert len(numbers) == {"day": 92, "week": 13, "month": 3}[span]
    for period, n in numbers.items():
        low, high = likely(n, span)
        truth = len(lived.truth[period])
        assert low <= truth <= high
        assert abs(n - truth) / truth < 0.06
        assert (high - low) / truth < 0.2


def test_the_truth_lies_between_the_bounds_of_one_report_a_week(lived: World) -> None:
    numbers = {p: n for p, n in once_a_week(lived.totals(), OS).items() if settled(p)}
    assert len(numbers) == 13
    for period, n in numbers.items():
        low, high = likely(n, "week")
        assert low <= len(lived.truth[period]) <= high


def test_a_report_that_comes_twice_changes_nothing(lived: World) -> None:
    assert lived.doubled > 1000


def test_with_nothing_lost_the_numbers_are_exact() -> None:
    exact = world("exact", Odds(0, 0, 0.5, 0, 0), 300)
    weeks = firsts(exact.totals(), ACTIVE, "week", "week")
    sure = list(weeks)[:3]
    for week in sure:
        missing = len(exact.truth[week]) - weeks[week]
        assert 0 <= missing <= 3  # who did not come back to tell


def test_installs_that_begin_anew_are_counted_twice_and_the_bound_knows() -> None:
    odds = Odds(lost=0, delayed=0, twice=0, anew=0.2 / 31, left=0)
    often = world("anew", odds, 800)
    months = firsts(often.totals(), ACTIVE, "month", "month")
    truth = len(often.truth["2026-07"])
    assert months["2026-07"] > truth
    low, high = likely(months["2026-07"], "month", Doubt(lost=0.06, again=0.2))
    assert low <= truth <= high


@given(
    n=st.integers(0, 10**9),
    lost=st.floats(0, 0.9),
    again=st.floats(0, 1),
    rate=st.floats(0.01, 1),
    span=st.sampled_from(["day", "week", "month"]),
)
def test_bounds_hold_their_number_and_widen_with_doubt(
    n: int, lost: float, again: float, rate: float, span: str
) -> None:
    low, high = likely(n, span, Doubt(lost, again, rate))
    assert 0 <= low <= n / rate + 1
    assert high >= n / rate - 1
    wider = likely(n, span, Doubt(lost / 2 + 0.45, again + 0.1, rate))
    assert wider[0] <= low
    assert wider[1] >= high


def test_a_sample_is_scaled_up() -> None:
    low, high = likely(1000, "week", Doubt(lost=0, again=0, rate=0.1))
    assert low < 10_000 < high
    assert high - low < 2000


def test_reports_that_are_numbered_from_0_are_counted_by_the_first() -> None:
    totals = [
        Total("ping.number", "week", "2026-W47", "0", 40, 40, 90),
        Total("ping.number", "week", "2026-W47", "1", 50, 50, 90),
        Total("ping.number", "week", "2026-W46", "0", 30, 30, 30),
        Total("other", "week", "2026-W46", "0", 7, 7, 7),
    ]
    assert firsts(totals, "ping.number", "0", "week") == {"2026-W46": 30, "2026-W47": 40}


# What is published.

METRIC = Metric(
    ACTIVE,
    Kind.LABELLED,
    "Active installs",
    "How many are in use?",
    "",
    "",
    "",
    Approval(date(2026, 1, 1), "", ""),
    None,
    "usage",
    labels=("day", "week", "month"),
    threshold=10,
)
TOTALS = [
    Total(ACTIVE, "day", "2026-11-16", "day", 12, 12, 12),
    Total(ACTIVE, "day", "2026-11-16", "week", 12, 12, 12),
    Total(ACTIVE, "day", "2026-11-16", "month", 8, 8, 12),
    Total(ACTIVE, "day", "2026-11-17", "day", 9, 9, 9),
    Total(ACTIVE, "day", "2026-11-17", "month", 5, 5, 9),
    Total(ACTIVE, "week", "2026-W47", "day", 21, 15, 15),
    Total(ACTIVE, "week", "2026-W47", "week", 15, 15, 15),
    Total(ACTIVE, "week", "2026-W47", "month", 13, 13, 15),
    Total(ACTIVE, "week", "2026-W48", "week", 4, 4, 4),
]


def registry(metric: Metric = METRIC, sends: Sends = Sends.WEEK) -> Registry:
    named = MappingProxyType({metric.name: metric})
    return Registry("editor", "Editor", "", "", "", "f" * 64, metrics=named, sends=sends)


@pytest.mark.parametrize("sends", [Sends.WEEK, Sends.DAY])
def test_active_installs_are_published_per_day_week_and_month(sends: Sends) -> None:
    (metric,) = publish(registry(sends=sends), TOTALS, 15).metrics
    assert [(p.period, p.n, p.count) for p in metric.days] == [
        ("2026-11-16", 12, 12),
        ("2026-11-17", None, 0),
    ]
    assert [(p.period, p.n) for p in metric.weeks] == [("2026-W47", 15), ("2026-W48", None)]
    assert [(p.period, p.n) for p in metric.months] == [("2026-11", 13)]


def test_the_data_say_between_what_each_number_lies() -> None:
    content = as_json(publish(registry(), TOTALS, 15))
    (metric,) = json.loads(json.dumps(content))["metrics"]
    assert metric["months"][0]["n"] == 13
    assert metric["likely"].keys() == {"2026-11-16", "2026-W47", "2026-11"}
    assert metric["likely"]["2026-W47"] == list(likely(15, "week"))


def test_a_page_shows_them_as_a_number_and_a_chart() -> None:
    (metric,) = publish(registry(), TOTALS, 15).metrics
    found = headline(metric)
    low, high = likely(15, "week")
    assert (found.value, found.label) == ("15", "active installs")
    assert found.basis == "Week from 16 Nov 2026"
    assert found.caution.startswith(f"Likely {low} to {high}. In Nov 2026: 13.")
    drawn = spec(metric)
    assert drawn is not None
    assert "active installs per" in str(drawn["description"])
    assert table(metric).columns == ("Week from", "Active installs", "Reports")


def test_a_month_with_few_installs_is_not_shown() -> None:
    few = [replace(total, n=min(total.n, 4)) for total in TOTALS if total.key == "month"]
    weeks = [total for total in TOTALS if total.span == "week" and total.key == "week"]
    (metric,) = publish(registry(), [*few, *weeks], 15).metrics
    assert [p.n for p in metric.months] == [None]
    assert "In Nov" not in headline(metric).caution


def test_a_part_of_a_product_counts_its_own_in_its_own_unit_and_without_bounds() -> None:
    name = "cms.active"
    sites = replace(METRIC, name=name, labels=("day", "week", "other"), unit="sites")
    totals = [replace(total, metric=name) for total in TOTALS if total.key != "month"]
    published = publish(registry(sites), totals, 15)
    (metric,) = published.metrics
    assert metric.counts_active
    assert [(p.period, p.n) for p in metric.weeks] == [("2026-W47", 15), ("2026-W48", None)]
    found = headline(metric)
    assert (found.value, found.label, found.basis) == ("15", "sites", "Week from 16 Nov 2026")
    assert "Likely" not in found.caution
    assert "likely" not in json.dumps(as_json(published))


def test_a_metric_of_that_name_and_another_kind_is_like_any_other() -> None:
    other = replace(METRIC, kind=Kind.COUNTER)
    assert not uniques.is_active(other)
    totals = [Total(ACTIVE, "week", "2026-W47", "", 70, 15, 15)]
    (metric,) = publish(registry(other), totals, 15).metrics
    assert metric.weeks[0].count == 70
