"""Enters: a product's registry before and after a change. Leaves: why the change must not pass.

Three things stop it: reports that tell installs apart better than the bound allows, a metric that
is not good enough for people, and a widening that nobody reviewed. What only narrows always passes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.errors import Problem
from aboveboard.model.metric import Status
from aboveboard.registry.change import WHY, Code, Difference, Effect
from aboveboard.registry.checks import check
from aboveboard.registry.difference import difference, renamed
from aboveboard.registry.guard_bits import Bits, Joined, Together, weigh
from aboveboard.registry.rules.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry
    from aboveboard.registry.change import Change

UNIQUENESS_RAISED = Check(
    "uniqueness_raised",
    "A report tells installs apart better than before, and better than the bound allows",
    "The more a report says, the fewer others say the same, and at last it points at somebody.",
    "Say less: fewer values, wider buckets, fewer together. Or raise the bound first, on its own.",
)
CONSENT_WIDENED_SILENTLY = Check(
    "consent_widened_silently",
    "People agreed to less, and nobody reviewed what is added",
    "An approval speaks of the metric as it was; the same link under another metric misleads.",
    "Have the change discussed and approved, and name both in `review` or `approved`.",
)
APPROVAL_BORROWED = Check(
    "approval_borrowed",
    "A new metric names an approval that was given before it was there",
    "A line that is copied with the rest of a metric is no decision.",
    "Name the approval of this metric: `approved = { on = …, by = …, where = … }`.",
)
FAILURES = (UNIQUENESS_RAISED, CONSENT_WIDENED_SILENTLY, APPROVAL_BORROWED)

UNIQUENESS_HIGHER = Check(
    "uniqueness_higher",
    "A report tells installs apart better than before",
    "It is allowed, and whoever reviews the change should know it.",
    "Look whether the answer is worth it; state a bound as `most_bits` in [product].",
)
BOUND_LOOSENED = Check(
    "bound_loosened",
    "The bound is raised or removed",
    "It holds from the next change on, so that a bound is never raised by what breaks it.",
    "Look whether people would agree.",
)
CONSENT_WIDENED = Check(
    "consent_widened",
    "People must be asked again",
    "More is learnt than they agreed to; until they say yes again, it stays on their machine.",
    "Plan for the question in the next release.",
)
NOTES = (UNIQUENESS_HIGHER, BOUND_LOOSENED, CONSENT_WIDENED)


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guard found.

    Attributes:
        bits: the estimates before and after.
        problems: why the change must not pass; empty if it may.
        notes: what whoever reviews it should know.
    """

    bits: Bits
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def guard(
    base: Registry | None,
    head: Registry,
    today: date,
    most_bits: int | None = None,
    joined: Joined = Joined.AS_SENT,
) -> Guarded:
    """Compare a registry with the one before.

    Args:
        base: the registry that holds; None if the product is new.
        head: the registry as the change would have it.
        today: the day of the check.
        most_bits: the bound; None for the lower one of those that the two files state.
        joined: what the bound is about.

    Example:
        >>> from datetime import date
        >>> from aboveboard.registry.read import read
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> base = read(EXAMPLE_REGISTRY)
        >>> head = read(EXAMPLE_REGISTRY.replace(b"many weeks", b"long"))
        >>> found = guard(base, head, date(2026, 11, 22))
        >>> [problem.code for problem in found.problems][-1]
        'consent_widened_silently'
    """
    before = _as_if_signed(base or replace(head, metrics={}, collector=None, most_bits=None))
    after = _as_if_signed(head)
    bits = weigh(before, after, most_bits or _bound(before, after), joined)
    changes = difference(before, after)
    problems = [
        *_raised(bits, UNIQUENESS_RAISED, over=True),
        *(_lacking(changes, after, today) if base is not None else check(after, today)),
        *_silent(changes, before, after),
        *_borrowed(changes, before, after),
    ]
    notes = [
        *_raised(bits, UNIQUENESS_HIGHER, over=False),
        *_loosened(before, after),
        *(_widened(change) for change in changes.widening if base is not None),
    ]
    return Guarded(bits, tuple(problems), tuple(notes))


