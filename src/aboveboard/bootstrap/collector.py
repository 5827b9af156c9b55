"""Enters: a collector's settings. Leaves: its parts, joined and ready to be served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from aboveboard.adapters import kernel_sync, shared_counts
from aboveboard.adapters.async_log import AsyncLog
from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.desk import Desk
from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.file_ledger import FileLedger, pin_key
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.layout import refuse_older
from aboveboard.adapters.measured_log import measured
from aboveboard.adapters.memory_counts import MemoryCounts
from aboveboard.adapters.shared_counts import SharedCounts
from aboveboard.adapters.signed_registries import served_folder
from aboveboard.adapters.system import SystemChance, SystemClock
from aboveboard.adapters.vlconvert import VlConvertRenderer
from aboveboard.analysis.follow import Follower
from aboveboard.analysis.publisher import Publisher
from aboveboard.bootstrap.backups import Backups
from aboveboard.bootstrap.countries import countries
from aboveboard.bootstrap.crew import Crew
from aboveboard.bootstrap.daily import DailyBackup
from aboveboard.bootstrap.drain import drain
from aboveboard.bootstrap.keeping import Keeping, Quarantine, keeping, terms
from aboveboard.bootstrap.logs import worker_logs
from aboveboard.bootstrap.named import refuse
from aboveboard.bootstrap.setting_problems import setting_problems
from aboveboard.bootstrap.store import control_apart, open_facts
from aboveboard.bootstrap.wires import foreign, period_keys, said_again, wires
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.announce import announce, known_versions
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.meters import Meters
from aboveboard.collector.rate import NetworkRate
from aboveboard.collector.receive import Limits
from aboveboard.collector.seen import SeenIds
from aboveboard.collector.unread import Unread
from aboveboard.collector.withdraw import ReceiptSigner, Withdrawals
from aboveboard.ports.collector import ONLY_LOG
from aboveboard.transparency.log import TransparencyLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aboveboard.collector.country import KnownCountries
    from aboveboard.collector.drain import Drain
    from aboveboard.collector.foreign import Foreign
    from aboveboard.model.registry import Registry
    from aboveboard.ports.collector import KeptLog, Opener
    from aboveboard.ports.control import ControlStore
    from aboveboard.ports.keeping import Tables
    from aboveboard.registry.served import Served
    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.wires.foreign import Wire

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
        log: what is on disk of what this process takes.
        logs: that, and what its workers take or took.
        cut_bytes: how many bytes of torn tails were put aside at the start.
        public_log: its transparency log.
        facts: the tables.
        control: where it notes down what it did.
        acceptor: takes requests.
        crew: its workers, if it has any.
        rate: counts what each network sends; None where any may send as much as it likes.
        follower: loads the logs.
        publisher: gives the numbers of the pages.
        renderer: draws the charts.
        desk: answers the queries of the folder's owner.
        withdrawals: takes reports back.
        meters: what is measured.
        drain: takes from a queue, if there is one in front.
        keeping: replays, drops and deletes in the background.
        foreign: keeps what foreign wires said.
        wires: those that are switched on.
        countries: finds the countries of senders, where somebody asks.
    """

    settings: CollectorSettings
    folder: DataFolder
    registries: dict[str, Registry]
    public_keys: tuple[bytes, ...]
    log: FileLog
    logs: tuple[KeptLog, ...]
    cut_bytes: int
    public_log: TransparencyLog
    facts: Tables
    control: ControlStore
    acceptor: Acceptor
    crew: Crew
    rate: NetworkRate | None
    follower: Follower
    publisher: Publisher
    renderer: VlConvertRenderer
    desk: Desk
    withdrawals: Withdrawals
    meters: Meters
    keeping: Keeping
    foreign: Foreign
    wires: Sequence[Wire] = ()
    countries: KnownCountries | None = None
    drain: Drain | None = None


