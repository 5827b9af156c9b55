"""Enters: a collector's settings. Leaves: its parts, joined and ready to be served."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.desk import Desk
from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.file_ledger import FileLedger, pin_key
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.signed_registries import served_folder
from aboveboard.adapters.system import SystemClock
from aboveboard.adapters.vlconvert import VlConvertRenderer
from aboveboard.analysis.follow import Follower
from aboveboard.analysis.publisher import Publisher
from aboveboard.bootstrap.store import open_facts
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.announce import announce, known_versions
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Limits
from aboveboard.collector.seen import SeenIds
from aboveboard.ports.collector import ONLY_LOG
from aboveboard.transparency.log import TransparencyLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from aboveboard.model.registry import Registry
    from aboveboard.ports.collector import FactStore, ReportLog
    from aboveboard.settings import CollectorSettings

REMEMBERED_LOG_BYTES = 256 * 1024 * 1024
"""How much of the log's end is read at a start to know repeated reports again."""


@dataclass(frozen=True, slots=True)
class Collector:
    """One collector's parts.

    Attributes:
        settings: what it was told.
        folder: where everything is.
        registries: app to registry.
        public_keys: what reports may be sealed for; the first is handed out.
        log: what is on disk.
        public_log: its transparency log.
        facts: the tables.
        acceptor: takes requests.
        follower: loads the log.
        publisher: gives the numbers of the pages.
        renderer: draws the charts.
        desk: answers the queries of the folder's owner.
    """

    settings: CollectorSettings
    folder: DataFolder
    registries: dict[str, Registry]
    public_keys: tuple[bytes, ...]
    log: FileLog
    public_log: TransparencyLog
    facts: FactStore
    acceptor: Acceptor
    follower: Follower
    publisher: Publisher
    renderer: VlConvertRenderer
    desk: Desk


def collector(settings: CollectorSettings) -> Collector:
    """Join the parts of a collector. The caller holds the data folder's lock.

    Raises:
        SetupError: a folder or a registry cannot be used.
        RegistryError: a registry file has problems.
        LogError: the log cannot be opened.
        FactsError: the tables cannot be opened.
    """
    served = served_folder(settings.registry, Ed25519Checker())
    registries = {app: each.registry for app, each in served.items()}
    folder, clock = DataFolder(settings.data), SystemClock()
    opener = HpkeOpener(folder.private_keys())
    public_log = _public_log(folder, settings.origin)
    announce(public_log, served.values(), clock.now().date())
    log = FileLog(folder.logs / ONLY_LOG)
    facts = open_facts(settings.store, folder)
    acceptor = Acceptor(
        registries,
        GroupCommit(_in_one_thread(log)),
        _remember(log.tail(REMEMBERED_LOG_BYTES)),
        opener,
        clock,
        Limits(settings.largest_body, settings.largest_inflated, settings.oldest_weeks),
        known_versions(public_log, registries),
    )
    return Collector(
        settings=settings,
        folder=folder,
        registries=registries,
        public_keys=opener.public_keys,
        log=log,
        public_log=public_log,
        facts=facts,
        acceptor=acceptor,
        follower=Follower(log, facts),
        publisher=Publisher(registries, facts),
        renderer=VlConvertRenderer(folder.cache),
        desk=Desk(facts),
    )


def _public_log(folder: DataFolder, origin: str) -> TransparencyLog:
    key = folder.log_key(origin)
    ledger = FileLedger(folder.ledger)
    log = TransparencyLog(ledger, Ed25519Signer(folder.signing_key()), key.name)
    pin_key(folder.ledger, log.key)
    return log


class _RecordPlace(msgspec.Struct, gc=False):
    """The part of a log record that names its report."""

    id: str
    app: str


def _remember(records: Iterable[bytes]) -> SeenIds:
    seen = SeenIds()
    decoder = msgspec.json.Decoder(_RecordPlace)
    for record in records:
        place = decoder.decode(record)
        seen.add(place.app, int(place.id, 16))
    return seen


def _in_one_thread(log: ReportLog) -> Callable[[list[bytes]], Awaitable[None]]:
    # One thread is the point: there is never more than one sync under way.
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="log")

    async def append(records: list[bytes]) -> None:
        await asyncio.get_running_loop().run_in_executor(thread, log.append, records)

    return append
