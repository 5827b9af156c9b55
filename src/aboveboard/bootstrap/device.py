"""Enters: an app, its registry and a folder. Leaves: a telemetry made of the real parts."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.late_outbox import LateOutbox
from aboveboard.adapters.papers_folder import PapersFolder
from aboveboard.adapters.process import placed, tell, unforked, working_folder
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.adapters.system import SystemChance, SystemClock, changed
from aboveboard.adapters.tally_folder import LIVE
from aboveboard.bootstrap import late
from aboveboard.bootstrap.surroundings import surroundings
from aboveboard.device.consent import mode_of
from aboveboard.device.guard import warn
from aboveboard.device.parts import MOST_BYTES, DeviceParts, LogParts, checked_bytes
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import AboveboardError, SetupError
from aboveboard.model.registry import Registry
from aboveboard.registry.read import read
from aboveboard.settings import device_settings
from aboveboard.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from aboveboard.adapters.file_lease import Lockable
    from aboveboard.model.consent import Mode
    from aboveboard.ports.sending import Lease
    from aboveboard.settings import DeviceSettings

STRICT: ContextVar[bool] = ContextVar("aboveboard_strict", default=False)
"""Whether telemetries that are opened here let their errors out; see ``aboveboard.testing``."""
INSTEAD: list[Callable[[Registry, str, Sequence[str]], Telemetry]] = []
"""What makes telemetries in place of :func:`assemble`, the last one in force; empty but in tests.

