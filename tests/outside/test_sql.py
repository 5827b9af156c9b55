from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import stat
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.outside.conftest import Collector, MakeReport, Run, Serve

TOTALS = "select metric, key, count, n from totals where span = 'week' order by all"
ROWS = [
    {"metric": "file.opened", "key": "", "count": 3, "n": 3},
    {"metric": "system.os", "key": "linux", "count": 1, "n": 1},
]


@pytest.fixture
def filled(serve: Serve, report: MakeReport) -> Collector:
    collector = serve()
    for number in range(3):
        collector.put(report(number))
    collector.put(report(3, {"metric": "system.os", "value": "linux"}))
    collector.numbers()
    return collector


def test_a_query_beside_a_running_collector_is_answered_in_three_forms(
    filled: Collector, run: Run
) -> None:
    data = str(filled.data)
    as_json = run("sql", TOTALS, "--data", data, "--format", "json")
    as_csv = run("sql", TOTALS, "--data", data, "--format", "csv")
    as_table = run("sql", TOTALS, "--data", data)
    assert [done.returncode for done in (as_json, as_csv, as_table)] == [0, 0, 0]
    assert json.loads(as_json.stdout) == ROWS
    texts = [{name: str(value) for name, value in row.items()} for row in ROWS]
    assert list(csv.DictReader(io.StringIO(as_csv.stdout))) == texts
    cells = [line.strip("│┃ ").split() for line in as_table.stdout.splitlines()]
    assert ["metric", "┃", "key", "┃", "count", "┃", "n"] in cells
    assert ["system.os", "│", "linux", "│", "1", "│", "1"] in cells


@pytest.mark.parametrize(
    "how", [pytest.param(signal.SIGTERM, id="stopped"), pytest.param(signal.SIGKILL, id="killed")]
)
def test_a_query_works_when_no_collector_serves_any_more(
    filled: Collector, run: Run, how: signal.Signals
) -> None:
    filled.running.end(how)
    done = run("sql", TOTALS, "--data", str(filled.data), "--format", "json")
    assert json.loads(done.stdout) == ROWS


def test_a_query_sees_what_was_acknowledged_just_before_the_collector_was_killed(
    serve: Serve, report: MakeReport, run: Run
) -> None:
    collector = serve()
    for number in range(50):
        assert collector.put(report(number)).status == 201
    collector.running.end(signal.SIGKILL)
    query = "select count(*) as reports from reports"
    done = run("sql", query, "--data", str(collector.data), "--format", "json")
    assert json.loads(done.stdout) == [{"reports": 50}]


def test_the_tables_are_made_anew_from_the_log(filled: Collector, run: Run) -> None:
    filled.running.end(signal.SIGTERM)
    for file in (filled.data / "facts").iterdir():
        file.unlink()
    done = run("sql", TOTALS, "--data", str(filled.data), "--format", "json")
    assert json.loads(done.stdout) == ROWS


def test_the_tables_are_made_anew_even_without_their_folder(filled: Collector, run: Run) -> None:
    filled.running.end(signal.SIGTERM)
    shutil.rmtree(filled.data / "facts")
    done = run("sql", TOTALS, "--data", str(filled.data), "--format", "json")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("query", "words"),
    [
        pytest.param("selec 1", "syntax error", id="a-typing-mistake"),
        pytest.param("select * from nothing", "nothing does not exist", id="no-such-table"),
        pytest.param("delete from facts", "one reading statement", id="deleting"),
        pytest.param("select 1; select 2", "one reading statement", id="two-at-once"),
        pytest.param("copy facts to 'x.csv'", "one reading statement", id="writing-a-file"),
        pytest.param("attach 'x.db'", "one reading statement", id="opening-a-database"),
        pytest.param("set threads = 1", "one reading statement", id="changing-a-setting"),
        pytest.param("", "one reading statement", id="nothing"),
        pytest.param("from read_text('/etc/hostname')", "disabled", id="reading-a-file"),
        pytest.param("from 'https://example.org/x.csv'", "disabled", id="asking-the-network"),
    ],
)
def test_what_is_more_than_reading_is_refused(
    shared: Collector, run: Run, query: str, words: str
) -> None:
    _assert_refused(run, shared.data, query, words)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        pytest.param("select * from nothing", "nothing does not exist", id="no-such-table"),
        pytest.param("delete from facts", "one reading statement", id="deleting"),
        pytest.param("from read_text('/etc/hostname')", "disabled", id="reading-a-file"),
    ],
)
def test_it_is_refused_without_a_collector_too(
    run: Run, tmp_path: Path, query: str, words: str
) -> None:
    (tmp_path / "facts").mkdir()
    _assert_refused(run, tmp_path, query, words)


def _assert_refused(run: Run, data: Path, query: str, words: str) -> None:
    done = run("sql", query, "--data", str(data))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("aboveboard: ")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_folder_is_refused_and_not_made(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "nobody"
    done = run("sql", "select 1", "--data", str(folder))
    assert done.returncode == 1
    assert f"no collector has kept anything in {folder}" in done.stderr
    assert "--data" in done.stderr
    assert not folder.exists()


def test_a_long_answer_is_cut_and_says_so(filled: Collector, run: Run) -> None:
    data = str(filled.data)
    cut = run("sql", TOTALS, "--data", data, "--format", "json", "--rows", "1")
    assert json.loads(cut.stdout) == ROWS[:1]
    assert cut.stderr == "Only the first 1 rows; ask for more with --rows.\n"
    whole = run("sql", TOTALS, "--data", data, "--format", "json", "--rows", "2")
    assert (json.loads(whole.stdout), whole.stderr) == (ROWS, "")


def test_a_negative_number_of_rows_is_refused(shared: Collector, run: Run) -> None:
    done = run("sql", "select 1", "--data", str(shared.data), "--rows=-5")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_what_json_has_no_number_for_is_still_json(shared: Collector, run: Run) -> None:
    query = "select 'nan'::double as a, 1 / 0 as b"
    done = run("sql", query, "--data", str(shared.data), "--format", "json")
    json.loads(done.stdout, parse_constant=_refuse)


def _refuse(word: str) -> NoReturn:
    pytest.fail(f"{word} is no JSON")


def test_only_the_owner_may_read_what_opens_the_desk(shared: Collector) -> None:
    for secret in (shared.data / "server.json", *(shared.data / "keys").iterdir()):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(shared.data.stat().st_mode) == 0o700
