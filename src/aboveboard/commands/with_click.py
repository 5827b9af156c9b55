"""Enters: the definition of all commands. Leaves: a group of Click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from aboveboard.commands.command import ABOUT, Takes, top_level
from aboveboard.commands.listing import COMMANDS
from aboveboard.commands.run import run
from aboveboard.commands.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.commands.command import Command, OpenTelemetry, Parameter


def click_group(
    open_telemetry: OpenTelemetry, name: str = "telemetry", about: str = ABOUT
) -> click.Group:
    """Make a group that a program of Click adds to its own: ``main.add_command(click_group(…))``.

    Args:
        open_telemetry: gives the program's telemetry; called when a command runs.
        name: what the group is called.
        about: what its help says.

    Example:
        >>> from click.testing import CliRunner
        >>> from aboveboard.testing import memory_telemetry
        >>> group = click_group(memory_telemetry)
        >>> print(CliRunner().invoke(group, ["show", "--next"]).output.partition(":")[0])
        never as it stands
    """
    group = _Group(name, help=about)
    for word, (command, *below) in top_level(COMMANDS).items():
        options: dict[str, Any] = {
            "help": command.help,
            "params": [_parameter(each) for each in command.parameters],
            "callback": _callback(command, open_telemetry, name),
        }
        if not below:
            group.add_command(click.Command(word, **options))
            continue
        parent = _Group(word, invoke_without_command=True, **options)
        for each in below:
            parent.add_command(
                click.Command(
                    each.words[-1],
                    help=each.help,
                    params=[_parameter(parameter) for parameter in each.parameters],
                    callback=_callback(each, open_telemetry, name),
                )
            )
        group.add_command(parent)
    return group


class _Group(click.Group):
    """A group whose help keeps the order of the definition."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 Click's own signature
        return list(self.commands)


def _callback(command: Command, open_telemetry: OpenTelemetry, name: str) -> Callable[..., None]:
    @click.pass_context
    def call(context: click.Context, /, **values: object) -> None:
        if context.invoked_subcommand is not None:
            return
        write = Writer(command.before(context.command_path) or name)
        status = run(command, open_telemetry, command.given(values), write)
        if status:
            context.exit(status)

    return call


def _parameter(parameter: Parameter) -> click.Parameter:
    kind: Any = click.INT if parameter.takes is Takes.NUMBER else click.STRING
    if not parameter.is_option:
        return click.Argument(
            [parameter.variable],
            type=kind,
            required=parameter.needed,
            metavar=parameter.shown if parameter.needed else f"[{parameter.shown}]",
        )
    declared = [parameter.name, parameter.variable]
    if parameter.takes is Takes.FLAG:
        return click.Option(declared, is_flag=True, help=parameter.help)
    return click.Option(
        declared,
        type=kind,
        multiple=parameter.takes is Takes.TEXTS,
        metavar=parameter.shown,
        help=parameter.help,
    )
