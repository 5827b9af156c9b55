"""Enters: a metric. Leaves: where its file does not say why it is measured."""

from __future__ import annotations

from collections.abc import Iterator

from aboveboard.model.metric import Kind, Metric
from aboveboard.model.verdict import Reason
from aboveboard.registry.bound_fields import LONGEST_TIMING_MS
from aboveboard.registry.bounds import counts
from aboveboard.registry.examples import example_value
from aboveboard.registry.rules.check import Context, Finding, of_metric
from aboveboard.registry.rules.words import UNFINISHED, VAGUE, find, words

QUESTION_MARKS = ("?", "？", "؟", ";")  # noqa: RUF001 the marks of other scripts
FEWEST_WORDS = 3


@of_metric(
    "question_without_mark",
    title="The question is none",
    reason="A statement hides that nobody knows what is to be found out.",
    remedy="Ask one question, and end it with a question mark.",
)
def _question_without_mark(metric: Metric, _: Context) -> Iterator[Finding]:
    if not metric.question.endswith(QUESTION_MARKS):
        yield Finding("question", "it does not end with a question mark.")


@of_metric(
    "question_repeats_title",
    title="The question says the title again",
    reason="The question is what people are shown to understand why; the title is only a heading.",
    remedy="Ask what you want to know.",
)
def _question_repeats_title(metric: Metric, _: Context) -> Iterator[Finding]:
    if words(metric.question) == words(metric.title):
        yield Finding("question", "it says no more than the title.")


@of_metric(
    "decision_repeats",
    title="The decision repeats the question or the title",
    reason="What is not used for a decision need not be measured.",
    remedy="Say what will be done differently, depending on the answer.",
)
def _decision_repeats(metric: Metric, _: Context) -> Iterator[Finding]:
    if words(metric.decision) in (words(metric.question), words(metric.title)):
        yield Finding("decision", "it repeats the question or the title.")


@of_metric(
    "decision_vague",
    title="The decision names no decision",
    reason="“To improve the product” would justify measuring anything.",
    remedy="Name the thing that will be done, stopped, kept or changed.",
)
def _decision_vague(metric: Metric, _: Context) -> Iterator[Finding]:
    phrase = find(VAGUE, metric.decision)
    if phrase is not None:
        yield Finding("decision", f"{phrase!r} would justify measuring anything.")
    elif len(metric.decision.split()) < FEWEST_WORDS:
        yield Finding("decision", "it is too short to name a decision.")


@of_metric(
    "unfinished",
    title="A text is not finished",
    reason="People would be shown a placeholder as a reason.",
    remedy="Write the text.",
)
def _unfinished(metric: Metric, _: Context) -> Iterator[Finding]:
    texts = {
        "title": metric.title,
        "question": metric.question,
        "decision": metric.decision,
        "owner": metric.owner,
        "review": metric.review,
        "expires.never": metric.never_expires_because,
    }
    if metric.approved is not None:
        texts |= {"approved.by": metric.approved.by, "approved.where": metric.approved.where}
    for place, text in texts.items():
        if UNFINISHED.search(text):
            yield Finding(place, "a placeholder is left in it.")


@of_metric(
    "example_missing",
    title="There is no example of a value",
    reason="One value shows people faster than any sentence what would leave their machine.",
    remedy="Add `example` with a value that a report could say; for a timing, in milliseconds.",
)
def _example_missing(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.example is None:
        yield Finding("example", "it is missing.")


@of_metric(
    "example_does_not_fit",
    title="The example is no value of the metric",
    reason="An example that could never be sent misleads people about what is.",
    remedy="Write a value within the bounds of the metric; for a timing, in milliseconds.",
)
def _example_does_not_fit(metric: Metric, _: Context) -> Iterator[Finding]:
    if metric.example is None:
        return
    value = example_value(metric)
    if value is None or _too_long(metric) or isinstance(counts(metric, value), Reason):
        yield Finding("example", f"{metric.example!r} is no value of this {metric.kind.value}.")


def _too_long(metric: Metric) -> bool:
    number = metric.example if isinstance(metric.example, int) else 0
    return metric.kind is Kind.TIMING and number > LONGEST_TIMING_MS


REASONS = (
    _question_without_mark,
    _question_repeats_title,
    _decision_repeats,
    _decision_vague,
    _unfinished,
    _example_missing,
    _example_does_not_fit,
)
