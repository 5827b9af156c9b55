"""Enters: minutes, a seed, a store. Leaves: whether what was acknowledged is counted, exactly.

`make soak` runs it. Everything is on this machine, the load on the loopback; it ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random  # noqa: TID251 a seed makes a run repeat as far as processes let it
import secrets
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.disks import small_disk
from tests.outside.conftest import FILE
from tests.soak.senders import KEPT, TAKEN_BACK_OF, Connection, Senders, opened
from tests.soak.servers import Server
from tests.soak.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

MB, MB_A_MINUTE = 256, 300
"""Room for what a fast machine brings to its log; only a trouble is to fill the disk."""
PEACE = 2.0
"""Seconds between two troubles, on average."""


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(prog="make soak ARGS=", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--store", choices=["duckdb", "postgresql"], default="duckdb")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # a database runs as another user
        sys.exit(0 if asyncio.run(soak(told, Path(folder))) else 1)


async def soak(told: argparse.Namespace, folder: Path) -> bool:
    """Load, hurt, compare; print what happens."""
    dice = random.Random(told.seed)  # noqa: S311 as above
    say(f"seed {told.seed}, {told.minutes:g} minutes, {told.workers} worker(s), {told.store}")
    with (
        small_disk(folder / "disk", _room(told.minutes)) as disk,
        _database(told.store, folder) as database,
    ):
        server = _server(told, disk, folder, database)
        await server.start()
        senders = Senders(server.port, dice)
        sending = asyncio.create_task(senders.run())
        trouble = Trouble(server, disk, dice, database)
        await _trouble_until(time.monotonic() + told.minutes * 60, trouble, senders, sending)
        senders.stop()
        await sending
        say(f"everything is acknowledged: {len(senders.acknowledged)} reports; comparing")
        right = _compare(await server.settled(), senders.acknowledged)
        left = await _take_some_back(server, senders)
        right = len(left) < len(senders.acknowledged) and right
        right = _compare(await server.settled(), left) and right
        server.kill()
        await server.start()
        right = _compare(await server.settled(), left) and right
        await server.end()
    return right


def say(line: str) -> None:
    """Tell whoever watches."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


def _room(minutes: float) -> str:
    return f"{MB + round(MB_A_MINUTE * minutes)}m"


def _server(told: argparse.Namespace, disk: Path, folder: Path, database: Any) -> Server:  # noqa: ANN401
    registry = folder / "registry"
    registry.mkdir()
    (registry / "editor.toml").write_text(FILE, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    arguments = ["serve", "--data", str(disk / "data"), "--registry", str(registry)]
    arguments += ["--port", str(port)]
    if told.workers > 1:
        arguments += ["--workers", str(told.workers)]
    if database is not None:
        arguments += ["--store", database.url]
    return Server(arguments, port, folder / "printed.txt")


@contextlib.contextmanager
def _database(store: str, folder: Path) -> Iterator[Any]:
    if store == "duckdb":
        yield None
        return
    from tests.postgres import Database, serving  # noqa: PLC0415 only then it has to be there

    # Without settings of its own it syncs, as one in earnest does.
    with serving({}) as running:
        yield Database(running, running.database(folder))


async def _trouble_until(
    end: float, trouble: Trouble, senders: Senders, sending: asyncio.Task[None]
) -> None:
    while time.monotonic() < end:
        await asyncio.sleep(trouble.dice.random() * 2 * PEACE)
        if sending.done():
            sending.result()
        kind = trouble.dice.choice(trouble.kinds())
        say(f"{len(senders.acknowledged):>8} acknowledged; {kind}")
        await trouble.happen(kind)
    say(f"answers by status, 0 for none: {dict(sorted(senders.statuses.items()))}")


async def _take_some_back(server: Server, senders: Senders) -> set[int]:
    """Take some reports back; give those that are left."""
    left = set(senders.acknowledged)
    connection = await Connection.open(server.port)
    for number in sorted(left)[::TAKEN_BACK_OF][:200]:
        if await connection.take_back(number) in KEPT:
            left.discard(number)
    connection.close()
    back = len(senders.acknowledged) - len(left)
    say(f"took {back} reports back" if back else "WRONG: no report could be taken back")
    return left


def _compare(numbers: dict[str, Any], kept: set[int]) -> bool:
    weeks = {each["metric"]: each["weeks"][-1] for each in numbers["metrics"] if each["weeks"]}
    files, systems = weeks["file.opened"], weeks["system.os"]
    found = (numbers["reports"], files["n"], files["count"], systems["n"])
    expected = (len(kept), len(kept), sum(map(opened, kept)), len(kept))
    same = found == expected
    say(f"{'exactly' if same else 'WRONG:'} counted {found}, acknowledged {expected}")
    return same


if __name__ == "__main__":
    main()
