"""Enters: the logs, the registries in force. Leaves: what waited and is accepted now is in the log.

The log is the truth, so a replay is a record of it (``RecordMore``), and the loader counts it as it
counts everything. A replay reads the logs twice: first for what was replayed, dropped or taken back
before, to the very end; then for the reports, as far as they are loaded. So each entry comes back
once, wherever an earlier replay was interrupted.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from aboveboard.collector.records import (
    Record,
    RecordDrop,
    RecordMore,
    RecordSaid,
    encode,
    is_report,
)
from aboveboard.collector.replay import Judges, again
from aboveboard.collector.replay_said import SaidAgain
from aboveboard.ports.collector import LogPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from aboveboard.collector.records import RecordAside
    from aboveboard.model.registry import Registry
    from aboveboard.ports.collector import KeptLog

MOST_BYTES = 4 * 1024 * 1024
"""How much of a log is looked at in one go."""
MANY = 200
"""How many records are appended in one go, so that reports which arrive meanwhile wait little."""
_NOTHING_ASIDE = b'"aside":[]'
_IS_SAID = b'{"kind":"said"'
_ENTRY = b'"e":'
_RECORD = msgspec.json.Decoder(Record)
_SAID = msgspec.json.Decoder(RecordSaid)
_MORE = msgspec.json.Decoder(RecordMore)
_DROP = msgspec.json.Decoder(RecordDrop)


class _Kind(msgspec.Struct, gc=False):
    kind: str
    id: str = ""
    app: str = ""


_KIND = msgspec.json.Decoder(_Kind)
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be replayed.

    Attributes:
        app: of this app alone; ``""`` for all.
        metric: of this metric alone; ``""`` for all.
        since: only reports that arrived on this day or later: what is older waits no longer.
    """

    since: date
    app: str = ""
    metric: str = ""

    def meant(self, aside: RecordAside) -> bool:
        """Whether an entry is meant."""
        return not self.metric or aside.m == self.metric


@dataclass(slots=True)
class Progress:
    """How far a replay is.

    Attributes:
        state: ``idle``, ``running`` or ``failing``.
        records: how many records it has looked at.
        reports: of how many reports something came back.
        entries: how many entries came back.
    """

    state: str = "idle"
    records: int = 0
    reports: int = 0
    entries: int = 0


@dataclass(slots=True)
class _Before:
    """What the logs say of earlier decisions."""

    mores: dict[_Place, list[RecordMore]] = field(default_factory=lambda: defaultdict(list))
    drops: dict[tuple[str, str, str], str] = field(default_factory=dict)
    gone: set[_Place] = field(default_factory=set)


class Replayer:
    """Brings back what waits and is accepted now.

    Args:
        logs: gives every log of the collector.
        loaded: gives the place in a log up to which it is loaded.
        registries: app to registry.
        append: appends records to a log and comes back when they are on disk.
        said: tells messages of foreign wires again.

    Attributes:
        progress: how far the last replay is.
        judges: what it judges by.
    """

    def __init__(
        self,
        logs: Callable[[], Sequence[KeptLog]],
        loaded: Callable[[str], LogPosition],
        registries: Mapping[str, Registry],
        append: Callable[[list[bytes]], None],
        said: SaidAgain | None = None,
    ) -> None:
        self.progress = Progress()
        self._logs = logs
        self._loaded = loaded
        self.judges = Judges(registries)
        self._append = append
        self._said = said or SaidAgain({}, {})
        self._one_at_a_time = threading.Lock()
        self._stopped = False

    def stop(self) -> None:
        """End soon; what was not reached comes back the next time."""
        self._stopped = True

    def run(self, wish: Wish) -> Progress:
        """Replay what is wished.

        Raises:
            LogError: a log cannot be read or written; what was appended until then is in the log.
            FactsError: nobody knows how far the logs are loaded.
        """
        with self._one_at_a_time:
            self.progress = progress = Progress("running")
            try:
                self._run(wish, progress)
            except BaseException:
                progress.state = "failing"
                raise
            progress.state = "idle"
            return progress

    def _run(self, wish: Wish, progress: Progress) -> None:
        logs = self._logs()
        ends = {log.name: self._loaded(log.name) for log in logs}
        before = _before(logs)
        batch: list[bytes] = []
        for log in logs:
            for payload in _reports(log, ends[log.name], progress):
                if self._stopped:
                    return
                more = self._again(payload, wish, before)
                if more is None:
                    continue
                before.mores[more.app, more.id].append(more)
                batch.append(encode(more))
                progress.reports += 1
                progress.entries += len(more.back)
                if len(batch) >= MANY:
                    self._append(batch)
                    batch = []
        if batch:
            self._append(batch)

    def _again(self, payload: bytes, wish: Wish, before: _Before) -> RecordMore | None:
        record = _RECORD.decode(payload) if is_report(payload) else _SAID.decode(payload)
        place, judge = (record.app, record.id), self.judges.get(record.app)
        meant = wish.app in {"", record.app} and record.day >= wish.since.isoformat()
        if judge is None or not meant or place in before.gone:
            return None

        def wanted(aside: RecordAside) -> bool:
            dropped = before.drops.get((record.app, aside.m, aside.r), "")
            return wish.meant(aside) and record.day > dropped

        mores = before.mores.get(place, ())
        if isinstance(record, RecordSaid):
            return self._said.again(record, mores, wanted)
        return again(record, judge, mores, wanted)


def dropping(app: str, day: date, rows: Collection[tuple[str, str]]) -> list[bytes]:
    """Give the records that let what waits go, for each metric and reason."""
    return [encode(RecordDrop(app, day.isoformat(), metric, reason)) for metric, reason in rows]


def _before(logs: Sequence[KeptLog]) -> _Before:
    found = _Before()
    for log in logs:
        for payload in _payloads(log, None):
            if is_report(payload):
                continue
            match (other := _KIND.decode(payload)).kind:
                case "more":
                    found.mores[other.app, other.id].append(_MORE.decode(payload))
                case "drop":
                    drop = _DROP.decode(payload)
                    place = (drop.app, drop.m, drop.r)
                    found.drops[place] = max(drop.day, found.drops.get(place, ""))
                case "gone":
                    found.gone.add((other.app, other.id))
                case _:
                    pass  # what is erased or unread holds no entry
    return found


def _reports(log: KeptLog, end: LogPosition, progress: Progress) -> Iterator[bytes]:
    """Give the reports of which something was set aside."""
    for payload in _payloads(log, end):
        progress.records += 1
        if _NOTHING_ASIDE not in payload if is_report(payload) else _waits(payload):
            yield payload


def _waits(payload: bytes) -> bool:
    """Whether a record is a foreign message of which more than names waits."""
    return payload.startswith(_IS_SAID) and _ENTRY in payload


def _payloads(log: KeptLog, end: LogPosition | None) -> Iterator[bytes]:
    """Give the records of a log, up to a place or all of them."""
    place = LogPosition()
    while end is None or place < end:
        last = end is not None and place.segment == end.segment
        most = end.offset - place.offset if end is not None and last else MOST_BYTES
        part = log.read(place, min(most, MOST_BYTES))
        if not part.records or (end is not None and part.end > end):
            return
        yield from part.records
        place = part.end
