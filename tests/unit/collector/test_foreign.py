from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.unit.collector.conftest import HEAD, METRIC

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.period_keys import MemoryPeriodKeys
from aboveboard.adapters.system import SystemChance
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.foreign import Foreign
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.seen import SeenIds
from aboveboard.errors import LogError
from aboveboard.model.broke import Broke
from aboveboard.model.metric import ACTIVE, Period
from aboveboard.model.period import Week
from aboveboard.model.registry import Registry
from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.mapping import ProductMapping, Rule
from aboveboard.registry.read import read
from aboveboard.registry.translate import Translator

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


class Disk:
    """A disk that may fail."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.failing = False

    async def append(self, records: list[bytes]) -> None:
        if self.failing:
            message = "no space left"
            raise LogError(message)
        self.kept += records

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(record) for record in self.kept]


class NoKeys:
    """Keys that cannot be kept."""

    def key(self, week: Week) -> bytes:
        message = f"no key for {week}"
        raise LogError(message)

    def forget(self, before: Week) -> int:
        raise NotImplementedError(before)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def meters() -> Meters:
    return Meters({"editor"})


@pytest.fixture
def made(disk: Disk, clock: SetClock, meters: Meters, opener: HpkeOpener) -> Callable[..., Foreign]:
    """Give what joins the parts around a registry."""

    def make(registry: Registry, *raw: str) -> Foreign:
        acceptor = Acceptor({}, GroupCommit(disk.append), SeenIds(), opener, clock)
        keys = MemoryPeriodKeys(SystemChance())
        translators = {"editor": Translator(registry)}
        return Foreign(acceptor, translators, keys, clock, SystemChance(), meters, raw)

    return make


@pytest.fixture
def foreign(made: Callable[..., Foreign], registry: Registry) -> Foreign:
    return made(registry)


def keep(foreign: Foreign, *messages: Said) -> Refused | None:
    return asyncio.run(foreign.keep("segment", messages))


def said(values: dict[str, object], event: str = "file", **more: Any) -> Said:  # noqa: ANN401 any part of it
    return Said("editor", event, values, **more)


def codes(meters: Meters) -> dict[str, int]:
    return {code: count for (code, *_), count in meters.messages.items()}


def test_states_and_sums_are_kept_apart_under_a_hash(foreign: Foreign, disk: Disk) -> None:
    assert keep(foreign, said({"opened": 3}, who="ana", id="m1", part="p")) is None
    assert keep(foreign, said({"mode": True}, "dark", who="ana", id="m2")) is None
    one, two = disk.records
    assert one["sums"] == [{"m": "file.opened", "d": "2026-11-18", "c": 3}]
    assert (one["kind"], one["week"], one["day"], one["wire"]) == (
        "said",
        "2026-W47",
        "2026-11-18",
        "segment",
    )
    assert two["facts"] == [{"m": "dark.mode", "k": "true"}]
    assert one["part"] != two["part"]
    assert one["who"] == two["who"]
    assert one["id"] != two["id"]
    assert b"ana" not in b"".join(disk.kept)
    assert b"m1" not in b"".join(disk.kept)


def test_a_message_with_a_name_is_kept_once_and_one_without_each_time(
    foreign: Foreign, disk: Disk
) -> None:
    named, nameless = said({"opened": 3}, id="m1"), said({"opened": 3})
    keep(foreign, named, named, nameless, nameless)
    keep(foreign, named)
    assert len(disk.kept) == 3
    assert not any("who" in record for record in disk.records)


def test_what_nobody_knows_is_named_and_never_quoted(
    foreign: Foreign, disk: Disk, meters: Meters
) -> None:
    values = {"opened": "mellon", "made_up": "mellon", "a b": {"mellon": 1}, "ü": 1}
    keep(foreign, said(values, who="ana", version="go/3.3"))
    [record] = disk.records
    assert [(each["m"], each["r"]) for each in record["aside"]] == [
        ("file.opened", "wrong_kind"),
        ("file.made_up", "unknown_metric"),
        ("file.a_b", "unknown_metric"),
        ("(no name)", "unknown_metric"),
    ]
    assert {each["m"]: each.get("e") for each in record["aside"]} == {
        "file.opened": "null",
        "file.made_up": "null",
        "file.a_b": "null",
        "(no name)": None,
    }
    assert b"mellon" not in disk.kept[0]
    assert meters.messages["unknown_metric", "segment", "editor", "go/3.3"] == 3
    keep(foreign, said({"1": 1}, "1"))
    assert disk.records[1]["aside"][0]["m"] == "(no name)"


def test_a_message_that_says_nothing_leaves_nothing(foreign: Foreign, disk: Disk) -> None:
    assert keep(foreign, said({"opened": 0}, who="ana")) is None
    assert not disk.kept


def test_an_app_without_a_registry_is_counted_without_its_name(
    foreign: Foreign, disk: Disk, meters: Meters
) -> None:
    assert keep(foreign, Said("viewer", "file", {"opened": 3})) is None
    assert not disk.kept
    assert meters.messages == {("unknown_app", "segment", "", ""): 1}


@pytest.mark.parametrize(
    ("ago", "week", "day"),
    [
        (timedelta(0), "2026-W47", "2026-11-18"),
        (timedelta(days=3), "2026-W46", "2026-11-15"),
        (timedelta(days=-1), "2026-W47", "2026-11-19"),
    ],
)
def test_a_message_counts_for_its_own_day(
    foreign: Foreign, disk: Disk, ago: timedelta, week: str, day: str
) -> None:
    keep(foreign, said({"opened": 3}, at=(NOON - ago).timestamp()))
    assert disk.records[0]["week"] == week
    assert disk.records[0]["sums"][0]["d"] == day


@pytest.mark.parametrize(
    ("ago", "day"),
    [
        (timedelta(days=-1), "2026-11-19"),
        (timedelta(0), "2026-11-18"),
        (timedelta(days=2), "2026-11-16"),
        (timedelta(days=3), None),
    ],
)
def test_a_state_holds_on_the_day_on_which_it_was_said_as_long_as_that_is_open(
    foreign: Foreign, disk: Disk, ago: timedelta, day: str | None
) -> None:
    for who in ("ana", ""):
        keep(foreign, said({"mode": True}, "dark", who=who, at=(NOON - ago).timestamp()))
        assert disk.records[-1]["facts"] == [{"m": "dark.mode", "k": "true"}]
        assert disk.records[-1].get("on_day") == day


def test_what_adds_up_is_no_state_of_a_day_also_where_it_is_told_anew(
    made: Callable[..., Foreign], disk: Disk, registry: Registry
) -> None:
    opened = registry.metrics["file.opened"]
    for period, day in ((Period.DAY, "2026-11-18"), (Period.WEEK, None)):
        metrics = {"file.opened": replace(opened, period=period)}
        keep(made(replace(registry, metrics=metrics)), said({"opened": 3}, who="ana", total=True))
        assert disk.records[-1].get("on_day") == day
        [fact] = disk.records[-1]["facts"]
        assert fact.get("d") == day


def test_what_is_told_of_each_day_anew_has_its_own_day_alone(
    disk: Disk, clock: SetClock, meters: Meters, opener: HpkeOpener, registry: Registry
) -> None:
    acceptor = Acceptor({}, GroupCommit(disk.append), SeenIds(), opener, clock)
    mapping = ProductMapping("editor", rules=(Rule("file", daily=True),))
    translators = {"editor": Translator(registry, mapping)}
    keys = MemoryPeriodKeys(SystemChance())
    foreign = Foreign(acceptor, translators, keys, clock, SystemChance(), meters)
    keep(foreign, said({"opened": 3}, who="ana"))
    [daily] = [record for record in disk.records if "facts" in record]
    assert daily["facts"] == [{"m": "file.opened", "d": "2026-11-18", "c": 3}]
    assert "on_day" not in daily


@pytest.mark.parametrize("at", [0.0, -1e300, 1e300, NOON.timestamp() + 3e5, 1e18])
def test_a_day_that_is_not_open_becomes_today_and_is_counted(
    foreign: Foreign, disk: Disk, meters: Meters, at: float
) -> None:
    keep(foreign, said({"opened": 3}, at=at))
    assert disk.records[0]["sums"][0]["d"] == "2026-11-18"
    assert codes(meters)["said_at_another_time"] == 1


def test_who_is_somebody_else_in_another_week(
    foreign: Foreign, disk: Disk, clock: SetClock
) -> None:
    for _ in range(6):
        keep(foreign, said({"opened": 3}, who="ana"))
        clock.move(timedelta(days=7))
    assert len({record["who"] for record in disk.records}) == 6


def active(name: str, labels: str = '"day", "week", "month"', kind: str = "labelled") -> str:
    return f"""
