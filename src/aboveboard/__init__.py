"""Telemetry in plain sight: what a program counts, on the terms of the person who runs it.

A name is imported when it is asked for, so that ``import aboveboard`` costs a program nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from aboveboard.bootstrap.device import open  # noqa: A004 see there
    from aboveboard.device.telemetry import Telemetry
    from aboveboard.errors import (
        AboveboardError,
        MisuseError,
        Problem,
        RegistryError,
        SetupError,
        StoreError,
    )
    from aboveboard.model.consent import Choice, Consent, Mode, Rule
    from aboveboard.model.period import Week
    from aboveboard.model.report import Delivery, Fate

__all__ = [
    "AboveboardError",
    "Choice",
    "Consent",
    "Delivery",
    "Fate",
    "MisuseError",
    "Mode",
    "Problem",
    "RegistryError",
    "Rule",
    "SetupError",
    "StoreError",
    "Telemetry",
    "Week",
    "open",
]
_PLACES = {
    "AboveboardError": "errors",
    "Choice": "model.consent",
    "Consent": "model.consent",
    "Delivery": "model.report",
    "Fate": "model.report",
    "MisuseError": "errors",
    "Mode": "model.consent",
    "Problem": "errors",
    "RegistryError": "errors",
    "Rule": "model.consent",
    "SetupError": "errors",
    "StoreError": "errors",
    "Telemetry": "device.telemetry",
    "Week": "model.period",
    "open": "bootstrap.device",
}
"""Where each public name is defined."""


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 as late as everything else

    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
