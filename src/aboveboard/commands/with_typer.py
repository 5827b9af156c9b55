"""Enters: the definition of all commands. Leaves: an app of Typer.

Typer makes commands of functions with annotations, and of nothing else: its newer versions bring a
Click of their own. So each command becomes a function whose signature says what it takes.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aboveboard.commands.command import ABOUT, Takes, top_level
from aboveboard.commands.listing import COMMANDS
from aboveboard.commands.run import run
from aboveboard.commands.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.commands.command import Command, OpenTelemetry, Parameter

_KINDS: dict[Takes, tuple[Any, object]] = {
    Takes.FLAG: (bool, False),
    Takes.TEXT: (str, ""),
    Takes.TEXTS: (list[str], ()),
    Takes.NUMBER: (int, 0),
}
"""What Typer reads, and what stands for nothing."""


def typer_app(
    open_telemetry: OpenTelemetry, name: str = "telemetry", about: str = ABOUT
) -> typer.Typer:
    """Make an app that a program of Typer adds to its own: ``app.add_typer(typer_app(…))``.

    Args:
        open_telemetry: gives the program's telemetry; called when a command runs.
        name: what the group is called.
        about: what its help says.

    Example:
        >>> from typer.testing import CliRunner
        >>> from aboveboard.testing import memory_telemetry
        >>> app = typer_app(memory_telemetry)
        >>> print(CliRunner().invoke(app, ["show", "--next"]).output.partition(":")[0])
        never as it stands
    """
    app = typer.Typer(name=name, help=about, no_args_is_help=True, add_completion=False)
    for word, (command, *below) in top_level(COMMANDS).items():
        function = _function(command, open_telemetry, name)
        if not below:
            app.command(word, help=command.help)(function)
            continue
        parent = typer.Typer(help=command.help)
        parent.callback(invoke_without_command=True)(function)
        for each in below:
            parent.command(each.words[-1], help=each.help)(_function(each, open_telemetry, name))
        app.add_typer(parent, name=word)
    return app


def _function(command: Command, open_telemetry: OpenTelemetry, name: str) -> Callable[..., None]:
    def call(context: typer.Context, **values: object) -> None:
        if context.invoked_subcommand is not None:
            return
        write = Writer(command.before(context.command_path) or name)
        status = run(command, open_telemetry, command.given(values), write)
        if status:
            raise typer.Exit(status)

    own = inspect.Parameter(
        "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    parameters = [own, *map(_parameter, command.parameters)]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    call.__doc__ = command.help
    return call


def _parameter(parameter: Parameter) -> inspect.Parameter:
    kind, nothing = _KINDS[parameter.takes]
    about: dict[str, Any] = {"help": parameter.help, "show_default": False}
    if parameter.takes is not Takes.FLAG:
        about["metavar"] = parameter.shown
    said = typer.Option(parameter.name, **about) if parameter.is_option else typer.Argument(**about)
    needed = parameter.needed and not parameter.is_option
    return inspect.Parameter(
        parameter.variable,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if needed else nothing,
        annotation=Annotated[kind, said],
    )
