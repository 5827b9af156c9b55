"""Enters: what an approver decided about parts of a registry. Leaves: it, signed, with the rest."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.model.metric import Status
from aboveboard.registry.approvals import Approvals, Fault, Statement, Verdict, signed_bytes
from aboveboard.registry.approve import parts_to_sign
from aboveboard.registry.canonical import part_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from aboveboard.model.registry import Approver, Registry
    from aboveboard.ports.signatures import Signer
    from aboveboard.registry.approve import Tally


def signable(registry: Registry) -> list[str]:
    """Give the parts that somebody may be asked to approve: all but what the file retired."""
    metrics = registry.metrics.items()
    retired = {part_of(name) for name, metric in metrics if metric.status is Status.RETIRED}
    return [part for part in parts_to_sign(registry) if part not in retired]


def unsaid(registry: Registry, found: Tally, approver: Approver, verdict: Verdict) -> list[str]:
    """Give the parts of which an approver has not said this yet.

    What they retired is not offered for approval: they would take it back without noticing.
    """
    settled = [Verdict.RETIRE] if verdict is Verdict.RETIRE else list(Verdict)
    left = []
    for part in signable(registry):
        standing = found.standings[part]
        voices = (*standing.approving, *standing.retiring)
        said = [v.statement.verdict for v in voices if v.approver.id == approver.id]
        if not any(verdict in settled for verdict in said):
            left.append(part)
    return left


def add_statement(  # noqa: PLR0913 a statement says this much
    registry: Registry,
    approvals: Approvals,
    found: Tally,
    approver: Approver,
    signer: Signer,
    *,
    verdict: Verdict,
    parts: Sequence[str],
    on: date,
    where: str,
) -> Approvals:
    """Sign what an approver says, and put it behind what was said before.

    Statements in this approver's name that this key did not sign are left out: their numbers would
    make a hole in the true ones.

    Args:
        registry: what is decided about.
        approvals: what was signed so far.
        found: the count of it.
        approver: who says it.
        signer: holds their key.
        verdict: what they say.
        parts: of which parts.
        on: the day.
        where: where the decision can be read.
    """
    false = [
        one.statement
        for one in found.discounted
        if one.fault is Fault.FALSE_SIGNATURE and one.statement.approver == approver.id
    ]
    kept = tuple(said for said in approvals.statements if said not in false)
    number = max((said.number for said in kept if said.approver == approver.id), default=0) + 1
    digests = MappingProxyType({part: registry.parts[part] for part in parts})
    bare = Statement(approver.id, number, on, verdict, where, digests)
    signed = replace(bare, signature=signer.sign(signed_bytes(registry.app, bare)))
    return Approvals(registry.app, (*kept, signed))
