from __future__ import annotations

import hashlib
import json
import random  # noqa: TID251 the seed makes the moments of the kills repeat
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.outside.conftest import FILE
from tests.outside.senders import Senders
from tests.patience import PATIENCE
from tests.postgres import PASSWORD, NoPostgresError, Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.outside.conftest import Collector, MakeReport, Run, Serve

TOKEN = "ab" * 32
HASH = hashlib.sha256(bytes.fromhex(TOKEN)).hexdigest()
ROUNDS = 2
SEED = 20261125
COUNTS = "select count(*) as reports, count(distinct id) as ids from reports"


@pytest.fixture(scope="module")
def server(require_postgres: bool) -> Iterator[Server]:  # noqa: FBT001 a switch of the tests
    """Give a server that syncs as one in earnest does."""
    try:
        with serving({}) as running:
            yield running
    except NoPostgresError as error:
        if require_postgres:
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture
def store(server: Server, tmp_path: Path) -> Iterator[str]:
    """Give an empty database."""
    yield server.database(tmp_path)
    server.forget()


def test_a_collector_serves_from_postgresql_and_answers_queries_with_it_and_without(
    serve: Serve, report: MakeReport, run: Run, store: str
) -> None:
    collector = serve(None, "--store", store)
    for number in range(3):
        assert collector.put(report(number)).status == 201
    assert collector.put(report(0)).status == 200
    assert collector.numbers()["reports"] == 3
    assert collector.ask("GET", "/apps/editor").status == 200
    page = collector.ask("GET", "/apps/editor/registry/file.opened")
    assert (page.status, b"how many reports had it" in page.body) == (200, True)
    assert _asked(run, collector, COUNTS) == [{"reports": 3, "ids": 3}]
    refused = run("sql", "delete from reports", "--data", str(collector.data))
    assert (refused.returncode, "one reading statement" in refused.stderr) == (1, True)
    collector.put(report(4))
    collector.running.end(signal.SIGKILL)
    forgotten = run("sql", COUNTS, "--data", str(collector.data))
    assert "name it with --store" in forgotten.stderr
    assert _asked(run, collector, COUNTS, "--store", store) == [{"reports": 4, "ids": 4}]
    assert not list(collector.data.glob("facts/*"))


def test_what_waits_comes_back_and_what_was_taken_back_is_gone_in_postgresql_as_well(
    serve: Serve, report: MakeReport, run: Run, store: str, tmp_path: Path
) -> None:
    collector = serve(None, "--store", store)
    colour = {"metric": "theme.colour", "value": "green"}
    collector.put(report(1, colour, withdrawal=HASH))
    collector.put(report(2, colour, {"metric": "system.os", "value": "linux"}))
    collector.put(report(3, withdrawal=HASH))
    assert collector.numbers()["reports"] == 3
    here: tuple[str, ...] = ("--data", str(collector.data))
    assert _waiting(run, *here) == [("theme.colour", 2)]
    collector.running.end(signal.SIGTERM)

    grown = tmp_path / "grown"
    grown.mkdir()
    metric = FILE.partition('[metric."system.os"]')[2]
    more = f'[metric."theme.colour"]{metric}'.replace('"linux", "macos"', '"green"')
    (grown / "editor.toml").write_text(f"{FILE}\n{more}", encoding="utf-8")
    here = (*here, "--store", store)
    replayed = run("quarantine", "replay", *here, "--registry", str(grown))
    assert replayed.stdout == "2 entries of 2 reports came back.\n", replayed.stderr
    assert _waiting(run, *here) == []

    collector = serve(None, "--store", store)
    token = {"authorization": f"Bearer {TOKEN}"}
    for number in (1, 3):
        taken = collector.ask("DELETE", f"/reports/editor/{number:032x}", headers=token)
        assert (taken.status, taken.content["code"]) == (200, "deleted")
    assert collector.numbers()["reports"] == 1
    select = "select metric, key, count, reports from facts order by metric"
    assert _asked(run, collector, select) == [
        {"metric": "system.os", "key": "linux", "count": 1, "reports": 1},
        {"metric": "theme.colour", "key": "green", "count": 1, "reports": 1},
    ]
    health = collector.health()
    assert (health["status"], health["keeping"]["state"]) == ("ok", "ok")
    assert not (collector.data / "control.sqlite").exists()


def test_reports_are_taken_while_the_database_is_away_and_counted_when_it_is_back(
    serve: Serve, report: MakeReport, store: str, server: Server
) -> None:
    collector = serve(None, "--store", store)
    assert collector.put(report(1)).status == 201
    assert collector.numbers()["reports"] == 1
    server.stop(signal.SIGQUIT)
    assert collector.put(report(2)).status == 201
    _assert_cut_off(collector)
    server.start()
    _assert_whole_again(collector, reports=2)