[metric."{name}"]
kind = "{kind}"
title = "In use"
question = "How many are in use?"
decision = "What to do."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/1" }}
expires = {{ never = "It is the base for the rest." }}
level = "usage"
{"labels = [" + labels + "]" if kind == "labelled" else ""}
"""


def once(
    made: Callable[..., Foreign], disk: Disk, metric: str, who: str = "ana"
) -> list[dict[str, Any]]:
    """Tell what counts once of a sender, where a registry has one more metric."""
    text = HEAD + METRIC.format(
        name="file.opened", kind="counter", expires='{ never = "Base." }', bounds=""
    )
    keep(made(read((text + metric).encode())), said({"opened": 3}, who=who))
    found: list[dict[str, Any]] = disk.records[-1].get("once", [])
    return found


@pytest.mark.parametrize("name", [ACTIVE, "file.active"])
def test_an_install_is_active_once_a_day_and_once_a_week(
    made: Callable[..., Foreign], disk: Disk, name: str
) -> None:
    both = [
        {"m": name, "d": "2026-11-18", "k": "day"},
        {"m": name, "d": "2026-11-16", "k": "week"},
    ]
    assert once(made, disk, active(name)) == both
    assert once(made, disk, active(name), who="") == []
    assert once(made, disk, active(name, '"week"')) == both[1:]


@pytest.mark.parametrize(
    "metric",
    [
        pytest.param(active("dark.active"), id="of another group"),
        pytest.param(active("file.active", '"day", "night"'), id="of other labels"),
        pytest.param(active("file.active", kind="counter"), id="of another kind"),
    ],
)
def test_a_metric_that_only_sounds_so_counts_nobody(
    made: Callable[..., Foreign], disk: Disk, metric: str
) -> None:
    assert once(made, disk, metric) == []


def test_a_message_without_a_value_replaces_what_its_sender_said_before(
    foreign: Foreign, disk: Disk
) -> None:
    keep(foreign, said({}, who="ana", part="p"), said({}, part="p"))
    [record] = disk.records
    assert "facts" not in record
    assert record["part"]


def test_another_try_of_a_message_counts_once_also_where_a_week_begins(
    foreign: Foreign, disk: Disk, clock: SetClock, meters: Meters
) -> None:
    clock.move(timedelta(days=4, hours=11, minutes=59))
    keep(foreign, said({"opened": 3}, id="m1"))
    clock.move(timedelta(minutes=2))
    keep(foreign, said({"opened": 3}, id="m1"), said({"opened": 3}, id="m2"))
    assert [record["week"] for record in disk.records] == ["2026-W47", "2026-W48"]
    assert codes(meters)["repeated"] == 1


def test_what_cannot_be_kept_is_said_so(foreign: Foreign, disk: Disk) -> None:
    disk.failing = True
    refused = keep(foreign, said({"opened": 3}, id="m1"))
    assert refused is not None
    assert refused.reason is Reason.CANNOT_KEEP
    disk.failing = False
    assert keep(foreign, said({"opened": 3}, id="m1")) is None


def test_without_a_key_nothing_is_kept(
    disk: Disk, clock: SetClock, meters: Meters, opener: HpkeOpener, registry: Registry
) -> None:
    acceptor = Acceptor({}, GroupCommit(disk.append), SeenIds(), opener, clock)
    translators: dict[str, Translator] = {"editor": Translator(registry)}
    made = Foreign(acceptor, translators, NoKeys(), clock, SystemChance(), meters)
    messages: Sequence[Said] = [said({"opened": 3}, who="ana")]
    refused = asyncio.run(made.keep("segment", messages))
    assert refused is not None
    assert refused.reason is Reason.CANNOT_KEEP
    assert not disk.kept


def test_what_a_fingerprint_stands_for_is_kept_beside_its_count(
    made: Callable[[Registry], Foreign], disk: Disk
) -> None:
    text = HEAD + METRIC.format(name="app.broke", kind="error", expires="2027-12-31", bounds="")
    foreign = made(read(text.encode()))
    mark = "0f" * 16
    broke = Broke(mark, ("builtins.OSError",), ("(elsewhere)", "editor.files:save:42"))
    keep(foreign, said({"fingerprint": mark}, "error", id="e1", broke=broke))
    keep(foreign, said({"fingerprint": "mellon"}, "error", id="e2", broke=broke))
    one, two = disk.records
    assert one["sums"] == [{"m": "app.broke", "d": "2026-11-18", "k": mark}]
    assert one["details"] == [
        {"m": "app.broke", "k": mark, "t": list(broke.types), "f": list(broke.frames)}
    ]
    assert "details" not in two
    assert b"mellon" not in disk.kept[1]


def test_apps_with_a_mapping_are_those_of_which_clients_of_others_tell(
    disk: Disk, clock: SetClock, meters: Meters, opener: HpkeOpener, registry: Registry
) -> None:
    acceptor = Acceptor({}, GroupCommit(disk.append), SeenIds(), opener, clock)
    translators = {
        "editor": Translator(registry),
        "chat": Translator(registry, ProductMapping("chat")),
    }
    keys = MemoryPeriodKeys(SystemChance())
    made = Foreign(acceptor, translators, keys, clock, SystemChance(), meters)
    assert made.mapped == {"chat"}


def test_what_is_said_of_a_day_again_and_again_replaces_what_adds_up(
    disk: Disk, clock: SetClock, meters: Meters, opener: HpkeOpener, registry: Registry
) -> None:
    acceptor = Acceptor({}, GroupCommit(disk.append), SeenIds(), opener, clock)
    daily = ProductMapping("editor", rules=(Rule("file", daily=True),))
    keys = MemoryPeriodKeys(SystemChance())
    made = Foreign(
        acceptor, {"editor": Translator(registry, daily)}, keys, clock, SystemChance(), meters
    )
    said = Said("editor", "file", {"opened": 3}, who="w")
    assert asyncio.run(made.keep("segment", [said])) is None
    [record] = [each for each in disk.records if each.get("facts")]
    assert [(fact["m"], fact["c"]) for fact in record["facts"]] == [("file.opened", 3)]
    assert not record.get("sums")
    assert "file" not in record["part"]


def test_what_is_told_as_it_stands_so_far_replaces_and_is_not_added(
    foreign: Foreign, disk: Disk
) -> None:
    keep(foreign, said({"opened": 3}, who="ana", part="p", total=True))
    [record] = disk.records
    assert record["facts"] == [{"m": "file.opened", "d": "2026-11-18", "c": 3}]
    assert not record.get("sums")


def test_values_wait_where_the_product_lets_them_and_the_wire_can_read_them_again(
    made: Callable[..., Foreign], registry: Registry, disk: Disk
) -> None:
    odd = "!" * 70

    def told(foreign: Foreign, length: int = 3) -> list[Any]:
        values = {"closed": 1, "opened": "often", odd: 1}
        assert keep(foreign, said(values, raw=lambda: json.dumps("x" * length))) is None
        return [aside.get("e") for aside in disk.records[-1]["aside"]]

    entry = '{"part":"","said":"xxx"}'
    assert told(made(registry)) == ["null", "null", None]
    assert told(made(registry, "viewer")) == ["null", "null", None]
    assert told(made(registry, "editor")) == [entry, entry, None]
    assert told(made(registry, "editor"), 3000) == ["null", "null", None]
    assert keep(made(registry, "editor"), said({"closed": 1})) is None
    assert disk.records[-1]["aside"] == [{"m": "file.closed", "r": "unknown_metric", "e": "null"}]


def test_where_nothing_may_wait_names_are_counted_alone(
    disk: Disk, clock: SetClock, meters: Meters, opener: HpkeOpener, registry: Registry
) -> None:
    acceptor = Acceptor({}, GroupCommit(disk.append), SeenIds(), opener, clock)
    keys = MemoryPeriodKeys(SystemChance())
    translators: dict[str, Translator] = {"editor": Translator(registry)}
    made = Foreign(acceptor, translators, keys, clock, SystemChance(), meters, keeps_asides=False)
    keep(made, said({"closed": 1}))
    assert disk.records[-1]["aside"] == [{"m": "file.closed", "r": "unknown_metric"}]
