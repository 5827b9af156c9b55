"""An elected committee of five decides by majority what an editor may measure."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory import SetClock
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.registry_writer import write_approvals_of
from aboveboard.adapters.signed_registries import approvals_of, approvals_path, read_in_force
from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.verify import verify
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import MisuseError, RegistryError
from aboveboard.model.metric import Approval, Status
from aboveboard.model.registry import Registry
from aboveboard.model.report import Fate
from aboveboard.model.verdict import Accepted
from aboveboard.registry.approvals import Approvals, Fault, Verdict
from aboveboard.registry.approve import Tally, tally
from aboveboard.registry.canonical import COLLECTOR, PRODUCT
from aboveboard.registry.sign import add_statement
from aboveboard.testing import EXAMPLE_REGISTRY, memory_telemetry

MEMBERS = ("ana", "ben", "cleo", "dora", "emil")
KEYS = {name: Ed25519Signer(bytes([number]) * 32) for number, name in enumerate(MEMBERS, 1)}
OPENED = "metric file.opened"
MINUTES = "https://editor.example/minutes"
ID = f"{1:032x}"
ENTRIES = [{"metric": "file.opened", "day": "2026-11-18", "value": 1}]
ABOUT = {"format": 1, "id": ID, "app": "editor", "period": "2026-W47", "registry": "0" * 64}
REPORT = json.dumps(ABOUT | {"entries": ENTRIES}).encode()


def _key(name: str) -> str:
    return f"ed25519:{base64.b64encode(KEYS[name].public_key).decode()}"


def _file() -> str:
    """Write the editor's registry with the committee in it; Emil's term ends with the year."""
    lines = [
        EXAMPLE_REGISTRY.decode(),
        '[collector]\nurl = "https://collector.example"',
        "[approval]\nneeded = 3",
    ]
    for name in MEMBERS:
        lines += [f"[approval.approvers.{name}]", f'title = "{name.title()}"']
        lines += [f'key = "{_key(name)}"', "until = 2026-12-31" if name == "emil" else ""]
    return "\n".join(lines)


class Editor:
    """The editor's registry and what stands beside it, as everybody has a copy of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "editor.toml"
        self.path.write_text(_file(), encoding="utf-8")

    def sign(
        self,
        name: str,
        *parts: str,
        verdict: Verdict = Verdict.APPROVE,
        on: date = date(2026, 11, 2),
        key: Ed25519Signer | None = None,
    ) -> None:
        registry = read_file(self.path)
        assert registry.committee is not None
        (approver,) = [one for one in registry.committee.approvers if one.id == name]
        approvals = approvals_of(self.path) or Approvals(registry.app)
        signed = add_statement(
            registry,
            approvals,
            self.tally(),
            approver,
            key or KEYS[name],
            verdict=verdict,
            parts=parts or [PRODUCT, COLLECTOR, OPENED],
            on=on,
            where=f"{MINUTES}/{on.isoformat()}",
        )
        write_approvals_of(self.path, signed)

    def all_sign(
        self, names: Iterable[str], *parts: str, verdict: Verdict = Verdict.APPROVE
    ) -> None:
        for name in names:
            self.sign(name, *parts, verdict=verdict)

    def rewrite(self, old: str, new: str) -> None:
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")

    def tally(self) -> Tally:
        return tally(read_file(self.path), approvals_of(self.path), Ed25519Checker())

    @property
    def registry(self) -> Registry:
        return read_in_force(self.path)

    def status(self) -> Status:
        return self.registry.metrics["file.opened"].status

    def sends(self) -> object:
        """Count something on a device; give the entries that were sent, or None."""
        with Telemetry(self.registry, memory_parts()) as telemetry:
            telemetry.choose("on")
            telemetry.count("file.opened")
            deliveries = telemetry.flush(now=True)
        sent = [one.body for one in deliveries if one.fate is Fate.DELIVERED]
        return json.loads(sent[0])["entries"] if sent else None

    def accepts(self, body: bytes) -> bool:
        """Hand a report to a collector, and look whether it kept every entry."""
        known = {"editor": self.registry}
        found = verify(Submission("editor", ID, body), known, SetClock().now().date(), Limits())
        assert isinstance(found, Accepted)
        return found.aside == 0


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_two_of_five_are_no_majority_and_three_are(editor: Editor) -> None:
    assert editor.status() is Status.PROPOSED
    assert editor.sends() is None
    editor.all_sign(("ana", "ben"))
    assert editor.status() is Status.PROPOSED
    assert editor.registry.collector is None
    assert editor.sends() is None
    assert not editor.accepts(REPORT)

    editor.sign("cleo", on=date(2026, 11, 4))
    agreed = editor.registry.metrics["file.opened"].approved
    assert editor.status() is Status.APPROVED
    assert agreed == Approval(date(2026, 11, 4), "Ana, Ben and Cleo", f"{MINUTES}/2026-11-04")
    assert editor.sends() == ENTRIES
    assert editor.accepts(REPORT)


def test_what_is_not_approved_is_unknown_on_both_ends(editor: Editor) -> None:
    known = editor.registry
    assert [metric.status for metric in known.metrics.values()] == [Status.PROPOSED]
    telemetry = memory_telemetry(known)
    with pytest.raises(MisuseError, match="unknown_metric"):
        telemetry.count("file.opened")
    found = verify(
        Submission("editor", ID, REPORT), {"editor": known}, date(2026, 11, 18), Limits()
    )
    assert isinstance(found, Accepted)
    assert b"unknown_metric" in found.record


