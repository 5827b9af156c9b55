"""Enters: messages of a foreign wire. Leaves: kept, or not, when it is true; it never raises.

What a wire knows a sender or a message by becomes a hash under the key of its week before anything
is kept. The key is thrown away when the week is closed; nobody can tell then who said what.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.collector.aside import MOST_ENTRY, MOST_REPORT, NO_NAME, REPLAYABLE
from aboveboard.collector.records import RecordAside, RecordDetail, RecordFact, RecordSaid, encode
from aboveboard.collector.tagged import Tagged
from aboveboard.errors import LogError
from aboveboard.model.metric import ACTIVE, ACTIVE_ENDING, Kind
from aboveboard.model.period import GRACE, Week
from aboveboard.model.verdict import Accepted, Reason, Refused
from aboveboard.registry.names import METRIC_NAME
from aboveboard.registry.translate import LONGEST_PART

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from aboveboard.collector.accept import Acceptor
    from aboveboard.collector.meters import Meters
    from aboveboard.model.registry import Registry
    from aboveboard.model.said import Said
    from aboveboard.model.verdict import Kept
    from aboveboard.ports.period_keys import PeriodKeys
    from aboveboard.ports.surroundings import Chance, Clock
    from aboveboard.registry.translate import Statement, Translator

HASH_BYTES = 16
NO_VALUE = "null"
"""The entry of what waits in quarantine by its name alone."""
OUT_OF_TIME = "said_at_another_time"
"""The code under which a message is counted that names a day which is too old or not yet there."""
LOOK_BACK = timedelta(days=2)
"""So long after a week has begun, a message may be another try of one that came before."""
REPEATED = "repeated"
IGNORED = "ignored"
"""The code under which properties are counted that are dropped on purpose."""


class _When(NamedTuple):
    """When a message was said.

    Attributes:
        day: the day that it counts for.
        week: of that day.
        key: of that week.
    """

    day: date
    week: Week
    key: bytes


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
        self._keys = keys
        self._clock = clock
        self._chance = chance
        self._meters = meters
        self._raw = raw
        self._known: dict[Week, bytes] = {}
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
        loop = asyncio.get_running_loop()
        waiting: list[asyncio.Future[Kept | Refused]] = []
        today = self._clock.now().date()
        try:
            every = [*messages, *self._runs(messages)]
            accepted = [each for said in every for each in self._accept(wire, said, today, tag)]
        except LogError as error:
            return Refused(Reason.CANNOT_KEEP, str(error))
        for each in accepted:
            told: asyncio.Future[Kept | Refused] = loop.create_future()
            answer = self._acceptor.keep(each, told.set_result)
            if answer is None:
                waiting.append(told)
        answers = await asyncio.gather(*waiting)
        return next((each for each in answers if isinstance(each, Refused)), None)

    def _runs(self, messages: Sequence[Said]) -> list[Said]:
        """Give the messages that tell how many of the others are alike; of one app is a request."""
        translator = self._translators.get(messages[0].app) if messages else None
        return translator.runs(messages) if translator is not None else []

    def _accept(self, wire: str, said: Said, today: date, tag: str) -> list[Accepted]:
        """Make the records of a message."""
        translator = self._translators.get(said.app)
        if translator is None:
            self._meters.message(wire, said.app, Reason.UNKNOWN_APP.value, said.version)
            if tag:
                self.tagged.discarded(tag, wire, said.app, [Reason.UNKNOWN_APP.value])
            return []
        when = self._when(wire, said, today)
        found = translator.translate(said, when.day)
        self._count(wire, said, found)
        if tag:
            self.tagged.note(tag, wire, said, found)
        telling = [
            statement
            for statement in found
            if statement.counts or statement.asides or (said.who and not said.values)
        ]
        if said.id and when.day - when.week.first < LOOK_BACK:
            came = [each for each in telling if self._came_last_week(said, each, when, today)]
            for each in came:
                self._meters.message(wire, said.app, REPEATED, said.version)
                telling.remove(each)
        return [self._record(wire, said, each, when, translator) for each in telling]

    def _record(
        self, wire: str, said: Said, statement: Statement, when: _When, translator: Translator
    ) -> Accepted:
        who = self._hash(when.key, "who", said.app, said.who) if said.who else None
        name = self._hash(when.key, "id", said.app, said.id, statement.part) if said.id else ""
        record = RecordSaid(
            name or self._chance.report_id(),
            said.app,
            str(when.week),
            str(self._clock.now().date()),
            wire,
            who,
            self._hash(when.key, "part", statement.part) if who else "",
            facts=[],
            sums=[],
            once=[],
            aside=_asides(said, statement, raw=said.app in self._raw)
            if self._keeps_asides
            else _names(statement, None),
            details=_details(said, statement),
        )
        for count in statement.counts:
            day = str(when.day) if count.metric.by_day else None
            fact = RecordFact(count.metric.name, day, count.key, count.times)
            adds = count.metric.kind.adds_up and not (statement.daily or said.total)
            (record.sums if adds else record.facts).append(fact)
        if who:
            record.once = _active(said.event, when, translator.registry)
        return Accepted(said.app, int(record.id, 16), encode(record), len(record.aside))

    def _when(self, wire: str, said: Said, today: date) -> _When:
        """Tell the day that a message counts for: its own, if that is open."""
        day, in_time = counted_on(said.at, today)
        if not in_time:
            self._meters.message(wire, said.app, OUT_OF_TIME, said.version)
        week = Week.of(day)
        return _When(day, week, self._key(week, today))

    def _came_last_week(self, said: Said, statement: Statement, when: _When, today: date) -> bool:
        """Whether a message came before its week began: another try may have another moment."""
        key = self._key(Week.of(when.week.first - timedelta(days=1)), today)
        name = self._hash(key, "id", said.app, said.id, statement.part)
        return self._acceptor.knows(said.app, int(name, 16))

    def _key(self, week: Week, today: date) -> bytes:
        if week not in self._known:
            first = open_since(today)
            self._known = {each: key for each, key in self._known.items() if each >= first}
            self._known[week] = self._keys.key(week)
        return self._known[week]

    @staticmethod
    def _hash(key: bytes, *names: str) -> str:
        text = "\0".join(names).encode(errors="surrogatepass")
        return hmac.digest(key, text, "sha256")[:HASH_BYTES].hex()

    def _count(self, wire: str, said: Said, found: Sequence[Statement]) -> None:
        asides = [reason for statement in found for _, reason in statement.asides]
        for reason in asides:
            self._meters.message(wire, said.app, reason.value, said.version)
        if ignored := sum(statement.ignored for statement in found):
            self._meters.message(wire, said.app, IGNORED, said.version, ignored)
        self._meters.message(wire, said.app, "understood", said.version)


def open_since(today: date) -> Week:
    """Give the oldest week of which anything is taken.

    Example:
        >>> str(open_since(date(2026, 11, 26)))
        '2026-W46'
    """
    return Week.of(today - GRACE)


def usual_part(said: Said) -> str:
    """Give the part that a message's statement has where no mapping says another."""
    return (said.part or said.event)[:LONGEST_PART]


