"""Enters: a round. Leaves: what the core of a collector costs for each wire, in processor time.

No server, no disk: a request is read, translated and made into records that nobody writes. The
native wire gets the same treatment, from a body to the record.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.hpke import HpkeOpener, new_private_key
from aboveboard.adapters.period_keys import MemoryPeriodKeys
from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.adapters.signed_registries import served_folder
from aboveboard.adapters.system import SystemChance, SystemClock
from aboveboard.bootstrap.translators import translator
from aboveboard.bootstrap.wires import wires
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.batch import accept_all, split
from aboveboard.collector.foreign import Foreign
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.receive import Limits, Request
from aboveboard.collector.seen import SeenIds
from aboveboard.wires.endless_bodies import read_3
from aboveboard.wires.foreign import Understood, Wire
from aboveboard.wires.native import NDJSON_TYPE
from benchmarks.intake_reports import APP, Pool
from benchmarks.wires_parts import settings
from benchmarks.wires_requests import Client, endless_body, native, sizes

EVENTS = 1500
AT_ONCE = 32
"""Requests that wait for the same sync."""
DECODED = 1000
MICRO = 1e6

Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Core:
    """The core of a collector.

    Attributes:
        wires: by name.
        acceptor: takes native reports.
        foreign: keeps what the wires understand.
        pool: native reports.
        records: how many were made, of each batch.
    """

    wires: dict[str, Wire]
    acceptor: Acceptor
    foreign: Foreign
    pool: Pool
    records: list[int]


def core(folder: Path, reports: Path) -> Core:
    """Join a core around the registries of a folder.

    Args:
        folder: where the registries are written.
        reports: a file of native reports.
    """
    told = settings(folder / "data", folder)
    registries = {
        app: each.registry for app, each in served_folder(folder, Ed25519Checker()).items()
    }
    records: list[int] = []

    async def nowhere(many: Sequence[bytes]) -> None:
        records.append(len(many))

    clock, chance = SystemClock(), SystemChance()
    log, opener = GroupCommit(nowhere), HpkeOpener([new_private_key()])
    versions = {app: frozenset({each.fingerprint}) for app, each in registries.items()}
    acceptor = Acceptor(registries, log, SeenIds(), opener, clock, versions=versions)
    translators = {app: translator(each, shipped_folder()) for app, each in registries.items()}
    keys, meters = MemoryPeriodKeys(chance), Meters(registries)
    foreign = Foreign(acceptor, translators, keys, clock, chance, meters)
    made = {wire.name: wire for wire in wires(told, registries)}
    return Core(made, acceptor, foreign, Pool(reports), records)


async def measure(parts: Core, clients: Sequence[Client], number: int) -> Values:
    """Measure each client and the native wire once: microseconds an event.

    Args:
        parts: the core.
        clients: those that are measured.
        number: of the round, so that nothing is said twice.
    """
    found = {
        "json": _json(parts),
        native(1): await _native(parts),
        "endless.decode": _endless(),
    }
    for size in sizes(clients):
        found[native(size)] = await _native_batch(parts, size)
    for client in clients:
        found |= await _foreign(parts, client, number)
    return found


def _json(parts: Core) -> float:
    """Time what everything is compared with between machines: a report read by json.loads."""
    body = parts.pool.next()[1]
    since = time.process_time()
    for _ in range(DECODED):
        json.loads(body)
    return MICRO * (time.process_time() - since) / DECODED


def _endless() -> float:
    now = SystemClock().seconds()
    body = endless_body(1, now)
    since = time.process_time()
    for _ in range(DECODED):
        read_3(body, now)
    return MICRO * (time.process_time() - since) / DECODED


async def _native(parts: Core) -> float:
    requests = [Request(APP, name.decode(), body) for name, body in _reports(parts, EVENTS)]
    since = time.process_time()
    await _some_at_once([partial(parts.acceptor.accept, each) for each in requests])
    return MICRO * (time.process_time() - since) / EVENTS


async def _native_batch(parts: Core, size: int) -> float:
    many = EVENTS // size
    bodies = [b"\n".join(body for _, body in _reports(parts, size)) for _ in range(many)]
    since = time.process_time()
    await _some_at_once([partial(_accept_all, parts, each) for each in bodies])
    return MICRO * (time.process_time() - since) / (many * size)


async def _accept_all(parts: Core, body: bytes) -> None:
    lines = split(Request(APP, "", body, NDJSON_TYPE), Limits())
    if isinstance(lines, list):
        await accept_all(parts.acceptor, APP, lines)


def _reports(parts: Core, many: int) -> list[tuple[bytes, bytes]]:
    return [parts.pool.next() for _ in range(many)]


async def _foreign(parts: Core, client: Client, round_number: int) -> Values:
    now, many = SystemClock().seconds(), max(1, EVENTS // client.events)
    first = round_number * many
    requests = [client.ask(first + each, now) for each in range(many)]
    wire, title, events = parts.wires[client.wire], client.title, many * client.events
    parts.records.clear()
    since = time.process_time()
    understood = [wire.read(each) for each in requests]
    read = time.process_time()
    keep = parts.foreign.keep
    await _some_at_once([partial(keep, wire.name, each.said) for each in understood])
    kept = time.process_time()
    _check(client, understood, sum(parts.records))
    return {
        f"{title}.read": MICRO * (read - since) / events,
        f"{title}.all": MICRO * (kept - since) / events,
        f"{title}.records": sum(parts.records) / many,
    }


def _check(client: Client, understood: Sequence[Understood], records: int) -> None:
    """Refuse to measure what is not kept."""
    said = sum(len(each.said) for each in understood)
    if said < client.events * len(understood) or records < said:
        message = f"{client.title}: {said} messages and {records} records of {len(understood)}"
        raise RuntimeError(message)


async def _some_at_once(work: Sequence[Callable[[], Awaitable[object]]]) -> None:
    for place in range(0, len(work), AT_ONCE):
        await asyncio.gather(*(each() for each in work[place : place + AT_ONCE]))
