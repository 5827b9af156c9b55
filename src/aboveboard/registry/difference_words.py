"""Enters: the difference of two registries. Leaves: a sentence for each change, for people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.model.metric import Kind, Status
from aboveboard.registry.change import Code, Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    match metric.kind:
        case Kind.COUNTER:
            return f"a number of each day, at most {metric.largest:,}"
        case Kind.FLAG:
            return "yes or no"
        case Kind.CHOICE:
            return f"one of: {', '.join(metric.choices)}"
        case Kind.VERSION:
            return f"{_parts(metric.precision)} of the version"
        case _:
            return f"how long it takes, in {len(metric.buckets)} steps"


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


_TRAVELS = {Code.TRAVELS_WITH_MORE, Code.TRAVELS_WITH_LESS}
_LABELS: Mapping[Kind | Status, str] = {
    Kind.COUNTER: "a number",
    Kind.FLAG: "yes or no",
    Kind.CHOICE: "one of a list of words",
    Kind.VERSION: "a version",
    Kind.TIMING: "a time",
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
    Code.CHOICES_ADDED: "new choices: {after}",
    Code.CHOICES_REMOVED: "removed choices: {before}",
    Code.CHOICES_ORDER: "its choices now stand in the order {after}",
    Code.PRECISION_HIGHER: _FINER,
    Code.PRECISION_LOWER: _FINER,
    Code.LARGEST_HIGHER: _LARGEST,
    Code.LARGEST_LOWER: _LARGEST,
    Code.BUCKETS_FINER: "now told in finer steps: {after} ms instead of {before} ms",
    Code.BUCKETS_COARSER: "now told in coarser steps: {after} ms instead of {before} ms",
    Code.BUCKETS_MOVED: "now told in other steps: {after} ms instead of {before} ms",
    Code.THRESHOLD_LOWER: _GROUPS,
    Code.THRESHOLD_HIGHER: _GROUPS,
    Code.SENSITIVITY_RAISED: _CLOSE,
    Code.SENSITIVITY_LOWERED: _CLOSE,
    Code.SENSITIVITY_SAID: _CLOSE,
    Code.UNIT: f"its unit is now {_INSTEAD}",
    Code.TRAVELS_WITH_MORE: "may now travel together with {after}",
    Code.TRAVELS_WITH_LESS: "no longer travels together with {before}",
    Code.ACCURACY: f"how sure its answer must be: now {_INSTEAD}",
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
    Code.COLLECTOR_KEY: f"Reports are now sealed for the key {_INSTEAD}",
    Code.COLLECTOR_SEALED: "Reports are now sealed, for the key {after}",
    Code.COLLECTOR_UNSEALED: "Reports are no longer sealed for the key {before}",
    Code.ALLOW: f"The product: the check {_SWITCHED}",
    Code.PLUGIN_ADDED: "New plug-in {last}: {after}",
    Code.PLUGIN_REMOVED: "Removed plug-in {last}: {before}",
    Code.PLUGIN_CHANGED: f"The plug-in {{last}} is now {_INSTEAD}",
}
