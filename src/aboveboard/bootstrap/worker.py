"""Enters: what the main process orders. Leaves: a worker's parts, joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.signed_registries import served_folder
from aboveboard.bootstrap.collector import intake, network_rate
from aboveboard.bootstrap.countries import countries
from aboveboard.bootstrap.measured import told
from aboveboard.bootstrap.wires import foreign, wires
from aboveboard.bootstrap.words import Said
from aboveboard.collector.meters import Meters
from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.bootstrap.words import News, Order
    from aboveboard.collector.accept import Acceptor
    from aboveboard.collector.country import KnownCountries
    from aboveboard.collector.foreign import Foreign
    from aboveboard.collector.rate import NetworkRate
    from aboveboard.settings.collector import CollectorSettings
    from aboveboard.wires.foreign import Wire


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker's parts.

    Attributes:
        folder: where everything is.
        log: its own log.
        acceptor: takes requests.
        meters: what is measured.
        settings: the collector's.
        foreign: keeps what foreign wires said.
        wires: those that are switched on.
        rate: counts what each network sends; None where any may send as much as it likes.
        countries: finds the countries of senders, where somebody asks.
    """

    folder: DataFolder
    log: FileLog
    acceptor: Acceptor
    meters: Meters
    settings: CollectorSettings
    foreign: Foreign
    wires: Sequence[Wire] = ()
    rate: NetworkRate | None = None
    countries: KnownCountries | None = None

    def obey(self, news: News | Order) -> None:
        """Take over which questions are answered."""
        self.acceptor.answered.update(news.answered)

    def say(self) -> Said:
        """Tell what became of its requests so far."""
        return Said(
            dict(self.acceptor.outcomes),
            self.acceptor.asides,
            self.acceptor.log_well,
            self.log.cut_bytes,
            told(self.meters),
            self.foreign.tagged.notes(),
        )


def worker(order: Order) -> Worker:
    """Join a worker's parts.

    Raises:
        SetupError: a folder cannot be used, or a registry is not the one that is served any more.
        RegistryError: a registry file has problems.
        LogError: the log cannot be opened.
    """
    settings = order.settings
    served = served_folder(settings.registry, Ed25519Checker())
    registries = {app: each.registry for app, each in served.items()}
    if {app: each.fingerprint for app, each in registries.items()} != order.registries:
        message = "the registry changed since the collector was started; start the collector again"
        raise SetupError(message)
    folder = DataFolder(settings.data)
    log = FileLog(folder.logs / order.log)
    opener = HpkeOpener(folder.private_keys())
    meters = Meters(registries)
    acceptor = intake(settings, registries, order.versions, log, opener, meters)
    made = Worker(
        folder,
        log,
        acceptor,
        meters,
        settings,
        foreign(settings, registries, folder, acceptor, meters),
        wires(settings, registries),
        network_rate(settings, order.counts),
        countries(settings, registries),
    )
    made.obey(order)
    return made
