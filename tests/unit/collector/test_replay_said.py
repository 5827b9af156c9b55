from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest

from aboveboard.adapters.memory import MemoryLog
from aboveboard.collector.records import RecordAside, RecordFact, RecordMore, RecordSaid, encode
from aboveboard.collector.replay_said import SaidAgain
from aboveboard.collector.replayer import Progress, Replayer, Wish
from aboveboard.model.registry import Registry
from aboveboard.model.said import Said
from aboveboard.ports.collector import LogPosition
from aboveboard.registry.translate import Translator

ARRIVED = date(2026, 11, 18)
AT = datetime(2026, 11, 17, 9, tzinfo=UTC).timestamp()
UNKNOWN = "unknown_metric"


def read(text: str) -> Said | None:
    """Read a message of a wire for tests: an event and its values."""
    said = json.loads(text)
    return Said("editor", said["event"], said["values"], at=AT) if said else None


def waits(name: str, event: str, values: object, part: str = "") -> RecordAside:
    entry = {"part": part, "said": {"event": event, "values": values}}
    return RecordAside(name, UNKNOWN, json.dumps(entry))


def record(*asides: RecordAside, **changes: object) -> RecordSaid:
    plain = RecordSaid(
        "0" * 31 + "1", "editor", "2026-W47", "2026-11-18", "pigeon", aside=list(asides)
    )
    return msgspec.structs.replace(plain, **changes)


@pytest.fixture
def again(registry: Registry) -> SaidAgain:
    return SaidAgain({"editor": Translator(registry)}, {"pigeon": read})


OPENED = waits("file.opened", "file", {"opened": 5})


def test_what_is_known_by_now_comes_back(again: SaidAgain) -> None:
    more = again.again(record(OPENED))
    assert more == RecordMore(
        "0" * 31 + "1",
        "editor",
        "2026-W47",
        "2026-11-18",
        [RecordFact("file.opened", "2026-11-17", "", 5)],
        [OPENED],
        wire="pigeon",
    )
    assert again.again(record(OPENED), [more]) is None
    assert again.would_come_back("editor", "pigeon", "2026-W47", [OPENED])


def test_a_state_that_comes_back_holds_on_its_day(again: SaidAgain) -> None:
    dark = waits("dark.mode", "dark", {"mode": True})
    more = again.again(record(dark, on_day="2026-11-17"))
    assert more is not None
    assert (more.facts, more.on_day) == ([RecordFact("dark.mode", None, "true")], "2026-11-17")


@pytest.mark.parametrize(
    "aside",
    [
        waits("file.closed", "file", {"closed": 5}),
        waits("file.opened", "file", {"opened": "often"}),
        waits("file.opened", "file", {"opened": 5, "closed": 1}),
        waits("file.opened", "file", {"opened": 5}, part="another"),
        waits("file.opened", "file", {}),
        RecordAside("file.opened", UNKNOWN, '{"part":"file","said":null}'),
        RecordAside("file.opened", UNKNOWN, '{"metric":"file.opened","value":5}'),
        RecordAside("file.opened", "said_twice", OPENED.e),
        RecordAside("file.opened", UNKNOWN),
    ],
)
def test_what_is_still_wrong_goes_on_waiting(again: SaidAgain, aside: RecordAside) -> None:
    assert again.again(record(aside)) is None
    assert not again.would_come_back("editor", "pigeon", "2026-W47", [aside])


def test_what_nobody_can_read_again_goes_on_waiting(registry: Registry, again: SaidAgain) -> None:
    assert again.again(record(OPENED, wire="smoke")) is None
    assert again.again(record(OPENED, app="viewer")) is None
    assert SaidAgain({"editor": Translator(registry)}, {}).again(record(OPENED)) is None


def test_a_sender_s_state_is_another_one_by_now(again: SaidAgain) -> None:
    assert again.again(record(OPENED, who="0" * 32)) is None


def test_what_was_said_then_is_not_said_again(again: SaidAgain) -> None:
    both = {"opened": 5, "closed": 1}
    closed, opened = waits("file.closed", "file", both), waits("file.opened", "file", both)
    sums = [RecordFact("file.opened", "2026-11-17", "", 5)]
    assert again.again(record(closed, sums=sums)) is None
    more = again.again(record(closed, opened))
    assert more is not None
    assert (more.back, more.stay) == ([opened], [])
    assert again.again(record(closed, opened), wanted=lambda aside: aside == closed) is None


def test_the_replayer_finds_them_in_the_log(registry: Registry) -> None:
    log = MemoryLog("0")
    log.append([
        encode(record(RecordAside("file.opened", UNKNOWN))),
        encode(record(OPENED, id="0" * 31 + "2")),
        encode(record(id="0" * 31 + "3")),
    ])  # fmt: skip
    bare = replace(registry, metrics={})
    for known, came in ((bare, 0), (registry, 1), (registry, 0)):
        said = SaidAgain({"editor": Translator(known)}, {"pigeon": read})
        ends = {log.name: LogPosition(0, len(log.records))}
        replayer = Replayer(lambda: [log], ends.__getitem__, {"editor": known}, log.append, said)
        assert replayer.run(Wish(ARRIVED)) == Progress("idle", len(log.records) - came, came, came)
    assert json.loads(log.records[-1])["kind"] == "more"
