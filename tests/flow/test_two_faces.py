"""A collector that shows different people different logs is caught, in memory and over HTTP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.cli.main import commands, run
from aboveboard.transparency import evidence, proven
from aboveboard.transparency.entries import RegistryEntry
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.mirror import Followed, compare, follow
from aboveboard.transparency.watch import Doubt, Seen, advance
from aboveboard.web.log_pages import log_routes

SIGNER = Ed25519Signer(bytes(range(32)))
CHECKER = Ed25519Checker()
ORIGIN = "telemetry.editor.example/log"
SHARED = [b"registry 1", b"registry 2"]
FOR_ALICE = b"registry 3: what the community agreed to"
FOR_BOB = b"registry 3: and where Bob is"


def face(*registries: bytes) -> TransparencyLog:
    """Give one face of the collector: the same key and name, and these registries."""
    log = TransparencyLog(MemoryLedger(), SIGNER, ORIGIN)
    for blob in registries:
        show(log, blob)
    return log


def show(log: TransparencyLog, blob: bytes) -> None:
    log.add(RegistryEntry("editor", content_name(blob), "", date(2026, 11, 18)), [blob])


def mirrored(log: TransparencyLog) -> MemoryLedger:
    ledger = MemoryLedger()
    assert isinstance(follow(log, ledger, log.key, CHECKER), Followed)
    return ledger


def test_each_face_is_without_fault_for_whoever_sees_it_alone() -> None:
    for mine in (FOR_ALICE, FOR_BOB):
        log = face(*SHARED)
        first = advance(None, log.checkpoint(), (), log.key, CHECKER)
        show(log, mine)
        assert isinstance(first, Seen)
        then = advance(first, log.checkpoint(), log.consistency(2, 3), log.key, CHECKER)
        assert isinstance(then, Seen)
        entry = proven.check(log.proven(2), log.key, CHECKER)
        assert isinstance(entry, RegistryEntry)
        assert entry.fingerprint == content_name(mine)
        assert len(mirrored(log).leaves()) == 3


@pytest.mark.parametrize("further", [[], [b"registry 4"], [b"registry 4", b"registry 5"]])
def test_comparing_two_faces_yields_evidence_that_stands_on_its_own(further: list[bytes]) -> None:
    alice, bob = face(*SHARED, FOR_ALICE), face(*SHARED, FOR_BOB, *further)
    doubt = compare(alice, bob, alice.key, CHECKER)
    assert isinstance(doubt, Doubt)
    assert doubt.evidence is not None
    published = evidence.read(evidence.write(doubt.evidence))
    assert published is not None
    assert evidence.proves(published, alice.key, CHECKER)


@pytest.mark.parametrize(
    ("registries", "code", "proved"),
    [
        pytest.param(SHARED, "log_shrank", False, id="shrinks"),
        pytest.param([SHARED[0], FOR_BOB], "log_shrank", True, id="shrinks-to-another"),
        pytest.param([*SHARED, FOR_BOB], "log_forked", True, id="same-size"),
        pytest.param([*SHARED, FOR_BOB, b"4"], "history_rewritten", True, id="rewrites"),
    ],
)
def test_a_log_that_turns_to_one_follower_is_caught_by_that_follower(
    registries: list[bytes],
    code: str,
    proved: bool,  # noqa: FBT001 a column of the table
) -> None:
    honest, turned = face(*SHARED, FOR_ALICE), face(*registries)
    ledger = mirrored(honest)
    doubt = follow(turned, ledger, honest.key, CHECKER)
    assert isinstance(doubt, Doubt)
    assert doubt.code == code
    assert (doubt.evidence is not None) == proved
    assert doubt.evidence is None or evidence.proves(doubt.evidence, honest.key, CHECKER)
    assert ledger.checkpoint() == honest.checkpoint()


@contextlib.contextmanager
def served(log: TransparencyLog) -> Iterator[str]:
    """Serve a log over HTTP on this machine."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        app = Starlette(routes=log_routes(log))
        config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/log"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setitem(commands.places, "log", "aboveboard.cli.log:log")
    return tmp_path


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_alice_and_bob_catch_a_two_faced_collector_over_http(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alice, bob = face(*SHARED), face(*SHARED)
    folders = [str(home / "alice"), str(home / "bob")]
    with served(alice) as for_alice, served(bob) as for_bob:
        key = ["--key", str(alice.key)]
        for address, folder in zip((for_alice, for_bob), folders, strict=True):
            assert run(["log", "mirror", address, folder, *key]) == 0
        assert run(["log", "compare", *folders]) == 0
        assert "the same 2 entries in both" in capsys.readouterr().out

        show(alice, FOR_ALICE)
        show(bob, FOR_BOB)
        show(bob, b"registry 4")
        for address, folder in zip((for_alice, for_bob), folders, strict=True):
            assert run(["log", "mirror", address, folder]) == 0
            assert run(["log", "check", address, *key]) == 0
        assert run(["log", "show", for_bob]) == 0
        assert capsys.readouterr().out.splitlines()[-1].startswith("     3  2026-11-18  editor")

        assert run(["log", "compare", *folders]) == 1
        assert "[log_forked]" in capsys.readouterr().err
        assert run(["log", "compare", for_alice, for_bob, *key]) == 1
        assert "--evidence FOLDER" in capsys.readouterr().err
        assert run(["log", "mirror", for_bob, folders[0]]) == 1
        assert "[history_rewritten]" in capsys.readouterr().err
    for proof in (home / "alice" / "evidence").glob("*.json"):
        assert run(["log", "check", str(proof), *key]) == 0
    assert "proves that" in capsys.readouterr().out
