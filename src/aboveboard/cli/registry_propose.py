"""Enters: what somebody wants to measure. Leaves: a proposal in the file, and what it lacks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.adapters.registry_files import plugin_files, read_file
from aboveboard.adapters.registry_writer import replace_file
from aboveboard.adapters.system import SystemClock
from aboveboard.cli.signing import at_a_terminal
from aboveboard.errors import SetupError
from aboveboard.model.metric import Kind, Period, Sensitivity, Status
from aboveboard.registry.bound_fields import BOUNDS
from aboveboard.registry.checks import check
from aboveboard.registry.proposal import appended, table
from aboveboard.registry.read import includes, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from click.decorators import FC

    from aboveboard.model.registry import Registry
    from aboveboard.registry.proposal import Said

ASKED: Mapping[str, str] = {
    "kind": "What its values look like",
    "title": "A few words for people: the heading of its chart",
    "question": "The question that it answers",
    "decision": "What will be decided with the answer",
    "owner": "Who answers for it: a role of the project",
    "review": "Where it is discussed: an https address",
    "expires": "The last day on which it is measured, such as 2028-12-31",
    "level": "The level of consent that it belongs to",
    "choices": "Its words, with commas between",
    "labels": "Its labels, with commas between",
    "names": "The names that may be said, with commas between",
    "buckets": "Lower bounds of its buckets, rising from 0, with commas between",
    "extras": "What it says of itself, such as how=menu,keyboard; ok=yes,no",
}
"""What a metric cannot do without, as a person is asked for it; the last five by its kind."""
FREE: Mapping[str, str] = {
    "never": "The reason, where it never expires",
    "sensitivity": "How close it comes to a person",
    "unit": "What is counted, in a plain word",
    "example": "What a report would say",
    "period": "How finely it is kept in time",
    "largest": "The largest number that one report may say",
    "precision": "How many parts of a version are kept",
    "message_level": "The level at which an error's scrubbed message may travel",
    "threshold": "The smallest group that is published",
}
"""What may be left out."""
CLOSED: Mapping[str, list[str]] = {
    "kind": [kind.value for kind in Kind],
    "sensitivity": [sensitivity.value for sensitivity in Sensitivity],
    "period": [period.value for period in Period],
}
WORDS = frozenset({"choices", "labels", "names"})
NUMBERS = frozenset({"largest", "precision", "threshold"})
OF_A_KIND = WORDS | {"buckets", "extras"}


def _options(command: FC) -> FC:
    for name, text in reversed({**ASKED, **FREE}.items()):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, type=_form(name), help=f"{text}.")(command)
    return command


def _form(name: str) -> click.ParamType[Any]:
    if name in CLOSED:
        return click.Choice(CLOSED[name])
    return click.INT if name in NUMBERS else click.STRING


@click.command(short_help="Propose a metric: write it into a registry file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("name")
@_options
def propose(file: Path, name: str, **said: str | int | None) -> None:
    """Propose the metric NAME: write it at the end of the registry FILE.

    It is neither recorded nor accepted before it is approved. What is missing is asked for; nothing
    else in the file changes, and nothing is written that cannot be read.
    """
    registry = read_file(file)
    _refuse_taken(registry, name)
    given = {key: value for key, value in said.items() if value is not None}
    fields = {key: _value(key, value) for key, value in _complete(given, registry).items()}
    if "never" in fields:
        fields["expires"] = {"never": str(fields.pop("never"))}
    body = file.read_bytes()
    new = appended(body, table(name, {**fields, "status": Status.PROPOSED.value}))
    written = read(new, file.name, plugin_files(file.parent, includes(new)))
    replace_file(file, new)
    click.echo(f"{name} is proposed in {file}.")
    _tell_what_lacks(registry, written)


def _refuse_taken(registry: Registry, name: str) -> None:
    metrics = registry.metrics
    if name in metrics:
        message = f"{registry.app} has a metric {name} already; choose another name"
        raise SetupError(message)
    former = [metric.name for metric in metrics.values() if name in metric.aliases]
    if former:
        message = f"{former[0]} was called {name} before; choose another name"
        raise SetupError(message)


def _complete(given: dict[str, str | int], registry: Registry) -> dict[str, str | int]:
    """Ask for what is missing, in the order of the table.

    Raises:
        click.UsageError: nobody is there to be asked.
    """
    there = at_a_terminal()
    fields: dict[str, str | int] = {}
    missing: list[str] = []
    for key, text in ASKED.items():
        if key in given:
            fields[key] = given.pop(key)
        elif not _is_needed(key, str(fields.get("kind", "")), given):
            continue
        elif there:
            fields[key] = _ask(key, text, registry)
        else:
            missing.append(f"--{key}")
    if missing:
        message = f"A proposal also needs {', '.join(missing)}; at a terminal you are asked for it."
        raise click.UsageError(message)
    return fields | given


def _is_needed(key: str, kind: str, given: Mapping[str, object]) -> bool:
    if key == "expires":
        return "never" not in given
    if key == "labels" and "precision" in given:
        return False  # its labels are versions
    return key not in OF_A_KIND or (kind in list(Kind) and key in BOUNDS[Kind(kind)])


def _ask(key: str, text: str, registry: Registry) -> str:
    known = list(registry.levels) if key == "level" else CLOSED.get(key, [])
    form = click.Choice(known) if known else click.STRING
    answer: str = click.prompt(text, type=form)
    return answer


def _value(key: str, said: str | int) -> Said | dict[str, str]:
    if not isinstance(said, str):
        return said
    read_as = _READERS.get(key)
    return read_as(key, said) if read_as is not None else said


def _words(_: str, said: str) -> list[str]:
    return [word.strip() for word in said.split(",") if word.strip()]


def _numbers(key: str, said: str) -> list[int]:
    try:
        return [int(word) for word in _words(key, said)]
    except ValueError as error:
        message = "write whole numbers with commas between."
        raise click.BadParameter(message, param_hint=f"--{key}") from error


def _day(key: str, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        message = "write a day such as 2028-12-31."
        raise click.BadParameter(message, param_hint=f"--{key}") from error


def _lists(key: str, said: str) -> dict[str, list[str]]:
    pairs = [part.partition("=") for part in said.split(";") if part.strip()]
    return {name.strip(): _words(key, words) for name, _, words in pairs}


def _example(_: str, said: str) -> bool | int | str:
    if said in {"true", "false"}:
        return said == "true"
    return int(said) if said.isascii() and said.isdecimal() else said


_READERS: Mapping[str, Callable[[str, str], Said]] = {
    **dict.fromkeys(WORDS, _words),
    "buckets": _numbers,
    "expires": _day,
    "extras": _lists,
    "example": _example,
}


def _tell_what_lacks(before: Registry, after: Registry) -> None:
    today = SystemClock().now().date()
    known = check(before, today)
    lacking = [problem for problem in check(after, today) if problem not in known]
    if not lacking:
        click.echo("The checks find nothing that it lacks.")
        return
    click.echo("What only people can write or decide:")
    for problem in lacking:
        click.echo(f"- {problem}")
