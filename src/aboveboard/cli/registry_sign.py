"""Enters: a registry, an approver's key. Leaves: their statement beside it, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.registry_writer import write_approvals_of
from aboveboard.adapters.signed_registries import approvals_of
from aboveboard.adapters.system import SystemClock
from aboveboard.cli.signing import at_a_terminal, committee_of, owner_of, read_key
from aboveboard.errors import SetupError
from aboveboard.registry.approval_words import before, sending, short_name, state, told
from aboveboard.registry.approvals import Approvals, Verdict
from aboveboard.registry.approve import parts_to_sign, tally
from aboveboard.registry.canonical import COLLECTOR, PRODUCT
from aboveboard.registry.fields import is_link
from aboveboard.registry.sign import add_statement, signable, unsaid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from aboveboard.model.registry import Approver, Registry
    from aboveboard.ports.signatures import Signer
    from aboveboard.registry.approve import Tally


@dataclass(frozen=True, slots=True)
class _Desk:
    """Everything that lies before somebody who signs."""

    registry: Registry
    approvals: Approvals
    approver: Approver
    signer: Signer
    found: Tally


@click.command(short_help="Sign parts of a registry as one of its approvers.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("parts", nargs=-1, metavar="[PART]…")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="The file of your key.")
@click.option("--where", required=True, help="Where the decision can be read: an https address.")
@click.option("--all", "everything", is_flag=True, help="Every part, also those you signed before.")
@click.option("--retire", is_flag=True, help="Say that the parts may no longer be in force.")
@click.option("--yes", is_flag=True, help="Do not ask: you have read what you sign.")
def sign(  # noqa: PLR0913 an argument for each option
    file: Path,
    parts: tuple[str, ...],
    *,
    key: Path,
    where: str,
    everything: bool,
    retire: bool,
    yes: bool,
) -> None:
    """Sign parts of the registry FILE as one of its approvers.

    PART is the name of a metric, `product` or `collector`; without any, it is everything that you
    have not signed as it is. Your signature goes into FILE's .approvals.json, beside the others'.
    """
    if not is_link(where):
        message = "it is no https address."
        raise click.BadParameter(message, param_hint="--where")
    if retire and not parts and not everything:
        message = "Name what may no longer be in force, or say --all."
        raise click.UsageError(message)
    today = SystemClock().now().date()
    verdict = Verdict.RETIRE if retire else Verdict.APPROVE
    desk = _open(file, key, today)
    chosen = _named(parts, desk.registry) or _unnamed(desk, verdict, everything=everything)
    if not chosen:
        click.echo(f"There is nothing left to sign for {desk.approver.title}.")
        return
    _show(desk, chosen)
    if not yes:
        _confirm(desk.approver, verdict, len(chosen))
    signed = add_statement(
        desk.registry,
        desk.approvals,
        desk.found,
        desk.approver,
        desk.signer,
        verdict=verdict,
        parts=chosen,
        on=today,
        where=where,
    )
    write_approvals_of(file, signed)
    _tell(desk.registry, tally(desk.registry, signed, LateChecker()), chosen)


def _open(file: Path, key: Path, today: date) -> _Desk:
    registry = read_file(file)
    committee = committee_of(registry)
    approvals = approvals_of(file) or Approvals(registry.app)
    if approvals.app != registry.app:
        message = f"the signatures beside {file} are for {approvals.app}, not for {registry.app}"
        raise SetupError(message)
    signer = read_key(key)
    approver = owner_of(committee, signer.public_key, registry.app)
    if approver.until is not None and today > approver.until:
        message = f"the term of {approver.title} ended on {approver.until}; nothing was signed"
        raise SetupError(message)
    found = tally(registry, approvals, LateChecker())
    return _Desk(registry, approvals, approver, signer, found)


def _named(parts: Sequence[str], registry: Registry) -> list[str]:
    known = {short_name(part): part for part in parts_to_sign(registry)}
    for part in parts:
        if part not in known:
            message = f"{part!r} is no part of it. There are: {', '.join(known)}."
            raise click.BadParameter(message, param_hint="PART")
    return list(dict.fromkeys(known[part] for part in parts))


def _unnamed(desk: _Desk, verdict: Verdict, *, everything: bool) -> list[str]:
    if everything:
        return signable(desk.registry)
    return unsaid(desk.registry, desk.found, desk.approver, verdict)


def _show(desk: _Desk, chosen: Sequence[str]) -> None:
    for part in chosen:
        said = before(desk.found.standings[part], desk.approver)
        click.echo("\n".join(told(desk.registry, part)))
        if said:
            click.echo(f"  {said}")
        click.echo()


def _confirm(approver: Approver, verdict: Verdict, many: int) -> None:
    if not at_a_terminal():
        message = "nobody is there to say yes; read what you sign and say --yes"
        raise SetupError(message)
    what = "this part" if many == 1 else f"these {many} parts"
    word = "Retire" if verdict is Verdict.RETIRE else "Approve"
    if not click.confirm(f"{word} {what} as {approver.title}?"):
        click.echo("Nothing was signed.")
        click.get_current_context().exit(1)


def _tell(registry: Registry, found: Tally, chosen: Sequence[str]) -> None:
    for part in chosen:
        click.echo(f"{short_name(part)}: {state(found.standings[part])}")
    if {PRODUCT, COLLECTOR} & set(chosen):
        click.echo(sending(registry, found))
