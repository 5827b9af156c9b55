"""What every ControlStore promises, over all its adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from aboveboard.adapters.control_process import ControlProcess
from aboveboard.adapters.control_store import in_folder, in_postgres
from aboveboard.adapters.memory_control import MemoryControlStore
from aboveboard.errors import ControlError
from aboveboard.ports.control import Backup, ControlStore, JobRun

NOON = datetime(2026, 11, 18, 12, 0, 0, 250_000, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = date(2026, 11, 18)
BACKUP = Backup(NOON, "/backups/1", 5_000_000_000, DAY)

Open = Callable[[Path], ControlStore]


@pytest.fixture(params=["sqlite", "postgres"])
def opens(request: pytest.FixtureRequest) -> Open:
    if request.param == "sqlite":
        return in_folder
    database: Callable[[Path], str] = request.getfixturevalue("postgres")
    return lambda folder: in_postgres(database(folder))


@pytest.fixture(params=["memory", "apart", "apart-postgres", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ControlStore]:
    opened: ControlStore
    if request.param == "memory":
        opened = MemoryControlStore()
    elif request.param == "sqlite":
        opened = in_folder(tmp_path / "data")
    elif request.param == "apart":
        opened = ControlProcess("", str(tmp_path / "data"))
    elif request.param == "apart-postgres":
        opened = ControlProcess(request.getfixturevalue("postgres")(tmp_path), "")
    else:
        opened = in_postgres(request.getfixturevalue("postgres")(tmp_path))
    yield opened
    opened.close()


def test_a_new_store_is_empty(store: ControlStore) -> None:
    assert store.last_runs() == []
    assert store.runs("retention", 9) == []
    assert store.backups() == []


def test_a_job_that_runs_has_no_end_yet(store: ControlStore) -> None:
    store.begin("retention", NOON)
    assert store.last_runs() == [JobRun("retention", NOON)]


def test_a_run_that_ended_tells_how(store: ControlStore) -> None:
    run = store.begin("retention", NOON)
    store.end(run, NOON + HOUR, "done", {"rows": 12_000_000_000, "segments": 0})
    ended = JobRun("retention", NOON, NOON + HOUR, "done", {"rows": 12_000_000_000, "segments": 0})
    assert store.last_runs() == [ended]


def test_moments_come_back_the_same_from_whatever_zone(store: ControlStore) -> None:
    here = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.end(store.begin("retention", here), here, "done", {})
    [found] = store.last_runs()
    assert (found.started, found.ended) == (NOON, NOON)


def test_a_run_that_never_began_cannot_end(store: ControlStore) -> None:
    with pytest.raises(ControlError, match="no run has the number 7"):
        store.end(7, NOON, "done", {})


def test_the_last_run_of_each_job_is_given_by_name(store: ControlStore) -> None:
    store.end(store.begin("vacuum", NOON), NOON, "failed", {})
    store.begin("retention", NOON)
    store.begin("vacuum", NOON + HOUR)
    assert [(run.job, run.started) for run in store.last_runs()] == [
        ("retention", NOON),
        ("vacuum", NOON + HOUR),
    ]
    assert [run.outcome for run in store.runs("vacuum", 9)] == ["", "failed"]
    assert len(store.runs("vacuum", 1)) == 1


def test_old_runs_are_forgotten_but_never_the_last_of_a_job(store: ControlStore) -> None:
    for hours in range(4):
        store.begin("vacuum", NOON + hours * HOUR)
    store.begin("retention", NOON)
    assert store.forget_runs(NOON + 2 * HOUR) == 2
    assert [run.started for run in store.runs("vacuum", 9)] == [NOON + 3 * HOUR, NOON + 2 * HOUR]
    assert [run.job for run in store.last_runs()] == ["retention", "vacuum"]


def test_the_number_of_a_forgotten_run_is_not_used_again(store: ControlStore) -> None:
    first = store.begin("vacuum", NOON)
    second = store.begin("vacuum", NOON + HOUR)
    store.forget_runs(NOON + HOUR)
    assert store.begin("vacuum", NOON) not in {first, second}


def test_backups_are_given_latest_first_until_they_are_forgotten(store: ControlStore) -> None:
    later = replace(BACKUP, place="/backups/2", made=NOON + HOUR)
    store.keep_backup(later)
    store.keep_backup(BACKUP)
    assert store.backups() == [later, BACKUP]
    store.forget_backup(later.place)
    store.forget_backup("/none")
    assert store.backups() == [BACKUP]


def test_a_backup_takes_the_place_of_the_one_before(store: ControlStore) -> None:
    store.keep_backup(BACKUP)
    store.keep_backup(replace(BACKUP, size=1))
    assert store.backups() == [replace(BACKUP, size=1)]


def test_everything_is_there_after_reopening(opens: Open, tmp_path: Path) -> None:
    store = opens(tmp_path)
    run = store.begin("vacuum", NOON)
    store.keep_backup(BACKUP)
    store.close()
    again = opens(tmp_path)
    again.end(run, NOON + HOUR, "done", {"rows": 1})
    assert again.last_runs() == [JobRun("vacuum", NOON, NOON + HOUR, "done", {"rows": 1})]
    assert again.backups() == [BACKUP]
    again.close()


def test_after_closing_every_call_is_a_control_error(opens: Open, tmp_path: Path) -> None:
    store = opens(tmp_path)
    store.close()
    for call in (store.last_runs, store.backups, lambda: store.begin("vacuum", NOON)):
        with pytest.raises(ControlError, match="closed"):
            call()


def test_two_may_use_the_same_store(opens: Open, tmp_path: Path) -> None:
    one, other = opens(tmp_path), opens(tmp_path)
    one.begin("vacuum", NOON)
    other.begin("vacuum", NOON + HOUR)
    assert one.last_runs() == other.last_runs() == [JobRun("vacuum", NOON + HOUR)]
    one.close()
    other.close()
