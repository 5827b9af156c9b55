"""Enters: one metric's table. Leaves: a Metric; problems are noted down in the table's list."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.model.metric import (
    Approval,
    Kind,
    Metric,
    Outcome,
    Period,
    Plugin,
    Rate,
    Reducer,
    Sensitivity,
    Status,
    Translation,
)
from aboveboard.registry.bound_fields import read_bounds
from aboveboard.registry.fields import Fields
from aboveboard.registry.names import METRIC_NAME, SOURCE, UNIT, VERSION
from aboveboard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

REDUCES_TO = {
    Reducer.FLAG: {Kind.FLAG},
    Reducer.IS_SET: {Kind.FLAG},
    Reducer.IS_DEFAULT: {Kind.FLAG},
    Reducer.COUNT_OF: {Kind.QUANTITY},
    Reducer.ONE_OF: {Kind.CHOICE, Kind.NAMES},
    Reducer.BUCKET: {Kind.QUANTITY},
    Reducer.VERSION: {Kind.VERSION},
}
"""Which kinds a reducer makes."""

RATED = frozenset({Kind.COUNTER, Kind.LABELLED})
"""The kinds of which one metric can be a part of another."""
SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Around:
    """What a product's file says around its metrics.

    Attributes:
        levels: the levels of consent that it names.
        languages: the languages that a metric may be translated into.
        signed: whether signatures decide what is approved, so that the file need not say it.
    """

    levels: Mapping[str, str]
    languages: Sequence[str] = ()
    signed: bool = False


def read_metric(name: str, fields: Fields, around: Around, plugin: Plugin | None = None) -> Metric:
    """Read one metric.

    Args:
        name: its name, the key of its table.
        fields: its table.
        around: what the product says around it.
        plugin: the plug-in whose file it stands in, or None.

    Returns:
        The metric; meaningless if problems were added to the table's list.
    """
    if not METRIC_NAME.fullmatch(name):
        text = "a metric's name is group.name, lower-case letters, digits and underscores."
        fields.problem("bad_name", "", text, "Choose such a name, at most 60 characters.")
    kind = _kind(fields)
    status = _status(fields, around)
    expires, because = _expires(fields)
    metric = Metric(
        name=name,
        kind=kind,
        title=fields.text("title", longest=60),
        question=fields.text("question"),
        decision=fields.text("decision"),
        owner=fields.text("owner"),
        review=fields.link("review"),
        approved=_approval(fields, needed=status is not Status.PROPOSED and not around.signed),
        expires=expires,
        never_expires_because=because,
        level=_level(fields, around.levels),
        threshold=fields.number("threshold", 1, 1_000_000, 10),
        status=status,
        sensitivity=_sensitivity(fields),
        unit=_unit(fields),
        period=_period(kind, fields),
        reducer=_reducer(kind, fields),
        source=_source(fields),
        correlates_with=fields.words("correlates_with", METRIC_NAME, "names of metrics"),
        accuracy=fields.fraction("accuracy", 0.001, 0.5),
        until_answered=_until_answered(fields),
        rate=_rate(kind, fields),
        example=_example(fields),
        since=_version(fields, "since"),
        until=_version(fields, "until"),
        aliases=fields.words("aliases", METRIC_NAME, "names of metrics"),
        translations=_translations(fields, around.languages),
        outcomes=_outcomes(fields),
        plugin=plugin,
        allow=read_allow(fields),
        **read_bounds(kind, fields),
    )
    _check_level(fields, "message_level", metric.message_level, around.levels)
    agreed = metric.approved
    if expires is not None and agreed is not None and expires < agreed.day:
        text = "it ends before it was approved."
        fields.problem("ends_before_it_begins", "expires", text, "Correct one of the two days.")
    fields.no_more()
    return metric


def read_allow(fields: Fields) -> Mapping[str, str]:
    """Read the checks that are switched off, each with its reason."""
    table = fields.sub("allow", required=False)
    reasons = {code: table.text(code) for code in table.table}
    for code, reason in reasons.items():
        if 0 < len(reason) < SHORTEST_REASON:
            table.problem("empty", code, "this is no reason.", "Say why the check is wrong here.")
    return MappingProxyType(reasons)


def _kind(fields: Fields) -> Kind:
    word = fields.text("kind")
    if word in list(Kind):
        return Kind(word)
    if word:
        text = f"there is no kind {word[:20]!r}."
        fields.problem("unknown_kind", "kind", text, f"Use one of: {', '.join(Kind)}.")
    return Kind.FLAG


def _status(fields: Fields, around: Around) -> Status:
    usual = Status.PROPOSED if around.signed else Status.APPROVED
    word = fields.text("status", default=usual.value)
    if word in list(Status):
        return Status(word)
    fields.problem("unknown_status", "status", "there is none.", f"Use {', '.join(Status)}.")
    return Status.PROPOSED


def _sensitivity(fields: Fields) -> Sensitivity | None:
    if not fields.has("sensitivity"):
        return None
    word = fields.text("sensitivity")
    if word in list(Sensitivity):
        return Sensitivity(word)
    text = "there is no such sensitivity."
    fields.problem("unknown_sensitivity", "sensitivity", text, f"Use {', '.join(Sensitivity)}.")
    return None


def _unit(fields: Fields) -> str:
    unit = fields.text("unit", longest=30) if fields.has("unit") else ""
    if unit and not UNIT.fullmatch(unit):
        text = "a unit is a plain word or two, such as files."
        fields.problem("bad_name", "unit", text, "Write such a word.")
    return unit


def _period(kind: Kind, fields: Fields) -> Period:
    usual = Period.DAY if kind.adds_up else Period.WEEK
    word = fields.text("period", default=usual.value)
    if word not in list(Period):
        fields.problem("unknown_period", "period", "there is none.", f"Use {', '.join(Period)}.")
    elif word == Period.DAY and not kind.adds_up:
        text = f"a {kind.value} is said once a week."
        fields.problem("unknown_period", "period", text, "Remove it.")
    else:
        return Period(word)
    return usual


def _reducer(kind: Kind, fields: Fields) -> Reducer | None:
    if not fields.has("reducer"):
        return None
    word = fields.text("reducer")
    if word not in list(Reducer):
        text = "there is no such reducer."
        fields.problem("unknown_reducer", "reducer", text, f"Use {', '.join(Reducer)}.")
    elif kind not in REDUCES_TO[Reducer(word)]:
        kinds = " or ".join(sorted(REDUCES_TO[Reducer(word)]))
        text = f"it makes a {kinds}, and this is a {kind.value}."
        fields.problem("reducer_of_another_kind", "reducer", text, "Change one of the two.")
    else:
        return Reducer(word)
    return None


def _source(fields: Fields) -> str:
    source = fields.text("source", longest=120) if fields.has("source") else ""
    if source and not SOURCE.fullmatch(source):
        text = "it is no name of a setting, such as mail.server."
        fields.problem("bad_name", "source", text, "Write letters, digits, dots and the like.")
    if source and not fields.has("reducer"):
        text = "nothing says how that setting is reduced."
        fields.problem("missing", "reducer", text, "Add a reducer, such as is_set.")
    return source


def _until_answered(fields: Fields) -> bool:
    value = fields.yes("until_answered")
    if value and not fields.has("accuracy"):
        text = "nobody says when its question is answered."
        fields.problem(
            "missing", "accuracy", text, "Say how sure the answer must be, such as 0.05."
        )
    return value


def _rate(kind: Kind, fields: Fields) -> Rate | None:
    if not fields.has("rate"):
        return None
    table = fields.sub("rate")
    rate = Rate(
        table.text("of", longest=60),
        table.text("title", longest=60),
        table.text("question"),
        table.yes("rest"),
    )
    table.no_more()
    if kind not in RATED:
        text = f"a {kind.value} is no part of another metric."
        kinds = " or ".join(sorted(RATED))
        fields.problem("rate_of_another_kind", "rate", text, f"Remove it, or count with a {kinds}.")
    return rate


def _outcomes(fields: Fields) -> tuple[Outcome, ...]:
    items = fields.items("outcomes") if fields.has("outcomes") else []
    found = []
    for place, item in enumerate(items):
        where = f"{fields.place}.outcomes.{place}"
        if not isinstance(item, dict):
            fields.problem("wrong_type", "outcomes", "it is no list of tables.", "Write tables.")
            continue
        table = Fields(item, where, fields.problems)
        outcome = Outcome(
            table.day("on"),
            table.text("learnt", default="") if table.has("learnt") else "",
            table.text("decided", default="") if table.has("decided") else "",
            table.link("where"),
        )
        if not outcome.learnt and not outcome.decided:
            table.problem("missing", "learnt", "it says nothing.", "Add learnt, decided or both.")
        table.no_more()
        found.append(outcome)
    return tuple(sorted(found, key=lambda outcome: outcome.day))


def _example(fields: Fields) -> bool | int | str | None:
    fields.seen.add("example")
    value = fields.table.get("example")
    if value is None or isinstance(value, bool | int | str):
        return value
    fields.problem("wrong_type", "example", "it is no value of a report.", "Write one.")
    return None


def _version(fields: Fields, name: str) -> str:
    version = fields.text(name, longest=20) if fields.has(name) else ""
    if version and not VERSION.fullmatch(version):
        text = "it is no version such as 2.1."
        fields.problem("bad_version", name, text, "Write one to three numbers with dots between.")
    return version


def _translations(fields: Fields, languages: Sequence[str]) -> Mapping[str, Translation]:
    tables = fields.sub("translations", required=False)
    found: dict[str, Translation] = {}
    for language in tables.table:
        table = tables.sub(language)
        if language not in languages:
            text = "the product does not name this language."
            tables.problem("unknown_language", language, text, "Add it to product.languages.")
        found[language] = Translation(table.text("title", longest=60), table.text("question"))
        table.no_more()
    return MappingProxyType(found)


def _level(fields: Fields, levels: Mapping[str, str]) -> str:
    level = fields.text("level")
    _check_level(fields, "level", level, levels)
    return level


def _check_level(fields: Fields, key: str, level: str, levels: Mapping[str, str]) -> None:
    if level and level not in levels:
        known = ", ".join(levels) or "none yet"
        text = "the product names no such level."
        fields.problem("unknown_level", key, text, f"Use one of product.levels: {known}.")


def _expires(fields: Fields) -> tuple[date | None, str]:
    if isinstance(fields.table.get("expires"), dict):
        never = fields.sub("expires")
        because = never.text("never")
        never.no_more()
        return None, because
    return fields.day("expires"), ""


def _approval(fields: Fields, *, needed: bool) -> Approval | None:
    if not needed and not fields.has("approved"):
        return None
    approved = fields.sub("approved")
    approval = Approval(approved.day("on"), approved.text("by"), approved.link("where"))
    approved.no_more()
    return approval
