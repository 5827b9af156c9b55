"""Enters: that something is needed which few programs need. Leaves: it, imported just then."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import TYPE_CHECKING

from aboveboard.adapters.choice_file import ChoiceFile
from aboveboard.adapters.process import is_writable, placed, unforked
from aboveboard.adapters.sqlite_file import SqliteFile, is_there
from aboveboard.adapters.system import SystemClock
from aboveboard.device.error_parts import ErrorParts
from aboveboard.device.parts import AskingParts, HomeParts, SendingParts
from aboveboard.errors import StoreError
from aboveboard.model.copy_place import SECRETS
from aboveboard.settings import AUTOMATION, copy_secrets, own_environment

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from aboveboard.adapters.file_lease import Lockable
    from aboveboard.device.error_parts import Hooks
    from aboveboard.device.foreign import Provider
    from aboveboard.device.time_box import TimeBox
    from aboveboard.device.whose import Code
    from aboveboard.model.registry import Registry
    from aboveboard.ports.device import HomePlace
    from aboveboard.ports.sending import Lease
    from aboveboard.settings import DeviceSettings
    from aboveboard.transparency.source import RegistrySource

    Take = Callable[[BaseException], None]

_SENDS = (
    "aboveboard.adapters.entry_points",
    "aboveboard.adapters.file_lease",
    "aboveboard.adapters.https",
    "aboveboard.adapters.late_seal",
    "aboveboard.adapters.sqlite_counts",
    "aboveboard.adapters.sqlite_outbox",
    "aboveboard.adapters.thread_box",
    "aboveboard.adapters.wishes_file",
    "aboveboard.adapters.withdrawals_file",
    "aboveboard.device.copies",
    "aboveboard.device.drafts",
    "aboveboard.device.error_book",
    "aboveboard.device.error_lines",
    "aboveboard.device.growth",
    "aboveboard.device.providers",
    "aboveboard.device.sender",
    "aboveboard.device.store",
    "aboveboard.device.told_errors",
    "aboveboard.model.renewal",
    "aboveboard.model.stored",
    "aboveboard.registry.difference_words",
    "aboveboard.registry.read",
    "aboveboard.registry.scrub",
    "encodings.idna",
    "gzip",
    "importlib.metadata",
)
"""What sending imports, but for what its registry alone calls for."""
_SEALS = (
    "aboveboard.adapters.ed25519",
    "aboveboard.adapters.hpke",
    "aboveboard.adapters.log_source",
    "aboveboard.device.log_registrar",
    "aboveboard.transparency.note",
)
SENDER = "aboveboard.bootstrap.sender"
HANDED_ON = (*AUTOMATION, *SECRETS.values())
"""Variables that the sender needs, whatever they look like."""
WITHDRAWALS = "withdrawals.ndjson"


def open_log(address: str) -> RegistrySource:
    """Open the transparency log at an address."""
    from aboveboard.adapters.log_source import HttpSource  # noqa: PLC0415 see above

    return HttpSource(address)


def sending_parts(settings: DeviceSettings) -> SendingParts:
    """Give what sending needs."""
    from pathlib import Path  # noqa: PLC0415 see above

    from aboveboard.adapters.file_lease import LockLease  # noqa: PLC0415 see above
    from aboveboard.adapters.https import HttpsTransport  # noqa: PLC0415 see above
    from aboveboard.adapters.late_check import LateChecker  # noqa: PLC0415 see above
    from aboveboard.adapters.late_seal import LateSealer  # noqa: PLC0415 see above
    from aboveboard.adapters.wishes_file import FileWishes  # noqa: PLC0415 see above
    from aboveboard.adapters.withdrawals_file import FileWithdrawals  # noqa: PLC0415 see above
    from aboveboard.device.copies import CopyParts  # noqa: PLC0415 see above

    home = Path(settings.home)
    transport = HttpsTransport(settings.timeout_seconds)
    return SendingParts(
        wishes=FileWishes(home),
        withdrawals=FileWithdrawals(home),
        lease=LockLease(home),
        transport=transport,
        sealer=LateSealer(),
        checker=LateChecker(),
        copies=CopyParts(transport, copy_secrets()),
    )


def lease(lock: Path | Lockable) -> Lease:
    """Give what lets one of several hosts send: a folder that they share, or somebody's lock."""
    from pathlib import Path  # noqa: PLC0415 see above

    from aboveboard.adapters.file_lease import CallableLease, SharedLease  # noqa: PLC0415 see above

    return SharedLease(lock) if isinstance(lock, Path) else CallableLease(lock)


