"""Enters: names of commands. Leaves: a group that imports each when somebody asks for it."""

from __future__ import annotations

import importlib
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose commands are functions in modules, imported when they are run.

    A server's parts are slow to load; ``aboveboard telemetry`` should not wait for them. Its
    commands are set after it is made: ``group.places["check"] = "aboveboard.cli.x:check"``.

    Attributes:
        places: command to ``module:function``, in the order of the help.
    """

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 click's own signature
        super().__init__(*args, **options)
        self.places: dict[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of the commands."""
        return [*self.places, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.places:
            return super().get_command(ctx, cmd_name)
        module, _, function = self.places[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command
