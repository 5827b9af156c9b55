from __future__ import annotations

import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aboveboard.adapters.control_process import ControlProcess, Use
from aboveboard.adapters.control_store import FILE, in_folder
from aboveboard.adapters.control_worker import answer
from aboveboard.errors import ControlError

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


def test_what_one_process_notes_down_another_finds(tmp_path: Path) -> None:
    apart = ControlProcess("", str(tmp_path))
    run = apart.begin("retention", NOON)
    apart.end(run, NOON, "done", {"rows": 3})
    assert [(each.outcome, each.numbers) for each in apart.last_runs()] == [("done", {"rows": 3})]
    store = in_folder(tmp_path)
    assert store.last_runs() == apart.last_runs()
    store.close()


def test_the_words_of_the_store_are_the_words_of_its_process(tmp_path: Path) -> None:
    in_folder(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("update alembic_version set version_num = 'ffff'")
    database.close()
    with pytest.raises(ControlError, match="of version ffff, which this Aboveboard does not know"):
        ControlProcess("", str(tmp_path)).last_runs()


@pytest.mark.parametrize("worker", ["aboveboard.no_such_module", "aboveboard.errors", "this"])
def test_a_process_that_fails_or_talks_nonsense_is_a_store_that_cannot_be_used(
    tmp_path: Path, worker: str
) -> None:
    with pytest.raises(ControlError, match=r"^the control store cannot be used: \w+$"):
        ControlProcess("", str(tmp_path), worker).last_runs()


def test_a_store_that_is_closed_is_used_no_more(tmp_path: Path) -> None:
    apart = ControlProcess("", str(tmp_path))
    apart.close()
    with pytest.raises(ControlError, match="is closed"):
        apart.last_runs()


def test_a_use_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="TimeoutExpired"):
        ControlProcess("", str(tmp_path), longest_seconds=0.001).last_runs()


def test_a_worker_answers_with_what_came_of_it_or_why_nothing_did(tmp_path: Path) -> None:
    assert answer(Use("", str(tmp_path), "last_runs", ())) == ([], "")
    found, why = answer(Use("", str(tmp_path / FILE / "under"), "last_runs", ()))
    assert found is None
    assert why.startswith("the control store cannot be opened")
    found, why = answer(Use("postgresql://127.0.0.1:1/none", "", "last_runs", ()))
    assert found is None
    assert why


def test_a_collector_that_has_nothing_to_do_imports_no_sqlalchemy(tmp_path: Path) -> None:
    """Run where nothing else has imported it."""
    import subprocess  # noqa: PLC0415 for this alone

    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from aboveboard.bootstrap.store import control_apart\n"
        "from aboveboard.adapters.data_folder import DataFolder\n"
        f"print(control_apart('', DataFolder(Path({str(tmp_path)!r}))).last_runs())\n"
        "print({'sqlalchemy', 'alembic'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\nset()\n"
