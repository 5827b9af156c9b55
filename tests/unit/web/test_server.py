from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import closing
from pathlib import Path

import pytest

from aboveboard.adapters.main_socket import listen_in
from aboveboard.bootstrap import crew
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.errors import SetupError
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.web.app import CollectorApp
from aboveboard.web.guard import Guarded
from aboveboard.web.server import MainServer, Server, address_of, listen

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1"])


@pytest.fixture
def parts(tmp_path: Path) -> Collector:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    return collector(CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry"))


def test_a_free_port_is_taken_and_named() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert port > 0
        assert address_of(listener) == f"http://127.0.0.1:{port}"


def test_whoever_listens_everywhere_is_reached_on_this_machine() -> None:
    with closing(listen("0.0.0.0", 0)) as listener:  # noqa: S104 what is tested
        assert address_of(listener).startswith("http://127.0.0.1:")


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python knows no IPv6")
def test_an_ipv6_address_stands_in_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except SetupError:
        pytest.skip("this machine has no IPv6")
    with closing(listener):
        assert address_of(listener).startswith("http://[::1]:")


def test_a_port_that_is_taken_is_a_setup_error_that_helps() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(SetupError, match=rf"port {port}: .* choose another --port"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_a_setup_error() -> None:
    with pytest.raises(SetupError, match=r"cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_a_server_says_when_it_is_ready_and_ends_in_good_order(parts: Collector) -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        told: list[bool] = []

        def ready() -> None:
            told.append(parts.follower.alive())
            server.should_exit = True

        server = Server(CollectorApp(parts, address_of(listener)), ready)
        server.run(sockets=[listener])
    assert told == [True]
    assert not parts.follower.alive()


def test_a_server_that_cannot_start_does_not_say_that_it_is_ready(parts: Collector) -> None:
    parts.follower.start()  # which the application will fail to do once more
    told: list[bool] = []
    with closing(listen("127.0.0.1", 0)) as listener:
        server = Server(CollectorApp(parts, address_of(listener)), lambda: told.append(True))
        with pytest.raises(SystemExit):
            server.run(sockets=[listener])
    parts.follower.stop()
    parts.facts.close()
    assert told == []


def test_a_server_needs_nobody_to_tell(parts: Collector) -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        server = Server(CollectorApp(parts, address_of(listener)))
        server.should_exit = True
        server.run(sockets=[listener])
    assert not parts.follower.alive()


def test_a_main_server_starts_its_workers_and_ends_them_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    (tmp_path / "worker_of_a_server.py").write_text(
        "import json, sys\n"
        "told = [json.loads(sys.stdin.readline())]\n"
        "print('{}', flush=True)\n"
        "told.append(json.loads(sys.stdin.readline()))\n"
        "print(json.dumps({'outcomes': {'kept': 1 + told[1]['end']}}), flush=True)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(crew, "MODULE", "worker_of_a_server")
    settings = CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry", workers=2)
    parts = collector(settings)
    told: list[tuple[int, bool]] = []

    def ready() -> None:
        told.append((parts.crew.state().running, parts.follower.alive()))
        server.should_exit = True

    with closing(listen("127.0.0.1", 0)) as listener, closing(listen_in(settings.data)) as inner:
        app = CollectorApp(parts, address_of(listener))
        server = MainServer(app, ready, parts.crew, listener)
        server.run(sockets=[inner])
    assert told == [(2, True)]
    assert parts.crew.state().outcomes == {"kept": 4}
    assert not parts.follower.alive()


def test_a_server_looks_at_its_connections_once_a_second(parts: Collector) -> None:
    looks: list[int] = []

    class Watched(Guarded):
        def __init__(self) -> None:
            """Be no real connection."""

        def sweep(self) -> None:
            looks.append(1)

    with closing(listen("127.0.0.1", 0)) as listener:
        server = Server(CollectorApp(parts, address_of(listener)))
        server.server_state.connections.add(Watched())
        for tick in range(20):
            asyncio.run(server.on_tick(tick))
    parts.facts.close()
    assert len(looks) == 2


def test_a_server_leaves_the_garbage_collector_as_it_found_it(parts: Collector) -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    during: list[bool] = []

    def ready() -> None:
        during.append(gc.get_freeze_count() > before[1] and gc.get_threshold() != before[0])
        server.should_exit = True

    with closing(listen("127.0.0.1", 0)) as listener:
        server = Server(CollectorApp(parts, address_of(listener)), ready)
        server.run(sockets=[listener])
    assert during == [True]
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before[0], 0)
