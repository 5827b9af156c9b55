"""Enters: a report of the log, the registry in force. Leaves: what of it is accepted by now.

The rules are those of step 8: what an entry says is judged as if it came today, with the report's
other entries beside it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from aboveboard.collector.aside import REPLAYABLE, entry_of
from aboveboard.collector.receive import Limits
from aboveboard.collector.records import RecordHad, RecordMore, facts_of
from aboveboard.collector.verify import Judge
from aboveboard.model.period import Week
from aboveboard.model.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aboveboard.collector.records import Record, RecordAside, RecordDetail, RecordFact
    from aboveboard.model.registry import Registry


class Judges:
    """Judge by the registries in force; each is made when it is asked for, which is seldom.

    Args:
        registries: app to registry.
    """

    def __init__(self, registries: Mapping[str, Registry]) -> None:
        self._registries = registries
        self._made: dict[str, Judge] = {}

    def get(self, app: str) -> Judge | None:
        """Give the judge of an app; None if the app is not served."""
        if app not in self._made and app in self._registries:
            self._made[app] = Judge(self._registries[app], Limits())
        return self._made.get(app)


def waiting(record: Record, mores: Iterable[RecordMore] = ()) -> list[RecordAside]:
    """Give the entries of a report that wait: what was set aside, less what came back since."""
    return left_of(record.aside, mores)


def left_of(asides: Iterable[RecordAside], mores: Iterable[RecordMore]) -> list[RecordAside]:
    """Give of what was set aside what is kept and has not come back since."""
    back = Counter(aside for more in mores for aside in more.back)
    left: list[RecordAside] = []
    for aside in asides:
        if back[aside]:
            back[aside] -= 1
        elif aside.e is not None:
            left.append(aside)
    return left


def quarantined(asides: Iterable[RecordAside]) -> dict[tuple[str, str], str]:
    """Give the rows of the quarantine that a report's waiting entries make.

    Returns:
        Metric and reason to the entries as one JSON array, in the order of their texts.

    Example:
        >>> from aboveboard.collector.records import RecordAside
        >>> texts = ['{"metric":"a.b","value":2}', '{"metric":"a.b","value":1}']
        >>> quarantined(RecordAside("a.b", "unknown_metric", text) for text in texts)
        {('a.b', 'unknown_metric'): '[{"metric":"a.b","value":1},{"metric":"a.b","value":2}]'}
    """
    rows: dict[tuple[str, str], list[str]] = {}
    for aside in asides:
        if aside.e is not None:
            rows.setdefault((aside.m, aside.r), []).append(aside.e)
    return {place: f"[{','.join(sorted(texts))}]" for place, texts in rows.items()}


def again(
    record: Record,
    judge: Judge,
    mores: Sequence[RecordMore] = (),
    wanted: Callable[[RecordAside], bool] = lambda _: True,
) -> RecordMore | None:
    """Judge a report's waiting entries again.

    Args:
        record: the report as it was accepted.
        judge: judges by the registry in force.
        mores: what of it came back before.
        wanted: whether an entry may come back.

    Returns:
        What is accepted now; None if nothing is.
    """
    facts = [*facts_of(record), *(fact for more in mores for fact in more.facts)]
    said = {(fact.m, fact.d) for fact in facts}
    more = RecordMore(record.id, record.app, record.week, record.day, [], [], wire=record.wire)
    week, left = Week.parse(record.week), []
    for aside in waiting(record, mores):
        found = _accepted(aside, judge, week, said) if wanted(aside) else None
        if found is None:
            left.append(aside)
            continue
        more.facts += found[0]
        more.details += found[1]
        more.back.append(aside)
    if not more.back:
        return None
    touched = {(aside.m, aside.r) for aside in more.back}
    more.stay = [aside for aside in left if (aside.m, aside.r) in touched]
    metrics = {aside.m for aside in more.back}
    had = sorted({(fact.m, fact.k) for fact in facts if fact.m in metrics})
    more.had = [RecordHad(*each) for each in had]
    return more


def _accepted(
    aside: RecordAside, judge: Judge, week: Week, said: set[tuple[str, str | None]]
) -> tuple[list[RecordFact], list[RecordDetail]] | None:
    if aside.r not in REPLAYABLE or (entry := entry_of(aside)) is None:
        return None
    place = (entry.metric, entry.day)
    found = judge.judge_entry(entry, week)
    if place in said or isinstance(found, Reason):
        return None
    said.add(place)
    return found


def would_come_back(judges: Judges, app: str, week: str, asides: Iterable[RecordAside]) -> bool:
    """Whether any of some waiting entries is accepted now, as far as they tell alone."""
    judge = judges.get(app)
    if judge is None:
        return False
    span = Week.parse(week)
    return any(_accepted(aside, judge, span, set()) is not None for aside in asides)
