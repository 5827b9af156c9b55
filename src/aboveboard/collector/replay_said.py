"""Enters: a foreign message of the log, the registry in force. Leaves: what of it is accepted now.

A product may let the values of foreign messages wait that its registry does not know yet. Such a
message is read again by its wire and translated again, as if it came today; what it said before
stays as it was. What a sender's newest message replaced does not come back: the state is another
one by now.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from aboveboard.collector.aside import REPLAYABLE
from aboveboard.collector.foreign_asides import usual_part
from aboveboard.collector.foreign_days import counted_on
from aboveboard.collector.records import RecordFact, RecordMore
from aboveboard.collector.replay import left_of
from aboveboard.model.period import Week

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aboveboard.collector.records import RecordAside, RecordSaid
    from aboveboard.model.said import Said
    from aboveboard.registry.translate import Statement, Translator

    Reader = Callable[[str], Said | None]


class _Waiting(msgspec.Struct, gc=False):
    """What waits of a message, as ``collector/foreign.py`` wrote it.

    Attributes:
        part: which statement of the message it is; ``""`` for the usual one, whose name may have
            changed with that of the event.
        said: the message, as its wire writes it.
    """

    part: str
    said: msgspec.Raw


_WAITING = msgspec.json.Decoder(_Waiting)


class SaidAgain:
    """Tells foreign messages again.

    Args:
        translators: app to what translates its messages.
        readers: wire to what reads a message of it that waited.
    """

    def __init__(
        self, translators: Mapping[str, Translator], readers: Mapping[str, Reader]
    ) -> None:
        self._translators = translators
        self._readers = readers

    def again(
        self,
        record: RecordSaid,
        mores: Sequence[RecordMore] = (),
        wanted: Callable[[RecordAside], bool] = lambda _: True,
    ) -> RecordMore | None:
        """Translate again what waits of a message.

        Args:
            record: the message as it was kept.
            mores: what of it came back before.
            wanted: whether an entry may come back.

        Returns:
            What is accepted now; None if nothing is.
        """
        waiting = left_of(record.aside, mores)
        if record.who is not None or not waiting:
            return None
        found = self._translated(record.app, record.wire, waiting[0], record.day)
        if found is None:
            return None
        statement, day = found
        back = [aside for aside in _back(statement, waiting) if wanted(aside)]
        facts = [*record.facts, *record.sums, *(fact for more in mores for fact in more.facts)]
        known = {fact.m for fact in facts}
        told = [count for count in statement.counts if count.metric.name not in known]
        if not back or not told:
            return None
        new = [
            RecordFact(count.metric.name, day if count.by_day else None, count.key, count.times)
            for count in told
        ]
        return RecordMore(
            record.id,
            record.app,
            record.week,
            record.day,
            new,
            back,
            wire=record.wire,
            # What adds up and is told by week says nothing of a day.
            on_day=None if any(each.adds and not each.by_day for each in told) else record.on_day,
        )

    def would_come_back(
        self, app: str, wire: str, week: str, asides: Iterable[RecordAside]
    ) -> bool:
        """Whether any of some waiting entries is accepted now, as far as they tell alone."""
        arrived = Week.parse(week).last.isoformat()
        for aside in asides:
            found = self._translated(app, wire, aside, arrived)
            if found is not None and found[0].counts and _back(found[0], [aside]):
                return True
        return False

    def _translated(
        self, app: str, wire: str, aside: RecordAside, arrived: str
    ) -> tuple[Statement, str] | None:
        read, translator = self._readers.get(wire), self._translators.get(app)
        if read is None or translator is None or aside.r not in REPLAYABLE:
            return None
        try:
            waits = _WAITING.decode(aside.e or "")
        except msgspec.DecodeError:
            return None
        said = read(bytes(waits.said).decode())
        if said is None:
            return None
        day, _ = counted_on(said.at, date.fromisoformat(arrived))
        part = waits.part or usual_part(said)
        for statement in translator.translate(said, day):
            if statement.part == part:
                return statement, day.isoformat()
        return None


def _back(statement: Statement, waiting: Sequence[RecordAside]) -> list[RecordAside]:
    """Give what waits no longer; nothing, if something else is wrong with the message now."""
    wrong = {name for name, _ in statement.asides}
    if not wrong <= {aside.m for aside in waiting}:
        return []
    return [aside for aside in waiting if aside.m not in wrong]