def test_a_changed_word_makes_the_signatures_stale(editor: Editor) -> None:
    editor.all_sign(MEMBERS[:3])
    editor.rewrite("How much is the editor used?", "How much do people work?")
    standing = editor.tally().standings[OPENED]
    assert editor.status() is Status.PROPOSED
    assert [voice.approver.id for voice in standing.stale] == ["ana", "ben", "cleo"]
    assert not editor.accepts(REPORT)

    editor.rewrite("How much do people work?", "How much is the editor used?")
    assert editor.status() is Status.APPROVED


def test_a_majority_retires_and_a_replayed_approval_revives_nothing(editor: Editor) -> None:
    editor.all_sign(MEMBERS[:3])
    approvals = approvals_of(editor.path)
    assert approvals is not None
    editor.all_sign(("ana", "ben", "dora"), OPENED, verdict=Verdict.RETIRE)
    assert editor.status() is Status.RETIRED
    assert editor.sends() is None

    now = approvals_of(editor.path)
    assert now is not None
    write_approvals_of(editor.path, Approvals("editor", now.statements + approvals.statements))
    with pytest.raises(RegistryError, match="said_twice"):
        editor.status()

    again = [replace(said, number=said.number + 2) for said in approvals.statements]
    write_approvals_of(editor.path, Approvals("editor", (*now.statements, *again)))
    assert editor.status() is Status.RETIRED
    assert {one.fault for one in editor.tally().discounted} == {Fault.FALSE_SIGNATURE}


def test_a_retirement_that_is_taken_out_of_the_middle_revives_nothing(editor: Editor) -> None:
    editor.all_sign(MEMBERS[:3])
    editor.all_sign(MEMBERS[:3], OPENED, verdict=Verdict.RETIRE)
    editor.all_sign(MEMBERS[:3], PRODUCT)
    approvals = approvals_of(editor.path)
    assert approvals is not None
    left = tuple(said for said in approvals.statements if said.verdict is Verdict.APPROVE)
    write_approvals_of(editor.path, Approvals("editor", left))

    assert editor.status() is Status.PROPOSED
    assert {one.fault for one in editor.tally().discounted} == {Fault.STATEMENT_MISSING}


def test_an_approver_can_withdraw(editor: Editor) -> None:
    editor.all_sign(MEMBERS[:3])
    editor.sign("ben", OPENED, verdict=Verdict.RETIRE)
    assert editor.status() is Status.PROPOSED
    editor.sign("dora", OPENED)
    assert editor.status() is Status.APPROVED


def test_what_was_retired_can_be_approved_anew(editor: Editor) -> None:
    editor.all_sign(MEMBERS[:3])
    editor.all_sign(MEMBERS[:3], OPENED, verdict=Verdict.RETIRE)
    editor.all_sign(MEMBERS[:3], OPENED)
    assert editor.status() is Status.APPROVED


def test_after_the_end_of_a_term_nothing_new_counts_and_what_was_said_stays(
    editor: Editor,
) -> None:
    editor.all_sign(("ana", "emil"))
    editor.sign("emil", on=date(2027, 1, 1), verdict=Verdict.RETIRE)
    editor.sign("ben")
    assert editor.status() is Status.APPROVED
    assert [one.fault for one in editor.tally().discounted] == [Fault.AFTER_THE_TERM]


def test_a_stranger_and_a_false_hand_count_for_nothing(editor: Editor) -> None:
    editor.all_sign(("ana", "ben"))
    editor.sign("cleo", key=KEYS["dora"])
    assert editor.status() is Status.PROPOSED
    approvals = approvals_of(editor.path)
    assert approvals is not None
    stranger = replace(approvals.statements[0], approver="zoe")
    write_approvals_of(editor.path, Approvals("editor", (*approvals.statements, stranger)))

    assert editor.status() is Status.PROPOSED
    assert {one.statement.approver: one.fault for one in editor.tally().discounted} == {
        "cleo": Fault.FALSE_SIGNATURE,
        "zoe": Fault.UNKNOWN_APPROVER,
    }
    editor.sign("cleo")
    assert editor.status() is Status.APPROVED


def test_whoever_signs_twice_counts_once(editor: Editor) -> None:
    editor.all_sign(("ana", "ana", "ben", "ben"))
    assert editor.status() is Status.PROPOSED


def test_what_a_maintainer_writes_by_hand_approves_nothing_and_can_retire(editor: Editor) -> None:
    editor.rewrite('kind = "counter"', 'kind = "counter"\nstatus = "approved"')
    assert editor.status() is Status.PROPOSED
    assert editor.registry.metrics["file.opened"].approved is None
    editor.all_sign(MEMBERS[:3])
    assert editor.status() is Status.APPROVED
    editor.rewrite('status = "approved"', 'status = "retired"')
    assert editor.status() is Status.RETIRED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("https://collector.example", "https://other.example", id="re-pointed"),
        pytest.param("An example editor", "Another editor", id="renamed"),
        pytest.param("needed = 3", "needed = 2", id="easier"),
        pytest.param("Which parts of the editor are used.", "Everything.", id="reworded"),
    ],
)
def test_whoever_changes_the_product_or_its_collector_sends_nothing(
    editor: Editor, old: str, new: str
) -> None:
    editor.all_sign(MEMBERS[:3])
    editor.rewrite(old, new)
    assert editor.registry.collector is None
    assert editor.sends() is None


def test_signatures_for_one_product_are_none_for_another(editor: Editor) -> None:
    editor.all_sign(MEMBERS[:3])
    editor.rewrite('id = "editor"', 'id = "viewer"')
    assert editor.status() is Status.PROPOSED
    assert {one.fault for one in editor.tally().discounted} == {Fault.FALSE_SIGNATURE}


def test_without_the_file_of_signatures_nobody_signed(editor: Editor) -> None:
    editor.all_sign(MEMBERS[:3])
    approvals_path(editor.path).unlink()
    assert editor.status() is Status.PROPOSED
    assert editor.sends() is None
