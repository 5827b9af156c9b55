"""Enters: a registry, its signatures and their count. Leaves: what is wrong with them, as problems.

A problem's place is one in the registry, or ``statements`` and a number in the file of signatures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import Problem
from aboveboard.model.metric import Status
from aboveboard.registry.approvals import Approvals, Fault
from aboveboard.registry.approve import name_all
from aboveboard.registry.canonical import COLLECTOR, PRODUCT, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.registry.approve import Discounted, Standing, Tally

_WHY: Mapping[Fault, tuple[str, str]] = {
    Fault.UNKNOWN_APPROVER: (
        "the registry names no approver {name}.",
        "Remove it, or name the approver.",
    ),
    Fault.FALSE_SIGNATURE: (
        "{name} did not sign this for this product with the key in the registry.",
        "Remove it; {name} may sign anew.",
    ),
    Fault.AFTER_THE_TERM: (
        "the term of {name} had ended on {on}.",
        "Let somebody sign whose term has not.",
    ),
    Fault.STATEMENT_MISSING: (
        "a later statement of {name} than number {number} is missing, and may have said otherwise.",
        "Put it back, or let {name} sign anew.",
    ),
}


def approval_problems(registry: Registry, approvals: Approvals, found: Tally) -> list[Problem]:
    """Tell everything that is wrong with a registry's signatures.

    Args:
        registry: the file as it is.
        approvals: what was signed.
        found: the count of it.

    Returns:
        First those of the file of signatures, then those of the registry; in its order.
    """
    if registry.committee is None:
        text = "it names nobody who approves by signature."
        return [Problem(Fault.NOBODY_APPROVES, "file", text, "Add a table [approval].")]
    return [
        *_of_app(registry, approvals),
        *_of_statements(approvals, found),
        *_of_product(found),
        *_of_metrics(registry, found),
    ]


def _of_app(registry: Registry, approvals: Approvals) -> Iterator[Problem]:
    if approvals.app != registry.app:
        text = f"these are signatures for {approvals.app}, and the product is {registry.app}."
        yield Problem(Fault.ANOTHER_APP, "statements", text, "Put the right file there.")


def _of_statements(approvals: Approvals, found: Tally) -> Iterator[Problem]:
    places = {(said.approver, said.number): n for n, said in enumerate(approvals.statements)}
    faults = [
        (places[one.statement.approver, one.statement.number], one) for one in found.discounted
    ]
    for place, one in sorted(faults, key=lambda pair: pair[0]):
        yield _of_statement(place, one)


def _of_statement(place: int, one: Discounted) -> Problem:
    said = one.statement
    words = {"name": said.approver, "number": said.number, "on": said.on.isoformat()}
    text, remedy = (sentence.format(**words) for sentence in _WHY[one.fault])
    return Problem(one.fault, f"statements.{place}", text, remedy)


def _of_product(found: Tally) -> Iterator[Problem]:
    for part in (PRODUCT, COLLECTOR):
        standing = found.standings.get(part)
        if standing is not None and not standing.approved:
            text = f"{_short(standing)}, so nothing is sent."
            yield Problem(_code(standing), part, text, "Let approvers sign it.")


def _of_metrics(registry: Registry, found: Tally) -> Iterator[Problem]:
    for name, metric in registry.metrics.items():
        standing = found.standings[part_of(name)]
        if standing.approved or standing.retired or metric.status is Status.RETIRED:
            continue
        if standing.stale or metric.status is Status.APPROVED:
            text = f"{_short(standing)}, so it is not measured."
            remedy = "Let approvers sign it, or take the change back."
            yield Problem(_code(standing), f"metric.{name}", text, remedy)


def _code(standing: Standing) -> Fault:
    return Fault.CHANGED_SINCE if standing.stale else Fault.NOT_SIGNED


def _short(standing: Standing) -> str:
    have = f"{len(standing.approving)} of the {standing.needed} needed have signed it"
    if not standing.stale:
        return have
    others = name_all([voice.approver.id for voice in standing.stale])
    return f"{have}; it was changed since {others} signed"