def collector(settings: CollectorSettings, served: Mapping[str, Served] | None = None) -> Collector:
    """Join the parts of a collector. The caller holds the data folder's lock.

    Args:
        settings: what it was told.
        served: the registries, if they are read already.

    Raises:
        SettingsError: with everything that the settings name and that is not there.
        SetupError: a folder or a registry cannot be used.
        RegistryError: a registry file has problems.
        LogError: the log cannot be opened.
        FactsError: the tables cannot be opened.
    """
    served = served or served_folder(settings.registry, Ed25519Checker())
    registries = {app: each.registry for app, each in served.items()}
    refuse(setting_problems(settings, registries))
    folder, clock = DataFolder(settings.data), SystemClock()
    refuse_older(folder)
    opener = HpkeOpener(folder.private_keys())
    public_log = _public_log(folder, settings.origin)
    announce(public_log, served.values(), clock.now().date())
    log = FileLog(folder.logs / ONLY_LOG)
    others, cut = worker_logs(folder, settings.workers)
    facts = open_facts(settings.store, folder, settings.quarantine_rows, may_be_away=True)
    control = control_apart(settings.store, folder)
    follower = Follower((log, *others), facts)
    again = said_again(registries, settings.registry)
    waiting = Quarantine(facts, (log, *others), log, registries, clock, terms(settings), again)
    backups = Backups(folder, facts, settings.store, lambda: follower.turn, clock)
    daily = DailyBackup(backups, settings.backup_days, clock, control)
    kept = keeping(
        settings,
        waiting,
        facts,
        (log, *others),
        follower,
        daily,
        (control, clock, SystemChance()),
        period_keys(folder),
    )
    versions = known_versions(public_log, registries)
    meters = Meters(registries)
    acceptor = intake(settings, registries, versions, log, opener, meters)
    said = foreign(settings, registries, folder, acceptor, meters)
    shared = shared_counts.made() if settings.workers > 1 and settings.rate_per_minute else None
    return Collector(
        settings=settings,
        folder=folder,
        registries=registries,
        public_keys=opener.public_keys,
        log=log,
        logs=(log, *others),
        cut_bytes=log.cut_bytes + cut,
        public_log=public_log,
        facts=facts,
        control=control,
        acceptor=acceptor,
        crew=Crew(settings, registries, versions, acceptor.answered, shared),
        rate=network_rate(settings, shared),
        follower=follower,
        publisher=Publisher(registries, facts, said.mapped),
        renderer=VlConvertRenderer(folder.cache),
        desk=Desk(facts, kept.acts() | {"backup": daily.asked}),
        withdrawals=Withdrawals(
            facts,
            (log, *others),
            acceptor.keep_gone,
            ReceiptSigner(
                public_log.key.name, Ed25519Signer(folder.signing_key()), _backup_days(settings)
            ),
            clock,
            acceptor.outcomes,
        ),
        meters=meters,
        drain=drain(settings, acceptor, said, meters),
        keeping=kept,
        foreign=said,
        wires=wires(settings, registries),
        countries=countries(settings, registries),
    )


def _backup_days(settings: CollectorSettings) -> int:
    """Tell for how many days a backup may hold what is deleted."""
    return settings.backup_days if settings.backup_folder is not None else 0


def intake(  # noqa: PLR0913, PLR0917 three steps are joined here
    settings: CollectorSettings,
    registries: Mapping[str, Registry],
    versions: Mapping[str, frozenset[str]],
    log: FileLog,
    opener: Opener,
    meters: Meters,
) -> Acceptor:
    """Join what takes reports, in the main process or in a worker."""
    appending = AsyncLog(log, kernel_sync.offered(log.folder))
    return Acceptor(
        registries,
        GroupCommit(measured(appending.append, meters)),
        _remember(log.tail(REMEMBERED_LOG_BYTES)),
        opener,
        SystemClock(),
        Limits(
            settings.largest_body,
            settings.largest_inflated,
            settings.oldest_weeks,
            keeps_asides=settings.quarantine_days > 0,
        ),
        versions,
        Unread(registries) if settings.quarantine_days else None,
    )


def network_rate(settings: CollectorSettings, shared: int | None) -> NetworkRate | None:
    """Give what holds each network to its rate, if one is set.

    Args:
        settings: say which.
        shared: the descriptor of the memory in which all processes count; None for one alone.
    """
    most = settings.rate_per_minute
    if not most:
        return None
    chance, clock = SystemChance(), SystemClock()
    if shared is None:
        return NetworkRate(most, MemoryCounts(chance, clock))
    return NetworkRate(most, SharedCounts(shared, chance, clock))


def _public_log(folder: DataFolder, origin: str) -> TransparencyLog:
    key = folder.log_key(origin)
    ledger = FileLedger(folder.ledger)
    log = TransparencyLog(ledger, Ed25519Signer(folder.signing_key()), key.name)
    pin_key(folder.ledger, log.key)
    return log


class _RecordPlace(msgspec.Struct, gc=False):
    """The part of a log record that names its report; not every record names one."""

    id: str = ""
    app: str = ""


def _remember(records: Iterable[bytes]) -> SeenIds:
    seen = SeenIds()
    decoder = msgspec.json.Decoder(_RecordPlace)
    for record in records:
        place = decoder.decode(record)
        if place.id:
            seen.add(place.app, int(place.id, 16))
    return seen
