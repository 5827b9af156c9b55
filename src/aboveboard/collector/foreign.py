"""Enters: messages of a foreign wire. Leaves: kept, or not, when it is true; it never raises.

What a wire knows a sender or a message by becomes a hash under the key of its week before anything
is kept. The key is thrown away when the week is closed; nobody can tell then who said what.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.collector.accept import Many
from aboveboard.collector.foreign_asides import asides, details, names
from aboveboard.collector.foreign_days import Days
from aboveboard.collector.records import RecordFact, RecordSaid, encode
from aboveboard.collector.tagged import Tagged
from aboveboard.errors import LogError
from aboveboard.model.metric import ACTIVE, ACTIVE_ENDING
from aboveboard.model.period import DAY_GRACE
from aboveboard.model.verdict import Accepted, Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from aboveboard.collector.accept import Acceptor
    from aboveboard.collector.foreign_days import Day
    from aboveboard.collector.meters import Meters
    from aboveboard.collector.records import RecordAside
    from aboveboard.model.said import Said
    from aboveboard.model.verdict import Kept
    from aboveboard.ports.period_keys import PeriodKeys
    from aboveboard.ports.surroundings import Chance, Clock
    from aboveboard.registry.translate import Statement, Translator

    Tell = Callable[[Refused | None], None]
    Told = defaultdict[tuple[str, str, str], int]

OUT_OF_TIME = "said_at_another_time"
"""The code under which a message is counted that names a day which is too old or not yet there."""
REPEATED = "repeated"
IGNORED = "ignored"
"""The code under which properties are counted that are dropped on purpose."""
UNDERSTOOD = "understood"


class _Call(NamedTuple):
    """A request whose messages are kept.

    Attributes:
        wire: the name of the wire.
        tag: under which it is noted what becomes of them.
        today: when they came.
        told: counts what becomes of them: app, code and client.
        senders: day, app and what the wire knows a sender by, to the hash of it.
        accepted: takes their records.
    """

    wire: str
    tag: str
    today: Day
    told: Told
    senders: dict[tuple[Day, str, str], str]
    accepted: list[Accepted]


class Foreign:
    """Keeps what foreign wires said.

    Args:
        acceptor: keeps records.
        translators: app to what translates its messages.
        keys: of the open weeks.
        clock: tells the day.
        chance: names messages that have no name of their own.
        meters: count what becomes of messages.
        raw: apps that let values wait which their registry does not know yet.
        keeps_asides: whether names that no registry knows wait in quarantine.

    Attributes:
        tagged: what is noted of messages with a tag.
    """

    def __init__(  # noqa: PLR0913, PLR0917 what surrounds a wire is joined here
        self,
        acceptor: Acceptor,
        translators: Mapping[str, Translator],
        keys: PeriodKeys,
        clock: Clock,
        chance: Chance,
        meters: Meters,
        raw: Container[str] = (),
        *,
        keeps_asides: bool = True,
    ) -> None:
        self._keeps_asides = keeps_asides
        self._acceptor = acceptor
        self._translators = translators
        self._raw = raw
        self._days = Days(keys)
        self._clock = clock
        self._chance = chance
        self._meters = meters
        self._second, self._today = -1, date.min
        self.tagged = Tagged(clock)

    @property
    def mapped(self) -> set[str]:
        """The apps of which clients of others tell, as far as it is known how they do."""
        return {app for app, translator in self._translators.items() if translator.mapped}

    async def keep(self, wire: str, messages: Sequence[Said], tag: str = "") -> Refused | None:
        """Keep messages; come back when all of them are on disk.

        Args:
            wire: the name of the wire.
            messages: what it understood.
            tag: under which it is noted what becomes of them; ``""`` for not at all.

        Returns:
            None, or why they cannot be kept right now. Some of them may be kept then: what has a
            name of its own is counted once when it comes again.
        """
        kept: asyncio.Future[Refused | None] = asyncio.get_running_loop().create_future()

        def tell(refused: Refused | None) -> None:
            if not kept.done():
                kept.set_result(refused)

        self.begin(wire, messages, tag, tell)
        return await kept

    def begin(self, wire: str, messages: Sequence[Said], tag: str, tell: Tell) -> None:
        """Keep messages, for a caller who need not wait.

        Args:
            wire: as above.
            messages: as above.
            tag: as above.
            tell: is called once with the answer, when it is true; that may be at once.
        """
        told: Told = defaultdict(int)
        accepted: list[Accepted] = []
        try:
            call = _Call(wire, tag, self._days.today(self._date()), told, {}, accepted)
            for said in messages:
                self._accept(call, said)
            for said in self._runs(messages):
                self._accept(call, said)
        except LogError as error:
            tell(Refused(Reason.CANNOT_KEEP, str(error)))
            return
        finally:
            for (app, code, version), times in told.items():
                self._meters.message(wire, app, code, version, times)
        self._write(accepted, tell)

    def _write(self, accepted: Sequence[Accepted], tell: Tell) -> None:
        """Write records; tell when all of them are on disk, or when it is clear that not."""
        if len(accepted) == 1:  # as with most requests
            self._write_one(accepted[0], tell)
            return
        waiting = _Waiting(tell)
        by_app: dict[str, list[Accepted]] = {}
        for each in accepted:
            by_app.setdefault(each.app, []).append(each)
        for app, many in by_app.items():
            if len(many) > 1 and self._acceptor.keep_many(app, Many.of(many), waiting.tell):
                waiting.left += 1
                continue
            for each in many:
                waiting.left += self._acceptor.keep(each, waiting.tell_one) is None
        waiting.begin()

    def _write_one(self, accepted: Accepted, tell: Tell) -> None:
        def told(answer: Kept | Refused) -> None:
            tell(answer if isinstance(answer, Refused) else None)

        if self._acceptor.keep(accepted, told) is not None:
            tell(None)

    def _date(self) -> date:
        # What day it is in the machine's zone is not asked more than once a second.
        if (second := int(self._clock.seconds())) != self._second:
            self._second, self._today = second, self._clock.now().date()
        return self._today

    def _runs(self, messages: Sequence[Said]) -> list[Said]:
        """Give the messages that tell how many of the others are alike; of one app is a request."""
        translator = self._translators.get(messages[0].app) if messages else None
        return translator.runs(messages) if translator is not None else []

    def _accept(self, call: _Call, said: Said) -> None:
        """Make the records of a message."""
        app, version, told = said.app, said.version, call.told
        translator = self._translators.get(app)
        if translator is None:
            told[app, Reason.UNKNOWN_APP.value, version] += 1
            if call.tag:
                self.tagged.discarded(call.tag, call.wire, app, [Reason.UNKNOWN_APP.value])
            return
        day = call.today if said.at is None else self._days.at(said.at)
        if day is None:
            told[app, OUT_OF_TIME, version] += 1
            day = call.today
        found = translator.translate(said, day.day)
        told[app, UNDERSTOOD, version] += 1
        if call.tag:
            self.tagged.note(call.tag, call.wire, said, found)
        for each in found:
            if each.ignored:
                told[app, IGNORED, version] += each.ignored
            for _, reason in each.asides:
                told[app, reason.value, version] += 1
            if not (each.counts or each.asides or (said.who and not said.values)):
                continue
            if day.before is not None and said.id and self._came(said, each, day.before):
                told[app, REPEATED, version] += 1
            else:
                call.accepted.append(self._record(call, said, each, day, translator))

    def _record(
        self, call: _Call, said: Said, statement: Statement, day: Day, translator: Translator
    ) -> Accepted:
        app = said.app
        who = self._who(call, said, day) if said.who else None
        name = day.hash("id", app, said.id, statement.part) if said.id else ""
        name = name or self._chance.report_id()
        replaces = statement.daily or said.total
        facts: list[RecordFact] = []
        sums: list[RecordFact] = []
        for metric, key, times, adds, by_day in statement.counts:
            fact = RecordFact(metric.name, day.text if by_day else None, key, times)
            (sums if adds and not replaces else facts).append(fact)
        once: list[RecordFact] = []
        if who and translator.active:
            kinds = (ACTIVE, f"{said.event}{ACTIVE_ENDING}")
            once = day.active(app, translator.active, kinds)
        record = RecordSaid(
            name,
            app,
            day.week,
            call.today.text,
            call.wire,
            who,
            day.part(statement.part) if who else "",
            facts,
            sums,
            once,
            self._waits(said, statement),
            details(said, statement) if said.broke is not None else [],
            _on_day(call.today, day, statement, replaces=replaces),
        )
        return Accepted(app, int(name, 16), encode(record), len(statement.asides))

    def _waits(self, said: Said, statement: Statement) -> list[RecordAside]:
        if not statement.asides:
            return []
        if not self._keeps_asides:
            return names(statement, None)
        return asides(said, statement, raw=said.app in self._raw)

    @staticmethod
    def _who(call: _Call, said: Said, day: Day) -> str:
        """Hash a sender; who it is is known no longer than until the request is answered."""
        key = (day, said.app, said.who)
        found = call.senders.get(key)
        if found is None:
            found = call.senders[key] = day.hash("who", said.app, said.who)
        return found

    def _came(self, said: Said, statement: Statement, before: Day) -> bool:
        """Whether a message came before its week began: another try may have another moment."""
        name = before.hash("id", said.app, said.id, statement.part)
        return self._acceptor.knows(said.app, int(name, 16))


def _on_day(today: Day, day: Day, statement: Statement, *, replaces: bool) -> str | None:
    """Give the day on which the state of a message holds by itself, if that is still open.

    What adds up, and is told as it stands so far, is kept by day where its metric is, and only
    there.
    """
    if statement.daily or today.day - day.day > DAY_GRACE:
        return None
    if replaces and any(count.adds and not count.by_day for count in statement.counts):
        return None
    return day.text


class _Waiting:
    """Waits until all records of a request are written, or refused.

    Attributes:
        left: how many answers are to come.
    """

    def __init__(self, told: Tell) -> None:
        self.left = 0
        self._refused: Refused | None = None
        self._told = told
        self._begun = False

    def tell(self, answers: Sequence[Kept | Refused]) -> None:
        """Take answers that come at once."""
        self.tell_one(next((each for each in answers if isinstance(each, Refused)), answers[0]))

    def tell_one(self, answer: Kept | Refused) -> None:
        """Take one answer."""
        self.left -= 1
        if isinstance(answer, Refused):
            self._refused = answer
        self._look()

    def begin(self) -> None:
        """Wait from now on, or not at all."""
        self._begun = True
        self._look()

    def _look(self) -> None:
        if self._begun and self.left == 0:
            self._told(self._refused)
