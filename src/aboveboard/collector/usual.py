"""Enters: a registry. Leaves: types that only its usual reports fit, and the facts of those.

Most reports are plain: each entry is of a metric that is known, and says what it may. For them the
decoder is the check: every metric has a type of its own, with its bounds, words and keys. What does
not fit is refused by nobody here; ``verify`` looks at it more closely.
"""

from __future__ import annotations

from itertools import product
from operator import attrgetter
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NamedTuple,
    Protocol,
    TypeAlias,
    Union,
    cast,
)

import msgspec

from aboveboard.collector.records import Record, RecordFact, RecordTable
from aboveboard.model.metric import Kind
from aboveboard.registry import bounds
from aboveboard.wires.native import FORMAT, MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aboveboard.collector.checkers import Checker
    from aboveboard.collector.spans import Span
    from aboveboard.model.metric import Metric


MOST_KNOWN = 100
"""Versions of a metric that are not looked at again; strangers name many more than there are."""
_NAME, _PLACE = attrgetter("name"), attrgetter("name", "day")


class States(Protocol):
    """What each value of a metric says."""

    def get(self, value: Any, /) -> RecordFact | None:  # noqa: ANN401 as the metric's kind has it
        """Give the fact; None if it is no value of the metric."""
        ...


class Entry(Protocol):
    """What the entries of all metrics have in common.

    Attributes:
        name: the metric's.
        day: as it is written; None where entries of the metric have none.
        states: what each value says, where a value is no count.
        most: key to its largest count, where keys differ in it.
    """

    name: str
    day: str | None
    value: Any
    states: States | None
    most: Mapping[str, int] | None


class Report(Protocol):
    """A report of such entries; its texts but for those of its entries are any."""

    id: str
    app: str
    period: str
    entries: list[Entry]
    withdrawal: str | None


class Terms(NamedTuple):
    """What is left to ask of the usual entries of a week.

    Attributes:
        week: as it is written.
        days: the week's, and None.
        barred: metrics that are not among them: they end before the week does, or are answered.
    """

    week: str
    days: frozenset[str | None]
    barred: frozenset[str]


def terms(made: Mapping[str, Checker], span: Span, answered: frozenset[str]) -> Terms:
    """Give what is left to ask of entries of a week.

    Args:
        made: all checkers of the registry.
        span: the week.
        answered: the metrics that ended because their question is answered.
    """
    ended = {name for name, each in made.items() if each.last < max(span.days)}
    return Terms(span.week, span.days | {None}, answered | ended)


def decoder(
    app: str, metrics: Iterable[Metric], versions: Iterable[str]
) -> Callable[[bytes], Report] | None:
    """Make what reads the usual reports of an app, and raises ``ValueError`` at any other.

    Args:
        app: the product.
        metrics: those that reports may name.
        versions: the fingerprints of registries that they may name.

    Returns:
        None if there is no usual report.
    """
    if not (known := tuple(versions)):
        return None
    types = [made for metric in metrics if (made := _entry_type(metric)) is not None]
    if not types:
        return None
    entry: Any = Union[tuple(types)]  # noqa: UP007 made as it runs
    entries: Any = list[entry]
    report = msgspec.defstruct(
        "UsualReport",
        [
            ("format", Literal[FORMAT]),
            ("id", str),
            ("app", Literal[app]),
            ("period", str),
            ("registry", Literal[known]),
            ("entries", Annotated[entries, msgspec.Meta(min_length=1, max_length=MOST_ENTRIES)]),
            ("withdrawal", str | None, None),
        ],
        forbid_unknown_fields=True,
        gc=False,
        frozen=True,
    )
    return cast("Callable[[bytes], Report]", msgspec.json.Decoder(report).decode)