def test_a_collector_that_starts_while_its_database_is_away_takes_reports_until_it_comes(
    serve: Serve, report: MakeReport, store: str, server: Server
) -> None:
    collector = serve(None, "--store", store)
    assert collector.put(report(1)).status == 201
    assert collector.numbers()["reports"] == 1
    collector.running.end(signal.SIGTERM)
    server.stop()
    collector = serve(None, "--store", store)
    assert collector.put(report(1)).status == 200
    assert collector.put(report(2)).status == 201
    _assert_cut_off(collector)
    server.start()
    _assert_whole_again(collector, reports=2)
    assert "the database is away; reports are kept in the log" in collector.running.output


def test_every_acknowledged_report_is_published_once_whatever_dies(
    serve: Serve, report: MakeReport, run: Run, store: str, server: Server
) -> None:
    dice = random.Random(SEED)  # noqa: S311 as above
    senders = Senders(report)
    for _ in range(ROUNDS):
        collector = serve(None, "--store", store)
        goal = dice.randint(400, 900)
        sending = threading.Thread(target=senders.kill_after, args=(collector, goal))
        sending.start()
        for how in (signal.SIGQUIT, signal.SIGINT):
            time.sleep(dice.uniform(0.3, 0.8))
            server.stop(how)
            time.sleep(dice.uniform(0.0, 0.5))
            server.start()
        sending.join(PATIENCE)
        assert not sending.is_alive()
        collector = serve(None, "--store", store)
        repeated = dice.sample(sorted(senders.acknowledged), len(senders.acknowledged) // 3)
        assert senders.resend(collector, repeated) == {200}
        senders.resend_unanswered(collector)
        collector.running.end(signal.SIGKILL)
    collector = serve(None, "--store", store)
    expected = len(senders.acknowledged)
    numbers = collector.numbers()
    week = numbers["metrics"][0]["weeks"][0]
    assert (numbers["reports"], week["count"], week["n"]) == (expected, expected, expected)
    assert _asked(run, collector, COUNTS) == [{"reports": expected, "ids": expected}]
    query = "select sum(count * reports)::bigint as opened from facts where metric = 'file.opened'"
    assert _asked(run, collector, query) == [{"opened": expected}]


@pytest.mark.parametrize(
    ("store", "words"),
    [
        pytest.param("mysql://ana:hunter2@db/x", "begins with duckdb:// or", id="unknown"),
        pytest.param("postgresql://ana:hun ter2@db/x", "none that PostgreSQL knows", id="broken"),
        pytest.param("postgresql://ana:hunter2@127.0.0.1:1/x", "cannot be reached", id="away"),
    ],
)
def test_a_store_that_cannot_be_is_refused_with_what_to_do(
    store: str, words: str, run: Run, registry: Path, tmp_path: Path
) -> None:
    where = ("--data", str(tmp_path / "data"), "--registry", str(registry), "--port", "0")
    done = run("serve", *where, "--store", store)
    assert done.returncode in {1, 2}
    assert words in done.stderr
    assert "ter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_password_is_told_and_never_shown(
    server: Server, run: Run, registry: Path, tmp_path: Path
) -> None:
    server.stop()
    server.start_on_a_free_port()
    server.run(f"create role ana login password '{PASSWORD}'")
    store = server.by_network("postgres", "ana", "hunter2")
    where = ("--data", str(tmp_path / "data"), "--registry", str(registry), "--port", "0")
    done = run("serve", *where, "--store", store)
    server.stop()
    server.start()
    server.forget()
    assert done.returncode == 1
    assert 'password authentication failed for user "ana"' in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def _assert_cut_off(collector: Collector) -> None:
    """It takes reports, and says that its numbers cannot be read."""
    health = collector.ask("GET", "/health")
    assert (health.status, health.content["store"]["state"]) == (503, "failing")
    assert collector.ask("GET", "/apps/editor").status == 503
    assert collector.ask("GET", "/ready").status == 200


def _assert_whole_again(collector: Collector, reports: int) -> None:
    """It counts everything without a word from anybody, and ends in good order."""
    _until(lambda: collector.ask("GET", "/health").status == 200)
    assert collector.numbers()["reports"] == reports
    assert collector.running.end(signal.SIGTERM) == 0
    assert "Traceback" not in collector.running.output


def _until(true: Any) -> None:  # noqa: ANN401 any call
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def _waiting(run: Run, *where: str) -> list[tuple[str, int]]:
    done = run("quarantine", "list", "--format", "json", *where)
    assert done.returncode == 0, done.stderr
    return [(row["metric"], row["reports"]) for row in json.loads(done.stdout)]


def _asked(run: Run, collector: Collector, query: str, *more: str) -> list[dict[str, Any]]:
    done = run("sql", query, "--data", str(collector.data), "--format", "json", *more)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows
