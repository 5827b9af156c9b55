from __future__ import annotations

import base64
from datetime import date

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.model.registry import Registry
from aboveboard.registry.approval_words import before, sending, state, status_of, told, who
from aboveboard.registry.approvals import Approvals, Verdict
from aboveboard.registry.approve import Tally, tally
from aboveboard.registry.read import read
from aboveboard.registry.sign import add_statement

KEY = Ed25519Signer(bytes([1]) * 32)
OTHER = Ed25519Signer(bytes([2]) * 32)
OPENED = "metric file.opened"


WHOLE = """
format = 1
[product]
id = "editor"
title = "An editor"
homepage = "https://e.example"
contact = "The forum"
policy = "https://e.example/privacy"
languages = ["en", "de"]
installs = 5000
most_bits = 12
allow = { contact_unreachable = "The forum is one." }
[product.levels]
usage = "Which parts are used."
[product.translations.de]
title = "Ein Editor"
levels = { usage = "Was benutzt wird." }
[metric."file.saved"]
kind = "event"
title = "Files"
question = "How often?"
decision = "What."
owner = "Manager"
review = "https://e.example/1"
status = "proposed"
expires = { never = "It is the base." }
level = "usage"
extras = { how = ["menu", "key"] }
period = "week"
unit = "files"
accuracy = 0.05
example = 3
sensitivity = "technical"
since = "2.0"
correlates_with = ["mail.set"]
aliases = ["file.save"]
translations.de = { title = "Dateien", question = "Wie oft?" }
allow = { title_too_long = "It is the usual one." }
[metric."mail.set"]
kind = "flag"
title = "Mail"
question = "Is there mail?"
decision = "What."
owner = "Manager"
review = "https://e.example/1"
status = "proposed"
expires = 2027-12-31
level = "usage"
reducer = "is_set"
source = "mail.server"
"""


def committee(needed: int = 1) -> str:
    keys = [base64.b64encode(key.public_key).decode() for key in (KEY, OTHER)]
    return f"""
[approval]
needed = {needed}
[approval.approvers.ana]
title = "Ana"
key = "ed25519:{keys[0]}"
until = 2027-12-31
[approval.approvers.ben]
title = "Ben"
key = "ed25519:{keys[1]}"
"""


@pytest.fixture
def known(text: str) -> Registry:
    return read((text + committee()).encode())


def decide(known: Registry, approvals: Approvals, verdict: Verdict, *parts: str) -> Approvals:
    assert known.committee is not None
    return add_statement(
        known,
        approvals,
        tally(known, approvals, Ed25519Checker()),
        known.committee.approvers[0],
        KEY,
        verdict=verdict,
        parts=parts,
        on=date(2026, 11, 22),
        where="https://editor.example/minutes/1",
    )


def count(known: Registry, approvals: Approvals) -> Tally:
    return tally(known, approvals, Ed25519Checker())


def test_whoever_signs_reads_what_a_metric_says(known: Registry) -> None:
    lines = told(known, OPENED)
    assert lines[:3] == [
        "file.opened: A title",
        "  question  A question?",
        "  decision  A decision.",
    ]
    assert "  kind      counter: a number of each day, at most 500" in lines
    assert "  level     usage: Which parts are used." in lines
    assert "  until     2027-12-31" in lines
    assert "  words     linux, macos, other" in told(known, "metric system.os")
    assert "  steps     0, 100, 1000" in told(known, "metric file.opening")


def test_whoever_signs_reads_all_that_they_sign() -> None:
    known = read(WHOLE.encode())
    assert told(known, "product")[5:] == [
        "  level     usage: Which parts are used.",
        "  languages en, de",
        "  in        de: Ein Editor; Was benutzt wird.",
        "  installs  5,000 expected",
        "  bits      12 at most",
        "  allow     contact_unreachable: The forum is one.",
    ]
    assert told(known, "metric file.saved")[3:] == [
        "  kind      event: a number of each week by how: menu, key, other",
        "  extra     how: menu, key, other",
        "  period    week",
        "  unit      files",
        "  accuracy  0.05",
        "  example   3",
        "  level     usage: Which parts are used.",
        "  close     technical",
        "  shown     for groups of 10 or more",
        "  until     without an end: It is the base.",
        "  versions  from 2.0 to the last",
        "  with      mail.set",
        "  owner     Manager",
        "  review    https://e.example/1",
        "  formerly  file.save",
        "  in        de: Dateien; Wie oft?",
        "  allow     title_too_long: It is the usual one.",
    ]
    assert "  setting   mail.server: is_set" in told(known, "metric mail.set")


def test_whoever_signs_reads_who_measures_and_who_approves(known: Registry) -> None:
    lines = told(known, "product")
    assert lines[0] == "product: An example editor"
    assert "  level     usage: Which parts are used." in lines
    assert lines[-3:] == [
        "  approval  1 of 2 must sign",
        "  approver  ana: Ana, until 2027-12-31",
        "  approver  ben: Ben",
    ]


def test_without_a_committee_nothing_is_said_of_one(text: str) -> None:
    plugin = b"""
format = 1
[plugin]
id = "spell"
title = "Spelling"
prefix = "spelling"
homepage = "https://spell.example"
contact = "The forum"
[metric]
"""
    known = read(f'include = ["spell.toml"]\n{text}'.encode(), plugins=[("spell.toml", plugin)])
    assert told(known, "product")[-1] == "  plug-in   Spelling: metrics beginning with spelling."


def test_whoever_signs_reads_who_receives(known: Registry, text: str) -> None:
    assert told(known, "collector")[1:] == [
        "  address   https://telemetry.editor.example",
        "  key       B6N8vBQgk8i3VdwbEOhstCY3StFqpFPtC9/AsrhtHHw=",
    ]
    open_text = text.replace('key = "x25519', 'mirrors = ["https://m.example"]\n#')
    lines = told(read(open_text.encode()), "collector")
    assert lines[2:] == [
        "  key       none: reports are not sealed",
        "  mirror    https://m.example",
    ]


def test_without_a_collector_there_is_nothing_to_tell(text: str) -> None:
    start, _, rest = text.partition("[collector]")
    known = read((start + rest.partition("\n\n")[2] + committee()).encode())
    assert told(known, "collector") == ["collector: who receives reports"]
    assert sending(known, count(known, Approvals("editor"))) == (
        "The file names no collector, so nothing is sent."
    )


def test_where_a_part_stands_is_said_in_few_words(known: Registry) -> None:
    none = Approvals("editor")
    said = decide(known, none, Verdict.APPROVE, OPENED)
    gone = decide(known, said, Verdict.RETIRE, OPENED)
    standings = [count(known, each).standings[OPENED] for each in (none, said, gone)]
    assert [state(standing) for standing in standings] == [
        "0 of 1 needed",
        "1 of 1 needed: approved",
        "1 of 1 needed: retired",
    ]
    assert [status_of(known, standing) for standing in standings] == [
        "0 of 1",
        "approved",
        "retired",
    ]
    assert [who(standing) for standing in standings] == [
        "",
        "Ana 2026-11-22",
        "Ana 2026-11-22: retire",
    ]


def test_what_was_signed_before_is_recalled(known: Registry, text: str) -> None:
    assert known.committee is not None
    ana, ben = known.committee.approvers
    said = decide(known, Approvals("editor"), Verdict.APPROVE, OPENED)
    gone = decide(known, said, Verdict.RETIRE, OPENED)
    changed = read((text + committee()).replace("largest = 500", "largest = 501").encode())
    stale = count(changed, said).standings[OPENED]
    link = "https://editor.example/minutes/1"
    assert status_of(changed, stale) == "0 of 1, changed since signed"
    assert before(stale, ana) == f"You approved other words of it on 2026-11-22: {link}"
    assert before(stale, ben) == ""
    now = count(known, said).standings[OPENED]
    assert before(now, ana) == f"You approved it as it is on 2026-11-22: {link}"
    assert (
        before(count(known, gone).standings[OPENED], ana) == f"You retired it on 2026-11-22: {link}"
    )


def test_whether_anything_is_sent_is_said_with_what_is_missing(known: Registry) -> None:
    none = Approvals("editor")
    product = decide(known, none, Verdict.APPROVE, "product")
    both = decide(known, product, Verdict.APPROVE, "collector")
    missing = "Nothing is sent before enough have signed:"
    assert [sending(known, count(known, each)) for each in (none, product, both)] == [
        f"{missing} product (0 of 1 needed) and collector (0 of 1 needed).",
        f"{missing} collector (0 of 1 needed).",
        "Reports may go to https://telemetry.editor.example.",
    ]
