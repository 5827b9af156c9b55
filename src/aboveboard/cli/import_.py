"""Enters: a file that somebody carried from a machine without a network. Leaves: its answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.https import HttpsTransport
from aboveboard.adapters.registry_writer import replace_file
from aboveboard.cli.screen import Screen
from aboveboard.device.parcel_answers import Answers, Heard, write_answers
from aboveboard.device.parcels import read_parcels
from aboveboard.device.send import code, said
from aboveboard.errors import SendError, SetupError
from aboveboard.model.many import many
from aboveboard.registry.fields import is_link

if TYPE_CHECKING:
    from aboveboard.device.parcels import Carried
    from aboveboard.ports.device import Answer, Transport

MOST_BYTES = 1024 * 1024 * 1024
MOST_IN_A_ROW = 3
"""So many reports in a row without an answer, and the rest is not tried."""


@click.command("import", short_help="Carry a file of reports to a collector.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "url", required=True, help="Base address of the collector.")
def import_(file: Path, url: str) -> int:
    """Carry FILE, which `outbox export` made on a machine without a network, to a collector.

    Its answers are written beside it, to FILE.answers; bring that back to the machine.
    """
    base = url.rstrip("/")
    if not is_link(base):
        message = "it is no https address, nor one of this machine"
        raise click.BadParameter(message, param_hint="--to")
    parcels = read_parcels(_bytes(file))
    if isinstance(parcels, str):
        message = f"{file}: {parcels}"
        raise SetupError(message)
    heard = _carry(parcels.carried, base, HttpsTransport())
    answers = file.with_name(f"{file.name}.answers")
    replace_file(answers, write_answers(Answers(parcels.app, base, tuple(heard))))
    missing = len(parcels.carried) - len(heard)
    click.echo(f"The answers are in {answers}; bring that file back to the machine.")
    if missing:
        click.echo(f"{missing} got no answer; run the same command again.")
    return int(missing > 0)


def _carry(carried: tuple[Carried, ...], base: str, transport: Transport) -> list[Heard]:
    heard: list[Heard] = []
    with Screen(1) as screen:
        screen.step(f"Carry {many(len(carried), 'report')} to {base}")
        bar = screen.bar("Carried", len(carried))
        missed = 0
        for each in carried:
            answer = _put(each, base, transport) if missed < MOST_IN_A_ROW else None
            missed = 0 if answer is not None else missed + 1
            if answer is not None:
                heard.append(Heard(each.report, answer.status, code(answer)))
            bar.advance()
        for words, count in _counted(heard).items():
            screen.say(f"{count} answered with {words}")
        screen.finish()
    return heard


def _put(each: Carried, base: str, transport: Transport) -> Answer | None:
    parcel = each.to(base)
    try:
        return transport.put(parcel.url, parcel.body, parcel.headers)
    except SendError:
        return None


def _counted(heard: list[Heard]) -> dict[str, int]:
    words = [said(each.status, each.code) for each in heard]
    return {word: words.count(word) for word in sorted(set(words))}


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES)
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise SetupError(message) from error
