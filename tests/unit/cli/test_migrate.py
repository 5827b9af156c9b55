"""Data as the first version left it: segments in ``log/`` itself, tables that knew one log."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import duckdb
import pytest

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.duckdb_facts import DuckdbFacts
from aboveboard.adapters.layout import old_tables
from aboveboard.bootstrap.collector import collector
from aboveboard.cli.main import run
from aboveboard.errors import SetupError
from aboveboard.ports.collector import LogPosition
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY

Printed = pytest.CaptureFixture[str]
HEADER = b"ABLOG\x00\x00\x01"
OLD_TABLES = """
create table position (segment bigint not null, byte_offset bigint not null);
create table reports (
    app varchar not null, id uuid not null, week varchar not null, received date not null
);
create table facts (
    app varchar not null, metric varchar not null, period varchar not null, key varchar not null,
    count bigint not null, reports bigint not null,
    primary key (app, metric, period, key, count)
);
create table group_totals (
    app varchar not null, metric varchar not null, span varchar not null, period varchar not null,
    key varchar not null, count bigint not null, n bigint not null,
    primary key (app, metric, span, period, key)
);
create table period_totals (
    app varchar not null, metric varchar not null, span varchar not null, period varchar not null,
    n bigint not null, primary key (app, metric, span, period)
);
create table asides (
    app varchar not null, day date not null, metric varchar not null, reason varchar not null,
    entries bigint not null, primary key (app, day, metric, reason)
);
create view totals as
select g.app, g.metric, g.span, g.period, g.key, g.count, g.n, p.n as all_n
from group_totals g join period_totals p
    on p.app = g.app and p.metric = g.metric and p.span = g.span and p.period = g.period;
"""
LOADED = """
insert into reports values
    ('editor', '00000000-0000-0000-0000-000000000001', '2026-W47', '2026-11-16');
insert into facts values ('editor', 'file.opened', '2026-11-16', '', 3, 1);
insert into group_totals values ('editor', 'file.opened', 'week', '2026-W47', '', 3, 1);
insert into group_totals values ('editor', 'file.opened', 'day', '2026-11-16', '', 3, 1);
insert into period_totals values ('editor', 'file.opened', 'week', '2026-W47', 1);
insert into period_totals values ('editor', 'file.opened', 'day', '2026-11-16', 1);
"""


def _frame(number: int) -> bytes:
    fact = {"m": "file.opened", "d": "2026-11-16", "k": "", "c": 3}
    content = {"id": f"{number:032x}", "app": "editor", "week": "2026-W47", "day": "2026-11-16"}
    payload = json.dumps(content | {"facts": [fact], "aside": []}).encode()
    return struct.pack("<II", len(payload), zlib.crc32(payload)) + payload


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a folder with three reports, of which the first is in the tables."""
    folder = tmp_path / "data"
    (folder / "log").mkdir(parents=True)
    (folder / "facts").mkdir()
    first = HEADER + _frame(1)
    (folder / "log" / "0000000001.log").write_bytes(first + _frame(2))
    (folder / "log" / "0000000001.torn").write_bytes(b"torn")
    (folder / "log" / "0000000002.log").write_bytes(HEADER + _frame(3))
    with duckdb.connect(str(folder / "facts" / "facts.duckdb")) as tables:
        tables.execute(OLD_TABLES)
        tables.execute(LOADED)
        tables.execute("insert into position values (1, ?)", [len(first)])
    return folder


def test_old_data_is_migrated_and_counted_exactly_once(data: Path, capsys: Printed) -> None:
    assert run(["migrate", "--data", str(data)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"3 files of the log moved to {data / 'log' / '0'}.",
        "The tables know now which log a report came in.",
    ]
    assert run(["load", "--data", str(data)]) == 0
    assert capsys.readouterr().out.startswith("2 records loaded")
    facts = DuckdbFacts(data / "facts")
    try:
        assert facts.apps() == {"editor": 3}
        [day, week] = facts.totals("editor")
        assert (day.count, day.n, week.count, week.n) == (9, 3, 9, 3)
        assert facts.position("0") > LogPosition(1, 0)
    finally:
        facts.close()


def test_migrating_again_does_nothing(data: Path, capsys: Printed) -> None:
    assert run(["migrate", "--data", str(data)]) == 0
    capsys.readouterr()
    assert run(["migrate", "--data", str(data)]) == 0
    assert capsys.readouterr().out == "Nothing to do: the data is of this version already.\n"


def test_what_was_begun_is_finished(data: Path, capsys: Printed) -> None:
    (data / "log" / "0").mkdir()
    (data / "log" / "0000000001.log").rename(data / "log" / "0" / "0000000001.log")
    assert run(["migrate", "--data", str(data)]) == 0
    assert capsys.readouterr().out.startswith("2 files of the log moved")
    assert len(list((data / "log" / "0").iterdir())) == 3


def test_tables_that_are_half_as_they_should_be_are_finished(data: Path) -> None:
    with duckdb.connect(str(data / "facts" / "facts.duckdb")) as tables:
        tables.execute("drop table position")
        tables.execute("create table position (log varchar, segment bigint, byte_offset bigint)")
    assert run(["migrate", "--data", str(data)]) == 0
    assert not old_tables(DataFolder(data))


def test_no_segment_is_written_over(data: Path, capsys: Printed) -> None:
    (data / "log" / "0").mkdir()
    (data / "log" / "0" / "0000000002.log").touch()
    assert run(["migrate", "--data", str(data)]) == 1
    assert "are both there" in capsys.readouterr().err
    assert (data / "log" / "0000000002.log").read_bytes() == HEADER + _frame(3)


def test_tables_that_cannot_be_opened_are_told(data: Path, capsys: Printed) -> None:
    (data / "facts" / "facts.duckdb").write_bytes(b"no database" * 1000)
    assert run(["migrate", "--data", str(data)]) == 1
    assert "the tables cannot be opened" in capsys.readouterr().err


def test_tables_that_cannot_be_changed_stay_as_they_were(data: Path, capsys: Printed) -> None:
    with duckdb.connect(str(data / "facts" / "facts.duckdb")) as tables:
        tables.execute("create table position_2 (x int)")
    assert run(["migrate", "--data", str(data)]) == 1
    assert "the tables cannot be migrated" in capsys.readouterr().err
    assert old_tables(DataFolder(data))


@pytest.mark.parametrize("word", ["load", "status", "backup"])
def test_no_command_works_on_older_data(
    data: Path, tmp_path: Path, word: str, capsys: Printed
) -> None:
    more = ["--backup-folder", str(tmp_path / "b")] if word == "backup" else []
    assert run([word, "--data", str(data), *more]) == 1
    assert "run `aboveboard migrate`" in capsys.readouterr().err


def test_a_collector_does_not_serve_older_data(data: Path, tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    with pytest.raises(SetupError, match="aboveboard migrate"):
        collector(CollectorSettings(data=data, registry=tmp_path / "registry"))
    assert {each.name for each in data.iterdir()} == {"log", "facts"}
