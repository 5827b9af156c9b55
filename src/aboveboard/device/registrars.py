"""Enters: the registry that a product ships. Leaves: who keeps it up to date, or nobody.

Most programs run without a log to look into; only those that have one pay for what it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.device.parts import LogParts
    from aboveboard.device.registrar import Registrar
    from aboveboard.model.registry import Registry
    from aboveboard.model.renewal import Renewed
    from aboveboard.ports.device import EventStore


class ShippedRegistrar:
    """Knows the product's own registry alone.

    Args:
        shipped: the registry, as its signatures have it.
    """

    def __init__(self, shipped: Registry) -> None:
        self._shipped = shipped

    def in_force(self) -> Registry:
        """Give the shipped registry."""
        return self._shipped

    def may_send(self) -> Renewed:
        """Say that there is no log to ask."""
        return _no_log()

    def renew(self) -> Renewed:
        """Say that there is no log to ask."""
        return _no_log("The registry names no transparency log.")

    def waiting(self) -> tuple[str, ...]:
        """Say that nothing waits."""
        return ()

    def agree(self) -> Renewed:
        """Say that nothing waits."""
        from aboveboard.model.renewal import Renewal, Renewed  # noqa: PLC0415 see the module

        return Renewed(Renewal.CURRENT, "Nothing waits for an agreement.")


def registrar(shipped: Registry, store: EventStore, parts: LogParts | None) -> Registrar:
    """Choose who keeps a registry up to date."""
    if shipped.collector is None or not shipped.collector.log:
        return ShippedRegistrar(shipped)
    from aboveboard.device.log_registrar import LogRegistrar  # noqa: PLC0415 see the module

    return LogRegistrar(shipped, store, parts)


def _no_log(text: str = "") -> Renewed:
    from aboveboard.model.renewal import Renewal, Renewed  # noqa: PLC0415 see the module

    return Renewed(Renewal.NO_LOG, text)