def asking_parts(settings: DeviceSettings) -> AskingParts:
    """Give what asking needs."""
    from pathlib import Path  # noqa: PLC0415 see above

    from aboveboard.adapters.asked_file import AskedFile  # noqa: PLC0415 see above
    from aboveboard.adapters.memory_asked import MemoryAsked  # noqa: PLC0415 see above
    from aboveboard.adapters.terminal_question import TerminalQuestion  # noqa: PLC0415 see above

    asked = AskedFile(Path(settings.asked)) if settings.asked is not None else MemoryAsked()
    return AskingParts(asked, TerminalQuestion(settings.term), settings.language)


def home_parts(settings: DeviceSettings, version: str) -> HomeParts:
    """Give what a home says of itself."""
    folder = settings.homes
    if folder is None:
        return HomeParts(version)

    def place() -> HomePlace:
        from pathlib import Path  # noqa: PLC0415 see above

        from aboveboard.adapters.home_index import HomeIndex  # noqa: PLC0415 see above

        return HomeIndex(Path(folder), Path(settings.home))

    return HomeParts(version, place)


def owed(settings: DeviceSettings) -> bool:
    """Tell whether a report of a home is to be taken back now, or lies here although it was."""
    if not is_there(placed(settings.home, WITHDRAWALS)):
        return False
    with unforked():
        from pathlib import Path  # noqa: PLC0415 see above

        from aboveboard.adapters.sqlite_outbox import SqliteOutbox  # noqa: PLC0415 see above
        from aboveboard.adapters.withdrawals_file import FileWithdrawals  # noqa: PLC0415 see above
        from aboveboard.device.forget import is_due  # noqa: PLC0415 see above
        from aboveboard.device.store import lie_here  # noqa: PLC0415 see above

    queue, file = FileWithdrawals(Path(settings.home)), SqliteFile(settings.home)
    file.hurry()  # a program may wait for this
    try:
        choice = ChoiceFile(settings.home).read()
        still = is_due(queue, SystemClock()) or lie_here(
            choice, SqliteOutbox(file), queue.withdrawals
        )
        return bool(still)
    except StoreError:
        return False
    finally:
        file.close()


def detach(home: str, *arguments: str) -> bool:
    """Start a sender for a home that outlives this process, where it could keep anything."""
    with unforked():
        from aboveboard.adapters.detach import start  # noqa: PLC0415 see above

    return is_writable(home) and start([SENDER, home, *arguments], own_environment(), HANDED_ON)


def ready(registry: Registry) -> None:
    """Import all that sending takes, so that nothing is imported while it sends.

    A process that is forked while a thread imports would find the module locked for ever.
    """
    collector = registry.collector
    sealed = collector is not None and bool(collector.keys or collector.log)
    for name in (*_SENDS, *(_SEALS if sealed else ())):
        with contextlib.suppress(ImportError):  # of an extra that is not installed
            import_module(name)


def time_box() -> TimeBox:
    """Give what plug-ins run in."""
    with unforked():
        from aboveboard.adapters.thread_box import ThreadBox  # noqa: PLC0415 see above

    return ThreadBox()


def installed_providers(app: str) -> Iterable[tuple[str, Provider]]:
    """Find the plug-ins of a program that are installed."""
    with unforked():
        from aboveboard.adapters.entry_points import find_providers  # noqa: PLC0415 see above

    return find_providers(app)


def error_parts(packages: Sequence[str]) -> ErrorParts:
    """Give what looks at errors of a program.

    Args:
        packages: the top-level packages and modules that are the program's own.
    """

    def code() -> Code:
        from aboveboard.adapters.own_code import own_code  # noqa: PLC0415 see above

        return own_code(packages)

    return ErrorParts(code, _hooks, _handler)


def _hooks(take: Take) -> Hooks:
    from aboveboard.adapters.error_hooks import ErrorHooks  # noqa: PLC0415 see above

    return ErrorHooks(take)


def _handler(take: Take) -> logging.Handler:
    from aboveboard.adapters.error_log import LoggingHandler  # noqa: PLC0415 see above

    return LoggingHandler(take)
