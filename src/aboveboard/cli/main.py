"""Enters: the words after ``aboveboard``. Leaves: what they ask for, and an exit status."""

from __future__ import annotations

import enum
import keyword
import sys

import click

from aboveboard.cli.lazy import LazyGroup
from aboveboard.cli.lines import say
from aboveboard.cli.own import count_command, count_surroundings, own_telemetry, version
from aboveboard.errors import AboveboardError, SettingsError

COMMANDS = (
    "demo",
    "serve",
    "config",
    "load",
    "status",
    "backup",
    "restore",
    "check",
    "migrate",
    "sql",
    "quarantine",
    "key",
    "registry",
    "generate",
    "import",
    "log",
    "verify-receipt",
    "telemetry",
    "apps",
)
"""Each is a function of the same name in a module of the same name, imported when it is run.

Where Python has the word for itself, both have an underscore after it; a hyphen becomes one.
"""


class Exit(enum.IntEnum):
    """How a command ends."""

    SUCCESS = 0
    FAILURE = 1
    REFUSED = 2
    INTERRUPTED = 130


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version(), prog_name="aboveboard")
def commands() -> None:
    """Telemetry in plain sight: see what is counted, decide what leaves, run a collector."""


for _name in COMMANDS:
    _word = f"{_name}_" if keyword.iskeyword(_name) else _name.replace("-", "_")
    commands.places[_name] = f"aboveboard.cli.{_word}:{_word}"


def main() -> None:
    """Run a command and end the process with its status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> Exit:
    """Run a command; count how it ended.

    Returns:
        0 when it did what was asked, 1 when it could not, 2 when it did not understand, 130 when
        it was interrupted.
    """
    with own_telemetry() as own:
        count_surroundings(own)
        status = Exit.FAILURE
        try:
            with own.time("command.duration"):
                status = _run(arguments)
        finally:
            command = next((word for word in arguments if word in COMMANDS), "")
            count_command(own, command)
            own.count(f"exit.{status.name.lower()}")
    return status


def _run(arguments: list[str]) -> Exit:
    try:
        status = commands.main(arguments, prog_name="aboveboard", standalone_mode=False)
    except click.exceptions.Abort:  # which click makes of Ctrl-C
        return Exit.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return Exit.REFUSED
    except AboveboardError as error:
        say(f"aboveboard: {error}", err=True)
        return Exit.REFUSED if isinstance(error, SettingsError) else Exit.FAILURE
    return Exit(status or 0)  # a command that ends early gives its status