def _as_if_signed(registry: Registry) -> Registry:
    """Take what signatures may approve at any time as approved."""
    if registry.committee is None:
        return registry
    metrics = {
        name: replace(metric, status=Status.APPROVED)
        if metric.status is Status.PROPOSED
        else metric
        for name, metric in registry.metrics.items()
    }
    return replace(registry, metrics=metrics)


def _bound(base: Registry, head: Registry) -> int | None:
    stated = [each.most_bits for each in (base, head) if each.most_bits is not None]
    return min(stated, default=None)


def _raised(bits: Bits, row: Check, *, over: bool) -> Iterator[Problem]:
    raised = bits.raised
    if raised is None or bits.over is not over:
        return
    what = _WHAT[bits.joined]
    bound = f", and {bits.bound} are allowed" if bits.bound is not None else ""
    text = f"{what} may tell {raised.after:.1f} bits instead of {raised.before:.1f}{bound}."
    yield _problem(row, _place_of_most(bits, raised), text)


_WHAT = {Joined.AS_SENT: "a report", Joined.LINKED: "all reports of an install, linked,"}


def _place_of_most(bits: Bits, raised: Together) -> str:
    """Give the metric that gained most, or where more may travel together."""
    gains = {row.after.metric.name: row.gain for row in bits.rows if row.after is not None}
    most = max(raised.names, key=lambda name: gains[name])
    return f"metric.{most}" if gains[most] > 0 else f"metric.{raised.names[0]}.correlates_with"


def _lacking(changes: Difference, head: Registry, today: date) -> Iterator[Problem]:
    """Give what the checks find in a metric, or a place of the product, that was changed."""
    more = [change for change in changes.changes if change.effect is not Effect.NARROWS]
    names = {change.metric.name for change in more if change.metric is not None}
    places = tuple(change.place for change in more if change.metric is None)
    for problem in check(head, today):
        name = _metric_at(problem.place, head)
        if name in names if name else problem.place.startswith(places):
            yield problem


def _metric_at(place: str, registry: Registry) -> str:
    inside = f"{place.removeprefix('metric.')}."
    found = [name for name in registry.metrics if inside.startswith(f"{name}.")]
    return max(found, key=len, default="") if place.startswith("metric.") else ""


def _silent(changes: Difference, base: Registry, head: Registry) -> Iterator[Problem]:
    """Give each metric that widens under its old review and approval.

    Where signatures decide, a metric that says anything else has lost its signatures already.
    """
    if head.committee is not None:
        return
    new_names = renamed(base.metrics, head.metrics)
    old = {new_names.get(name, name): metric for name, metric in base.metrics.items()}
    reasons: dict[str, list[str]] = {}
    for change in changes.widening:
        if change.metric is not None and change.code is not Code.NEW:
            reasons.setdefault(change.metric.name, []).append(WHY[change.code])
    for name, why in reasons.items():
        if _reviewed(old[name]) == _reviewed(head.metrics[name]):
            text = f"its review and its approval are those of before: {' '.join(why)}"
            yield _problem(CONSENT_WIDENED_SILENTLY, f"metric.{name}", text)


def _reviewed(metric: Metric) -> tuple[object, ...]:
    return metric.review, metric.approved


def _borrowed(changes: Difference, base: Registry, head: Registry) -> Iterator[Problem]:
    if head.committee is not None:
        return
    given = {each.approved: each.name for each in base.metrics.values() if each.approved}
    for change in changes.changes:
        metric = change.metric
        if metric is None or change.code is not Code.NEW or metric.approved not in given:
            continue
        text = f"it is the approval of {given[metric.approved]}, which was there before."
        yield _problem(APPROVAL_BORROWED, f"metric.{metric.name}.approved", text)


def _loosened(base: Registry, head: Registry) -> Iterator[Problem]:
    before, after = base.most_bits, head.most_bits
    if before is not None and (after is None or after > before):
        now = "no bound" if after is None else f"{after} bits"
        text = f"it is {now} instead of {before} bits."
        yield _problem(BOUND_LOOSENED, "product.most_bits", text)


def _widened(change: Change) -> Problem:
    return _problem(CONSENT_WIDENED, change.place, f"{change.subject}: {WHY[change.code]}")


def _problem(row: Check, place: str, text: str) -> Problem:
    return Problem(row.code, place, text, row.remedy)
