"""Enters: the definition of all commands. Leaves: a parser of the standard library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from aboveboard.commands.command import ABOUT, Takes, top_level
from aboveboard.commands.listing import COMMANDS

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from aboveboard.commands.command import Command, OpenTelemetry, Parameter

    class Subparsers(Protocol):
        """What ``ArgumentParser.add_subparsers`` gives."""

        def add_parser(self, name: str, **options: Any) -> ArgumentParser:  # noqa: ANN401 argparse's own
            """Add a parser."""
            ...


def add_argparse(
    subparsers: Subparsers,
    open_telemetry: OpenTelemetry,
    name: str = "telemetry",
    about: str = ABOUT,
    run_as: str = "func",
) -> ArgumentParser:
    """Add the commands to a program that uses ``argparse``.

    What was parsed then holds a function that runs it and gives the exit status, as the
    documentation of ``argparse`` suggests it: ``sys.exit(asked.func(asked))``.

    Args:
        subparsers: what ``parser.add_subparsers()`` gave.
        open_telemetry: gives the program's telemetry; called when a command runs.
        name: what the group is called.
        about: what its help says.
        run_as: the attribute that holds the function.

    Example:
        >>> import argparse
        >>> from aboveboard.testing import memory_telemetry
        >>> parser = argparse.ArgumentParser(prog="editor")
        >>> _ = add_argparse(parser.add_subparsers(), memory_telemetry)
        >>> asked = parser.parse_args(["telemetry", "outbox", "wait", "7"])
        >>> asked.func(asked)
        Every report waits 7 days before it leaves, those of now as well.
        <Exit.DONE: 0>
    """
    group = subparsers.add_parser(name, help=about, description=about)
    words = group.add_subparsers(metavar="COMMAND", required=True)
    for word, (command, *below) in top_level(COMMANDS).items():
        parser = _add_command(words, word, command, open_telemetry, group.prog, run_as)
        deeper = parser.add_subparsers(metavar="COMMAND") if below else words
        for each in below:
            _add_command(deeper, each.words[-1], each, open_telemetry, group.prog, run_as)
    return group


def _add_command(  # noqa: PLR0913, PLR0917 what the group has, and what each command has
    words: Subparsers,
    word: str,
    command: Command,
    open_telemetry: OpenTelemetry,
    call: str,
    run_as: str,
) -> ArgumentParser:
    parser = words.add_parser(word, help=command.help, description=command.help)
    for parameter in command.parameters:
        _add(parser, parameter)
    parser.set_defaults(**{run_as: _runner(command, open_telemetry, call)})
    return parser


def _add(parser: ArgumentParser, parameter: Parameter) -> None:
    about: dict[str, Any] = {"help": parameter.help}
    if parameter.takes is Takes.FLAG:
        about["action"] = "store_true"
    else:
        about["metavar"] = parameter.shown
        about["type"] = int if parameter.takes is Takes.NUMBER else str
    if parameter.takes is Takes.TEXTS:
        about["action"] = "append"
    if parameter.is_option:
        parser.add_argument(parameter.name, dest=parameter.variable, **about)
    else:
        parser.add_argument(parameter.variable, nargs=None if parameter.needed else "?", **about)


def _runner(
    command: Command, open_telemetry: OpenTelemetry, call: str
) -> Callable[[Namespace], int]:
    def run_it(asked: Namespace) -> int:
        # A program that is started for something else imports none of this.
        from aboveboard.commands.run import run  # noqa: PLC0415 see above
        from aboveboard.commands.writer import Writer  # noqa: PLC0415 see above

        return run(command, open_telemetry, command.given(vars(asked)), Writer(call))

    return run_it
