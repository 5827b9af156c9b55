"""The whole story of a committee is told in ``tests/flow/test_committee.py``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.errors import SealError
from aboveboard.model.metric import Approval, Kind, Metric, Status
from aboveboard.model.registry import Approver, CollectorAddress, Committee, Registry
from aboveboard.registry.approval_problems import approval_problems
from aboveboard.registry.approvals import Approvals, Fault, Statement, Verdict, signed_bytes
from aboveboard.registry.approve import Tally, in_force, name_all, parts_to_sign, tally
from aboveboard.registry.sign import add_statement, signable, unsaid

NAMES = ("ana", "ben", "cleo")
KEYS = {name: Ed25519Signer(bytes([number]) * 32) for number, name in enumerate(NAMES, 1)}
DAY = date(2026, 11, 22)
WHERE = "https://editor.example/minutes/1"
OPENED, CLOSED = "metric file.opened", "metric file.closed"
PARTS = {"product": "a" * 64, "collector": "b" * 64, OPENED: "c" * 64, CLOSED: "d" * 64}
ABOUT = ("Title", "Why?", "What.", "Owner", "https://x.example/1", None, None, "usage")


def people(until: date | None = None) -> tuple[Approver, ...]:
    return tuple(Approver(n, n.title(), KEYS[n].public_key, until) for n in NAMES)


def registry(needed: int = 2, until: date | None = None) -> Registry:
    names = ("file.opened", "file.closed")
    plain = {name: Metric(name, Kind.COUNTER, *ABOUT) for name in names}
    metrics = {name: replace(metric, status=Status.PROPOSED) for name, metric in plain.items()}
    return Registry(
        app="editor",
        title="Editor",
        homepage="",
        contact="",
        policy="",
        fingerprint="",
        levels=MappingProxyType({"usage": "Use."}),
        metrics=MappingProxyType(metrics),
        collector=CollectorAddress(("https://collector.example",)),
        committee=Committee(needed, people(until)),
        parts=MappingProxyType(PARTS),
    )


def say(name: str, number: int = 1, **more: Any) -> Statement:  # noqa: ANN401 any field
    bare = Statement(name, number, DAY, Verdict.APPROVE, WHERE, PARTS)
    return sign(replace(bare, **more))


def sign(said: Statement) -> Statement:
    return replace(said, signature=KEYS[said.approver].sign(signed_bytes("editor", said)))


def count(*said: Statement, known: Registry | None = None) -> Tally:
    return tally(known or registry(), Approvals("editor", said), Ed25519Checker())


def codes(*said: Statement, known: Registry | None = None) -> list[tuple[str, str]]:
    known = known or registry()
    approvals = Approvals("editor", said)
    found = tally(known, approvals, Ed25519Checker())
    return [(one.code, one.place) for one in approval_problems(known, approvals, found)]


def test_without_a_committee_the_file_s_word_counts() -> None:
    known = replace(registry(), committee=None)
    assert in_force(known, None, Ed25519Checker()) is known
    assert count(say("ana"), known=known) == Tally(MappingProxyType({}))
    assert codes(known=known) == [("nobody_approves", "file")]


def test_without_signatures_nothing_is_in_force() -> None:
    found = in_force(registry(), None, Ed25519Checker())
    assert {metric.status for metric in found.metrics.values()} == {Status.PROPOSED}
    assert found.collector is None


def test_nothing_is_checked_where_nobody_signs() -> None:
    class NoChecker:
        def check(self, key: bytes, message: bytes, signature: bytes) -> bool:
            raise SealError(key, message, signature)

    assert count().standings
    in_force(registry(), None, NoChecker())
    with pytest.raises(SealError):
        in_force(registry(), Approvals("editor", (say("ana"),)), NoChecker())


def test_who_made_it_so_is_told_with_the_day_and_the_place_of_the_last_who_was_needed() -> None:
    second = say("ana", on=date(2026, 11, 24), where="https://editor.example/minutes/2")
    said = (say("cleo", on=date(2026, 12, 1)), second, say("ben"))
    found = in_force(registry(), Approvals("editor", said), Ed25519Checker())
    assert found.metrics["file.opened"].approved == Approval(
        date(2026, 11, 24), "Ben and Ana", "https://editor.example/minutes/2"
    )
    assert found.collector is not None


def test_names_with_commas_are_told_apart() -> None:
    assert name_all(["Ana, elected 2026", "Ben"]) == "Ana, elected 2026; Ben"


def test_a_product_that_names_no_collector_has_none_to_sign() -> None:
    known = replace(registry(), collector=None)
    assert parts_to_sign(known) == ["product", OPENED, CLOSED]
    found = count(say("ana"), say("ben"), known=known)
    assert not found.may_send


def test_as_many_who_want_it_gone_as_are_needed_are_stronger() -> None:
    known = registry(needed=1)
    gone = say("ben", verdict=Verdict.RETIRE)
    standing = count(say("ana"), gone, known=known).standings[OPENED]
    assert standing.retired
    assert not standing.approved
    assert [voice.approver.id for voice in standing.deciding] == ["ben"]
    assert codes(say("ana"), gone, known=known) == [
        ("not_signed", "product"),
        ("not_signed", "collector"),
    ]


def test_a_retirement_holds_whatever_the_content() -> None:
    gone = [say(name, verdict=Verdict.RETIRE, parts={OPENED: "0" * 64}) for name in ("ana", "ben")]
    found = in_force(registry(), Approvals("editor", tuple(gone)), Ed25519Checker())
    assert found.metrics["file.opened"].status is Status.RETIRED


def test_a_part_without_a_digest_is_never_approved() -> None:
    known = replace(registry(), parts=MappingProxyType({}))
    assert not count(say("ana"), say("ben"), known=known).standings[OPENED].approved


def test_statements_below_a_hole_do_not_count() -> None:
    found = count(say("ana", 1), say("ana", 2), say("ana", 4, parts={CLOSED: "d" * 64}))
    assert [(one.statement.number, one.fault) for one in found.discounted] == [
        (2, Fault.STATEMENT_MISSING),
        (1, Fault.STATEMENT_MISSING),
    ]
    assert [approver.id for approver in found.standings[OPENED].silent] == ["ana", "ben", "cleo"]
    assert len(found.standings[CLOSED].approving) == 1


def test_the_oldest_statements_may_be_left_out() -> None:
    assert count(say("ana", 7)).discounted == ()


def test_every_problem_has_its_place() -> None:
    changed = {**PARTS, OPENED: "0" * 64, "product": "0" * 64}
    said = (
        say("ana", parts=changed),
        replace(say("ben"), signature=bytes(64)),
        replace(say("cleo"), approver="zoe"),
        say("cleo", on=date(2027, 1, 1)),
    )
    known = registry(until=date(2026, 12, 31))
    approved = replace(known.metrics["file.closed"], status=Status.APPROVED)
    known = replace(known, metrics={**known.metrics, "file.closed": approved})
    assert codes(*said, known=known) == [
        ("false_signature", "statements.1"),
        ("unknown_approver", "statements.2"),
        ("after_the_term", "statements.3"),
        ("changed_since", "product"),
        ("not_signed", "collector"),
        ("changed_since", "metric.file.opened"),
        ("not_signed", "metric.file.closed"),
    ]


def test_enough_signatures_are_enough_whatever_others_signed() -> None:
    old = say("cleo", parts=dict.fromkeys(PARTS, "0" * 64))
    assert codes(say("ana"), say("ben"), old) == []


def test_what_is_proposed_or_retired_in_the_file_needs_no_signature() -> None:
    gone = replace(registry().metrics["file.closed"], status=Status.RETIRED)
    known = replace(registry(), metrics={**registry().metrics, "file.closed": gone})
    few = {part: PARTS[part] for part in ("product", "collector")}
    assert codes(say("ana", parts=few), say("ben", parts=few), known=known) == []


def test_signatures_of_another_product_are_told() -> None:
    approvals = Approvals("viewer")
    found = tally(registry(), approvals, Ed25519Checker())
    first = approval_problems(registry(), approvals, found)[0]
    assert (first.code, first.place) == ("another_app", "statements")


def add(known: Registry, approvals: Approvals, name: str, *parts: str) -> Approvals:
    (approver,) = [one for one in people() if one.id == name]
    return add_statement(
        known,
        approvals,
        tally(known, approvals, Ed25519Checker()),
        approver,
        KEYS[name],
        verdict=Verdict.APPROVE,
        parts=parts,
        on=DAY,
        where=WHERE,
    )


def test_statements_are_numbered_and_others_are_kept() -> None:
    approvals = add(registry(), Approvals("editor", (say("ben"),)), "ana", OPENED)
    approvals = add(registry(), approvals, "ana", CLOSED, "product")
    assert [(one.approver, one.number, list(one.parts)) for one in approvals.statements] == [
        ("ben", 1, list(PARTS)),
        ("ana", 1, [OPENED]),
        ("ana", 2, [CLOSED, "product"]),
    ]
    assert tally(registry(), approvals, Ed25519Checker()).discounted == ()


def test_what_others_wrote_in_somebody_s_name_makes_no_hole() -> None:
    false = replace(say("ana", 5), signature=bytes(64))
    others = replace(say("ben", 5), signature=bytes(64))
    approvals = add(registry(), Approvals("editor", (false, others)), "ana", OPENED)
    assert [(one.approver, one.number) for one in approvals.statements] == [("ben", 5), ("ana", 1)]


def test_what_is_left_to_say_is_what_was_not_said_of_the_content_as_it_is() -> None:
    known = registry()
    ana = people()[0]
    parts = {"product": PARTS["product"], OPENED: "0" * 64, CLOSED: PARTS[CLOSED]}
    gone = say("ana", 2, parts={CLOSED: PARTS[CLOSED]}, verdict=Verdict.RETIRE)
    found = count(say("ana", parts=parts), gone, known=known)
    assert unsaid(known, found, ana, Verdict.APPROVE) == ["collector", OPENED]
    assert unsaid(known, found, ana, Verdict.RETIRE) == ["product", "collector", OPENED]


def test_what_the_file_retired_is_not_offered() -> None:
    gone = replace(registry().metrics["file.closed"], status=Status.RETIRED)
    known = replace(registry(), metrics={**registry().metrics, "file.closed": gone})
    assert signable(known) == ["product", "collector", OPENED]


statements = st.lists(
    st.builds(
        Statement,
        approver=st.sampled_from(NAMES),
        number=st.integers(1, 6),
        on=st.dates(date(2026, 11, 1), date(2026, 11, 9)),
        verdict=st.sampled_from(Verdict),
        where=st.just(WHERE),
        parts=st.dictionaries(st.sampled_from([OPENED, CLOSED]), st.sampled_from(["c" * 64])),
    ),
    unique_by=lambda said: (said.approver, said.number),
    max_size=12,
)


@given(statements.flatmap(lambda said: st.tuples(st.just(said), st.permutations(said))))
def test_the_order_in_the_file_decides_nothing(
    both: tuple[list[Statement], list[Statement]],
) -> None:
    one, other = ([sign(said) for said in each] for each in both)
    assert count(*one).standings == count(*other).standings


@given(statements)
def test_without_true_signatures_nothing_is_ever_approved(said: list[Statement]) -> None:
    found = in_force(registry(), Approvals("editor", tuple(said)), Ed25519Checker())
    assert {metric.status for metric in found.metrics.values()} == {Status.PROPOSED}