def record_of(report: Report, asked: Terms, today: str) -> Record | None:
    """Make the record of a usual report; None if anything of its entries is unusual after all.

    Args:
        report: its id and its token are for the caller to look at.
        asked: what is asked of the entries of its week.
        today: the day on which it came.
    """
    entries = report.entries
    week, days, barred = asked
    if barred and not barred.isdisjoint(map(_NAME, entries)):
        return None
    # Of each metric one is what most reports have, and is told apart sooner.
    if len(set(map(type, entries))) < len(entries) > len(set(map(_PLACE, entries))):
        return None
    facts: list[RecordFact] = []
    tables: list[RecordTable] = []
    for entry in entries:
        value = entry.value
        if (states := entry.states) is not None:
            if (fact := states.get(value)) is None:
                return None
            facts.append(fact)
        elif (day := entry.day) not in days:
            return None
        elif type(value) is int:
            facts.append(RecordFact(entry.name, day, "", value))
        elif (most := entry.most) is None or all(value[key] <= most[key] for key in value):
            tables.append(RecordTable(entry.name, day, [*value], [*value.values()]))
        else:
            return None
    return Record(report.id, report.app, week, today, facts, w=report.withdrawal, tables=tables)


class _Versions:
    """What each version says."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._known: dict[str, RecordFact] = {}

    def get(self, version: str) -> RecordFact | None:
        """Give the fact; None if it is no version."""
        fact = self._known.get(version)
        if fact is None and bounds.is_key(self._metric, version):
            fact = RecordFact(self._metric.name, None, version)
            if len(self._known) < MOST_KNOWN:
                self._known[version] = fact
        return fact


def _entry_type(metric: Metric) -> type | None:
    """Make the type of a metric's entries; None if there is none that is check enough."""
    value, states, most = _FORMS[metric.kind](metric)
    if value is None:
        return None
    day: list[tuple[str, type]] = [("day", str)] if metric.by_day else []
    namespace = {"name": metric.name, "states": states, "most": most}
    return msgspec.defstruct(
        "UsualEntry",
        [("value", value), *day],
        namespace=namespace if day else {**namespace, "day": None},
        tag_field="metric",
        tag=metric.name,
        forbid_unknown_fields=True,
        gc=False,
        frozen=True,
    )


_Form: TypeAlias = "tuple[Any, States | None, Mapping[str, int] | None]"
"""The type of a value, and an entry's ``states`` and ``most``."""
_NO_FORM: _Form = (None, None, None)


def _up_to(largest: int) -> Any:  # noqa: ANN401 a type that is made as it runs
    return Annotated[int, msgspec.Meta(ge=1, le=largest)]


def _number(metric: Metric) -> _Form:
    return _up_to(metric.largest), None, None


def _state(metric: Metric, values: Mapping[Any, str]) -> _Form:
    states = {value: RecordFact(metric.name, None, key) for value, key in values.items()}
    return Literal[tuple(values)], states, None


def _flag(metric: Metric) -> _Form:
    _, states, most = _state(metric, {True: "true", False: "false"})
    return bool, states, most


def _version(metric: Metric) -> _Form:
    return str, _Versions(metric), None


def _table(metric: Metric, keys: tuple[str, ...]) -> _Form:
    most = {key: bounds.most_per_key(metric, key) for key in keys}
    largest = max(most.values())
    counts: Any = dict[cast("Any", Literal[keys]), _up_to(largest)]  # type: ignore[misc]
    some = Annotated[counts, msgspec.Meta(min_length=1)]
    return some, None, None if set(most.values()) == {largest} else most


def _labelled(metric: Metric) -> _Form:
    return _NO_FORM if metric.by_version else _table(metric, metric.labels)


def _event(metric: Metric) -> _Form:
    lists = sorted(metric.extras.items())
    said = product(*([f"{name}={word}" for word in words] for name, words in lists))
    return _table(metric, tuple(map(",".join, said)))


_FORMS: dict[Kind, Callable[[Metric], _Form]] = {
    Kind.COUNTER: _number,
    Kind.SECONDS: _number,
    Kind.FLAG: _flag,
    Kind.CHOICE: lambda metric: _state(metric, {word: word for word in metric.choices}),
    Kind.VERSION: _version,
    Kind.QUANTITY: lambda metric: _state(metric, {each: str(each) for each in metric.buckets}),
    Kind.NAMES: lambda metric: _table(metric, metric.names),
    Kind.TIMING: lambda metric: _table(metric, tuple(map(str, metric.buckets))),
    Kind.DISTRIBUTION: lambda metric: _table(metric, tuple(map(str, metric.buckets))),
    Kind.LABELLED: _labelled,
    Kind.EVENT: _event,
    Kind.ERROR: lambda _: _NO_FORM,
}
