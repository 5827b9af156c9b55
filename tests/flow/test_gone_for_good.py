"""However loading, copies, withdrawals and crashes come together: what was taken back is gone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.analysis.erase import erase_listed
from aboveboard.analysis.load import load_next
from aboveboard.collector.records import Gone, encode
from aboveboard.ports.collector import FactStore, KeptLog, LogPosition

NAMES = ("0", "1")
WEEK, MONDAY, DAY = "2026-W47", "2026-11-16", "2026-11-18"
CALLS = ("load", "take_out", "erase", "erased")
Act = tuple[str, Any, Any]


class CrashError(Exception):
    """The process ended here."""


class Fragile:
    """Does what another object does, and ends the process before or after one of its calls."""

    def __init__(self, inner: object, call: str, *, after: bool) -> None:
        self._inner = inner
        self._call = call
        self._after = after

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if name != self._call:
            return found

        def ends(*arguments: object) -> None:
            if self._after:
                found(*arguments)
            raise CrashError

        return ends


def report(number: int, variant: int) -> bytes:
    """Give one of the contents that came under the same id."""
    key = f"said-{number}-{variant}"
    content = {
        "id": f"{number:032x}",
        "app": "editor",
        "week": WEEK,
        "day": DAY,
        "facts": [
            {"m": "menu.used", "d": MONDAY, "k": key, "c": number},
            {"m": "menu.used", "d": MONDAY, "k": "shared", "c": 1},
            {"m": "system.os", "d": None, "k": key, "c": 1},
        ],
        "aside": [{"m": "made.up", "r": f"reason-{number}-{variant}"}],
    }
    return json.dumps(content, separators=(",", ":")).encode()


class World:
    """A collector's logs and tables in a folder."""

    def __init__(self, folder: Path, opens: Callable[[Path], FactStore]) -> None:
        self.folder = folder
        self._opens = opens
        self.came: dict[int, set[int]] = {}
        self.gone: set[int] = set()
        self._open()

    def _open(self) -> None:
        self.logs = {name: FileLog(self.folder / "log" / name, 600) for name in NAMES}
        self.facts = self._opens(self.folder / "facts")

    def close(self) -> None:
        for log in self.logs.values():
            log.close()
        self.facts.close()

    def do(self, what: str, one: Any, other: Any) -> None:  # noqa: ANN401 drawn
        match what:
            case "comes":
                number, variant = one
                self.logs[other].append([report(number, variant)])
                self.came.setdefault(number, set()).add(variant)
            case "goes":
                record = Gone(f"{one:032x}", "editor", WEEK, DAY, "0" * 64)
                self.logs[other].append([encode(record)])
                self.gone.add(one)
            case "runs":
                self.round()
            case "crashes":
                with suppress(CrashError):
                    self.round(one, after=other)
                self.close()
                self._open()
            case _:  # the tables are lost
                self.close()
                shutil.rmtree(self.folder / "facts")
                self._open()

    def round(self, call: str = "", *, after: bool = False) -> bool:
        """Do what the loader does in one round; perhaps until the process ends in it."""
        facts: Any = Fragile(self.facts, call, after=after)
        logs: dict[str, KeptLog] = {
            name: Fragile(log, call, after=after)  # type: ignore[misc]
            for name, log in self.logs.items()
        }
        erase_listed(logs, facts)
        loaded = [load_next(log, facts) for log in logs.values()]
        erase_listed(logs, facts)
        return any(loaded)

    def settle(self) -> None:
        while self.round():
            pass
        assert self.facts.erasures() == []

    def rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        return self.facts.query(sql, 10_000).rows


def check(world: World) -> None:
    """Compare the tables with the reports that were not taken back, and look into every file."""
    expected: dict[str, int] = {}
    for number in set(world.came) - world.gone:
        found = {
            variant
            for variant in world.came[number]
            if world.rows(f"select 1 from facts where key = 'said-{number}-{variant}'")  # noqa: S608
        }
        assert len(found) == 1
        expected[f"said-{number}-{found.pop()}"] = number
    rows = {
        (t.metric, t.span, t.key): (t.count, t.n, t.all_n) for t in world.facts.totals("editor")
    }
    total = len(expected)
    wanted = {
        ("menu.used", span, key): (count, 1, total)
        for span in ("day", "week")
        for key, count in expected.items()
    }
    if total:
        wanted |= {("menu.used", span, "shared"): (total, total, total) for span in ("day", "week")}
    wanted |= {("system.os", "week", key): (1, 1, total) for key in expected}
    assert rows == wanted
    assert world.facts.apps() == ({"editor": total} if total else {})
    reasons = {key.replace("said", "reason") for key in expected}
    assert {row[0] for row in world.rows("select reason from asides")} == reasons
    assert world.rows("select 1 from facts where reports <= 0") == ()
    for file in (world.folder / "log").rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        for number in world.gone:
            assert f"said-{number}-".encode() not in data
            assert f"reason-{number}-".encode() not in data


numbers = st.integers(1, 4)
acts = st.one_of(
    st.tuples(st.just("comes"), st.tuples(numbers, st.integers(0, 1)), st.sampled_from(NAMES)),
    st.tuples(st.just("comes"), st.tuples(numbers, st.integers(0, 1)), st.sampled_from(NAMES)),
    st.tuples(st.just("goes"), numbers, st.sampled_from(NAMES)),
    st.tuples(st.just("runs"), st.none(), st.none()),
    st.tuples(st.just("crashes"), st.sampled_from(CALLS), st.booleans()),
    st.tuples(st.just("forgets"), st.none(), st.none()),
)


@contextmanager
def world_after(
    some: Sequence[Act], opens: Callable[[Path], FactStore] = DuckdbFacts
) -> Iterator[World]:
    with TemporaryDirectory() as folder:
        world = World(Path(folder), opens)
        try:
            for act in some:
                world.do(*act)
            world.settle()
            yield world
        finally:
            world.close()


@settings(max_examples=25, deadline=None)
@given(some=st.lists(acts, max_size=14))
def test_only_what_was_not_taken_back_is_left(some: list[Act]) -> None:
    with world_after(some) as world:
        check(world)
        world.do("forgets", None, None)
        world.settle()
        check(world)


@pytest.fixture(params=["duckdb", "postgres"])
def opens(request: pytest.FixtureRequest) -> Callable[[Path], FactStore]:
    if request.param == "duckdb":
        return DuckdbFacts
    database: Callable[[Path], str] = request.getfixturevalue("postgres")
    return lambda folder: PostgresFacts(database(folder), str(folder))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_a_crash_anywhere_in_between_is_made_good(
    opens: Callable[[Path], FactStore],
    call: str,
    after: bool,  # noqa: FBT001 a column of the table
) -> None:
    acts: list[Act] = [
        ("comes", (1, 0), "0"),
        ("comes", (2, 0), "1"),
        ("runs", None, None),
        ("comes", (1, 1), "1"),
        ("runs", None, None),
        ("goes", 1, "0"),
        ("crashes", call, after),
        ("comes", (1, 1), "0"),
    ]
    with world_after(acts, opens) as world:
        check(world)
        known = world.facts.report("editor", f"{1:032x}")
        assert known is not None
        assert (str(known.gone), known.waits, known.linked) == (DAY, False, False)
        assert world.facts.position("0") > LogPosition()
