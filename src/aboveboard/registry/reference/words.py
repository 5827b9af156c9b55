"""Enters: a metric. Leaves: what its codes and numbers mean, in sentences for people."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind, Reducer, Sensitivity, Status
from aboveboard.model.registry import Sends
from aboveboard.registry.difference_words import form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.metric import Metric

KINDS: Mapping[Kind, str] = {
    Kind.COUNTER: "How often something happened: a whole number that only grows.",
    Kind.FLAG: "Whether something is so: yes or no.",
    Kind.CHOICE: "One of a closed list of words.",
    Kind.VERSION: "A version number, cut to its first parts.",
    Kind.QUANTITY: "How many of something there are: a whole number, kept only as the bucket it "
    "falls into.",
    Kind.NAMES: "Which of a closed list of names are there; others are counted together, never "
    "named.",
    Kind.TIMING: "How long something took, kept only as counts per bucket of milliseconds.",
    Kind.DISTRIBUTION: "How large something was, each time; kept only as counts per bucket.",
    Kind.LABELLED: "How often something happened, by a closed list of labels or by version; the "
    "rest is other.",
    Kind.EVENT: "How often something happened, by the combinations of a few closed lists.",
    Kind.SECONDS: "How long something was in use: whole seconds of a day.",
    Kind.ERROR: "How often the program broke, and where in its code; of text a scrubbed message at "
    "most.",
}
"""The words in which ``model.metric`` defines each kind; a test compares them."""
SENSITIVITIES: Mapping[Sensitivity, str] = {
    Sensitivity.TECHNICAL: "About the program and the machine: versions, settings, how long "
    "something takes.",
    Sensitivity.INTERACTION: "About what somebody does with the program: which parts are used, "
    "and how often.",
    Sensitivity.CONTENT: "About what somebody made or keeps: how many documents, which kinds.",
    Sensitivity.SENSITIVE: "About the person: where, with whom, in which language, with which "
    "needs.",
}
"""The words in which ``model.metric`` defines each sensitivity; a test compares them."""
STATUSES: Mapping[Status, str] = {
    Status.PROPOSED: "Under discussion: not measured",
    Status.APPROVED: "Measured",
    Status.RETIRED: "Retired: no longer measured",
}
SENT: Mapping[Sends, str] = {
    Sends.HOUR: "Once an hour, by those who agreed.",
    Sends.DAY: "Once a day, by those who agreed.",
    Sends.WEEK: "Once a week, by those who agreed.",
    Sends.MONTH: "Once a month, by those who agreed.",
}
RAW = (
    "Values that they send and that no metric knows yet may wait in quarantine for some days, if "
    "the collector's owner says so too."
)
EARLIER = "The question is also about what was counted before it was answered, and shows it."
FEW = 5
"""Lists up to that length are said whole in the list of metrics."""
_TIMES = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms"))
LISTS: Mapping[str, str] = {"choices": "Words", "labels": "Labels", "names": "Names"}
"""What the closed lists of ``Metric.lists`` are called."""
_REDUCED: Mapping[Reducer, str] = {
    Reducer.FLAG: "Whether {source} is switched on.",
    Reducer.IS_SET: "Whether {source} is set; its text never leaves the machine.",
    Reducer.IS_DEFAULT: "Whether {source} still is what the product ships with; its value never "
    "leaves the machine.",
    Reducer.COUNT_OF: "How many items {source} has; none of them leaves the machine.",
    Reducer.ONE_OF: "The word of {source} if the list has it, otherwise other; no other text "
    "leaves the machine.",
    Reducer.BUCKET: "The step that {source} falls into; its exact value never leaves the machine.",
    Reducer.VERSION: "The first parts of {source}; the rest never leaves the machine.",
}
_NAMES_OF = (
    "Which of the known names {source} lists; others are counted, and never leave the machine."
)


def reduced(metric: Metric) -> str:
    """Say what is made of a setting of the host; ``""`` where the host does it itself.

    Example:
        >>> from types import SimpleNamespace
        >>> server = SimpleNamespace(kind=Kind.FLAG, reducer=Reducer.IS_SET, source="mail.server")
        >>> reduced(server)
        'Whether mail.server is set; its text never leaves the machine.'
    """
    if metric.reducer is None:
        return ""
    sentence = _NAMES_OF if metric.kind is Kind.NAMES else _REDUCED[metric.reducer]
    return sentence.format(source=metric.source or "the setting")


def in_short(metric: Metric) -> str:
    """Say what a metric's values look like, in a few words: long lists by their length.

    Example:
        >>> from types import SimpleNamespace
        >>> words = tuple(f"word {number}" for number in range(80))
        >>> in_short(SimpleNamespace(kind=Kind.CHOICE, choices=words, lists={"choices": words}))
        'one of 80 words'
    """
    words = sum(len(words) for words in metric.lists.values())
    if words <= FEW:
        return form(metric)
    match metric.kind:
        case Kind.CHOICE:
            return f"one of {words:,} words"
        case Kind.NAMES:
            return f"which of {words:,} names"
        case Kind.LABELLED:
            return f"a number for each of {words:,} labels"
        case _:
            return f"a number by {' and '.join(metric.extras)}"


def steps(metric: Metric) -> tuple[str, ...]:
    """Name the buckets of a metric by where they begin.

    Example:
        >>> from types import SimpleNamespace
        >>> steps(SimpleNamespace(kind=Kind.QUANTITY, buckets=(0, 1, 10, 1000)))
        ('0', '1 to 9', '10 to 999', '1,000 or more')
        >>> steps(SimpleNamespace(kind=Kind.TIMING, buckets=(0, 250, 3000, 60_000)))
        ('below 250 ms', 'from 250 ms', 'from 3 s', 'from 1 min')
    """
    others = metric.buckets[1:]
    if metric.kind is Kind.TIMING:
        below = f"below {_time(others[0])}" if others else "any"
        return (below, *(f"from {_time(bound)}" for bound in others))
    named = [_step(low, high - 1) for low, high in pairwise(metric.buckets)]
    return (*named, f"{metric.buckets[-1]:,} or more")


def list_title(place: str) -> str:
    """Name a closed list by its place in ``Metric.lists``.

    Example:
        >>> list_title("names"), list_title("extras.result")
        ('Names', 'Words of result')
    """
    return LISTS.get(place) or f"Words of {place.removeprefix('extras.')}"


def at_most(metric: Metric) -> str:
    """Say how far the counts of each label or combination go.

    Example:
        >>> from types import SimpleNamespace
        >>> at_most(SimpleNamespace(largest=5000, by_day=True))
        '5,000 of each per day.'
    """
    return f"{metric.largest:,} of each per {'day' if metric.by_day else 'week'}."


def in_time(metric: Metric) -> str:
    """Say how finely a metric is kept in time."""
    if metric.by_day:
        return "Kept per day; no time of day is noted down."
    if metric.kind.adds_up:
        return "Kept per week; no day is noted down."
    return "Said once a week."


def hidden_below(threshold: int) -> str:
    """Say which groups are never published.

    Example:
        >>> hidden_below(10)
        'Groups of fewer than 10 reports are never shown.'
    """
    if threshold == 1:
        return "Nothing is hidden: a single report may be shown."
    return f"Groups of fewer than {threshold:,} reports are never shown."


def how_sure(metric: Metric) -> str:
    """Say how sure the answer must be; ``""`` if nobody asked.

    Example:
        >>> from types import SimpleNamespace
        >>> how_sure(SimpleNamespace(kind=Kind.FLAG, accuracy=0.05, until_answered=False))
        'Within 5 points of a hundred, with 95 % confidence.'
    """
    if metric.accuracy is None:
        return ""
    shares = metric.kind.one_key and not metric.kind.is_number
    of = "points of a hundred" if shares else "% of its mean"
    end = " Then it ends by itself." if metric.until_answered else ""
    return f"Within {100 * metric.accuracy:g} {of}, with 95 % confidence.{end}"


def versions(metric: Metric) -> str:
    """Say which versions of the product measure it."""
    match metric.since, metric.until:
        case "", "":
            return "All versions of the program."
        case since, "":
            return f"Version {since} and later."
        case "", until:
            return f"Up to version {until}."
        case _:
            return f"Versions {metric.since} to {metric.until}."


def _time(milliseconds: int) -> str:
    size, unit = next(unit for unit in _TIMES if milliseconds % unit[0] == 0)
    return f"{milliseconds // size:,} {unit}"


def _step(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