It is given the registry, the app's version and its packages. A list and no ContextVar: a thread
begins with an empty context, and would write to the real folder.
"""


def open(  # noqa: A001, PLR0913 the word for it, like gzip.open; each has a default but two
    app: str,
    *,
    registry: Registry | Path | str | bytes,
    version: str = "",
    home: Path | str | None = None,
    packages: Sequence[str] = (),
    mode: Mode | str | None = None,
    lock: Path | Lockable | None = None,
    most_bytes: int = MOST_BYTES,
) -> Telemetry:
    """Open the telemetry of an app.

    It never raises: with a registry that cannot be used, the telemetry counts nothing and a warning
    is logged under ``aboveboard``. Under ``aboveboard.testing.strict()`` it raises.

    Args:
        app: the product's id, the same as in the registry.
        registry: the registry file (a path), its bytes, or a registry that was read before.
        version: the app's version; counted as ``app.version`` if the registry names that metric.
        home: the folder for its counts; None for the system's usual place.
        packages: the program's own packages, whose places an error may name; the one that is called
            like the app, and the script itself, if none is given.
        mode: what the program was told for this run, for example by an option ``--no-telemetry``;
            stronger than everything else. A word that is no mode counts as ``off``.
        lock: lets one of several hosts send: a folder that they share, or a lock of the program's
            own. Processes of one machine that share a home need none.
        most_bytes: how large all that is kept here may become, from 1,000,000 to 100,000,000 bytes;
            the oldest goes first. All that share a home should say the same.

    Returns:
        The telemetry. Close it, or use it with ``with``, so that the last counts reach the disk.

    Raises:
        RegistryError: under strict, the registry has problems.
        SetupError: under strict, it names another app or cannot be read, or there is no such bound.

    Example:
        >>> import aboveboard, tempfile
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> with tempfile.TemporaryDirectory() as home:
        ...     with aboveboard.open("editor", registry=EXAMPLE_REGISTRY, home=home) as telemetry:
        ...         telemetry.count("file.opened")
        ...         print(telemetry.consent.explain())
        local: nobody has chosen yet, so everything stays on this machine
    """
    strict = STRICT.get()
    try:
        most_bytes = checked_bytes(most_bytes)
        known = _known(app, registry)
        own = tuple(packages) or (app.replace("-", "_"), "__main__")
        if INSTEAD:
            return INSTEAD[-1](known, version, own)
        switch = mode_of(str(mode)) if mode is not None else None
        settings = device_settings(app, home)
        settings = replace(settings, strict=strict, packages=own, switch=switch)
        path = None if isinstance(registry, Registry | bytes) else registry
        about = late.home_parts(settings, version)
        detach = _detach(settings, path, most_bytes) if lock is None else None
        parts = {"detach": detach, "home": about, "most_bytes": most_bytes}
        return assemble(known, settings, version, **parts, **_lease(lock))
    except Exception as error:
        if strict:
            raise
        known_why = isinstance(error, AboveboardError)
        warn(f"nothing is counted: {error if known_why else type(error).__name__}")
        return _broken(str(app))


def assemble(
    registry: Registry,
    settings: DeviceSettings,
    version: str = "",
    **brought: Any,  # noqa: ANN401 the fields of DeviceParts
) -> Telemetry:
    """Join the parts of a telemetry; some may be brought along, such as a clock or a transport."""
    own = {name: brought.pop(name) for name in ("transport", "lease") if name in brought}
    file = SqliteFile(settings.home)
    parts = DeviceParts(
        store=SqliteEventStore(file),
        outbox=LateOutbox(file),
        papers=PapersFolder(settings.home),
        clock=SystemClock(),
        chance=SystemChance(),
        sending=lambda: replace(late.sending_parts(settings), **own),
        asking=lambda: late.asking_parts(settings),
        logs=LogParts(late.open_log, LateChecker()),
        errors=late.error_parts(settings.packages),
        box=late.time_box,
        find=late.installed_providers,
        owed=lambda: late.owed(settings),
        since=lambda: changed(placed(settings.home, LIVE)),
        unforked=unforked,
        ready=lambda: late.ready(registry),
        around=surroundings(settings, registry.app, settings.switch),
        strict=settings.strict,
    )
    telemetry = Telemetry(registry, replace(parts, **brought), version)
    tell(telemetry)
    return telemetry


def _lease(lock: Path | Lockable | None) -> dict[str, Lease]:
    """Give what lets one of several hosts send, where the program named something."""
    return {} if lock is None else {"lease": late.lease(lock)}


def _detach(
    settings: DeviceSettings, path: Path | str | None, most_bytes: int
) -> Callable[[], bool] | None:
    """Give what starts a sender of its own, where one could find the registry again."""
    if path is None or settings.strict:
        return None
    # All of it as it is now: the program may go to another folder.
    folder = working_folder()
    home, file = (placed(folder, each) for each in (settings.home, path))
    mode = settings.switch.value if settings.switch is not None else ""
    return lambda: late.detach(home, file, folder, mode, str(most_bytes))


def _broken(app: str) -> Telemetry:
    """Make a telemetry that counts nothing and touches no disk."""
    from aboveboard.adapters.memory_parts import memory_parts  # noqa: PLC0415 rarely needed

    parts = memory_parts(clock=SystemClock(), chance=SystemChance(), broken=True)
    return Telemetry(Registry(app, app, "", "", "", ""), parts)


def _signed(registry: Registry, path: Path | str | None) -> Registry:
    """Give a registry as its signatures have it; only a signed one pays for what that takes."""
    if registry.committee is None:
        return registry
    from pathlib import Path  # noqa: PLC0415 see above

    from aboveboard.adapters.signed_registries import approvals_of  # noqa: PLC0415 see above
    from aboveboard.registry.approve import in_force  # noqa: PLC0415 see above

    approvals = approvals_of(Path(path)) if path is not None else None
    return in_force(registry, approvals, LateChecker())


def known_registry(source: Registry | Path | str | bytes, app: str = "registry") -> Registry:
    """Read a registry, as its signatures have it.

    Raises:
        RegistryError: it has problems.
        SetupError: it cannot be read.
    """
    match source:
        case Registry():
            return source
        case bytes():
            return _signed(read(source, app), None)
        case _:
            return _signed(read_file(source), source)


def _known(app: str, registry: Registry | Path | str | bytes) -> Registry:
    known = known_registry(registry, app)
    if known.app != app:
        message = f"the registry is the one of {known.app!r}, not of {app!r}"
        raise SetupError(message)
    return known
