"""Enters: an app, its registry and a folder. Leaves: a telemetry made of the real parts."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.adapters.https import HttpsTransport
from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.late_seal import LateSealer
from aboveboard.adapters.memory import MemoryEventStore
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.adapters.system import SystemChance, SystemClock
from aboveboard.device.registrar import LogParts
from aboveboard.device.telemetry import DeviceParts, Telemetry
from aboveboard.errors import AboveboardError, SetupError
from aboveboard.model.registry import Registry
from aboveboard.registry.read import read
from aboveboard.settings import device_settings

if TYPE_CHECKING:
    from aboveboard.ports import Clock, Transport
    from aboveboard.settings import DeviceSettings
    from aboveboard.transparency.source import RegistrySource

logger = logging.getLogger("aboveboard")
STRICT: ContextVar[bool] = ContextVar("aboveboard_strict", default=False)
"""Whether telemetries that are opened here let their errors out; see ``aboveboard.testing``."""


def open(  # noqa: A001 the word for it: aboveboard.open(…), like gzip.open
    app: str,
    *,
    registry: Registry | Path | str | bytes,
    version: str = "",
    home: Path | str | None = None,
) -> Telemetry:
    """Open the telemetry of an app.

    It never raises: with a registry that cannot be used, the telemetry counts nothing and a warning
    is logged under ``aboveboard``. Under ``aboveboard.testing.strict()`` it raises.

    Args:
        app: the product's id, the same as in the registry.
        registry: the registry file (a path), its bytes, or a registry that was read before.
        version: the app's version; counted as ``app.version`` if the registry names that metric.
        home: the folder for its counts; None for the system's usual place.

    Returns:
        The telemetry. Close it, or use it with ``with``, so that the last counts reach the disk.

    Raises:
        RegistryError: under strict, the registry has problems.
        SetupError: under strict, it names another app or cannot be read.

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
        known = _known(app, registry)
        settings = device_settings(app, Path(home) if home is not None else None)
        return assemble(known, replace(settings, strict=strict), version)
    except AboveboardError as error:
        if strict:
            raise
        logger.warning("nothing is counted: %s", error)
        return _broken(app)


def assemble(
    registry: Registry,
    settings: DeviceSettings,
    version: str = "",
    clock: Clock | None = None,
    transport: Transport | None = None,
) -> Telemetry:
    """Join the parts of a telemetry; a clock and a transport may be brought along."""
    parts = DeviceParts(
        store=SqliteEventStore(settings.home),
        clock=clock or SystemClock(),
        chance=SystemChance(),
        transport=transport or HttpsTransport(settings.timeout_seconds),
        sealer=LateSealer(),
        logs=LogParts(_open_log, LateChecker()),
        override=settings.override,
        do_not_track=settings.do_not_track,
        strict=settings.strict,
    )
    return Telemetry(registry, parts, version)


def _broken(app: str) -> Telemetry:
    """Make a telemetry that counts nothing and touches no disk."""
    parts = DeviceParts(
        store=MemoryEventStore(),
        clock=SystemClock(),
        chance=SystemChance(),
        transport=HttpsTransport(),
        sealer=LateSealer(),
        broken=True,
    )
    return Telemetry(Registry(app, app, "", "", "", ""), parts)


def _open_log(address: str) -> RegistrySource:
    from aboveboard.adapters.log_source import HttpSource  # noqa: PLC0415 few programs need it

    return HttpSource(address)


def _signed(registry: Registry, path: Path | None) -> Registry:
    """Give a registry as its signatures have it; only a signed one pays for what that takes."""
    if registry.committee is None:
        return registry
    from aboveboard.adapters.signed_registries import approvals_of  # noqa: PLC0415 see above
    from aboveboard.registry.approve import in_force  # noqa: PLC0415 see above

    approvals = approvals_of(path) if path is not None else None
    return in_force(registry, approvals, LateChecker())


def _known(app: str, registry: Registry | Path | str | bytes) -> Registry:
    match registry:
        case Registry():
            known = registry
        case bytes():
            known = _signed(read(registry, app), None)
        case _:
            known = _signed(read_file(Path(registry)), Path(registry))
    if known.app != app:
        message = f"the registry is the one of {known.app!r}, not of {app!r}"
        raise SetupError(message)
    return known
