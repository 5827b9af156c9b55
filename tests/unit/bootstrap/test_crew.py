from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.patience import PATIENCE

from aboveboard.bootstrap import crew as crew_module
from aboveboard.bootstrap.crew import Crew
from aboveboard.registry.read import read
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def a_crew(tmp_path: Path, workers: int, answered: dict[str, frozenset[str]]) -> Crew:
    settings = CollectorSettings(data=tmp_path, registry=tmp_path, workers=workers)
    return Crew(settings, {"editor": read(EXAMPLE_REGISTRY)}, {"editor": frozenset()}, answered)


def test_a_single_process_has_no_crew(tmp_path: Path) -> None:
    crew = a_crew(tmp_path, 1, {})
    with closing(socket.socket()) as listener:
        crew.start(listener)
    crew.stop()
    state = crew.state()
    assert (state.wanted, state.running, state.restarts, state.outcomes) == (0, 0, 0, {})
    assert state.well
    assert state.log_well


def test_what_workers_said_is_added_up_also_of_those_that_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "worker_of_a_crew.py").write_text(
        "import json, sys\n"
        "order = json.loads(sys.stdin.readline())\n"
        "told = {'outcomes': {'kept': 2}, 'asides': 1, 'cut_bytes': 3}\n"
        "told['log_well'] = order['log'] != '2'\n"
        "told['outcomes'][min(order['registries'])] = 1\n"
        "print(json.dumps(told), flush=True)\n"
        "if order['answered'] or order['log'] == '1': sys.stdin.readline()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(crew_module, "MODULE", "worker_of_a_crew")
    answered: dict[str, frozenset[str]] = {}
    crew = a_crew(tmp_path, 2, answered)
    with closing(socket.socket()) as listener:
        crew.start(listener)
        # The second worker ends at once, until it is told that a question is answered.
        wait_until(lambda: crew.state().outcomes["kept"] >= 4)
        answered["editor"] = frozenset({"file.opened"})
        wait_until(lambda: crew.state().restarts > 0 and crew.state().well)
        state = crew.state()
        crew.stop()
    lives = state.restarts + 2
    assert (state.wanted, state.running) == (2, 2)
    assert state.outcomes == {"kept": 2 * lives, "editor": lives}
    assert (state.asides, state.cut_bytes) == (lives, 3 * lives)
    assert not state.log_well
    assert not crew.state().well