def counted_on(at: float | None, arrived: date) -> tuple[date, bool]:
    """Tell the day that a message counts for, and whether it is the one on which it was said.

    Args:
        at: seconds since the epoch at which it was said; None for its arrival.
        arrived: the day on which it came.

    Example:
        >>> counted_on(0.0, date(2026, 11, 26)), counted_on(None, date(2026, 11, 26))
        ((datetime.date(2026, 11, 26), False), (datetime.date(2026, 11, 26), True))
    """
    if at is None:
        return arrived, True
    day = _day(at) or date.min
    # A day's grace: somewhere on earth it is tomorrow already.
    in_time = open_since(arrived).first <= day <= arrived + timedelta(days=1)
    return (day if in_time else arrived), in_time


def _day(at: float) -> date | None:
    try:
        return datetime.fromtimestamp(at, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _names(statement: Statement, entry: str | None = NO_VALUE) -> list[RecordAside]:
    """Let names wait, without what was said of them; without an entry they are counted alone."""
    return [
        RecordAside(name, reason.value, entry)
        if METRIC_NAME.fullmatch(name)
        else RecordAside(NO_NAME, reason.value)
        for name, reason in statement.asides
    ]


def _asides(said: Said, statement: Statement, *, raw: bool) -> list[RecordAside]:
    """Let a message wait beside the names, if its wire can read it again (``replay_said``)."""
    found = _names(statement)
    if not raw or said.raw is None or not found:
        return found
    part = "" if statement.part == usual_part(said) else statement.part
    entry = f'{{"part":{json.dumps(part)},"said":{said.raw()}}}'
    waits = {each for each in found if each.r in REPLAYABLE and each.m != NO_NAME}
    if len(entry.encode()) > min(MOST_ENTRY, MOST_REPORT // max(len(waits), 1)):
        return found
    return [RecordAside(each.m, each.r, entry) if each in waits else each for each in found]


def _details(said: Said, statement: Statement) -> list[RecordDetail]:
    """Tell what the fingerprints stand for that are counted."""
    broke = said.broke
    if broke is None:
        return []
    return [
        RecordDetail(count.metric.name, count.key, list(broke.types), list(broke.frames))
        for count in statement.counts
        if count.metric.kind is Kind.ERROR and count.key == broke.fingerprint
    ]


def _active(event: str, when: _When, registry: Registry) -> list[RecordFact]:
    """Tell that an install was in use: once of a day, and once of its week.

    A product may count so what is in use of it apart: what its events are called.
    """
    found: list[RecordFact] = []
    for name in (ACTIVE, f"{event}{ACTIVE_ENDING}"):
        metric = registry.metrics.get(name)
        if metric is not None and metric.counts_active and metric.measured_on(when.day):
            days = {"day": when.day, "week": when.week.first}
            said = [label for label in days if label in metric.labels]
            found += [RecordFact(name, str(days[label]), label, 1) for label in said]
    return found
