"""Enters: a registry with a committee, its signatures. Leaves: what is in force, and who said so.

An approver's latest word about a part counts, and only as far back as none of their statements is
missing: what was retired cannot be revived by taking the retirement out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.model.metric import Approval, Status
from aboveboard.registry.approvals import Approvals, Fault, Verdict, signed_bytes
from aboveboard.registry.canonical import COLLECTOR, PRODUCT, part_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Approver, Committee, Registry
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.registry.approvals import Statement


@dataclass(frozen=True, slots=True)
class Voice:
    """What one approver said last about a part."""

    approver: Approver
    statement: Statement

    @property
    def day(self) -> date:
        """When they said it."""
        return self.statement.on


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one part of a registry stands.

    Attributes:
        part: its name, as in ``Registry.parts``.
        needed: how many must sign.
        approving: who approves the content as it is, the earliest first.
        retiring: who wants it gone, the earliest first.
        stale: who approved another content, the earliest first.
        silent: who said nothing that counts.
    """

    part: str
    needed: int
    approving: tuple[Voice, ...] = ()
    retiring: tuple[Voice, ...] = ()
    stale: tuple[Voice, ...] = ()
    silent: tuple[Approver, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether enough approve it, and not as many want it gone."""
        return len(self.approving) >= self.needed and not self.retired

    @property
    def retired(self) -> bool:
        """Whether enough want it gone."""
        return len(self.retiring) >= self.needed

    @property
    def deciding(self) -> tuple[Voice, ...]:
        """Those whose word made it what it is: as many as are needed, the earliest; or none."""
        if self.retired:
            return self.retiring[: self.needed]
        return self.approving[: self.needed] if self.approved else ()


@dataclass(frozen=True, slots=True)
class Discounted:
    """A statement that does not count, and why."""

    statement: Statement
    fault: Fault


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of all signatures.

    Attributes:
        standings: part to where it stands, in the order of the registry.
        discounted: the statements that do not count.
    """

    standings: Mapping[str, Standing]
    discounted: tuple[Discounted, ...] = ()

    @property
    def may_send(self) -> bool:
        """Whether the product and its collector are both approved."""
        both = [self.standings.get(part) for part in (PRODUCT, COLLECTOR)]
        return all(standing is not None and standing.approved for standing in both)


def parts_to_sign(registry: Registry) -> list[str]:
    """Give the parts that a committee decides about: the product, its collector, each metric."""
    receiving = [COLLECTOR] if registry.collector is not None else []
    return [PRODUCT, *receiving, *(part_of(name) for name in registry.metrics)]


def tally(registry: Registry, approvals: Approvals | None, checker: SignatureChecker) -> Tally:
    """Count who signed what.

    Args:
        registry: the file as it is.
        approvals: what was signed; None counts as nothing.
        checker: checks the signatures.

    Returns:
        Where each part stands; nothing at all for a registry without a committee.

    Raises:
        SealError: signatures cannot be checked here.
    """
    committee = registry.committee
    if committee is None:
        return Tally(MappingProxyType({}))
    given = approvals.statements if approvals is not None else ()
    people = {approver.id: approver for approver in committee.approvers}
    faults: list[Discounted] = []
    true: dict[str, list[Statement]] = {name: [] for name in people}
    for statement in given:
        fault = _fault(registry.app, statement, people.get(statement.approver), checker)
        if fault is None:
            true[statement.approver].append(statement)
        else:
            faults.append(Discounted(statement, fault))
    latest = {name: _latest(people[name], true[name], faults) for name in people}
    standings = {
        part: _standing(part, registry.parts.get(part, ""), committee, latest)
        for part in parts_to_sign(registry)
    }
    return Tally(MappingProxyType(standings), tuple(faults))


def in_force(
    registry: Registry, approvals: Approvals | None, checker: SignatureChecker
) -> Registry:
    """Give the registry as its signatures have it; without a committee, as it is.

    A metric is approved if enough approvers signed its content as it is, and retired if the file or
    enough approvers say so; every other one is proposed. Without enough signatures below both the
    product and the collector there is no collector, so that nothing is sent.

    Raises:
        SealError: signatures cannot be checked here.
    """
    if registry.committee is None:
        return registry
    return as_decided(registry, tally(registry, approvals, checker))


def as_decided(registry: Registry, found: Tally) -> Registry:
    """Give a registry with a committee as a tally has it."""
    metrics = {
        name: _decided(metric, found.standings[part_of(name)])
        for name, metric in registry.metrics.items()
    }
    collector = registry.collector if found.may_send else None
    return replace(registry, metrics=MappingProxyType(metrics), collector=collector)


def _fault(
    app: str, statement: Statement, approver: Approver | None, checker: SignatureChecker
) -> Fault | None:
    if approver is None:
        return Fault.UNKNOWN_APPROVER
    if not checker.check(approver.key, signed_bytes(app, statement), statement.signature):
        return Fault.FALSE_SIGNATURE
    return None


def _latest(
    approver: Approver, statements: Iterable[Statement], faults: list[Discounted]
) -> dict[str, Voice]:
    """Give an approver's latest word on each part; what does not count is noted down."""
    latest: dict[str, Voice] = {}
    below: int | None = None
    for statement in sorted(statements, key=lambda said: said.number, reverse=True):
        if below is not None and statement.number != below - 1:
            faults.append(Discounted(statement, Fault.STATEMENT_MISSING))
            continue  # and so has every earlier one: the hole stays between
        below = statement.number
        if approver.until is not None and statement.on > approver.until:
            faults.append(Discounted(statement, Fault.AFTER_THE_TERM))
            continue
        for part in statement.parts:
            latest.setdefault(part, Voice(approver, statement))
    return latest


def _standing(
    part: str, digest: str, committee: Committee, latest: Mapping[str, Mapping[str, Voice]]
) -> Standing:
    said = {a.id: latest[a.id].get(part) for a in committee.approvers}
    voices = [voice for voice in said.values() if voice is not None]
    voices.sort(key=lambda voice: voice.day)
    retiring = [voice for voice in voices if voice.statement.verdict is Verdict.RETIRE]
    approving = [voice for voice in voices if voice.statement.verdict is Verdict.APPROVE]
    return Standing(
        part=part,
        needed=committee.needed,
        approving=tuple(v for v in approving if v.statement.parts[part] == digest),
        retiring=tuple(retiring),
        stale=tuple(v for v in approving if v.statement.parts[part] != digest),
        silent=tuple(a for a in committee.approvers if said[a.id] is None),
    )


def _decided(metric: Metric, standing: Standing) -> Metric:
    if metric.status is Status.RETIRED or standing.retired:
        return replace(metric, status=Status.RETIRED)
    if not standing.approved:
        return replace(metric, status=Status.PROPOSED, approved=None)
    last = standing.deciding[-1].statement
    by = name_all([voice.approver.title for voice in standing.deciding])
    return replace(metric, status=Status.APPROVED, approved=Approval(last.on, by, last.where))


def name_all(names: list[str]) -> str:
    """Name people in a row; where a name has a comma of its own, with semicolons.

    Example:
        >>> name_all(["Ana", "Ben", "Cleo"]), name_all(["Ana, elected 2026", "Ben"])
        ('Ana, Ben and Cleo', 'Ana, elected 2026; Ben')
    """
    if any("," in name for name in names):
        return "; ".join(names)
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
