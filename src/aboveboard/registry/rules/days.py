"""Enters: a metric and today. Leaves: what is wrong with its days and versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from aboveboard.model.metric import Metric, Sensitivity, Status
from aboveboard.registry.rules.check import Context, Finding, of_metric

SOON = timedelta(days=30)
LONGEST = timedelta(days=5 * 366)
FEWEST_WORDS = 3


@of_metric(
    "expired",
    title="Its last day is over",
    reason="Devices record nothing any more, while readers of the file believe that they do.",
    remedy="Discuss it anew and move `expires`, or set `status` to retired.",
)
def _expired(metric: Metric, context: Context) -> Iterator[Finding]:
    if metric.expires is not None and metric.expires < context.today:
        yield Finding("expires", f"it ended on {metric.expires}.")


@of_metric(
    "expires_soon",
    title="It ends within 30 days",
    reason="A release takes time: without a decision now there will be a gap in the numbers.",
    remedy="Decide now: discuss it anew and move `expires`, or set `status` to retired.",
)
def _expires_soon(metric: Metric, context: Context) -> Iterator[Finding]:
    if metric.expires is not None and context.today <= metric.expires <= context.today + SOON:
        yield Finding("expires", f"it ends on {metric.expires}.")


@of_metric(
    "expires_late",
    title="It ends more than five years after it was approved",
    reason="A question that is still open after five years deserves a new discussion.",
    remedy="Choose an earlier last day; it can be approved again.",
)
def _expires_late(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.expires is None or metric.approved is None:
        return
    if metric.expires - metric.approved.day > LONGEST:
        yield Finding("expires", f"{metric.expires} is more than five years after its approval.")


@of_metric(
    "never_expires",
    title="It never ends, and it is about people",
    reason="Only the program's own state may be measured without an end; people change their mind.",
    remedy="Give it a last day.",
)
def _never_expires(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.expires is None and metric.sensitivity not in {None, Sensitivity.TECHNICAL}:
        yield Finding("expires", "it would be measured for ever.")


@of_metric(
    "never_without_reason",
    title="It never ends, and the reason says too little",
    reason="Measuring for ever is the exception, and an exception must convince people.",
    remedy="Say in a sentence why it must be measured for ever, or give it a last day.",
)
def _never_without_reason(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.expires is None and len(metric.never_expires_because.split()) < FEWEST_WORDS:
        yield Finding("expires.never", "this is no reason.")


@of_metric(
    "approved_in_the_future",
    title="It was approved on a day that is still to come",
    reason="An approval that nobody has given yet is none.",
    remedy="Write the day on which it was approved.",
)
def _approved_in_the_future(metric: Metric, context: Context) -> Iterator[Finding]:
    agreed = metric.approved
    if agreed is not None and agreed.day > context.today:
        yield Finding("approved.on", f"{agreed.day} is still to come.")


@of_metric(
    "retired_without_until",
    title="It is retired, and no last version is named",
    reason="Whoever reads old numbers must know which versions of the product still sent them.",
    remedy="Name the last version that measures it as `until`.",
    retired=True,
)
def _retired_without_until(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.status is Status.RETIRED and not metric.until:
        yield Finding("until", "it is missing.")


@of_metric(
    "since_after_until",
    title="Its first version comes after its last one",
    reason="No version of the product would measure it.",
    remedy="Correct `since` or `until`.",
    retired=True,
)
def _since_after_until(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.since and metric.until and _parts(metric.since) > _parts(metric.until):
        yield Finding("since", f"{metric.since} comes after {metric.until}.")


def _parts(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".")]
    return (*parts, *[0] * (3 - len(parts)))


DAYS = (
    _expired,
    _expires_soon,
    _expires_late,
    _never_expires,
    _never_without_reason,
    _approved_in_the_future,
    _retired_without_until,
    _since_after_until,
)
