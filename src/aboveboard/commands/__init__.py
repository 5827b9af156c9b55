"""Enters: a program with a command line. Leaves: what its users need to see and decide, mounted.

Each of the three is imported when it is asked for: a program that uses ``argparse`` needs neither
Click nor Typer. How to mount them: ``docs/commands.md``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from aboveboard.commands.with_argparse import add_argparse
    from aboveboard.commands.with_click import click_group
    from aboveboard.commands.with_typer import typer_app

__all__ = ["add_argparse", "click_group", "typer_app"]
_PLACES = {
    "add_argparse": "with_argparse",
    "click_group": "with_click",
    "typer_app": "with_typer",
}
"""The module of each."""


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 as late as what it imports

    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
