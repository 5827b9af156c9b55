"""Enters: the difference of two registries. Leaves: a sentence for each change, for people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.metric import Kind, Status
from aboveboard.registry.change import Code, Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.registry.change import Change, Detail, Difference

Titles: TypeAlias = "Mapping[str, str]"


def words(difference: Difference) -> list[str]:
    """Say what changed, a sentence for each change, in their order.

    Example:
        >>> from aboveboard.registry.change import Change, Difference
        >>> change = Change(Code.CONTACT, "product.contact", "Ana", "Ben", Effect.NEUTRAL)
        >>> words(Difference((change,)))
        ['The product: questions now go to Ben instead of Ana.']
    """
    return [sentence(change, difference.titles) for change in difference.changes]


def sentence(change: Change, titles: Titles) -> str:
    """Say one change.

    Args:
        change: what changed.
        titles: the titles of the metrics it may speak of, by name.
    """
    if change.metric is None:
        return _fill(f"{_PRODUCT[change.code]}.", change, titles)
    if change.code in {Code.NEW, Code.MEASURED}:
        return _new(change.metric, "New" if change.code is Code.NEW else "Measured from now on")
    if change.code is Code.REMOVED and change.effect is Effect.NEUTRAL:
        return _fill("Removed: {subject}, which was not measured.", change, titles)
    text = _WHOLE.get(change.code) or f"{{subject}}: {_METRIC[change.code]}."
    return _fill(text, change, titles)


def form(metric: Metric) -> str:
    """Say what a metric's values look like.

    Example:
        >>> from datetime import date
        >>> from aboveboard.model.metric import Approval, Metric
        >>> agreed = Approval(date(2026, 1, 1), "", "")
        >>> form(Metric("file.opened", Kind.COUNTER, "", "", "", "", "", agreed, None, "usage"))
        'a number of each day, at most 1,000,000'
    """
    return _FORMS[metric.kind](metric)


def _new(metric: Metric, head: str) -> str:
    end = f"until {metric.expires.isoformat()}" if metric.expires else "without an end"
    return (
        f"{head}: {metric.title or metric.name} ({form(metric)}, {end}), because of the question "
        f"“{metric.question}” What it decides: {metric.decision}"
    )


def _fill(text: str, change: Change, titles: Titles) -> str:
    metric = change.metric
    reason = metric.never_expires_because if metric and change.after is None else ""
    return text.format(
        subject=change.subject,
        before=_said(change.before, change, titles),
        after=_said(change.after, change, titles),
        form=form(metric) if metric else "",
        because=f", because “{reason}”" if reason else "",
        last=change.place.rpartition(".")[2],
        ms=" ms" if metric and metric.kind is Kind.TIMING else "",
    )


def _said(detail: Detail, change: Change, titles: Titles) -> str:
    match detail:
        case None | "" | ():
            return _NOTHING.get(change.code, "nothing")
        case tuple():
            known = titles if change.code in _TRAVELS else {}
            return ", ".join(known.get(str(part), str(part)) for part in detail)
        case Kind() | Status():
            return _LABELS[detail]
        case bool() | int() | float():
            return _number(detail, change)
        case date():
            return f"until {detail.isoformat()}"
        case _:
            return str(detail)


def _number(detail: float, change: Change) -> str:
    match detail:
        case bool():
            return "yes" if detail else "no"
        case int():
            return f"{detail:,}"
        case _:
            relative = change.metric is not None and change.metric.kind is Kind.COUNTER
            return f"±{100 * detail:g} {'%' if relative else 'points'}"


def _parts(precision: int) -> str:
    return "1 part" if precision == 1 else f"{precision} parts"


def _each(metric: Metric) -> str:
    return "of each day" if metric.by_day else "of each week"


def _message(metric: Metric) -> str:
    return ", with a scrubbed message" if metric.message_level else ""


def _some(words: tuple[str, ...]) -> str:
    """Say a list; a long one by its beginning."""
    if len(words) <= MOST_SAID:
        return ", ".join(words)
    return f"{', '.join(words[:FIRST_SAID])} and {len(words) - FIRST_SAID} more"


def _labels(metric: Metric) -> str:
    if metric.by_version:
        return f"version, by {_parts(metric.precision)} of it"
    return f"of: {_some(metric.labels)}"


def _extras(metric: Metric) -> str:
    return "; ".join(f"{name}: {_some(words)}" for name, words in metric.extras.items())


_FORMS: Mapping[Kind, Callable[[Metric], str]] = {
    Kind.COUNTER: lambda m: f"a number {_each(m)}, at most {m.largest:,}",
    Kind.SECONDS: lambda m: f"seconds in use {_each(m)}, at most {m.largest:,}",
    Kind.FLAG: lambda _: "yes or no",
    Kind.CHOICE: lambda m: f"one of: {_some(m.choices)}",
    Kind.VERSION: lambda m: f"{_parts(m.precision)} of the version",
    Kind.QUANTITY: lambda m: f"how many, in {len(m.buckets)} steps",
    Kind.NAMES: lambda m: f"which of: {_some(m.names)}",
    Kind.TIMING: lambda m: f"how long it takes, in {len(m.buckets)} steps",
    Kind.DISTRIBUTION: lambda m: f"how large it is, in {len(m.buckets)} steps",
    Kind.LABELLED: lambda m: f"a number {_each(m)} for each {_labels(m)}",
    Kind.EVENT: lambda m: f"a number {_each(m)} by {_extras(m)}",
    Kind.ERROR: lambda m: (
        f"how often it broke at each place in the code, a number {_each(m)}{_message(m)}"
    ),
}


MOST_SAID = 12
"""Lists up to that length are said whole, longer ones by their first words."""
FIRST_SAID = 8
_TRAVELS = {Code.TRAVELS_WITH_MORE, Code.TRAVELS_WITH_LESS}
_LABELS: Mapping[Kind | Status, str] = {
    Kind.COUNTER: "a number",
    Kind.FLAG: "yes or no",
    Kind.CHOICE: "one of a list of words",
    Kind.VERSION: "a version",
    Kind.QUANTITY: "an amount in steps",
    Kind.NAMES: "some of a list of names",
    Kind.TIMING: "a time",
    Kind.DISTRIBUTION: "sizes in steps",
    Kind.LABELLED: "a number for each of a list of labels",
    Kind.EVENT: "a number for each combination of a few lists",
    Kind.SECONDS: "seconds in use",
    Kind.ERROR: "fingerprints of errors",
    Status.PROPOSED: "under discussion",
    Status.APPROVED: "approved",
    Status.RETIRED: "given up",
}
_NOTHING = {
    Code.EXPIRES_LATER: "without an end",
    Code.EXPIRES_EARLIER: "without an end",
    Code.SINCE_EARLIER: "the first version",
    Code.SINCE_LATER: "the first version",
    Code.UNTIL_LATER: "the last version",
    Code.UNTIL_EARLIER: "the last version",
    Code.SENSITIVITY_RAISED: "not said",
    Code.SENSITIVITY_LOWERED: "not said",
    Code.SENSITIVITY_SAID: "not said",
    Code.ACCURACY: "not said",
    Code.APPROVED: "given by nobody",
    Code.INSTALLS: "an unknown number of",
    Code.PLUGIN: "the product itself",
    Code.ALLOW: "none",
}
_INSTEAD = "{after} instead of {before}"
_FINER = "now kept as {form} instead of {before}"
_UNTIL = f"now measured {_INSTEAD}{{because}}"
_SINCE = f"now measured by versions from {_INSTEAD}"
_UP_TO = f"now measured by versions up to {_INSTEAD}"
_GROUPS = f"now published for groups of {_INSTEAD}"
_LARGEST = f"the largest number of a day is now {_INSTEAD}"
_CLOSE = f"how close it comes to a person is now called {_INSTEAD}"
_EVERY = "Reports now leave every {after} instead of every {before}"
_SWITCHED = "{last}: the reason to switch it off is now “{after}” instead of “{before}”"

_WHOLE: Mapping[Code, str] = {
    Code.LISTED: "Listed, not measured: {subject}.",
    Code.REMOVED: "Removed: {subject}.",
    Code.RENAMED: "Renamed: {subject} is called {after} in reports instead of {before}.",
    Code.NOT_MEASURED: "No longer measured: {subject}.",
}
_METRIC: Mapping[Code, str] = {
    Code.STATUS: f"not measured as before; it is {_INSTEAD}",
    Code.KIND: "now measured as {form}, instead of {before}",
    Code.TITLE: "this is its title instead of “{before}”",
    Code.QUESTION: "its question is now “{after}” instead of “{before}”",
    Code.DECISION: "what it decides is now “{after}” instead of “{before}”",
    Code.OWNER: f"{_INSTEAD} now answers for it",
    Code.REVIEW: f"its discussion can now be read at {_INSTEAD}",
    Code.APPROVED: f"its approval is now {_INSTEAD}",
    Code.EXPIRES_LATER: _UNTIL,
    Code.EXPIRES_EARLIER: _UNTIL,
    Code.NEVER_EXPIRES_BECAUSE: "measured without an end, now because “{after}”",
    Code.LEVEL: "now belongs to the level {after} instead of {before}",
    Code.CHOICES_ADDED: "new {last}: {after}",
    Code.CHOICES_REMOVED: "removed {last}: {before}",
    Code.CHOICES_ORDER: "its {last} now stand in the order {after}",
    Code.PERIOD_FINER: "now kept per {after} instead of per {before}",
    Code.PERIOD_COARSER: "now kept per {after} instead of per {before}",
    Code.MESSAGE_ADDED: "a scrubbed message may now travel with it, under the level {after}",
    Code.MESSAGE_LEVEL: f"its scrubbed message now travels under the level {_INSTEAD}",
    Code.MESSAGE_REMOVED: "no message travels with it any more; one did under the level {before}",
    Code.REDUCER: f"what is made of the setting is now {_INSTEAD}",
    Code.SOURCE: f"the setting that it looks at is now {_INSTEAD}",
    Code.OUTCOMES: f"what came of it is now told as {_INSTEAD}",
    Code.PRECISION_HIGHER: _FINER,
    Code.PRECISION_LOWER: _FINER,
    Code.LARGEST_HIGHER: _LARGEST,
    Code.LARGEST_LOWER: _LARGEST,
    Code.BUCKETS_FINER: "now told in finer steps: {after}{ms} instead of {before}{ms}",
    Code.BUCKETS_COARSER: "now told in coarser steps: {after}{ms} instead of {before}{ms}",
    Code.BUCKETS_MOVED: "now told in other steps: {after}{ms} instead of {before}{ms}",
    Code.THRESHOLD_LOWER: _GROUPS,
    Code.THRESHOLD_HIGHER: _GROUPS,
    Code.SENSITIVITY_RAISED: _CLOSE,
    Code.SENSITIVITY_LOWERED: _CLOSE,
    Code.SENSITIVITY_SAID: _CLOSE,
    Code.UNIT: f"its unit is now {_INSTEAD}",
    Code.TRAVELS_WITH_MORE: "may now travel together with {after}",
    Code.TRAVELS_WITH_LESS: "no longer travels together with {before}",
    Code.ACCURACY: f"how sure its answer must be: now {_INSTEAD}",
    Code.RATE: f"the share that is published with it is now {_INSTEAD}",
    Code.ENDS_WHEN_ANSWERED: "now ends by itself when its question is answered",
    Code.GOES_ON_WHEN_ANSWERED: "no longer ends by itself when its question is answered",
    Code.EXAMPLE: f"its example is now {_INSTEAD}",
    Code.SINCE_EARLIER: _SINCE,
    Code.SINCE_LATER: _SINCE,
    Code.UNTIL_LATER: _UP_TO,
    Code.UNTIL_EARLIER: _UP_TO,
    Code.ALIASES: f"the names it had before are now given as {_INSTEAD}",
    Code.TRANSLATION: "its words in the language {last} are now “{after}” instead of “{before}”",
    Code.PLUGIN: f"now brought by {_INSTEAD}",
    Code.ALLOW: f"the check {_SWITCHED}",
}
_PRODUCT: Mapping[Code, str] = {
    Code.PRODUCT: f"The product is now {_INSTEAD}",
    Code.PRODUCT_TITLE: f"The product is now called {_INSTEAD}",
    Code.HOMEPAGE: f"The product: its homepage is now {_INSTEAD}",
    Code.CONTACT: f"The product: questions now go to {_INSTEAD}",
    Code.POLICY: f"The product: its privacy policy is now at {_INSTEAD}",
    Code.NOTE: "The product: the note on its pages is now “{after}” instead of “{before}”",
    Code.LANGUAGES: f"The product: it now speaks to people in {_INSTEAD}",
    Code.INSTALLS: f"The product: {_INSTEAD} installs are now expected",
    Code.LEVEL_ADDED: "New level {last}: “{after}”",
    Code.LEVEL_REMOVED: "Removed level {last}: “{before}”",
    Code.LEVEL_REWORDED: "The level {last} now says “{after}” instead of “{before}”",
    Code.COLLECTOR_ADDED: "Reports now go to {after}; before, nothing was sent",
    Code.COLLECTOR_REMOVED: "Nothing is sent any more; before, reports went to {before}",
    Code.COLLECTOR_ADDRESS: f"Reports now go to {_INSTEAD}",
    Code.COLLECTOR_ADDRESS_GONE: f"Reports now go to {_INSTEAD}",
    Code.COLLECTOR_KEY_GONE: f"Reports are now sealed for the key {_INSTEAD}",
    Code.COLLECTOR_LOG: f"The transparency log is now signed by {_INSTEAD}",
    Code.COLLECTOR_MIRRORS: f"The transparency log is now mirrored at {_INSTEAD}",
    Code.COMMITTEE: f"The product: who approves metrics is now {_INSTEAD}",
    Code.SENDS_MORE_OFTEN: _EVERY,
    Code.SENDS_LESS_OFTEN: _EVERY,
    Code.ASKS_FOR_EARLIER: "The question is now about what was counted before the answer, too",
    Code.ASKS_NO_MORE_FOR_EARLIER: "The question is no longer about what was counted before the "
    "answer",
    Code.RAW_QUARANTINE: "What clients of others send and no metric knows may now be kept for some "
    "days, values and all",
    Code.NO_RAW_QUARANTINE: "What clients of others send and no metric knows is no longer kept "
    "with its values",
    Code.MOST_BITS: f"The product: a report may tell {_INSTEAD} bits of an install",
    Code.PRODUCT_WORDS: "The product: its words in the language {last} are now “{after}” instead "
    "of “{before}”",
    Code.COLLECTOR_KEY: f"Reports are now sealed for the key {_INSTEAD}",
    Code.COLLECTOR_SEALED: "Reports are now sealed, for the key {after}",
    Code.COLLECTOR_UNSEALED: "Reports are no longer sealed for the key {before}",
    Code.ALLOW: f"The product: the check {_SWITCHED}",
    Code.PLUGIN_ADDED: "New plug-in {last}: {after}",
    Code.PLUGIN_REMOVED: "Removed plug-in {last}: {before}",
    Code.PLUGIN_CHANGED: f"The plug-in {{last}} is now {_INSTEAD}",
}
